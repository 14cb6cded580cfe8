/* The role of the pages: they decide nothing. All that they are made of is read before the first
 * visitor comes. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "http/server.h"
#include "main/data_folder.h"
#include "main/options.h"
#include "main/role.h"
#include "web/site.h"

#define NUM_THREADS 16
#define NUM_ASKING  12 /* of them; the others are there for who asks nothing of commit */

/* A program that lies in the folder of this one. */
static enum err program_beside(const char *name, char out[static PATH_MAX], struct fault *fault)
{
    char own[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", own, sizeof own - 1);
    if (len <= 0)
        return fault_set(fault, ERR_IO, "program", "%s", strerror(errno));
    own[len] = '\0';
    *strrchr(own, '/') = '\0';
    return path_join(own, name, out, fault);
}

static enum err open_site(const struct role_call *call, struct line *line, struct site **out,
                          struct fault *fault)
{
    char policy[PATH_MAX], offices[PATH_MAX], appointments[PATH_MAX], forms[PATH_MAX];
    const struct site_paths paths = {.pages = JPKI_PAGES,
                                     .policy = policy,
                                     .offices = offices,
                                     .appointments = appointments,
                                     .forms = forms};
    enum err err = program_beside("jpkid-forms", forms, fault);
    if (err == ERR_NONE)
        err = data_path(call->data, DATA_POLICY, policy, fault);
    if (err == ERR_NONE)
        err = data_path(call->data, DATA_OFFICES, offices, fault);
    if (err == ERR_NONE)
        err = data_path(call->data, DATA_APPOINTMENTS, appointments, fault);
    if (err == ERR_NONE)
        err = site_open(&paths, line, call->is_sample, call->web_url, out, fault);
    return err;
}

/* Until commit is gone: true; or the program that draws, which only a new web can start again. */
static bool wait_for_end(int commit, int drawing)
{
    struct pollfd watched[] = {{.fd = commit}, {.fd = drawing}};
    const short ended = POLLHUP | POLLERR;
    while (poll(watched, COUNT_OF(watched), -1) <= 0 ||
           !((watched[0].revents | watched[1].revents) & ended))
        continue;
    return watched[0].revents & ended;
}

int role_web(const struct role_call *call)
{
    static const struct sandbox_plan plan = {.calls = SANDBOX_CALLS_SERVE};
    static const struct http_options options = {.num_threads = NUM_THREADS,
                                                .max_connections = LIMIT_WEB_CONNECTIONS};
    struct http_server *server = NULL;
    struct site *site = NULL;
    struct line line;
    struct fault fault = {0};
    line_init(&line, ROLE_FD_SECOND, NUM_ASKING);
    if (open_site(call, &line, &site, &fault) != ERR_NONE)
        return role_fail(&fault);
    if (!role_confine(call, &plan))
        return EXIT_UNDECIDED;
    enum err err =
        http_server_start(ROLE_FD_FIRST, site_routes, num_site_routes, site, &options, &server);
    if (err != ERR_NONE) {
        fault_set(&fault, err, "server", "could not be started");
        return role_fail(&fault);
    }
    role_ready(call);
    bool is_done = wait_for_end(ROLE_FD_SECOND, site_watched(site));
    http_server_stop(server);
    site_close(site);
    fault_set(&fault, ERR_CLOSED, "drawing", "jpkid-forms ended or was too late");
    return is_done ? EXIT_DONE : role_fail(&fault);
}
