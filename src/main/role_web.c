/* The role of the pages: they decide nothing. All that they are made of is read before the first
 * visitor comes. */
#include <poll.h>
#include <unistd.h>

#include "http/server.h"
#include "main/data_folder.h"
#include "main/options.h"
#include "main/role.h"
#include "web/site.h"

#define NUM_THREADS 2

static enum err open_site(const struct role_call *call, struct site **out, struct fault *fault)
{
    char policy[PATH_MAX], offices[PATH_MAX];
    const struct site_paths paths = {.pages = JPKI_PAGES, .policy = policy, .offices = offices};
    enum err err = data_path(call->data, DATA_POLICY, policy, fault);
    if (err == ERR_NONE)
        err = data_path(call->data, DATA_OFFICES, offices, fault);
    if (err == ERR_NONE)
        err = site_open(&paths, call->is_sample, call->web_url, out, fault);
    return err;
}

/* Until commit is gone. */
static void wait_for_end(int commit)
{
    struct pollfd watched = {.fd = commit, .events = 0};
    while (poll(&watched, 1, -1) <= 0 || !(watched.revents & (POLLHUP | POLLERR)))
        continue;
}

int role_web(const struct role_call *call)
{
    static const struct sandbox_plan plan = {.calls = SANDBOX_CALLS_SERVE};
    static const struct http_options options = {.num_threads = NUM_THREADS};
    struct http_server *server = NULL;
    struct site *site = NULL;
    struct fault fault = {0};
    if (open_site(call, &site, &fault) != ERR_NONE)
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
    wait_for_end(ROLE_FD_SECOND);
    http_server_stop(server);
    site_close(site);
    return EXIT_DONE;
}
