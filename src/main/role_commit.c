/* The role that writes: joins store, centre, counter, signer and status, gives up what it does not
 * need, and answers acts. What an act does is in centre/ and counter/. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "centre/acts.h"
#include "centre/serve.h"
#include "centre/wish.h"
#include "counter/acts.h"
#include "main/centre_files.h"
#include "main/data_folder.h"
#include "main/log.h"
#include "main/maps_say.h"
#include "main/options.h"
#include "main/role.h"

enum { WATCH_PARENT, WATCH_STATUS, NUM_WATCHES };

struct commit {
    const struct role_call *call;
    struct data data;
    struct act_table tables[2];
    struct serve_watch watches[NUM_WATCHES];
    struct serve_sources sources;
    struct wish_desk desk;
};

static volatile int stops;

static void stop(int signal)
{
    (void)signal;
    stops = 1;
}

/* --- what comes beside the acts --- */

/* The parent hands over a new socket when web or status were started (again). */
static enum err take_socket(void *context, struct fault *fault)
{
    struct commit *commit = context;
    struct buffer name CLEANUP_BUFFER;
    buffer_init(&name, LIMIT_FRAME);
    int passed CLEANUP_FD = -1;
    enum err err = frame_receive_fd(ROLE_FD_SECOND, &name, 1000, &passed);
    if (err != ERR_NONE)
        return fault_set(fault, err, "parent", "%s", err_sentence(err, LANGUAGE_EN));
    bool is_status = bytes_equal_text(buffer_bytes(&name), role_rows[ROLE_STATUS].name);
    bool is_web = bytes_equal_text(buffer_bytes(&name), role_rows[ROLE_WEB].name);
    if (passed < 0 || is_status == is_web)
        return fault_set(fault, ERR_PEER, "parent", "not a socket of status or web");
    int *place = is_status ? &commit->watches[WATCH_STATUS].fd : &commit->sources.web;
    fd_close(place);
    *place = passed;
    passed = -1;
    if (is_status)
        wish_desk_connect(&commit->desk, *place);
    return ERR_NONE;
}

/* status may die and come again: that ends nothing here. */
static enum err answer_status(void *context, struct fault *fault)
{
    struct commit *commit = context;
    struct serve_watch *watch = &commit->watches[WATCH_STATUS];
    struct fault why = {0};
    enum err err = wish_desk_answer(&commit->desk, &commit->data.centre, watch->fd, &why);
    watch->rest = wish_desk_rest(&commit->desk);
    if (err == ERR_NONE)
        return ERR_NONE;
    if (commit->data.centre.is_broken) {
        *fault = why;
        return err;
    }
    if (err != ERR_CLOSED)
        log_fault(LOG_STATUS_REFUSED, &why);
    fd_close(&watch->fd);
    return ERR_NONE;
}

static void sources_set(struct commit *commit, int listening)
{
    commit->sources = (struct serve_sources){
        .listening = listening, .web = -1, .watches = commit->watches, .num_watches = NUM_WATCHES};
    commit->watches[WATCH_PARENT] = (struct serve_watch){ROLE_FD_SECOND, 0, take_socket, commit};
    commit->watches[WATCH_STATUS] = (struct serve_watch){-1, 0, answer_status, commit};
}

/* --- the role --- */

static enum err acts_listen(const struct role_call *call, int *listening, struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = data_path(call->data, DATA_ACTS_SOCKET, path, fault);
    return err == ERR_NONE ? socket_listen(path, listening, fault) : err;
}

/* The database and what is beside it, the maps, what is published: nothing of the signer's. The
 * connection to a database elsewhere is open already: no other can be made, no file of it read. */
static bool confine(const struct role_call *call, const char *database, struct fault *fault)
{
    static const enum data_item items[] = {DATA_STATUS, DATA_PUBLISHED, DATA_JOURNAL, DATA_RUN,
                                           DATA_DATABASE};
    size_t num_items = COUNT_OF(items) - (store_is_file(database) ? 0 : 1);
    char paths[COUNT_OF(items)][PATH_MAX];
    struct sandbox_path allowed[COUNT_OF(items)];
    for (size_t i = 0; i < num_items; i++) {
        if (data_path(call->data, items[i], paths[i], fault) != ERR_NONE)
            return false;
        allowed[i] = (struct sandbox_path){paths[i], true};
    }
    const struct sandbox_plan plan = {
        .calls = SANDBOX_CALLS_STORE, .paths = allowed, .num_paths = num_items};
    return role_confine(call, &plan);
}

static enum err commit_run(struct commit *commit, int listening, struct fault *fault)
{
    struct centre *centre = &commit->data.centre;
    /* an address without an origin: nobody of the staff logs in with a card */
    (void)!login_origin_of_url(commit->call->web_url, centre->web_origin, NULL);
    commit->tables[0] = centre_acts();
    commit->tables[1] = counter_acts();
    centre->tables = commit->tables;
    centre->num_tables = COUNT_OF(commit->tables);
    sources_set(commit, listening);
    enum err err = centre_start(centre, fault);
    if (err != ERR_NONE)
        return err;
    counter_set(COUNTER(STARTED), 0, (uint64_t)clock_now());
    role_ready(commit->call);
    err = serve_acts(centre, &commit->sources, &stops, fault);
    if (err == ERR_NONE)
        err = door_flush(centre, true, fault);
    return err == ERR_NONE ? maps_sync(centre, fault) : err;
}

int role_commit(const struct role_call *call)
{
    struct commit *commit = calloc(1, sizeof *commit);
    int listening CLEANUP_FD = -1;
    struct fault fault = {0};
    if (!commit) {
        fault_set(&fault, ERR_MEMORY, "start", "out of memory");
        return role_fail(&fault);
    }
    commit->call = call;
    signal(SIGTERM, stop);
    if (counters_share(ROLE_FD_COUNTERS) != ERR_NONE) {
        fault_set(&fault, ERR_IO, "counters", "their page cannot be mapped");
        free(commit);
        return role_fail(&fault);
    }
    struct centre_files files;
    enum err err = centre_files_find(call->data, &files, &fault);
    if (err == ERR_NONE)
        err = data_open(&files.paths, ROLE_FD_FIRST, files.municipality, &commit->data, &fault);
    if (err == ERR_NONE)
        err = data_open_lists(&commit->data, &fault);
    if (err == ERR_NONE)
        maps_say(commit->data.maps_were);
    if (err == ERR_NONE)
        err = acts_listen(call, &listening, &fault);
    if (err == ERR_NONE && !confine(call, files.paths.database, &fault))
        err = ERR_DENIED;
    if (err == ERR_NONE)
        err = commit_run(commit, listening, &fault);
    data_done(&commit->data);
    free(commit);
    return err == ERR_NONE ? EXIT_DONE : role_fail(&fault);
}
