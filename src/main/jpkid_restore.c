/* jpkid restore: the operator's statement that the database, or all of the data folder, was set
 * back. Without it the service does not start. It takes over what was published since, raises what
 * the signer counts, and tells what only people can bring back. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "centre/data.h"
#include "centre/restore.h"
#include "main/centre_files.h"
#include "main/data_folder.h"
#include "main/jpkid.h"
#include "main/options.h"
#include "main/profile_file.h"
#include "main/restore_files.h"
#include "main/settings.h"
#include "signer/signer.h"

enum {
    OPTION_FROM = FIRST_OPTION,
    OPTION_LOG,
    OPTION_MARGIN,
    OPTION_PUBLISHED,
    OPTION_PASSPHRASE,
    OPTION_CLOCK,
    NUM_OPTIONS
};

const struct option restore_options[] = {
    SETTING_OPTIONS(EVERY),
    {"from", required_argument, NULL, OPTION_FROM},
    {"signed-log", required_argument, NULL, OPTION_LOG},
    {"lost-log", required_argument, NULL, OPTION_MARGIN},
    {"published", required_argument, NULL, OPTION_PUBLISHED},
    {"passphrase-fd", required_argument, NULL, OPTION_PASSPHRASE},
    {"clock", required_argument, NULL, OPTION_CLOCK},
    {0},
};

struct restore {
    const char *const *values;
    char folder[PATH_MAX]; /* unfinished; "" when there is none */
    int lock;              /* of a folder that was there; -1 */
    struct buffer lists[NUM_KINDS][SIGNER_GENERATIONS_MAX];
    struct restore_facts facts;
    struct restore_result result;
};

static void restore_done(struct restore *restore)
{
    if (restore->folder[0])
        data_folder_remove(restore->folder);
    fd_close(&restore->lock);
    for (int kind = 0; kind < NUM_KINDS; kind++)
        for (unsigned i = 0; i < SIGNER_GENERATIONS_MAX; i++)
            buffer_done(&restore->lists[kind][i]);
}

/* Where the data lie while this runs. */
static const char *folder_of(const struct restore *restore)
{
    return restore->folder[0] ? restore->folder : restore->values[SETTING_DATA];
}

/* --- files --- */

/* Empty ones, which the service fills from the changes: status opens them before. */
static enum err maps_make(const char *folder, struct fault *fault)
{
    static const enum data_item items[NUM_KINDS] = {DATA_MAP_SIGNATURE, DATA_MAP_AUTHENTICATION};
    enum err err = ERR_NONE;
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++) {
        char path[PATH_MAX];
        err = data_path(folder, items[kind], path, fault);
        if (err == ERR_NONE)
            err = status_map_create(path, (enum kind)kind, fault);
    }
    return err;
}

static enum err folder_from_backup(struct restore *restore, struct fault *fault)
{
    const char *const *values = restore->values;
    enum err err = data_folder_make(values[SETTING_DATA], DATA_OF_WRITER, restore->folder, fault);
    if (err != ERR_NONE)
        restore->folder[0] = '\0';
    if (err == ERR_NONE)
        err = restore_files_copy(values[OPTION_FROM], values[OPTION_LOG], restore->folder,
                                 &restore->facts.backup, fault);
    return err == ERR_NONE ? maps_make(restore->folder, fault) : err;
}

static enum err files_ready(struct restore *restore, struct fault *fault)
{
    const char *const *values = restore->values;
    return values[OPTION_FROM] ? folder_from_backup(restore, fault)
                               : data_folder_lock(values[SETTING_DATA], &restore->lock, fault);
}

/* --- signer and database --- */

static enum err signer_find(const struct restore *restore, const struct secret *passphrase,
                            struct signer **out, struct fault *fault)
{
    char folder[PATH_MAX], profile[PATH_MAX];
    struct profile_site site;
    enum err err = data_path(folder_of(restore), DATA_SIGNER, folder, fault);
    if (err == ERR_NONE)
        err = data_path(folder_of(restore), DATA_PROFILE, profile, fault);
    if (err == ERR_NONE)
        err = profile_file_read(profile, &site, fault);
    return err == ERR_NONE ? signer_open(folder, &site, passphrase, out, fault) : err;
}

