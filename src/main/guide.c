/* jpki guide: a dialogue over standard input and output. It asks only what the tables of law/ need
 * to answer, and prints what they answer; it knows no rule of its own. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "guide/guide.h"
#include "guide/offices.h"
#include "main/options.h"
#include "main/policy_file.h"
#include "main/rules_report.h"

enum guide_option { OPTION_JSON = 1, OPTION_OFFICES, OPTION_POLICY, NUM_OPTIONS };

static const struct option guide_options[] = {
    {"json", no_argument, NULL, OPTION_JSON},
    {"offices", required_argument, NULL, OPTION_OFFICES},
    {"policy", required_argument, NULL, OPTION_POLICY},
    {0},
};

static unsigned print_question(const struct guide_question *question, FILE *talk)
{
    unsigned num = guide_num_choices(question);
    fprintf(talk, "\n%s\n", say(question->en, question->ja));
    for (unsigned i = 0; i < num; i++)
        fprintf(talk, "  %u) %s\n", i + 1, say(question->choices[i].en, question->choices[i].ja));
    fputs("> ", talk);
    fflush(talk);
    return num;
}

/* A line that is exactly one of the numbers 1 … num. */
static bool parse_choice(const char *line, unsigned num, unsigned *choice)
{
    unsigned value = 0;
    size_t len = strcspn(line, "\r\n");
    if (len < 1 || len > 2)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (line[i] < '0' || line[i] > '9')
            return false;
        value = value * 10 + (unsigned)(line[i] - '0');
    }
    if (value < 1 || value > num)
        return false;
    *choice = value - 1;
    return true;
}

static void skip_line(const char *line)
{
    if (strchr(line, '\n'))
        return;
    for (int c = getchar(); c != '\n' && c != EOF; c = getchar())
        continue;
}

/* Asks until there is an answer. False when the input ends. */
static bool ask(const struct guide_question *question, FILE *talk, unsigned *choice)
{
    char line[16];
    unsigned num = print_question(question, talk);
    while (fgets(line, sizeof line, stdin)) {
        skip_line(line);
        if (parse_choice(line, num, choice))
            return true;
        fprintf(talk,
                say("a number from 1 to %u, please\n> ", "1から%uまでの番号でお答えください\n> "),
                num);
        fflush(talk);
    }
    return false;
}

static void print_bytes(struct bytes text)
{
    fwrite(text.data, 1, text.len, stdout);
}

static void print_place(const struct offices *offices, const struct office *office)
{
    struct bytes number;
    printf("  ");
    print_bytes(office_label(office, language_of_locale()));
    if (office_number(offices, office, &number)) {
        printf(" ");
        print_bytes(number);
    } else if (office->telephone.len > 0)
        fputs(say(" (number hidden: sample)", "（見本のため番号は表示しません）"), stdout);
    if (office->address.len > 0) {
        printf(" ");
        print_bytes(office->address);
    }
    putchar('\n');
}

static void print_places(const struct offices *offices, enum place place, const char *procedure)
{
    for (size_t i = 0; i < offices->num; i++)
        if (offices->entries[i].place == place && office_is_about(&offices->entries[i], procedure))
            print_place(offices, &offices->entries[i]);
}

static void print_where(const struct procedure_plan *plan, enum procedure procedure,
                        const struct offices *offices)
{
    const char *name = procedure_name(procedure);
    if (guide_shows(plan, procedure, PLACE_HOTLINE)) {
        printf("%s\n", say("Call, at any hour:", "電話（24時間受付）:"));
        print_places(offices, PLACE_HOTLINE, name);
    }
    if (guide_shows(plan, procedure, PLACE_OFFICE)) {
        printf("%s\n", say("Where (appointments by telephone; walk-ins are served all the same):",
                           "窓口（電話で予約できます。予約がなくても受け付けます）:"));
        print_places(offices, PLACE_OFFICE, name);
    } else if (procedure != PROCEDURE_HOLD)
        printf("%s\n", say("Where: at home", "場所: 自宅"));
}

