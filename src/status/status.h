/* The role `status`: opens what it reads, then answers OCSP and serves the published folder. It
 * holds no secret but its own key, and writes nothing. On a follower, where the control socket goes
 * to the feed, it answers only while that is fresh. */
#pragma once

#include <stdint.h>

#include "base/bytes.h"

struct counters;
struct status;

/* What went wrong and ends nothing: a certificate that does not fit, a push set that is not made.
 */
enum status_trouble { STATUS_CERTIFICATE, STATUS_PUSH_SET };

struct status_options {
    const char *maps[2];   /* paths, by kind */
    const char *published; /* folder */
    int control;           /* socket to commit; taken over */
    unsigned num_threads;
    const struct counters *counters; /* commit's, told as metrics; NULL: none */
    void (*tell)(enum status_trouble trouble, const struct fault *fault); /* NULL: nobody */
    struct bytes follower_key; /* PKCS#8 of a follower, else empty: a key in memory is made */
};

/* status_new opens maps and authorities' certificates; needs no more files but the published ones
 * afterwards. */
enum err status_new(const struct status_options *options, struct status **out,
                    struct fault *fault) MUST_USE;
void status_free(struct status *status); /* takes NULL */

/* status_serve takes over the listening socket, answers, and keeps its responder certificates
 * fresh. Returns when commit is gone or, on a follower, an authority has a new generation
 * (ERR_CLOSED: to be started again), or the server cannot start. */
enum err status_serve(struct status *status, int listening, struct fault *fault) MUST_USE;
