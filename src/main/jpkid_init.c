/* jpkid init: keys, authorities, database, maps, the first lists, in a folder that was not there.
 * All goes the way of every day: the authorities' certificates are stored and journalled, then
 * linted, logged and signed by a signer in a process of its own. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "crypto/token.h"
#include "main/centre_files.h"
#include "main/ceremony.h"
#include "main/data_folder.h"
#include "main/jpkid.h"
#include "main/offline_signer.h"
#include "main/options.h"
#include "main/profile_file.h"
#include "main/settings.h"
#include "main/town_files.h"
#include "signer/signer.h"
#include "store/store.h"

#define DEFAULT_ETC "etc"

enum {
    OPTION_SAMPLE = FIRST_OPTION,
    OPTION_ETC,
    OPTION_PROFILE,
    OPTION_PASSPHRASE,
    OPTION_CLOCK,
    OPTION_STORE,
    OPTION_TOKEN,
    OPTION_TOKEN_FILES,
    OPTION_CEREMONY,
    OPTION_SHARES,
    OPTION_DRY_RUN,
    NUM_OPTIONS
};

const struct option init_options[] = {
    SETTING_OPTIONS(EVERY),
    {"sample", no_argument, NULL, OPTION_SAMPLE},
    {"etc", required_argument, NULL, OPTION_ETC},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    {"passphrase-fd", required_argument, NULL, OPTION_PASSPHRASE},
    {"clock", required_argument, NULL, OPTION_CLOCK},
    {"store", required_argument, NULL, OPTION_STORE},
    {"token", required_argument, NULL, OPTION_TOKEN},
    {"token-files", required_argument, NULL, OPTION_TOKEN_FILES},
    {"ceremony", required_argument, NULL, OPTION_CEREMONY},
    {"shares", required_argument, NULL, OPTION_SHARES},
    {"dry-run", no_argument, NULL, OPTION_DRY_RUN},
    {0},
};

struct init {
    char folder[PATH_MAX]; /* unfinished, beside the one asked for; "" when there is none */
    const char *etc;
    const char *profile; /* its file */
    char default_profile[PATH_MAX];
    struct profile_site site;
    const char *store; /* NULL: a file in the folder */
    char module[PATH_MAX];
    struct signer_token token; /* module NULL: sealed files */
    bool is_sample;
    struct ceremony *ceremony; /* NULL: none */
    const char *shares;        /* folder that they go to */
    bool is_dry_run;           /* all is done, and nothing kept */
    pid_t signer;              /* 0: none runs */
};

static void init_done(struct init *init)
{
    offline_signer_end(init->signer);
    if (init->folder[0])
        data_folder_remove(init->folder);
}

/* --- files --- */

/* What the operator names may be a link (file_copy would take none). */
static enum err config_copy(const char *from, const char *to, struct fault *fault)
{
    struct buffer content CLEANUP_BUFFER;
    buffer_init(&content, LIMIT_CONFIG_FILE);
    enum err err = file_read(from, &content, fault);
    return err == ERR_NONE ? file_create(to, buffer_bytes(&content), 0644, fault) : err;
}

/* What the town decides is copied: the service runs on what it was made with. */
static enum err etc_copy(const struct init *init, struct fault *fault)
{
    static const char *const names[] = {"policy", "municipalities", "offices", "appointments",
                                        "substitutes"};
    char folder[PATH_MAX], from[PATH_MAX], to[PATH_MAX];
    enum err err = data_path(init->folder, DATA_ETC, folder, fault);
    for (size_t i = 0; i < COUNT_OF(names) && err == ERR_NONE; i++) {
        err = path_join(init->etc, names[i], from, fault);
        if (err == ERR_NONE)
            err = path_join(folder, names[i], to, fault);
        if (err == ERR_NONE)
            err = config_copy(from, to, fault);
    }
    if (err == ERR_NONE)
        err = data_path(init->folder, DATA_PROFILE, to, fault);
    return err == ERR_NONE ? config_copy(init->profile, to, fault) : err;
}

static enum err sample_mark(const struct init *init, struct fault *fault)
{
    return init->is_sample ? data_sample_mark(init->folder, fault) : ERR_NONE;
}

static enum err store_note(const struct init *init, struct fault *fault)
{
    return init->store ? data_item_create(init->folder, DATA_DATABASE_ADDRESS,
                                          bytes_of_text(init->store), 0600, fault)
                       : ERR_NONE;
}

/* A file of the sample, or of a real town's own; that may have none. */
static enum err first_read(const struct init *init, const char *name, struct buffer *out,
                           struct fault *fault)
{
    char folder[PATH_MAX], path[PATH_MAX];
    enum err err = path_join(init->etc, init->is_sample ? "sample" : ".", folder, fault);
    if (err == ERR_NONE)
        err = path_join(folder, name, path, fault);
    if (err == ERR_NONE)
        err = file_read(path, out, fault);
    return err == ERR_NOT_FOUND && !init->is_sample ? ERR_NONE : err;
}