static enum err database_settle(struct restore *restore, struct fault *fault)
{
    struct centre_files *files = malloc(sizeof *files);
    struct data data CLEANUP(data_done) = {0};
    if (!files)
        return fault_set(fault, ERR_MEMORY, "restore", "out of memory");
    enum err err = centre_files_find(folder_of(restore), files, fault);
    if (err == ERR_NONE)
        err = data_open_database(&files->paths, files->municipality, &data, fault);
    bool may_be_needless = !restore->folder[0] && restore->facts.margin == 0;
    if (err == ERR_NONE && may_be_needless &&
        restore_check(data.centre.store, &restore->facts.floors, NULL) == ERR_NONE)
        err = fault_set(fault, ERR_DENIED, "restore",
                        "the database has all that the signer signed: nothing was set back");
    if (err == ERR_NONE)
        err = restore_run(&data.centre, &restore->facts, &restore->result, fault);
    free(files);
    return err;
}

/* Certificate and, when they are given, list of each generation. */
static enum err authorities_find(struct restore *restore, const struct signer *signer,
                                 enum kind kind, struct fault *fault)
{
    const char *published = restore->values[OPTION_PUBLISHED];
    enum err err = ERR_NONE;
    for (unsigned g = 1; err == ERR_NONE && g <= SIGNER_GENERATIONS_MAX; g++) {
        struct buffer *list = &restore->lists[kind][g - 1];
        err = signer_authority(signer, kind, g, &restore->facts.authorities[kind][g - 1]);
        if (err == ERR_NOT_FOUND && g > 1)
            return ERR_NONE;
        if (err != ERR_NONE)
            return fault_set(fault, err, "signer", "it has no authority's certificate");
        if (published)
            err = restore_files_list(published, kind, g, list, fault);
        restore->facts.lists[kind][g - 1] = buffer_bytes(list);
    }
    return err;
}

static enum err settle(struct restore *restore, const struct secret *passphrase,
                       struct fault *fault)
{
    struct signer *signer CLEANUP_SIGNER = NULL;
    struct restore_facts *facts = &restore->facts;
    enum err err = signer_find(restore, passphrase, &signer, fault);
    if (err != ERR_NONE)
        return err;
    signer_get_floors(signer, &facts->floors);
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        err = authorities_find(restore, signer, (enum kind)kind, fault);
    if (err != ERR_NONE)
        return err;
    err = database_settle(restore, fault);
    return err == ERR_NONE ? signer_restore(signer, &restore->result.floors, fault) : err;
}

static enum err restore_make(struct restore *restore, const struct secret *passphrase,
                             struct fault *fault)
{
    enum err err = files_ready(restore, fault);
    if (err == ERR_NONE)
        err = settle(restore, passphrase, fault);
    if (err == ERR_NONE && restore->folder[0])
        err = data_folder_finish(restore->folder, restore->values[SETTING_DATA], fault);
    if (err == ERR_NONE)
        restore->folder[0] = '\0';
    return err;
}

/* --- the command --- */

static bool margin_ok(const char *text, int64_t *out)
{
    char *end;
    if (!text)
        return true;
    *out = strtol(text, &end, 10);
    return !*end && *out > 0 && *out <= RESTORE_MARGIN_MAX;
}

static int usage_check(const char *const *values, int64_t *margin)
{
    if (!values[SETTING_DATA])
        return complain_usage("restore: --data is needed");
    if (!margin_ok(values[OPTION_MARGIN], margin))
        return complain_usage("restore: --lost-log is a number from 1 to %d", RESTORE_MARGIN_MAX);
    if (values[OPTION_LOG] && (values[OPTION_MARGIN] || !values[OPTION_FROM]))
        return complain_usage("restore: --signed-log goes with --from, and not with --lost-log");
    if (values[OPTION_FROM] && !values[OPTION_LOG] && !values[OPTION_MARGIN])
        return complain_usage(say(
            "restore: give the signed.log that was kept (--signed-log FILE); only if it is lost, "
            "--lost-log with a number that is surely above all certificates and lists made "
            "since the backup",
            "restore: 残っている signed.log を --signed-log "
            "で指定してください。失われた場合に限り、"
            "バックアップ以降の発行数を必ず上回る数を --lost-log で指定してください"));
    if (!jpkid_clock_ok(
            values[OPTION_CLOCK],
            data_is_sample(values[OPTION_FROM] ? values[OPTION_FROM] : values[SETTING_DATA])))
        return complain_usage("restore: --clock is a time (YYYY-MM-DDThh:mm:ssZ), for sample data");
    return EXIT_DONE;
}

