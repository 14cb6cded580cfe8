/* jpki verify: reads the options and asks one of the two questions. */
#include "main/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"

static const struct option verify_option_names[] = {
    OPTION_FLAG("path", VERIFY_PATH),
    OPTION_VALUE("anchor", VERIFY_ANCHOR),
    OPTION_VALUE("untrusted", VERIFY_UNTRUSTED),
    OPTION_VALUE("crl", VERIFY_CRL),
    OPTION_VALUE("cert", VERIFY_CERT),
    OPTION_VALUE("policy", VERIFY_POLICY),
    OPTION_FLAG("explicit-policy", VERIFY_EXPLICIT_POLICY),
    OPTION_FLAG("inhibit-map", VERIFY_INHIBIT_MAP),
    OPTION_FLAG("inhibit-any", VERIFY_INHIBIT_ANY),
    OPTION_VALUE("time", VERIFY_TIME),
    OPTION_VALUE("content", VERIFY_CONTENT),
    OPTION_VALUE("authority", VERIFY_AUTHORITY),
    OPTION_VALUE("ocsp", VERIFY_OCSP),
    OPTION_VALUE("push-set", VERIFY_PUSH_SET),
    OPTION_FLAG("json", VERIFY_JSON),
    {0},
};

/* How often an option may be given, in each of the two questions. */
#define MANY LIMIT_PATH_FILES
static const struct {
    size_t path, signature;
} most[NUM_VERIFY_OPTIONS] = {
    [VERIFY_PATH] = {1, 0},
    [VERIFY_ANCHOR] = {MANY, 0},
    [VERIFY_UNTRUSTED] = {MANY, 0},
    [VERIFY_CRL] = {MANY, 1},
    [VERIFY_CERT] = {1, 0},
    [VERIFY_POLICY] = {MANY, 0},
    [VERIFY_EXPLICIT_POLICY] = {1, 0},
    [VERIFY_INHIBIT_MAP] = {1, 0},
    [VERIFY_INHIBIT_ANY] = {1, 0},
    [VERIFY_TIME] = {1, 1},
    [VERIFY_CONTENT] = {0, 1},
    [VERIFY_AUTHORITY] = {0, MANY},
    [VERIFY_OCSP] = {0, 1},
    [VERIFY_PUSH_SET] = {0, 1},
    [VERIFY_JSON] = {0, 1},
};

static const char *option_name(int id)
{
    const struct option *option = verify_option_names;
    while (option->name && option->val != id)
        option++;
    return option->name ? option->name : "?";
}

static int collect(const struct option *options, int argc, char **argv, struct verify_options *out)
{
    opterr = 0;
    optind = 1;
    for (;;) {
        int at = optind;
        int found = getopt_long(argc, argv, ":", options, NULL);
        if (found == -1)
            return EXIT_DONE;
        if (found == ':')
            return complain_usage(say("%s needs a value", "%s には値が必要です"), argv[at]);
        if (found == '?')
            return complain_usage(say("%s: no such option", "%s: そのようなオプションはありません"),
                                  argv[at]);
        struct verify_given *given = &out->given[found];
        given->values[given->num++] = optarg ? optarg : "";
    }
}

static int check_counts(const struct verify_options *options)
{
    bool is_path = options->given[VERIFY_PATH].num != 0;
    for (int id = 1; id < NUM_VERIFY_OPTIONS; id++) {
        size_t num = options->given[id].num, limit = is_path ? most[id].path : most[id].signature;
        if (num && !limit)
            return complain_usage(
                say("--%s does not belong to this question", "--%s はここでは使えません"),
                option_name(id));
        if (num > limit)
            return complain_usage(say("--%s is given too often", "--%s の数が多すぎます"),
                                  option_name(id));
    }
    return EXIT_DONE;
}

static int need(const struct verify_options *options, enum verify_option id)
{
    if (options->given[id].num)
        return EXIT_DONE;
    return complain_usage(say("--%s is missing", "--%s が必要です"), option_name((int)id));
}

static int ask_path(int argc, char **argv, const struct verify_options *options)
{
    if (optind != argc)
        return complain_usage(say("%s: one argument too many", "%s: 余分な引数です"), argv[optind]);
    int status = need(options, VERIFY_CERT);
    if (status == EXIT_DONE)
        status = need(options, VERIFY_ANCHOR);
    return status == EXIT_DONE ? verify_path(options) : status;
}

static int ask_signature(int argc, char **argv, struct verify_options *options)
{
    if (optind + 1 != argc)
        return complain_usage(
            "%s", say("one signature file is needed", "署名ファイルを一つ指定してください"));
    options->file = argv[optind];
    int status = need(options, VERIFY_AUTHORITY);
    return status == EXIT_DONE ? verify_signature(options) : status;
}

static int ask(const struct command *command, int argc, char **argv, struct verify_options *options)
{
    int status = collect(command->options, argc, argv, options);
    if (status == EXIT_DONE)
        status = check_counts(options);
    if (status != EXIT_DONE)
        return status;
    const struct verify_given *time = &options->given[VERIFY_TIME];
    options->time = clock_now();
    if (time->num && !option_time("time", time->values[0], &options->time))
        return EXIT_USAGE;
    return options->given[VERIFY_PATH].num ? ask_path(argc, argv, options)
                                           : ask_signature(argc, argv, options);
}

static int run_verify(const struct command *command, int argc, char **argv)
{
    struct verify_options options = {0};
    const char **room = calloc((size_t)argc * NUM_VERIFY_OPTIONS + 1, sizeof *room);
    if (!room)
        return complain_err("jpki", ERR_MEMORY);
    for (size_t id = 0; id < NUM_VERIFY_OPTIONS; id++)
        options.given[id].values = room + id * (size_t)argc;
    int status = ask(command, argc, argv, &options);
    free(room);
    return status;
}

const struct command verify_commands[] = {
    {"verify", run_verify, verify_option_names, "checks a signature, or a certification path",
     "署名または証明書の経路を検証する", NULL},
    {0},
};
