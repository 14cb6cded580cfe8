/* Lists of subcommands: found by their names, and printed. */
#include "main/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "main/options.h"

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

static const struct command *find(const struct command *const *lists, int argc, char **argv,
                                  int *num_words)
{
    for (; *lists; lists++)
        for (const struct command *command = *lists; command->name; command++)
            if (is_called(command, argc, argv, num_words))
                return command;
    return NULL;
}

static int print_help(const struct command *const *lists, FILE *out)
{
    fprintf(out, say("usage: %s COMMAND [OPTION]…\n", "使い方: %s コマンド [オプション]…\n"),
            program_invocation_short_name);
    for (; *lists; lists++)
        for (const struct command *command = *lists; command->name; command++)
            fprintf(out, "  %-20s %s\n", command->name, say(command->en, command->ja));
    return out == stdout ? EXIT_DONE : EXIT_USAGE;
}

static int print_options(const struct command *const *lists)
{
    for (; *lists; lists++)
        for (const struct command *command = *lists; command->name; command++)
            for (const struct option *option = command->options; option->name; option++)
                printf("%s --%s\n", command->name, option->name);
    return EXIT_DONE;
}

int command_run(const struct command *const *lists, int argc, char **argv)
{
    int num_words;
    if (argc < 2)
        return print_help(lists, stderr);
    if (strcmp(argv[1], "--help") == 0)
        return print_help(lists, stdout);
    if (strcmp(argv[1], "--options") == 0)
        return print_options(lists);
    const struct command *command = find(lists, argc - 1, argv + 1, &num_words);
    if (!command)
        return complain_usage(say("%s: no such command (%s --help lists them)",
                                  "%s: そのようなコマンドはありません (%s --help)"),
                              argv[1], program_invocation_short_name);
    return command->run(argc - num_words, argv + num_words);
}
