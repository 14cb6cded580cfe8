/* jpkid init: keys, authorities, database, maps, the first lists, in a folder that was not there.
 * All goes the way of every day: the authorities' certificates are stored and journalled, then
 * linted, logged and signed by a signer in a process of its own. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "main/centre_files.h"
#include "main/data_folder.h"
#include "main/jpkid.h"
#include "main/options.h"
#include "main/profile_file.h"
#include "signer/signer.h"
#include "store/store.h"

#define DEFAULT_ETC "etc"
#define SAMPLE_TEXT "見本／SAMPLE\n"

enum {
    OPTION_DATA = 1,
    OPTION_SAMPLE,
    OPTION_ETC,
    OPTION_PROFILE,
    OPTION_PASSPHRASE,
    OPTION_CLOCK,
    OPTION_STORE,
    NUM_OPTIONS
};

const struct option init_options[] = {
    {"data", required_argument, NULL, OPTION_DATA},
    {"sample", no_argument, NULL, OPTION_SAMPLE},
    {"etc", required_argument, NULL, OPTION_ETC},
    {"profile", required_argument, NULL, OPTION_PROFILE},
    {"passphrase-fd", required_argument, NULL, OPTION_PASSPHRASE},
    {"clock", required_argument, NULL, OPTION_CLOCK},
    {"store", required_argument, NULL, OPTION_STORE},
    {0},
};

struct init {
    char folder[PATH_MAX]; /* unfinished, beside the one asked for; "" when there is none */
    const char *etc;
    const char *profile; /* its file */
    char default_profile[PATH_MAX];
    struct profile_site site;
    const char *store; /* NULL: a file in the folder */
    bool is_sample;
    pid_t signer; /* 0: none runs */
};

static void init_done(struct init *init)
{
    if (init->signer > 0) {
        kill(init->signer, SIGKILL);
        waitpid(init->signer, NULL, 0);
    }
    if (init->folder[0])
        data_folder_remove(init->folder);
}

/* --- files --- */

static enum err path_below(const char *folder, const char *name, char path[static PATH_MAX],
                           struct fault *fault)
{
    int len = snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return len >= 0 && len < PATH_MAX
               ? ERR_NONE
               : fault_set(fault, ERR_LIMIT, "path", "longer than %d bytes", PATH_MAX);
}

static enum err file_copy(const char *from, const char *to, struct fault *fault)
{
    struct buffer content CLEANUP_BUFFER;
    buffer_init(&content, LIMIT_CONFIG_FILE);
    enum err err = file_read(from, &content, fault);
    return err == ERR_NONE ? file_create(to, buffer_bytes(&content), 0644, fault) : err;
}

/* What the town decides is copied: the service runs on what it was made with. */
static enum err etc_copy(const struct init *init, struct fault *fault)
{
    static const char *const names[] = {"policy", "municipalities", "substitutes"};
    char folder[PATH_MAX], from[PATH_MAX], to[PATH_MAX];
    enum err err = data_path(init->folder, DATA_ETC, folder, fault);
    for (size_t i = 0; i < COUNT_OF(names) && err == ERR_NONE; i++) {
        err = path_below(init->etc, names[i], from, fault);
        if (err == ERR_NONE)
            err = path_below(folder, names[i], to, fault);
        if (err == ERR_NONE)
            err = file_copy(from, to, fault);
    }
    if (err == ERR_NONE)
        err = data_path(init->folder, DATA_PROFILE, to, fault);
    return err == ERR_NONE ? file_copy(init->profile, to, fault) : err;
}

static enum err sample_mark(const struct init *init, struct fault *fault)
{
    char path[PATH_MAX];
    if (!init->is_sample)
        return ERR_NONE;
    enum err err = data_path(init->folder, DATA_SAMPLE, path, fault);
    return err == ERR_NONE ? file_create(path, bytes_of_text(SAMPLE_TEXT), 0644, fault) : err;
}

static enum err store_note(const struct init *init, struct fault *fault)
{
    char path[PATH_MAX];
    if (!init->store)
        return ERR_NONE;
    enum err err = data_path(init->folder, DATA_DATABASE_ADDRESS, path, fault);
    return err == ERR_NONE ? file_create(path, bytes_of_text(init->store), 0600, fault) : err;
}

/* A file of the sample, or of a real town's own; that may have none. */
static enum err first_read(const struct init *init, const char *name, struct buffer *out,
                           struct fault *fault)
{
    char folder[PATH_MAX], path[PATH_MAX];
    enum err err = path_below(init->etc, init->is_sample ? "sample" : ".", folder, fault);
    if (err == ERR_NONE)
        err = path_below(folder, name, path, fault);
    if (err == ERR_NONE)
        err = file_read(path, out, fault);
    return err == ERR_NOT_FOUND && !init->is_sample ? ERR_NONE : err;
}

