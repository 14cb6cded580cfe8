/* Command line, connection and printing of the counter's subcommands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "main/counter.h"

#define DEFAULT_SOCKET "jpki-data/run/acts.sock"

enum field_type { FIELD_WORD, FIELD_WHOLE, FIELD_YES };

static const struct {
    const char *field;
    enum field_type type;
} fields[NUM_COUNTER_OPTIONS] = {
    [COUNTER_PROCEDURE] = {"procedure", FIELD_WORD},
    [COUNTER_RESIDENT] = {"resident", FIELD_WHOLE},
    [COUNTER_APPLICANT] = {"applicant", FIELD_WORD},
    [COUNTER_KINDS] = {"kinds", FIELD_WORD},
    [COUNTER_KIND] = {"kind", FIELD_WORD},
    [COUNTER_PIN] = {"pin", FIELD_WORD},
    [COUNTER_REASON] = {"reason", FIELD_WORD},
    [COUNTER_STEP] = {"step", FIELD_WORD},
    [COUNTER_NOTE] = {"note", FIELD_WORD},
    [COUNTER_MISSING] = {"missing", FIELD_YES},
    [COUNTER_STOPPED] = {"stopped", FIELD_YES},
    [COUNTER_CARD] = {"card", FIELD_WORD},
    [COUNTER_NAME] = {"name", FIELD_WORD},
    [COUNTER_EVENT] = {"event", FIELD_WORD},
    [COUNTER_EFFECTIVE] = {"effective", FIELD_WORD},
    [COUNTER_RECORDED] = {"recorded", FIELD_WORD},
    [COUNTER_REFERENCE] = {"reference", FIELD_WORD},
    [COUNTER_OFFICE] = {"office", FIELD_WORD},
    [COUNTER_DATE] = {"date", FIELD_WORD},
    [COUNTER_BIRTH_DATE] = {"birth_date", FIELD_WORD},
    [COUNTER_TELEPHONE] = {"telephone", FIELD_WORD},
};

void counter_line_done(struct counter_line *line)
{
    counter_client_close(&line->client);
}

static const char *socket_path(const struct counter_line *line)
{
    if (line->values[COUNTER_SOCKET])
        return line->values[COUNTER_SOCKET];
    const char *path = getenv("JPKI_ACTS_SOCKET");
    return path && path[0] ? path : DEFAULT_SOCKET;
}

static int connect_centre(struct counter_line *line)
{
    struct fault fault = {0};
    fault_name_input(&fault, socket_path(line));
    enum err err =
        counter_client_open(socket_path(line), line->values[COUNTER_AS], &line->client, &fault);
    if (err == ERR_NONE)
        return EXIT_DONE;
    struct fault absent = {0};
    fault_name_input(&absent, socket_path(line));
    if (err == ERR_NOT_FOUND)
        err =
            fault_set(&absent, err, "jpkid", "%s",
                      say("it does not serve there; --socket or JPKI_ACTS_SOCKET says where",
                          "動いていません。場所は --socket または JPKI_ACTS_SOCKET で指定します"));
    return complain_fault(absent.code ? &absent : &fault);
}

static bool numbers_are_right(const struct counter_line *line)
{
    int64_t number;
    for (int i = COUNTER_FIELDS; i < NUM_COUNTER_OPTIONS; i++)
        if (line->values[i] && fields[i].type == FIELD_WHOLE &&
            !counter_word_number(line->values[i], &number))
            return false;
    return true;
}

int counter_line_read(int argc, char **argv, const struct option *options, int num_words,
                      struct counter_line *out)
{
    *out = (struct counter_line){.client = {.fd = -1}};
    if (!options_read(argc, argv, options, out->values, NUM_COUNTER_OPTIONS) ||
        !numbers_are_right(out))
        return EXIT_USAGE;
    out->num_words = argc - optind;
    out->words = argv + optind;
    if (num_words >= 0 && out->num_words != num_words)
        return complain_usage(say("%s: arguments needed: %d, given: %d (jpki(1) names them)",
                                  "%s: 引数は %d 個必要です (%d 個指定されました)"),
                              argv[0], num_words, out->num_words);
    return connect_centre(out);
}

bool counter_word_number(const char *word, int64_t *out)
{
    char *end;
    long long number = strtoll(word, &end, 10);
    if (word[0] < '0' || word[0] > '9' || *end) {
        complain_usage(say("%s: not a number", "%s: 数値ではありません"), word);
        return false;
    }
    *out = number;
    return true;
}

const char *counter_option_field(int option)
{
    return option < NUM_COUNTER_OPTIONS ? fields[option].field : NULL;
}

json_t *counter_line_fields(const struct counter_line *line)
{
    json_t *object = json_object();
    for (int i = COUNTER_FIELDS; i < NUM_COUNTER_OPTIONS; i++) {
        const char *value = line->values[i];
        if (!value)
            continue;
        json_t *field = fields[i].type == FIELD_YES     ? json_true()
                        : fields[i].type == FIELD_WHOLE ? json_integer(atoll(value))
                                                        : json_string(value);
        json_object_set_new(object, fields[i].field, field);
    }
    return object;
}

/* What was typed is wrong when the centre could not read the request: the rest of it is ours. */
static int status_of(const struct counter_answer *answer)
{
    if (answer->outcome == COUNTER_REFUSED)
        return EXIT_REFUSED;
    return strcmp(counter_text(answer, "code"), err_name(ERR_MALFORMED)) == 0 ? EXIT_USAGE
                                                                              : EXIT_UNDECIDED;
}

