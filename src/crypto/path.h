/* Path validation (RFC 5280 6) by libcrypto, with every flag that makes it strict, and our own
 * refusals in front of it: CRL syntax that libcrypto lets pass. Any profile. */
#pragma once

#include "base/bytes.h"

/* Zero is "not proved valid". */
enum path_verdict { PATH_NOT_VALID, PATH_VALID };

struct path_request {
    struct bytes cert;           /* DER, the end entity */
    const struct bytes *anchors; /* DER, trusted roots */
    size_t num_anchors;
    const struct bytes *untrusted; /* DER, intermediates */
    size_t num_untrusted;
    const struct bytes *crls; /* DER */
    size_t num_crls;
    const char *const *policies; /* dotted OIDs; none means anyPolicy */
    size_t num_policies;
    bool explicit_policy, inhibit_map, inhibit_any;
    bool without_status; /* do not ask for CRLs: the caller checks status by another way */
    int64_t time;
};

/* path_check writes the verdict, and why not into *fault (may be NULL). ERR_MALFORMED when an input
 * cannot be read at all; then *out is untouched. */
enum err path_check(const struct path_request *request, enum path_verdict *out,
                    struct fault *fault) MUST_USE;