static void say_since(const struct restore *restore)
{
    char time[TIME_TEXT];
    if (restore->facts.backup)
        printf(say("restored from the backup of %s\n", "%s のバックアップから復元しました\n"),
               time_print(restore->facts.backup, time));
    for (int kind = 0; kind < NUM_KINDS; kind++)
        printf(say("%s: serials go on above %" PRIu64 ", lists above number %" PRIu64 "\n",
                   "%s: 証明書番号は %" PRIu64 " を、失効リスト番号は %" PRIu64
                   " を超えて続きます\n"),
               kind_name((enum kind)kind), restore->result.floors.of[kind].serial,
               restore->result.floors.of[kind].crl_number);
}

static int say_done(const struct restore *restore)
{
    say_since(restore);
    if (restore->values[OPTION_PUBLISHED])
        printf(say("from the published lists: %" PRId64 " certificates held or revoked again, "
                   "%" PRId64 " more that this database does not know\n",
                   "公開済みの失効リストから: %" PRId64
                   " 件を再び保留・失効、ほかに未知の証明書 %" PRId64 " 件\n"),
               restore->result.num_changed, restore->result.num_unknown);
    else
        fputs(
            say("no --published: a certificate that was held or revoked since is good again until "
                "you hold or revoke it again\n",
                "--published "
                "の指定がないため、その後の保留・失効は再入力するまで失われたままです\n"),
            stdout);
    fputs(
        say("Now, in this order:\n"
            "1. start the service where nobody asks yet: jpkid serve --listen 127.0.0.1:0\n"
            "2. holds by telephone since then: again, from the hotline's own record (jpki counter "
            "hold)\n"
            "3. events of residents since then: again, from the register (jpki admin event)\n"
            "4. acts that waited for a second person: have them asked for again\n"
            "5. start it on its own address. A card with a newer certificate brings it back when "
            "it is next read at a counter; until then OCSP says unknown\n",
            "次の順に行ってください:\n"
            "1. まだ誰も照会しないアドレスで起動 (jpkid serve --listen 127.0.0.1:0)\n"
            "2. その後の電話による一時保留を、コールセンターの記録から再入力 (jpki counter hold)\n"
            "3. その後の住民異動を、住民記録から再入力 (jpki admin event)\n"
            "4. 承認待ちだった操作を、改めて依頼\n"
            "5. 本来のアドレスで起動。新しい電子証明書が入ったカードは、次に窓口で読み取られた時に"
            "再登録され、それまで OCSP は unknown と答えます\n"),
        stdout);
    return EXIT_DONE;
}

int jpkid_restore(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_OPTIONS] = {0};
    struct settings settings;
    struct restore restore CLEANUP(restore_done) = {.values = values, .lock = -1};
    struct secret passphrase CLEANUP_SECRET;
    struct fault fault = {0};
    secret_init(&passphrase);
    for (int kind = 0; kind < NUM_KINDS; kind++)
        for (unsigned i = 0; i < SIGNER_GENERATIONS_MAX; i++)
            buffer_init(&restore.lists[kind][i], LIMIT_CRL);
    int status = settings_read(argc, argv, command, values, NUM_OPTIONS, &settings);
    if (status != EXIT_DONE)
        return status;
    status = usage_check(values, &restore.facts.margin);
    if (status != EXIT_DONE)
        return status;
    if (sandbox_basics(&fault) != ERR_NONE)
        return complain_fault(&fault);
    status = jpkid_passphrase(values[OPTION_PASSPHRASE], false, &passphrase);
    if (status != EXIT_DONE)
        return status;
    enum err err = restore_make(&restore, &passphrase, &fault);
    if (err == ERR_NONE)
        return say_done(&restore);
    complain_fault(&fault);
    return err == ERR_EXISTS || err == ERR_DENIED || err == ERR_MALFORMED ? EXIT_REFUSED
                                                                          : EXIT_UNDECIDED;
}
