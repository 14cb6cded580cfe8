/* jpki admin mass-hold, mass-revoke, mass-release: sends a list of certificates in parts and asks
 * for the act on it, which another person approves; a release asks by the number of its hold. */
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "main/counter.h"

const struct option admin_mass_options[] = {COUNTER_COMMON,
                                            {"kind", required_argument, NULL, COUNTER_KIND},
                                            {"note", required_argument, NULL, COUNTER_NOTE},
                                            {0}};
const struct option admin_mass_release_options[] = {
    COUNTER_COMMON, {"note", required_argument, NULL, COUNTER_NOTE}, {0}};

/* The lines of one part, at most LIMIT_MASS_PART. */
static struct bytes next_part(struct bytes *text)
{
    size_t len = 0;
    for (int num = 0; num < LIMIT_MASS_PART && len < text->len; num++) {
        const uint8_t *end = memchr(text->data + len, '\n', text->len - len);
        len = end ? (size_t)(end - text->data) + 1 : text->len;
    }
    struct bytes part = bytes_of(text->data, len);
    *text = bytes_of(text->data + len, text->len - len);
    return part;
}

/* The last part carries the digest of all. Ends at the first answer that is not "done". */
static void send_list(struct counter_line *line, struct bytes text, struct counter_answer *answer)
{
    char digest[2 * SHA256_LEN + 1];
    uint8_t sum[SHA256_LEN];
    int64_t from = 0;
    sha256(text, sum);
    do {
        struct bytes part = next_part(&text);
        json_t *file = json_stringn((const char *)part.data, part.len);
        json_t *fields = json_pack("{s:s, s:I, s:o}", "kind", line->values[COUNTER_KIND], "from",
                                   (json_int_t)from, "file", file ? file : json_string(""));
        if (text.len == 0)
            json_object_set_new(fields, "digest", json_string(hex_print(sum, sizeof sum, digest)));
        counter_answer_done(answer);
        counter_client_ask(&line->client, "mass-list", fields, answer);
        from = counter_number(answer, "count");
    } while (text.len && answer->outcome == COUNTER_DONE);
}

/* What the centre says of a list, as the fields of the act on it. */
static json_t *act_fields(const struct counter_line *line, const struct counter_answer *list,
                          const char *kind)
{
    return json_pack("{s:I, s:s, s:I, s:s, s:s}", "number",
                     (json_int_t)counter_number(list, "number"), "kind", kind, "count",
                     (json_int_t)counter_number(list, "count"), "digest",
                     counter_text(list, "digest"), "note", line->values[COUNTER_NOTE]);
}

static int ask_act(struct counter_line *line, const char *act, json_t *fields)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    counter_client_ask(&line->client, act, fields, &answer);
    return counter_print(line, &answer);
}

static int complain_missing(const char *option)
{
    return complain_usage(say("%s is needed", "%s が必要です"), option);
}

int run_admin_mass(const struct command *command, int argc, char **argv)
{
    struct fault fault = {0};
    struct counter_line line CLEANUP_COUNTER_LINE;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct buffer file CLEANUP_BUFFER;
    buffer_init(&file, LIMIT_MASS_FILE);
    int status = counter_line_read(argc, argv, command->options, 1, &line);
    if (status != EXIT_DONE)
        return status;
    if (!line.values[COUNTER_KIND] || !line.values[COUNTER_NOTE])
        return complain_missing(line.values[COUNTER_KIND] ? "--note" : "--kind");
    fault_name_input(&fault, line.words[0]);
    if (file_read(line.words[0], &file, &fault) != ERR_NONE)
        return complain_fault(&fault);
    send_list(&line, buffer_bytes(&file), &answer);
    if (answer.outcome != COUNTER_DONE)
        return counter_complain(&answer);
    return ask_act(&line, command->what, act_fields(&line, &answer, line.values[COUNTER_KIND]));
}

int run_admin_mass_release(const struct command *command, int argc, char **argv)
{
    int64_t number;
    struct counter_line line CLEANUP_COUNTER_LINE;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    int status = counter_line_read(argc, argv, command->options, 1, &line);
    if (status != EXIT_DONE)
        return status;
    if (!line.values[COUNTER_NOTE])
        return complain_missing("--note");
    if (!counter_word_number(line.words[0], &number))
        return EXIT_USAGE;
    counter_client_ask(&line.client, "mass-show", json_pack("{s:I}", "number", (json_int_t)number),
                       &answer);
    if (answer.outcome != COUNTER_DONE)
        return counter_complain(&answer);
    return ask_act(&line, "mass-release",
                   act_fields(&line, &answer, counter_text(&answer, "kind")));
}