/* --- the signer --- */

static enum err signer_start(struct init *init, const struct secret *passphrase, int *out,
                             struct fault *fault)
{
    char folder[PATH_MAX];
    enum err err = data_path(init->folder, DATA_SIGNER, folder, fault);
    const struct offline_signer wanted = {
        .folder = folder,
        .site = &init->site,
        .passphrase = passphrase,
        .is_new = true,
        .token = init->token.module ? &init->token : NULL,
    };
    return err == ERR_NONE ? offline_signer_start(&wanted, &init->signer, out, fault) : err;
}

/* --- the centre --- */

static enum err centre_make(const struct init *init, int signer, struct fault *fault)
{
    struct centre_files files;
    struct buffer staff CLEANUP_BUFFER, residents CLEANUP_BUFFER;
    buffer_init(&staff, LIMIT_CONFIG_FILE);
    buffer_init(&residents, LIMIT_CSV_FILE);
    int fd CLEANUP_FD = signer;
    enum err err = centre_files_find(init->folder, &files, fault);
    if (err == ERR_NONE)
        err = first_read(init, "staff.csv", &staff, fault);
    if (err == ERR_NONE)
        err = first_read(init, "residents.csv", &residents, fault);
    if (err != ERR_NONE)
        return err;
    const struct data_first first = {.is_sample = init->is_sample,
                                     .municipality = files.municipality,
                                     .staff = buffer_bytes(&staff),
                                     .residents = buffer_bytes(&residents),
                                     .last = init->ceremony ? ceremony_record : NULL,
                                     .context = init->ceremony};
    fd = -1; /* taken over */
    return data_create(&files.paths, signer, &first, fault);
}

static enum err folder_fill(struct init *init, const struct secret *passphrase, struct fault *fault)
{
    int signer = -1;
    enum err err = etc_copy(init, fault);
    if (err == ERR_NONE)
        err = sample_mark(init, fault);
    if (err == ERR_NONE)
        err = store_note(init, fault);
    if (err == ERR_NONE)
        err = signer_start(init, passphrase, &signer, fault);
    if (err == ERR_NONE)
        err = centre_make(init, signer, fault);
    return err == ERR_NONE ? offline_signer_wait(&init->signer, fault) : err;
}

static enum err folder_make(struct init *init, const char *data, const struct secret *passphrase,
                            struct fault *fault)
{
    struct ceremony *ceremony = init->ceremony;
    enum err err = data_folder_make(data, DATA_OF_WRITER, init->folder, fault);
    if (err == ERR_NONE && ceremony)
        err = data_path(init->folder, DATA_CEREMONY, ceremony->record, fault);
    if (err == ERR_NONE)
        err = folder_fill(init, passphrase, fault);
    if (err == ERR_NONE && ceremony)
        err = ceremony_try(ceremony, passphrase, fault);
    if (err != ERR_NONE || init->is_dry_run)
        return err;
    if (ceremony) /* before the folder has its name: without them nobody can open it */
        err = ceremony_hand_out(ceremony, init->shares, fault);
    if (err == ERR_NONE)
        err = data_folder_finish(init->folder, data, fault);
    if (err == ERR_NONE)
        init->folder[0] = '\0';
    return err;
}

/* --- the command --- */

/* Before anything is made: a profile with a mistake leaves nothing behind. */
static enum err profile_find(struct init *init, const char *file, struct fault *fault)
{
    enum err err = path_join(init->etc, "profile", init->default_profile, fault);
    init->profile = file ? file : init->default_profile;
    return err == ERR_NONE ? profile_file_read(init->profile, &init->site, fault) : err;
}

/* MODULE:LABEL; a label has no colon. */
static bool token_ok(struct init *init, const char *text, const char *files)
{
    const char *colon = text ? strrchr(text, ':') : NULL;
    if (!text)
        return !files;
    if (!colon || text[0] != '/' || !colon[1] || (size_t)(colon - text) >= sizeof init->module)
        return false;
    memcpy(init->module, text, (size_t)(colon - text));
    init->token = (struct signer_token){init->module, colon + 1, files};
    return strlen(colon + 1) <= TOKEN_LABEL_MAX && !strchr(text, '\n') &&
           (!files || (files[0] == '/' && !strchr(files, '\n') && strlen(files) < PATH_MAX));
}

