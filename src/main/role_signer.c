/* The role that holds the keys: opens them, gives up everything else, answers commit. */
#include <stdlib.h>
#include <unistd.h>

#include "main/data_folder.h"
#include "main/log.h"
#include "main/options.h"
#include "main/profile_file.h"
#include "main/role.h"
#include "signer/signer.h"

static enum err open_signer(const struct role_call *call, struct signer **out, struct fault *fault)
{
    char folder[PATH_MAX], profile[PATH_MAX];
    struct profile_site site;
    struct secret passphrase CLEANUP_SECRET;
    secret_init(&passphrase);
    enum err err = secret_read_fd(ROLE_FD_SECOND, &passphrase);
    close(ROLE_FD_SECOND);
    if (err != ERR_NONE)
        return fault_set(fault, err, "passphrase", "it did not arrive");
    err = data_path(call->data, DATA_SIGNER, folder, fault);
    if (err == ERR_NONE)
        err = data_path(call->data, DATA_PROFILE, profile, fault);
    if (err == ERR_NONE)
        err = profile_file_read(profile, &site, fault);
    return err == ERR_NONE ? signer_open(folder, &site, &passphrase, out, fault) : err;
}

/* Nothing can be opened any more, but what a token's module reads. */
static bool confine(const struct role_call *call, const struct signer *signer)
{
    const struct sandbox_path files = {.path = signer_token_files(signer)};
    const struct sandbox_plan plan = {
        .calls = files.path ? SANDBOX_CALLS_READ : SANDBOX_CALLS_COMPUTE,
        .paths = &files,
        .num_paths = files.path ? 1 : 0,
    };
    return role_confine(call, &plan);
}

int role_signer(const struct role_call *call)
{
    struct signer *signer CLEANUP_SIGNER = NULL;
    struct fault fault = {0};
    if (open_signer(call, &signer, &fault) != ERR_NONE)
        return role_fail(&fault);
    if (signer_was_torn(signer))
        log_say(LOG_LOG_CUT, LOG_ALONE, "an unfinished last record of signed.log was cut off");
    if (signer_is_index_new(signer))
        log_say(LOG_INDEX_AGAIN, LOG_ALONE,
                "signed.index did not match signed.log and was made again");
    if (!confine(call, signer))
        return EXIT_UNDECIDED;
    fault_name_input(&fault, "sandbox"); /* it named a file */
    if (signer_prove(signer, &fault) != ERR_NONE)
        return role_fail(&fault);
    role_ready(call);
    fault_name_input(&fault, "socket");
    enum err err = signer_serve(signer, ROLE_FD_FIRST);
    bool has_failed = signer_check(signer, &fault) != ERR_NONE;
    if (err == ERR_CLOSED && !has_failed)
        return EXIT_DONE; /* commit has ended */
    if (!has_failed)
        fault_set(&fault, err, "commit", "%s", err_sentence(err, LANGUAGE_EN));
    return role_fail(&fault);
}
