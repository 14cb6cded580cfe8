/* The role of a follower that reads the database: connects, gives up what it does not need, keeps
 * maps and published files up to date. A connection that is lost ends the role; the parent starts
 * it again. status answers tryLater by itself when the last reading is too old. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "main/data_folder.h"
#include "main/feed_files.h"
#include "main/log.h"
#include "main/maps_say.h"
#include "main/options.h"
#include "main/role.h"

#define FEED_PAUSE    250  /* milliseconds between two looks at the database */
#define CONNECT_PAUSE 1000 /* milliseconds between two attempts */

/* Until there is a connection; what is wrong is said when it changes. */
static void connect_database(const struct feed_files *files, struct feed *feed)
{
    char said[512] = "", text[512];
    for (;;) {
        struct fault fault = {0};
        if (feed_open(&files->paths, feed, &fault) == ERR_NONE)
            return;
        feed_done(feed);
        if (strcmp(fault_print(&fault, text, sizeof text), said) != 0)
            role_fail(&fault);
        snprintf(said, sizeof said, "%s", text);
        usleep(CONNECT_PAUSE * 1000);
    }
}

static bool confine(const struct role_call *call, struct fault *fault)
{
    static const enum data_item items[] = {DATA_STATUS, DATA_PUBLISHED};
    char paths[COUNT_OF(items)][PATH_MAX];
    struct sandbox_path allowed[COUNT_OF(items)];
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        if (data_path(call->data, items[i], paths[i], fault) != ERR_NONE)
            return false;
        allowed[i] = (struct sandbox_path){paths[i], true};
    }
    const struct sandbox_plan plan = {
        .calls = SANDBOX_CALLS_STORE, .paths = allowed, .num_paths = COUNT_OF(items)};
    return role_confine(call, &plan);
}

static enum err answer_status(struct feed *feed, struct fault *fault)
{
    bool was_unknown = feed->was_unknown, is_unknown = false;
    enum err err = feed_answer(feed, ROLE_FD_SECOND, &is_unknown, fault);
    if (is_unknown && !was_unknown)
        log_say(LOG_NOT_REGISTERED, LOG_ALONE, "%s",
                say("this node's key is not registered, or was removed: no certificate is made for "
                    "it (jpki admin follower-add NAME FILE)",
                    "このノードの鍵は登録されていないか解除されたため、"
                    "応答者証明書が発行されません (jpki admin follower-add 名前 ファイル)"));
    return err;
}

static enum err feed_run(const struct role_call *call, struct feed *feed, struct fault *fault)
{
    bool is_behind = false, is_ready = false;
    for (;;) {
        enum err err = feed_turn(feed, &is_behind, fault);
        if (err != ERR_NONE)
            return err;
        if (!is_ready && !is_behind)
            role_ready(call);
        is_ready = is_ready || !is_behind;
        struct pollfd control = {.fd = ROLE_FD_SECOND, .events = POLLIN};
        if (poll(&control, 1, is_behind ? 0 : FEED_PAUSE) <= 0)
            continue;
        err = answer_status(feed, fault);
        if (err != ERR_NONE)
            return err;
    }
}

int role_feed(const struct role_call *call)
{
    struct feed_files files;
    struct feed feed CLEANUP_FEED = {0};
    struct fault fault = {0};
    if (feed_files_find(call->data, &files, &fault) != ERR_NONE)
        return role_fail(&fault);
    connect_database(&files, &feed);
    fault = (struct fault){0}; /* what comes now is not about a file */
    fault_name_input(&fault, "database");
    maps_say(feed.maps_were);
    if (!confine(call, &fault))
        return fault.code ? role_fail(&fault) : EXIT_UNDECIDED;
    (void)feed_run(call, &feed, &fault);
    return role_fail(&fault);
}
