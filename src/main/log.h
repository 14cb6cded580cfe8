/* What the service says on standard error, all its processes in one form: a line for each event, in
 * logfmt, written at once. Under systemd's journal, which has a time of its own, a line begins with
 * its priority instead (sd-daemon(3)). Nobody's data stands there: no name, number, card, serial,
 * PIN; events are those of the service. jpkid(8) lists them. Complaints about a command line are
 * not here (options.h). Rooms do not log: who calls them does. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO };

/* id, name, level */
#define LOG_EVENTS(X)                                                                              \
    X(READY, "ready", INFO)                                                                        \
    X(STOPPING, "stopping", INFO)                                                                  \
    X(SAMPLE, "sample", NOTICE)                                                                    \
    X(NO_SEPARATION, "no-separation", NOTICE)                                                      \
    X(NO_WEB, "no-web", INFO)                                                                      \
    X(AS_ROOT, "as-root", WARNING)                                                                 \
    X(CONFINED, "confined", INFO)                                                                  \
    X(FAILED, "failed", ERROR)                                                                     \
    X(ENDED, "ended", WARNING)                                                                     \
    X(SERVICE_ENDS, "service-ends", ERROR)                                                         \
    X(LOG_CUT, "log-cut", WARNING)                                                                 \
    X(INDEX_AGAIN, "index-again", WARNING)                                                         \
    X(MAPS_AGAIN, "maps-again", WARNING)                                                           \
    X(STATUS_REFUSED, "status-refused", WARNING)                                                   \
    X(CERTIFICATE_REFUSED, "certificate-refused", WARNING)                                         \
    X(NO_PUSH_SET, "no-push-set", WARNING)                                                         \
    X(FOLLOWER_KEY, "follower-key", NOTICE)                                                        \
    X(NOT_REGISTERED, "not-registered", WARNING)

enum log_event {
#define X(id, name, level) LOG_##id,
    LOG_EVENTS(X)
#undef X
        NUM_LOG_EVENTS
};

struct log_pair {
    const char *key;
    const char *text; /* NULL: the number */
    int64_t number;
};
#define LOG_ALONE NULL, 0
#define LOG_WITH(...)                                                                              \
    (const struct log_pair[]){__VA_ARGS__},                                                        \
        sizeof((const struct log_pair[]){__VA_ARGS__}) / sizeof(struct log_pair)

/* log_open says which process this is, before its first line; "parent" is the one that starts the
 * others. The name is borrowed. */
void log_open(const char *role);
void log_say(enum log_event event, const struct log_pair *pairs, size_t num_pairs,
             const char *format, ...) PRINTF_LIKE(4, 5);
/* log_fault says what went wrong as fault_print does, with its code beside it. */
void log_fault(enum log_event event, const struct fault *fault);

/* log_list prints the names of the events with their levels, one a line. */
void log_list(void);