int counter_complain(const struct counter_answer *answer)
{
    const char *date = counter_text(answer, "date"), *code = counter_text(answer, "code"),
               *statements = counter_text(answer, "statements");
    fprintf(stderr, "jpki: %s%s%s", counter_sentence(answer, language_of_locale()),
            date[0] ? " " : "", date);
    if (answer->outcome == COUNTER_REFUSED)
        fprintf(stderr, " [%s%s%s]", code, statements[0] ? " " : "", statements);
    fputc('\n', stderr);
    if (strcmp(code, "nobody") == 0)
        fprintf(stderr, "  %s\n",
                say("on sample data --as STAFF says who asks (rows of etc/sample/staff.csv)",
                    "見本データでは --as 職員 で操作者を指定します (etc/sample/staff.csv)"));
    size_t i;
    json_t *line;
    json_array_foreach (json_object_get(json_object_get(answer->detail, "answer"), "faults"), i,
                        line)
        fprintf(stderr, "  %s\n", json_string_value(line));
    return status_of(answer);
}

static int counter_print_json(const struct counter_answer *answer)
{
    json_dumpf(answer->detail, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
    putchar('\n');
    return EXIT_DONE;
}

/* Nothing that the centre says moves the cursor or turns the line. */
static void print_visible(const char *text)
{
    struct buffer visible CLEANUP_BUFFER;
    buffer_init(&visible, LIMIT_FRAME);
    text_put_visible(&visible, bytes_of_text(text));
    const char *shown = buffer_text(&visible);
    fputs(shown ? shown : "", stdout);
}

static void print_scalar(json_t *value)
{
    char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    print_visible(text ? text : json_is_string(value) ? json_string_value(value) : "");
    free(text);
}

/* One line: a row as "name value, name value". */
static void print_value(const char *name, json_t *value)
{
    const char *field, *between = "";
    json_t *item;
    printf("%s: ", name);
    if (!json_is_object(value))
        print_scalar(value);
    json_object_foreach (value, field, item) {
        printf("%s%s ", between, field);
        print_scalar(item);
        between = ", ";
    }
    putchar('\n');
}

static void print_list(const char *name, json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach (list, i, item)
        print_value(name, item);
}

int counter_print(const struct counter_line *line, const struct counter_answer *answer)
{
    const char *name;
    json_t *value;
    if (answer->outcome != COUNTER_DONE)
        return counter_complain(answer);
    if (line->values[COUNTER_JSON])
        return counter_print_json(answer);
    json_object_foreach (answer->detail, name, value) {
        if (json_is_array(value))
            print_list(name, value);
        else
            print_value(name, value);
    }
    return EXIT_DONE;
}

static const char *label(json_t *object)
{
    return json_string_value(json_object_get(object, say("en", "ja")));
}

static void print_steps(json_t *steps)
{
    size_t i;
    json_t *step;
    json_array_foreach (steps, i, step) {
        const char *kind = json_string_value(json_object_get(step, "kind"));
        printf("  %s %2d %-16s %s%s%s\n", json_is_true(json_object_get(step, "done")) ? "x" : "-",
               (int)json_integer_value(json_object_get(step, "position")),
               json_string_value(json_object_get(step, "step")), label(step), kind ? ": " : "",
               kind ? kind : "");
    }
}

static void print_papers(json_t *papers)
{
    size_t i;
    json_t *paper;
    json_array_foreach (papers, i, paper)
        printf("  %s %d: %s\n", say("visit", "来庁"),
               (int)json_integer_value(json_object_get(paper, "visit")), label(paper));
}

static void print_certificates(json_t *list)
{
    size_t i;
    json_t *row;
    json_array_foreach (list, i, row)
        printf("  %s %lld %s %s %s\n", json_string_value(json_object_get(row, "kind")),
               json_integer_value(json_object_get(row, "serial")),
               json_string_value(json_object_get(row, "state")),
               json_string_value(json_object_get(row, "until")),
               json_is_true(json_object_get(row, "installed")) ? say("in the card", "記録済み")
                                                               : say("not in the card", "未記録"));
}

int counter_print_application(const struct counter_line *line, const struct counter_answer *answer)
{
    if (answer->outcome != COUNTER_DONE)
        return counter_complain(answer);
    if (line->values[COUNTER_JSON])
        return counter_print_json(answer);
    printf(say("application %lld: %s by %s for %s, %s, fee %lld yen\n",
               "申請 %lld: %s 申請者 %s 対象者 %s 状態 %s 手数料 %lld 円\n"),
           (long long)counter_number(answer, "number"), counter_text(answer, "procedure"),
           counter_text(answer, "applicant"), counter_text(answer, "name"),
           counter_text(answer, "state"), (long long)counter_number(answer, "fee"));
    json_t *reason = json_object_get(answer->detail, "reason");
    if (reason)
        printf("%s\n", label(reason));
    print_papers(json_object_get(answer->detail, "papers"));
    print_steps(json_object_get(answer->detail, "steps"));
    print_certificates(json_object_get(answer->detail, "certificates"));
    return EXIT_DONE;
}

int counter_print_parked(const struct counter_line *line, const struct counter_answer *answer)
{
    size_t i, j;
    json_t *row, *field;
    if (answer->outcome != COUNTER_DONE)
        return counter_complain(answer);
    if (line->values[COUNTER_JSON])
        return counter_print_json(answer);
    json_array_foreach (json_object_get(answer->detail, "parked"), i, row) {
        printf(say("%lld: %s, asked by %s (%s) at %s\n", "%lld: %s 申請者 %s (%s) 日時 %s\n"),
               (long long)json_integer_value(json_object_get(row, "number")),
               json_string_value(json_object_get(row, "act")),
               json_string_value(json_object_get(row, "first")),
               json_string_value(json_object_get(row, "first_label")),
               json_string_value(json_object_get(row, "time")));
        json_array_foreach (json_object_get(row, "fields"), j, field) {
            printf("  ");
            print_value(label(field), json_object_get(field, "value"));
        }
    }
    return EXIT_DONE;
}
