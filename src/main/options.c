/* Reading options and complaining, in one manner for every subcommand. */
#include "main/options.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -o is short for --output where there is one. */
static int long_option(const struct option *options, int found)
{
    if (found != 'o')
        return found;
    for (const struct option *option = options; option->name; option++)
        if (strcmp(option->name, "output") == 0)
            return option->val;
    return '?';
}

bool options_read(int argc, char **argv, const struct option *options, const char **values,
                  size_t num_values)
{
    opterr = 0;
    optind = 1;
    for (;;) {
        int at = optind;
        int found = long_option(options, getopt_long(argc, argv, ":o:", options, NULL));
        if (found == -1)
            return true;
        if (found == ':')
            complain_usage(say("%s needs a value", "%s には値が必要です"), argv[at]);
        else if (found == '?' || (size_t)found >= num_values)
            complain_usage(say("%s: no such option", "%s: そのようなオプションはありません"),
                           argv[at]);
        else if (values[found])
            complain_usage(say("%s is given twice", "%s が2回指定されています"), argv[at]);
        else {
            values[found] = optarg ? optarg : "";
            continue;
        }
        return false;
    }
}

bool options_read_all(int argc, char **argv, const struct option *options, const char **values,
                      size_t num_values)
{
    if (!options_read(argc, argv, options, values, num_values))
        return false;
    if (optind == argc)
        return true;
    complain_usage(say("%s: one argument too many", "%s: 余分な引数です"), argv[optind]);
    return false;
}

const char *say(const char *en, const char *ja)
{
    return language_of_locale() == LANGUAGE_JA ? ja : en;
}

PRINTF_LIKE(1, 0)
static void complain(const char *format, va_list arguments)
{
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

int complain_usage(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain(format, arguments);
    va_end(arguments);
    return EXIT_USAGE;
}

int refuse(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain(format, arguments);
    va_end(arguments);
    return EXIT_REFUSED;
}

int refuse_fault(const struct fault *fault)
{
    complain_fault(fault);
    return EXIT_REFUSED;
}

int complain_err(const char *input, enum err code)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, input,
            err_sentence(code, language_of_locale()));
    return EXIT_UNDECIDED;
}

int complain_ask(const char *input, const char *option, enum err code)
{
    if (code != ERR_IO)
        return complain_err(input, code);
    fprintf(stderr,
            say("%s: %s: there is no terminal to ask on; --%s NUMBER reads a descriptor\n",
                "%s: %s: 尋ねる端末がありません。--%s 番号 で記述子から読みます\n"),
            program_invocation_short_name, input, option);
    return EXIT_UNDECIDED;
}

int complain_descriptor(const char *input, const char *option, enum err code)
{
    if (code != ERR_CLOSED)
        return complain_err(input, code);
    fprintf(stderr,
            say("%s: %s: the descriptor of --%s has no more lines\n",
                "%s: %s: --%s の記述子にはもう行がありません\n"),
            program_invocation_short_name, input, option);
    return EXIT_UNDECIDED;
}

int complain_fault(const struct fault *fault)
{
    char text[512];
    fprintf(stderr, "%s: %s\n", program_invocation_short_name,
            fault_print(fault, text, sizeof text));
    return EXIT_UNDECIDED;
}

bool option_date(const char *name, const char *text, struct date *out)
{
    if (date_parse(text, out) == ERR_NONE)
        return true;
    complain_usage(
        say("--%s %s: not a date (YYYY-MM-DD)", "--%s %s: 日付 (YYYY-MM-DD) ではありません"), name,
        text);
    return false;
}

bool option_time(const char *name, const char *text, int64_t *out)
{
    if (time_parse(text, out) == ERR_NONE)
        return true;
    complain_usage(say("--%s %s: not a time (YYYY-MM-DDThh:mm:ssZ, or a date)",
                       "--%s %s: 時刻 (YYYY-MM-DDThh:mm:ssZ 又は日付) ではありません"),
                   name, text);
    return false;
}

bool option_birth(const char *name, const char *text, struct date *out)
{
    if (date_parse_birth(text, out) == ERR_NONE)
        return true;
    complain_usage(say("--%s %s: not a birth date (YYYY-MM-DD, 00 where it is not known)",
                       "--%s %s: 生年月日 (YYYY-MM-DD、不詳は00) ではありません"),
                   name, text);
    return false;
}

bool option_descriptor(const char *name, const char *text, int *out)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    bool is_number = text[0] >= '0' && text[0] <= '9' && !*end && !errno && value <= INT_MAX;
    if (is_number && fcntl((int)value, F_GETFD) >= 0) {
        *out = (int)value;
        return true;
    }
    complain_usage(
        say("--%s %s: not an open descriptor", "--%s %s: 開いたファイル記述子ではありません"), name,
        text);
    return false;
}
