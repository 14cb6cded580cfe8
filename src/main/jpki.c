/* jpki, everyone's tool: finds the subcommand and runs it. What a subcommand does is in its file.
 */
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "main/options.h"

/* One list a file, in the order in which help shows them. */
/* clang-format off */
static const struct command *const lists[] = {
    rules_commands,
    guide_commands,
    card_commands,
    counter_commands,
    admin_commands,
    sign_commands,
    login_commands,
    verify_commands,
};
/* clang-format on */

/* Takes the words of a command's name off argv; false if they are not there. */
static bool is_called(const struct command *command, int argc, char **argv, int *num_words)
{
    const char *blank = strchr(command->name, ' ');
    size_t first = blank ? (size_t)(blank - command->name) : strlen(command->name);
    *num_words = blank ? 2 : 1;
    if (argc < *num_words || strlen(argv[0]) != first ||
        strncmp(argv[0], command->name, first) != 0)
        return false;
    return !blank || strcmp(argv[1], blank + 1) == 0;
}

static const struct command *find_command(int argc, char **argv, int *num_words)
{
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        for (const struct command *command = lists[i]; command->name; command++)
            if (is_called(command, argc, argv, num_words))
                return command;
    return NULL;
}

static int print_help(FILE *out)
{
    fputs(say("usage: jpki COMMAND [OPTION]…\n", "使い方: jpki コマンド [オプション]…\n"), out);
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        for (const struct command *command = lists[i]; command->name; command++)
            fprintf(out, "  %-20s %s\n", command->name, say(command->en, command->ja));
    return out == stdout ? EXIT_DONE : EXIT_USAGE;
}

/* For the comparison with the man page: one line for each option of each command. */
static int print_options(void)
{
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        for (const struct command *command = lists[i]; command->name; command++)
            for (const struct option *option = command->options; option->name; option++)
                printf("%s --%s\n", command->name, option->name);
    return EXIT_DONE;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return print_help(stderr);
    if (strcmp(argv[1], "--help") == 0)
        return print_help(stdout);
    if (strcmp(argv[1], "--options") == 0)
        return print_options();
    int num_words;
    const struct command *command = find_command(argc - 1, argv + 1, &num_words);
    if (!command)
        return complain_usage(say("%s: no such command (jpki --help lists them)",
                                  "%s: そのようなコマンドはありません (jpki --help)"),
                              argv[1]);
    return command->run(argc - num_words, argv + num_words);
}
