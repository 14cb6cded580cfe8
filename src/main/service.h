/* What the parents of `jpkid serve` and `jpkid follow` have in common: one loop over their
 * children, signals, listening sockets, the clock of sample data. */
#pragma once

#include "main/children.h"
#include "main/notify.h"

#define SERVICE_URL 256

struct service {
    struct children children;
    int lock, signals;
    int ready; /* where the children are heard */
    bool said_ready;
    struct notify manager;
    char web_url[SERVICE_URL]; /* begins empty: what web's address says */
};
void service_init(struct service *service);
void service_done(struct service *service);

/* service_become: as whom to run, before anything of the data is touched. NULL: as whoever started
 * us. */
enum err service_become(const char *user, struct fault *fault) MUST_USE;
/* service_prepare takes the signals, and makes the clock when the data are samples; clock: the time
 * that was asked for, or NULL. ERR_USAGE when it is none. */
enum err service_prepare(struct service *service, const char *clock, struct fault *fault) MUST_USE;
/* service_listen opens the role's socket and says where; NULL: it is not wanted. */
enum err service_listen(struct service *service, enum role role, const char *address,
                        struct fault *fault) MUST_USE;
/* service_run until it is asked to end, or a role that is vital ends. The exit status. */
int service_run(struct service *service);
/* service_end ends the children. */
void service_end(struct service *service);
