#include "main/renewal.h"

#include <limits.h>

#include "base/file.h"
#include "base/sandbox.h"
#include "main/data_folder.h"
#include "main/jpkid.h"
#include "main/options.h"
#include "main/profile_file.h"

struct running {
    int lock;
    pid_t signer; /* 0: none runs */
};

static void running_done(struct running *running)
{
    offline_signer_end(running->signer);
    fd_close(&running->lock);
}

static enum err signer_start(struct renewal *renewal, const struct secret *passphrase, pid_t *pid,
                             int *out, struct fault *fault)
{
    char folder[PATH_MAX], profile[PATH_MAX];
    struct profile_site site;
    enum err err = data_path(renewal->folder, DATA_SIGNER, folder, fault);
    if (err == ERR_NONE)
        err = data_path(renewal->folder, DATA_PROFILE, profile, fault);
    if (err == ERR_NONE)
        err = profile_file_read(profile, &site, fault);
    struct offline_signer wanted = renewal->wanted;
    wanted.folder = folder;
    wanted.site = &site;
    wanted.passphrase = passphrase;
    return err == ERR_NONE ? offline_signer_start(&wanted, pid, out, fault) : err;
}

static enum err centre_run(struct renewal *renewal, const struct centre_files *files, int signer,
                           struct fault *fault)
{
    struct data data CLEANUP(data_done) = {0}; /* closes the socket to the signer */
    enum err err = data_open(&files->paths, signer, files->municipality, &data, fault);
    return err == ERR_NONE ? renewal->run(renewal, &data.centre, fault) : err;
}

static enum err key_make(struct renewal *renewal, const struct secret *passphrase,
                         struct fault *fault)
{
    struct centre_files files;
    struct running running CLEANUP(running_done) = {.lock = -1};
    int signer = -1;
    enum err err = data_folder_lock(renewal->folder, &running.lock, fault);
    if (err == ERR_NONE)
        err = centre_files_find(renewal->folder, &files, fault);
    if (err == ERR_NONE && renewal->prepare)
        err = renewal->prepare(renewal, &files, fault);
    if (err == ERR_NONE)
        err = signer_start(renewal, passphrase, &running.signer, &signer, fault);
    if (err == ERR_NONE)
        err = centre_run(renewal, &files, signer, fault);
    return err == ERR_NONE ? offline_signer_wait(&running.signer, fault) : err;
}

int renewal_run(struct renewal *renewal, const char *name, const char *passphrase_fd,
                const char *clock)
{
    struct secret passphrase CLEANUP_SECRET;
    struct fault fault = {0};
    secret_init(&passphrase);
    if (!renewal->folder)
        return complain_usage("%s: --data is needed", name);
    if (!jpkid_clock_ok(clock, data_is_sample(renewal->folder)))
        return complain_usage("%s: --clock is a time (YYYY-MM-DDThh:mm:ssZ), for sample data",
                              name);
    if (sandbox_basics(&fault) != ERR_NONE)
        return complain_fault(&fault);
    int status = jpkid_passphrase(passphrase_fd, false, &passphrase);
    if (status != EXIT_DONE)
        return status;
    return key_make(renewal, &passphrase, &fault) == ERR_NONE ? EXIT_DONE : complain_fault(&fault);
}
