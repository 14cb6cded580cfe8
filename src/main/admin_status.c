/* jpki admin status: one line for each thing that can be wrong, and what to do. */
#include <stdio.h>
#include <string.h>

#include "main/counter.h"

const struct option admin_status_options[] = {COUNTER_COMMON, {0}};

/* The exit status of each level: not that of other commands, so that a monitor may ask. */
static const struct {
    const char *level, *en, *ja;
    int status;
} levels[] = {
    {"ok", "ok", "正常", EXIT_DONE},
    {"warn", "WARN", "注意", 1},
    {"wrong", "WRONG", "異常", 2},
};

static int print_one(const struct counter_line *line, json_t *finding)
{
    const char *level = json_string_value(json_object_get(finding, "level"));
    const char *what = json_string_value(json_object_get(finding, "what"));
    const char *text = json_string_value(json_object_get(finding, say("en", "ja")));
    for (size_t i = 0; level && what && text && i < COUNT_OF(levels); i++) {
        if (strcmp(levels[i].level, level) != 0)
            continue;
        if (!line->values[COUNTER_JSON])
            printf("%-5s  %s: %s\n", say(levels[i].en, levels[i].ja), what, text);
        return levels[i].status;
    }
    return EXIT_UNDECIDED;
}

int run_admin_status(const struct command *command, int argc, char **argv)
{
    struct counter_line line CLEANUP_COUNTER_LINE;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    int worst = counter_line_read(argc, argv, command->options, 0, &line);
    size_t i;
    json_t *finding;
    if (worst != EXIT_DONE)
        return worst;
    counter_client_ask(&line.client, "status", json_object(), &answer);
    if (answer.outcome != COUNTER_DONE) {
        counter_complain(&answer);
        return EXIT_UNDECIDED;
    }
    if (line.values[COUNTER_JSON] && counter_print(&line, &answer) != EXIT_DONE)
        return EXIT_UNDECIDED;
    json_array_foreach (json_object_get(answer.detail, "health"), i, finding) {
        int status = print_one(&line, finding);
        worst = status > worst ? status : worst;
    }
    return i ? worst : EXIT_UNDECIDED;
}
