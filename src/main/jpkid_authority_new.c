/* jpkid authority-new: the next generation of an authority, while the service stands still. A new
 * key of the same name certifies residents' keys from then on; the older ones answer for what they
 * signed until it ends. Cut short, it is run again and goes on. */
#include <stdio.h>

#include "base/clock.h"
#include "centre/setup.h"
#include "main/jpkid.h"
#include "main/options.h"
#include "main/renewal.h"
#include "main/settings.h"

enum { OPTION_KIND = FIRST_OPTION, OPTION_PASSPHRASE, OPTION_CLOCK, NUM_OPTIONS };

const struct option authority_new_options[] = {
    SETTING_OPTIONS(EVERY),
    OPTION_VALUE("kind", OPTION_KIND),
    OPTION_VALUE("passphrase-fd", OPTION_PASSPHRASE),
    OPTION_VALUE("clock", OPTION_CLOCK),
    {0},
};

struct result {
    unsigned generation;
    int64_t not_after;
};

static enum err centre_run(struct renewal *renewal, struct centre *centre, struct fault *fault)
{
    struct result *result = renewal->context;
    enum kind kind = renewal->wanted.kind;
    centre->makes_authorities = true;
    enum err err = centre_start(centre, fault);
    if (err == ERR_NONE)
        err = setup_new_generation(centre, kind, fault);
    if (err != ERR_NONE)
        return err;
    const struct authority *newest = authority_newest(centre, kind);
    *result = (struct result){newest->generation, newest->cert.not_after};
    return ERR_NONE;
}

static int say_done(enum kind kind, const struct result *result)
{
    char end[TIME_TEXT], name[STATUS_NAME];
    printf(say("%s: generation %u signs from now on, until %s\n",
               "%s: 第%u世代が今後署名します（%s まで）\n"),
           kind_name(kind), result->generation, time_print(result->not_after, end));
    printf(say("Now, in this order:\n"
               "1. take a backup: this key is in none yet\n"
               "2. give published/%s.cer to the relying parties, by a way they trust\n"
               "3. start the service\n",
               "次の順に行ってください:\n"
               "1. バックアップを作成（この鍵はまだどのバックアップにもありません）\n"
               "2. published/%s.cer を、信頼できる経路で検証者に配布\n"
               "3. サービスを起動\n"),
           status_published_name(kind, result->generation, name));
    return EXIT_DONE;
}

int jpkid_authority_new(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_OPTIONS] = {0};
    struct settings settings;
    struct result result;
    struct renewal renewal = {.run = centre_run, .context = &result};
    int status = settings_read(argc, argv, command, values, NUM_OPTIONS, &settings);
    if (status != EXIT_DONE)
        return status;
    if (!values[OPTION_KIND] || kind_parse(values[OPTION_KIND], &renewal.wanted.kind) != ERR_NONE)
        return complain_usage("authority-new: --kind is signature or authentication");
    renewal.folder = values[SETTING_DATA];
    status = renewal_run(&renewal, command->name, values[OPTION_PASSPHRASE], values[OPTION_CLOCK]);
    return status == EXIT_DONE ? say_done(renewal.wanted.kind, &result) : status;
}