static void print_visits(const struct procedure_plan *plan)
{
    enum language language = language_of_locale();
    printf(say("Visits: %u\n", "来庁回数: %u回\n"), plan->num_visits);
    if (plan->has_letter)
        printf("%s\n",
               say("  (not on one day: a letter goes to the registered address between them, "
                   "not forwarded)",
                   "  （間に住民登録地へ照会回答書を転送不要郵便で送るため、即日にはなりません）"));
    if (plan->may_fetch_form)
        printf("%s\n", say("  (one more to fetch the form, if it is not printed at home)",
                           "  （申請書を窓口で受け取る場合は、もう1回）"));
    printf(say("Fee: %d yen\n", "手数料: %d円\n"), plan->fee.yen);
    if (plan->typist != TYPED_BY_NOBODY)
        printf("%s%s\n", say("The PIN is typed by ", "暗証番号を入力する人: "),
               pin_typist_label(plan->typist, language));
}

static int print_guidance(const struct procedure_plan *plan, const struct procedure_facts *facts,
                          const struct offices *offices)
{
    printf("\n== %s ==\n", procedure_label(facts->procedure, language_of_locale()));
    if (plan->ruling.decision != DECISION_ALLOWED) {
        printf("%s\n", say("Not this way:", "この方法ではできません:"));
        return report_ruling(&plan->ruling, "×", false);
    }
    report_reasons(plan);
    print_where(plan, facts->procedure, offices);
    if (plan->num_visits > 0)
        print_visits(plan);
    printf("%s\n", say("To bring, by visit:", "持参するもの（来庁の回ごと）:"));
    if (plan->papers[0][0] == PAPER_NONE)
        printf("%s\n", paper_label(PAPER_NONE, language_of_locale()));
    report_papers(plan);
    printf("%s\n", say("See also:", "関連リンク:"));
    print_places(offices, PLACE_LINK, procedure_name(facts->procedure));
    return EXIT_DONE;
}

static int run_dialogue(const struct law_policy *policy, const struct offices *offices,
                        bool is_json)
{
    struct guide guide = {0};
    const struct guide_question *question;
    FILE *talk = is_json ? stderr : stdout; /* with --json the answer stands alone */
    fprintf(talk, "%s%s\n", offices->is_sample ? "見本／SAMPLE " : "",
            say("What to bring, and where to go.", "手続きのご案内"));
    while ((question = guide_question(policy, &guide))) {
        unsigned choice;
        if (!ask(question, talk, &choice)) {
            fprintf(stderr, "\njpki: %s\n",
                    say("the input ended before the answer", "入力が途中で終わりました"));
            return EXIT_UNDECIDED;
        }
        guide_answer(&guide, question, choice);
    }
    struct procedure_plan plan = procedure_decide(policy, &guide.facts);
    if (is_json)
        return report_plan(&plan, true);
    return print_guidance(&plan, &guide.facts, offices);
}

static int run_guide(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_OPTIONS] = {NULL};
    if (!options_read_all(argc, argv, command->options, values, NUM_OPTIONS))
        return EXIT_USAGE;
    CLEANUP_BUFFER struct buffer text;
    buffer_init(&text, LIMIT_CONFIG_FILE);
    struct fault fault = {0};
    struct offices offices;
    struct law_policy policy;
    const char *path = values[OPTION_OFFICES] ? values[OPTION_OFFICES] : JPKI_ETC "/offices";
    fault_name_input(&fault, path);
    if (file_read(path, &text, &fault) || offices_parse(buffer_bytes(&text), &offices, &fault))
        return complain_fault(&fault);
    int status = policy_file_read(values[OPTION_POLICY], &policy);
    return status ? status : run_dialogue(&policy, &offices, values[OPTION_JSON] != NULL);
}

const struct command guide_commands[] = {
    {"guide", run_guide, guide_options, "what to bring, where to go, what it costs",
     "持参するもの、窓口、手数料のご案内", NULL},
    {0},
};
