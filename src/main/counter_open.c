/* jpki counter open, and the short ways hold, loss, release, revoke: what somebody asks for becomes
 * an application; the short ways go on with it at once. */
#include "main/counter.h"

#define ASKED                                                                                      \
    {"resident", required_argument, NULL, COUNTER_RESIDENT},                                       \
        {"applicant", required_argument, NULL, COUNTER_APPLICANT},                                 \
        {"kind", required_argument, NULL, COUNTER_KINDS},                                          \
        {"pin", required_argument, NULL, COUNTER_PIN},                                             \
        {"reason", required_argument, NULL, COUNTER_REASON},                                       \
        {"missing", no_argument, NULL, COUNTER_MISSING},                                           \
        {"stopped", no_argument, NULL, COUNTER_STOPPED},                                           \
    {                                                                                              \
        "note", required_argument, NULL, COUNTER_NOTE                                              \
    }

/* Only opens: nothing of a reader. */
const struct option counter_open_options[] = {
    COUNTER_COMMON, {"procedure", required_argument, NULL, COUNTER_PROCEDURE}, ASKED, {0}};

/* Goes on with it; which procedure, its name says. */
const struct option counter_way_options[] = {
    COUNTER_COMMON, COUNTER_AT_READER, {"yes", no_argument, NULL, COUNTER_YES}, ASKED, {0}};

/* What a row is about is the procedure of a short way. */
int run_counter_open(const struct command *command, int argc, char **argv)
{
    struct counter_line line CLEANUP_COUNTER_LINE;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    const char *procedure = command->what;
    int status = counter_line_read(argc, argv, command->options, 0, &line);
    if (status != EXIT_DONE)
        return status;
    if (procedure)
        line.values[COUNTER_PROCEDURE] = procedure;
    if (!line.values[COUNTER_APPLICANT])
        line.values[COUNTER_APPLICANT] = "holder";
    counter_client_ask(&line.client, "application-open", counter_line_fields(&line), &answer);
    if (answer.outcome != COUNTER_DONE || !procedure)
        return counter_print_application(&line, &answer);
    return counter_go(&line, &answer, NULL);
}
