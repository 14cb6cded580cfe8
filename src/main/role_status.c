/* The role that answers OCSP and serves CRLs. */
#include <unistd.h>

#include "base/counters.h"
#include "base/file.h"
#include "base/limits.h"
#include "main/data_folder.h"
#include "main/log.h"
#include "main/options.h"
#include "main/role.h"
#include "status/status.h"

#define SPARE_DESCRIPTORS 256

static void tell(enum status_trouble trouble, const struct fault *fault)
{
    static const enum log_event events[] = {
        [STATUS_CERTIFICATE] = LOG_CERTIFICATE_REFUSED, [STATUS_PUSH_SET] = LOG_NO_PUSH_SET};
    log_fault(events[trouble], fault);
}

/* A follower has a key that was registered; who serves makes one at each start. */
static enum err key_read(const char *data, struct buffer *out, struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = data_path(data, DATA_FOLLOWER_KEY, path, fault);
    fault_name_input(fault, path);
    return err == ERR_NONE ? file_read(path, out, fault) : err;
}

int role_status(const struct role_call *call)
{
    char signature[PATH_MAX], authentication[PATH_MAX], published[PATH_MAX];
    struct fault fault = {0};
    struct status *status = NULL;
    struct buffer key CLEANUP_BUFFER;
    buffer_init(&key, LIMIT_KEY_FILE);
    if (data_is_follower(call->data) && key_read(call->data, &key, &fault) != ERR_NONE)
        return role_fail(&fault);
    fault = (struct fault){0}; /* what comes now is not about the key */
    if (data_path(call->data, DATA_MAP_SIGNATURE, signature, &fault) != ERR_NONE ||
        data_path(call->data, DATA_MAP_AUTHENTICATION, authentication, &fault) != ERR_NONE ||
        data_path(call->data, DATA_PUBLISHED, published, &fault) != ERR_NONE)
        return role_fail(&fault);
    const struct counters *counters = NULL;
    if (counters_open(ROLE_FD_COUNTERS, &counters) != ERR_NONE) {
        fault_set(&fault, ERR_IO, "counters", "their page cannot be mapped");
        return role_fail(&fault);
    }
    close(ROLE_FD_COUNTERS);
    const struct status_options options = {.maps = {signature, authentication},
                                           .counters = counters,
                                           .tell = tell,
                                           .published = published,
                                           .control = ROLE_FD_SECOND,
                                           .num_threads = (unsigned)call->status_threads,
                                           .follower_key = buffer_bytes(&key)};
    if (status_new(&options, &status, &fault) != ERR_NONE)
        return role_fail(&fault);
    buffer_done(&key);
    fd_allow(LIMIT_STATUS_CONNECTIONS + SPARE_DESCRIPTORS);
    const struct sandbox_path path = {published, false};
    const struct sandbox_plan plan = {.calls = SANDBOX_CALLS_SERVE, .paths = &path, .num_paths = 1};
    if (!role_confine(call, &plan))
        return EXIT_UNDECIDED;
    role_ready(call);
    enum err err = status_serve(status, ROLE_FD_FIRST, &fault);
    status_free(status);
    return err == ERR_CLOSED ? EXIT_DONE : role_fail(&fault);
}
