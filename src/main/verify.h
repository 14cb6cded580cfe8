/* What the two questions of `jpki verify` share: the options as they were given. A document's
 * signature is asked about in verify_signature.c, a path of any profile in verify_path.c. */
#pragma once

#include "main/options.h"

enum verify_option {
    VERIFY_NONE,
    VERIFY_PATH,
    VERIFY_ANCHOR,
    VERIFY_UNTRUSTED,
    VERIFY_CRL,
    VERIFY_CERT,
    VERIFY_POLICY,
    VERIFY_EXPLICIT_POLICY,
    VERIFY_INHIBIT_MAP,
    VERIFY_INHIBIT_ANY,
    VERIFY_TIME,
    VERIFY_CONTENT,
    VERIFY_AUTHORITY,
    VERIFY_OCSP,
    VERIFY_PUSH_SET,
    VERIFY_JSON,
    NUM_VERIFY_OPTIONS
};

/* The values of one option, in their order; borrowed from argv. */
struct verify_given {
    size_t num;
    const char **values;
};

struct verify_options {
    struct verify_given given[NUM_VERIFY_OPTIONS];
    int64_t time;     /* --time, or now */
    const char *file; /* NULL: none */
};

/* verify_path answers with the exit status: 0 valid, 1 all that is not proved valid, 2 a file that
 * cannot be read. */
int verify_path(const struct verify_options *options);

/* verify_signature answers with the exit status: 0 valid, 1 invalid, 2 cannot tell. */
int verify_signature(const struct verify_options *options);

struct verdict;
/* verify_report prints a verdict: the word alone on the first line, then its reason, the source of
 * the status and times, the same in every locale up to the first empty line; then a sentence.
 * Returns the exit status. */
int verify_report(const struct verdict *verdict, bool is_json);
