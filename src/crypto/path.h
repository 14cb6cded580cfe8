/* Path validation (RFC 5280 6) by libcrypto, with every flag that makes it strict, and our own
 * refusals in front of it: syntax that libcrypto lets pass. Any profile. */
#pragma once

#include "base/bytes.h"

/* Zero is "not proved valid". */
enum path_verdict { PATH_NOT_VALID, PATH_VALID };

/* One object, DER, and what a fault shall call it (may be NULL). Borrowed. */
struct path_input {
    struct bytes der;
    const char *name;
};

struct path_request {
    struct path_input cert;           /* the end entity */
    const struct path_input *anchors; /* trusted roots, self-signed */
    size_t num_anchors;
    const struct path_input *untrusted; /* intermediates */
    size_t num_untrusted;
    const struct path_input *crls;
    size_t num_crls;
    const char *const *policies; /* dotted OIDs; none means anyPolicy */
    size_t num_policies;
    bool explicit_policy, inhibit_map, inhibit_any;
    bool without_status; /* do not ask for CRLs: the caller checks status by another way */
    int64_t time;
};

/* path_check writes the verdict, and why not into *fault (may be NULL). ERR_MALFORMED when an input
 * cannot be read at all, ERR_LIMIT when there are more than LIMIT_PATH_FILES of a sort, ERR_USAGE
 * when a policy is no OID; then *out is untouched.
 *
 * A CRL is refused, whatever libcrypto thinks of it, when it has extensions without being v2, an
 * empty list, no nextUpdate or one not after thisUpdate, two extensions of one kind, or entries of
 * other issuers without saying that it is indirect (RFC 5280 5.1, 5.2.5, 5.3.3); a certificate,
 * when it has two extensions of one kind or has extensions without being v3 (4.1.2.1, 4.2). How old
 * a CRL may be is the caller's policy. */
enum err path_check(const struct path_request *request, enum path_verdict *out,
                    struct fault *fault) MUST_USE;
