/* jpkid authority-new: the next generation of an authority, while the service stands still. A new
 * key of the same name certifies residents' keys from then on; the older ones answer for what they
 * signed until it ends. Cut short, it is run again and goes on. */
#include <limits.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/sandbox.h"
#include "centre/setup.h"
#include "main/centre_files.h"
#include "main/data_folder.h"
#include "main/jpkid.h"
#include "main/offline_signer.h"
#include "main/options.h"
#include "main/profile_file.h"
#include "main/settings.h"

enum { OPTION_KIND = FIRST_OPTION, OPTION_PASSPHRASE, OPTION_CLOCK, NUM_OPTIONS };

const struct option authority_new_options[] = {
    SETTING_OPTIONS(AUTHORITY_NEW),
    {"kind", required_argument, NULL, OPTION_KIND},
    {"passphrase-fd", required_argument, NULL, OPTION_PASSPHRASE},
    {"clock", required_argument, NULL, OPTION_CLOCK},
    {0},
};

struct renewal {
    const char *folder;
    enum kind kind;
    int lock;
    pid_t signer; /* 0: none runs */
    unsigned generation;
    int64_t not_after;
};

static void renewal_done(struct renewal *renewal)
{
    offline_signer_end(renewal->signer);
    fd_close(&renewal->lock);
}

static enum err signer_start(struct renewal *renewal, const struct secret *passphrase, int *out,
                             struct fault *fault)
{
    char folder[PATH_MAX], profile[PATH_MAX];
    struct profile_site site;
    enum err err = data_path(renewal->folder, DATA_SIGNER, folder, fault);
    if (err == ERR_NONE)
        err = data_path(renewal->folder, DATA_PROFILE, profile, fault);
    if (err == ERR_NONE)
        err = profile_file_read(profile, &site, fault);
    const struct offline_signer wanted = {
        .folder = folder, .site = &site, .passphrase = passphrase, .kind = renewal->kind};
    return err == ERR_NONE ? offline_signer_start(&wanted, &renewal->signer, out, fault) : err;
}

static enum err centre_run(struct renewal *renewal, struct centre *centre, struct fault *fault)
{
    centre->makes_authorities = true;
    enum err err = centre_start(centre, fault);
    if (err == ERR_NONE)
        err = setup_new_generation(centre, renewal->kind, fault);
    if (err != ERR_NONE)
        return err;
    const struct authority *newest = authority_newest(centre, renewal->kind);
    renewal->generation = newest->generation;
    renewal->not_after = newest->cert.not_after;
    return ERR_NONE;
}

static enum err renew(struct renewal *renewal, const struct secret *passphrase, struct fault *fault)
{
    struct centre_files files;
    struct data data CLEANUP(data_done) = {0};
    int signer = -1;
    enum err err = data_folder_lock(renewal->folder, &renewal->lock, fault);
    if (err == ERR_NONE)
        err = centre_files_find(renewal->folder, &files, fault);
    if (err == ERR_NONE)
        err = signer_start(renewal, passphrase, &signer, fault);
    if (err == ERR_NONE)
        err = data_open(&files.paths, signer, files.municipality, &data, fault);
    if (err == ERR_NONE)
        err = centre_run(renewal, &data.centre, fault);
    data_done(&data); /* closes the socket to the signer */
    return err == ERR_NONE ? offline_signer_wait(&renewal->signer, fault) : err;
}

static int say_done(const struct renewal *renewal)
{
    char end[TIME_TEXT], name[STATUS_NAME];
    printf(say("%s: generation %u signs from now on, until %s\n",
               "%s: 第%u世代が今後署名します（%s まで）\n"),
           kind_name(renewal->kind), renewal->generation, time_print(renewal->not_after, end));
    printf(say("Now, in this order:\n"
               "1. take a backup: this key is in none yet\n"
               "2. give published/%s.cer to the relying parties, by a way they trust\n"
               "3. start the service\n",
               "次の順に行ってください:\n"
               "1. バックアップを作成（この鍵はまだどのバックアップにもありません）\n"
               "2. published/%s.cer を、信頼できる経路で検証者に配布\n"
               "3. サービスを起動\n"),
           status_published_name(renewal->kind, renewal->generation, name));
    return EXIT_DONE;
}

int jpkid_authority_new(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_OPTIONS] = {0};
    struct settings settings;
    struct renewal renewal CLEANUP(renewal_done) = {.lock = -1};
    struct secret passphrase CLEANUP_SECRET;
    struct fault fault = {0};
    secret_init(&passphrase);
    int status = settings_read(argc, argv, command, values, NUM_OPTIONS, &settings);
    if (status != EXIT_DONE)
        return status;
    if (!values[SETTING_DATA])
        return complain_usage("authority-new: --data is needed");
    if (!values[OPTION_KIND] || kind_parse(values[OPTION_KIND], &renewal.kind) != ERR_NONE)
        return complain_usage("authority-new: --kind is signature or authentication");
    renewal.folder = values[SETTING_DATA];
    if (!jpkid_clock_ok(values[OPTION_CLOCK], data_is_sample(renewal.folder)))
        return complain_usage(
            "authority-new: --clock is a time (YYYY-MM-DDThh:mm:ssZ), for sample data");
    if (sandbox_basics(&fault) != ERR_NONE)
        return complain_fault(&fault);
    status = jpkid_passphrase(values[OPTION_PASSPHRASE], false, &passphrase);
    if (status != EXIT_DONE)
        return status;
    if (renew(&renewal, &passphrase, &fault) == ERR_NONE)
        return say_done(&renewal);
    complain_fault(&fault);
    return EXIT_UNDECIDED;
}