/* --- the signer --- */

static NO_RETURN void be_signer(struct signer *signer, int fd, int parent)
{
    sandbox_die_with_parent(parent);
    enum err err = signer_serve(signer, fd);
    signer_free(signer);
    _exit(err == ERR_CLOSED ? EXIT_DONE : EXIT_UNDECIDED);
}

static enum err signer_fork(struct init *init, struct signer *signer, int *out, struct fault *fault)
{
    int pair[2], parent = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return fault_set(fault, ERR_IO, "socket pair", "%s", strerror(errno));
    fflush(NULL);
    init->signer = fork();
    if (init->signer == 0) {
        close(pair[0]);
        be_signer(signer, pair[1], parent);
    }
    close(pair[1]);
    *out = pair[0];
    return init->signer > 0 ? ERR_NONE : fault_set(fault, ERR_IO, "start", "%s", strerror(errno));
}

static enum err signer_start(struct init *init, const struct secret *passphrase, int *out,
                             struct fault *fault)
{
    char folder[PATH_MAX];
    struct signer *signer CLEANUP_SIGNER = NULL;
    enum err err = data_path(init->folder, DATA_SIGNER, folder, fault);
    if (err == ERR_NONE)
        err = signer_create(folder, &init->site, passphrase, fault);
    if (err == ERR_NONE)
        err = signer_open(folder, &init->site, passphrase, &signer, fault);
    return err == ERR_NONE ? signer_fork(init, signer, out, fault) : err;
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
                                     .residents = buffer_bytes(&residents)};
    fd = -1; /* taken over */
    return data_create(&files.paths, signer, &first, fault);
}

static enum err signer_wait(struct init *init, struct fault *fault)
{
    int status = 0;
    pid_t ended = waitpid(init->signer, &status, 0);
    init->signer = 0;
    return ended > 0 && status == 0 ? ERR_NONE
                                    : fault_set(fault, ERR_STATE, "signer", "it did not end well");
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
    return err == ERR_NONE ? signer_wait(init, fault) : err;
}

static enum err folder_make(struct init *init, const char *data, const struct secret *passphrase,
                            struct fault *fault)
{
    enum err err = data_folder_make(data, init->folder, fault);
    if (err == ERR_NONE)
        err = folder_fill(init, passphrase, fault);
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
    enum err err = path_below(init->etc, "profile", init->default_profile, fault);
    init->profile = file ? file : init->default_profile;
    return err == ERR_NONE ? profile_file_read(init->profile, &init->site, fault) : err;
}

static bool clock_ok(const char *const *values)
{
    int64_t start;
    if (!values[OPTION_CLOCK])
        return true;
    if (!values[OPTION_SAMPLE] || time_parse(values[OPTION_CLOCK], &start) != ERR_NONE)
        return false;
    clock_start_at(start);
    return true;
}

static int say_done(const struct init *init, const char *data)
{
    printf(say("%s: made%s\n", "%s: 作成しました%s\n"), data,
           init->is_sample ? " (見本／SAMPLE)" : "");
    return EXIT_DONE;
}

int jpkid_init(int argc, char **argv)
{
    const char *values[NUM_OPTIONS] = {0};
    struct init init CLEANUP(init_done) = {0};
    struct secret passphrase CLEANUP_SECRET;
    secret_init(&passphrase);
    struct fault fault = {0};
    if (!options_read_all(argc, argv, init_options, values, NUM_OPTIONS))
        return EXIT_USAGE;
    if (!values[OPTION_DATA])
        return complain_usage("init: --data is needed");
    if (values[OPTION_STORE] && store_is_file(values[OPTION_STORE]))
        return complain_usage("init: --store is postgres:… or postgresql://…");
    if (!clock_ok(values))
        return complain_usage("init: --clock is a time (YYYY-MM-DDThh:mm:ssZ), for --sample only");
    init.etc = values[OPTION_ETC] ? values[OPTION_ETC] : DEFAULT_ETC;
    init.store = values[OPTION_STORE];
    init.is_sample = values[OPTION_SAMPLE] != NULL;
    if (sandbox_basics(&fault) != ERR_NONE)
        return complain_fault(&fault);
    int status = jpkid_passphrase(values[OPTION_PASSPHRASE], true, &passphrase);
    if (status != EXIT_DONE)
        return status;
    enum err err = profile_find(&init, values[OPTION_PROFILE], &fault);
    if (err == ERR_NONE)
        err = folder_make(&init, values[OPTION_DATA], &passphrase, &fault);
    if (err == ERR_NONE)
        return say_done(&init, values[OPTION_DATA]);
    complain_fault(&fault);
    return err == ERR_EXISTS ? EXIT_REFUSED : EXIT_UNDECIDED;
}
