/* jpkid permit-key-new: the next permit key, while the service stands still. Cards that are made
 * from then on have it; the others get it as they come to the counter, and until then obey the key
 * that they have. Cut short, it is run again and goes on. */
#include <stdio.h>

#include "base/encoding.h"
#include "main/jpkid.h"
#include "main/options.h"
#include "main/renewal.h"
#include "main/settings.h"

enum { OPTION_PASSPHRASE = FIRST_OPTION, OPTION_CLOCK, NUM_OPTIONS };

const struct option permit_key_new_options[] = {
    SETTING_OPTIONS(EVERY),
    OPTION_VALUE("passphrase-fd", OPTION_PASSPHRASE),
    OPTION_VALUE("clock", OPTION_CLOCK),
    {0},
};

struct result {
    unsigned generation;
    char id[2 * PERMIT_KEY_ID_LEN + 1];
};

/* The one behind the last that the database has seen: what was begun before is finished. */
static enum err generation_find(struct renewal *renewal, const struct centre_files *files,
                                struct fault *fault)
{
    struct store *store CLEANUP_STORE = NULL;
    unsigned settled;
    enum err err = store_open(files->paths.database, STORE_READER, &store, fault);
    if (err == ERR_NONE)
        err = permit_keys_settled(store, &settled, fault);
    if (err == ERR_NONE)
        renewal->wanted.permit_key = settled + 1;
    return err;
}

static enum err centre_run(struct renewal *renewal, struct centre *centre, struct fault *fault)
{
    struct result *result = renewal->context;
    enum err err = centre_start(centre, fault);
    if (err != ERR_NONE)
        return err;
    result->generation = centre->permit_keys.num;
    hex_print(centre->permit_keys.generations[centre->permit_keys.num - 1].id, PERMIT_KEY_ID_LEN,
              result->id);
    return ERR_NONE;
}

static int say_done(const struct result *result)
{
    printf(say("permit key: generation %u, %s\n", "許可鍵: 第%u世代 %s\n"), result->generation,
           result->id);
    printf(say("Now, in this order:\n"
               "1. take a backup: this key is in none yet\n"
               "2. give published/permit-key-%u.pem to whoever makes cards\n"
               "3. start the service: cards get the key as they come to the counter\n",
               "次の順に行ってください:\n"
               "1. バックアップを作成（この鍵はまだどのバックアップにもありません）\n"
               "2. published/permit-key-%u.pem をカードの製造者に配布\n"
               "3. サービスを起動（カードは窓口に来た時に新しい鍵に切り替わります）\n"),
           result->generation);
    return EXIT_DONE;
}

int jpkid_permit_key_new(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_OPTIONS] = {0};
    struct settings settings;
    struct result result;
    struct renewal renewal = {.prepare = generation_find, .run = centre_run, .context = &result};
    int status = settings_read(argc, argv, command, values, NUM_OPTIONS, &settings);
    if (status != EXIT_DONE)
        return status;
    renewal.folder = values[SETTING_DATA];
    status = renewal_run(&renewal, command->name, values[OPTION_PASSPHRASE], values[OPTION_CLOCK]);
    return status == EXIT_DONE ? say_done(&result) : status;
}
