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

/* "counter open" is of the group "counter"; every command is of the group "". */
static bool is_of_group(const struct command *command, const char *group)
{
    size_t len = strlen(group);
    return len == 0 || (strncmp(command->name, group, len) == 0 && command->name[len] == ' ');
}

static bool is_group(const struct command *const *lists, const char *group)
{
    for (; *lists; lists++)
        for (const struct command *command = *lists; command->name; command++)
            if (is_of_group(command, group))
                return true;
    return false;
}

static int print_help(const struct command *const *lists, const char *group, FILE *out)
{
    fprintf(out, say("usage: %s COMMAND [OPTION]…\n", "使い方: %s コマンド [オプション]…\n"),
            program_invocation_short_name);
    for (; *lists; lists++)
        for (const struct command *command = *lists; command->name; command++)
            if (is_of_group(command, group))
                fprintf(out, "  %-20s %s\n", command->name, say(command->en, command->ja));
    fprintf(out,
            say("%s COMMAND --help lists the options of one; the man page explains them.\n",
                "各コマンドのオプションは %s コマンド --help、説明は man ページにあります。\n"),
            program_invocation_short_name);
    return out == stdout ? EXIT_DONE : EXIT_USAGE;
}

static int print_command(const struct command *command)
{
    printf(say("usage: %s %s [OPTION]… [ARGUMENT]…\n%s\n",
               "使い方: %s %s [オプション]… [引数]…\n%s\n"),
           program_invocation_short_name, command->name, say(command->en, command->ja));
    for (const struct option *option = command->options; option->name; option++)
        printf("  --%s%s\n", option->name,
               option->has_arg == no_argument ? "" : say(" VALUE", " 値"));
    return EXIT_DONE;
}

/* What is said where no command has the name: a group alone is a question for its commands. */
static int answer_unknown(const struct command *const *lists, int argc, char **argv)
{
    const char *second = argc > 2 ? argv[2] : NULL;
    if (is_group(lists, argv[1])) {
        if (!second || strcmp(second, "--help") == 0)
            return print_help(lists, argv[1], second ? stdout : stderr);
        return complain_usage(say("%s %s: no such command (%s %s --help lists them)",
                                  "%s %s: そのようなコマンドはありません (%s %s --help)"),
                              argv[1], second, program_invocation_short_name, argv[1]);
    }
    return complain_usage(say("%s: no such command (%s --help lists them)",
                              "%s: そのようなコマンドはありません (%s --help)"),
                          argv[1], program_invocation_short_name);
}

static int print_options(const struct command *const *lists)
{
    for (; *lists; lists++)
        for (const struct command *command = *lists; command->name; command++)
            for (const struct option *option = command->options; option->name; option++)
                printf("%s --%s\n", command->name, option->name);
    return EXIT_DONE;
}

static int print_version(void)
{
    printf("%s (OpenJPKI) %s\n", program_invocation_short_name, JPKI_VERSION);
    return EXIT_DONE;
}

int command_run(const struct command *const *lists, int argc, char **argv)
{
    int num_words;
    if (argc < 2)
        return print_help(lists, "", stderr);
    if (strcmp(argv[1], "--help") == 0)
        return print_help(lists, "", stdout);
    if (strcmp(argv[1], "--options") == 0)
        return print_options(lists);
    if (strcmp(argv[1], "--version") == 0)
        return print_version();
    const struct command *command = find(lists, argc - 1, argv + 1, &num_words);
    if (!command)
        return answer_unknown(lists, argc, argv);
    if (argc > num_words + 1 && strcmp(argv[num_words + 1], "--help") == 0)
        return print_command(command);
    return command->run(command, argc - num_words, argv + num_words);
}