/* The passphrase is asked for, or made with the shares of a ceremony. */
static int passphrase_find(struct init *init, const char *const *values, struct secret *out)
{
    struct fault fault = {0};
    if (!init->ceremony)
        return jpkid_passphrase(values[OPTION_PASSPHRASE], true, out);
    if (ceremony_read(values[OPTION_CEREMONY], init->ceremony, &fault) != ERR_NONE ||
        ceremony_begin(init->ceremony, out) != ERR_NONE)
        return complain_fault(&fault);
    return EXIT_DONE;
}

static bool ceremony_ok(const char *const *values)
{
    if (!values[OPTION_CEREMONY])
        return !values[OPTION_SHARES] && !values[OPTION_DRY_RUN];
    return !values[OPTION_PASSPHRASE] && !values[OPTION_TOKEN] &&
           !values[OPTION_SHARES] == (values[OPTION_DRY_RUN] != NULL);
}

static void say_ceremony(const struct init *init)
{
    const struct ceremony *ceremony = init->ceremony;
    printf(say("shares: %u in %s, any %u of them open it\n"
               "Now, in this order:\n"
               "1. give each holder theirs, and delete the files\n"
               "2. write the SHA-256 of journal/ceremony into the minutes; all sign these\n"
               "3. take a backup\n",
               "シェア: %u 個を %s に作成、うち %u 個で開けます\n"
               "次の順に行ってください:\n"
               "1. 各保持者に渡し、ファイルを削除\n"
               "2. journal/ceremony の SHA-256 を議事録に記載し、全員が署名\n"
               "3. バックアップを作成\n"),
           ceremony->num_holders, init->shares, ceremony->threshold);
}

static int say_done(const struct init *init, const char *data)
{
    if (init->is_dry_run) {
        printf(say("%s: dry run: all went well, nothing was kept\n",
                   "%s: リハーサル完了、何も残していません\n"),
               data);
        return EXIT_DONE;
    }
    printf(say("%s: made%s\n", "%s: 作成しました%s\n"), data,
           init->is_sample ? " (見本／SAMPLE)" : "");
    if (init->ceremony)
        say_ceremony(init);
    return EXIT_DONE;
}

/* What the options say; EXIT_DONE, or a complaint. */
static int options_take(struct init *init, struct ceremony *ceremony, const char *const *values)
{
    if (!values[SETTING_DATA])
        return complain_usage("init: --data is needed");
    if (values[OPTION_STORE] && store_is_file(values[OPTION_STORE]))
        return complain_usage("init: --store is postgres:… or postgresql://…");
    if (!jpkid_clock_ok(values[OPTION_CLOCK], values[OPTION_SAMPLE] != NULL))
        return complain_usage("init: --clock is a time (YYYY-MM-DDThh:mm:ssZ), for --sample only");
    if (!token_ok(init, values[OPTION_TOKEN], values[OPTION_TOKEN_FILES]))
        return complain_usage("init: --token is MODULE:LABEL, the module by its whole path; "
                              "--token-files beside it a whole path");
    if (!ceremony_ok(values))
        return complain_usage("init: --ceremony goes with --shares or --dry-run, and with neither "
                              "--passphrase-fd nor --token");
    init->ceremony = values[OPTION_CEREMONY] ? ceremony : NULL;
    init->shares = values[OPTION_SHARES];
    init->is_dry_run = values[OPTION_DRY_RUN] != NULL;
    init->etc = values[OPTION_ETC] ? values[OPTION_ETC] : DEFAULT_ETC;
    init->store = values[OPTION_STORE];
    init->is_sample = values[OPTION_SAMPLE] != NULL;
    return EXIT_DONE;
}

int jpkid_init(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_OPTIONS] = {0};
    struct settings settings;
    struct init init CLEANUP(init_done) = {0};
    struct ceremony ceremony CLEANUP_CEREMONY = {0};
    struct secret passphrase CLEANUP_SECRET;
    secret_init(&passphrase);
    struct fault fault = {0};
    int status = settings_read(argc, argv, command, values, NUM_OPTIONS, &settings);
    if (status != EXIT_DONE)
        return status;
    status = options_take(&init, &ceremony, values);
    if (status != EXIT_DONE)
        return status;
    if (sandbox_basics(&fault) != ERR_NONE)
        return complain_fault(&fault);
    status = passphrase_find(&init, values, &passphrase);
    if (status != EXIT_DONE)
        return status;
    enum err err = profile_find(&init, values[OPTION_PROFILE], &fault);
    if (err == ERR_NONE)
        err = town_files_check(init.etc, &fault);
    if (err == ERR_NONE)
        err = folder_make(&init, values[SETTING_DATA], &passphrase, &fault);
    if (err == ERR_NONE)
        return say_done(&init, values[SETTING_DATA]);
    complain_fault(&fault);
    return err == ERR_EXISTS ? EXIT_REFUSED : EXIT_UNDECIDED;
}
