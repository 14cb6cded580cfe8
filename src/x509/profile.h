/* What we certify, as data: one row for each kind of certificate, with its extensions in their
 * order. The few texts that a site may set are in profile_site.h. The encoder walks a row, the
 * linter holds bytes against it. Where the real profile is not public, the row says *ours*. */
#pragma once

#include "base/kind.h"
#include "x509/algorithm.h"
#include "x509/name.h"
#include "x509/profile_site.h"
#include "x509/spki.h"

enum profile_id {
    PROFILE_SIGNATURE,      /* the resident's, 署名用 */
    PROFILE_AUTHENTICATION, /* the resident's, 利用者証明用 */
    PROFILE_AUTHORITY,      /* self-signed root, one tier */
    PROFILE_RESPONDER,      /* delegated OCSP responder */
    NUM_PROFILES
};

/* keyUsage bits as der_named_bits has them; RFC 5280 4.2.1.3 */
enum {
    KEY_USAGE_DIGITAL_SIGNATURE = 0x8000,
    KEY_USAGE_NON_REPUDIATION = 0x4000,
    KEY_USAGE_CERT_SIGN = 0x0400,
    KEY_USAGE_CRL_SIGN = 0x0200,
};

struct profile_extension {
    enum oid oid;
    bool critical;
};

#define PROFILE_MAX_EXTENSIONS 8
#define PROFILE_MAX_SUBJECT    4

struct profile {
    enum profile_id id;
    const char *name;
    uint16_t key_usage;
    enum oid extended_key_usage;   /* OID_UNKNOWN: none */
    int64_t longest;               /* seconds from notBefore to notAfter */
    bool ends_with_a_day_in_japan; /* notAfter is 23:59:59 there */
    size_t num_subject;
    enum oid subject[PROFILE_MAX_SUBJECT];
    size_t num_extensions;
    struct profile_extension extensions[PROFILE_MAX_EXTENSIONS];
};

const struct profile *profile_get(enum profile_id id);
const struct profile *profile_of_kind(enum kind kind); /* the resident's */

/* The keys of the authorities, as the site has them. What they sign with follows from them. */
enum spki_type profile_authority_key(const struct profile_site *site);
/* profile_signature is the one algorithm of a key's signatures over certificates, lists and
 * requests; ALGORITHM_UNKNOWN for a key that has no place here (P-384, other curves). */
enum algorithm profile_signature(enum spki_type key);
/* profile_takes_key: may a certificate of this row be about such a key, when the authority's is of
 * that type? */
bool profile_takes_key(enum profile_id id, enum spki_type authority, const struct spki *key);

/* Names, appended as DER. */
void profile_put_authority(const struct profile_site *site, enum kind kind, struct buffer *out);
void profile_put_authority_ja(const struct profile_site *site, enum kind kind, struct buffer *out);
void profile_put_responder(const struct profile_site *site, enum kind kind, struct buffer *out);
/* The signature kind has both localities (romaji: "Tottori-ken", "Hokuei-cho"); the authentication
 * kind has none and ignores them. */
void profile_put_subject(enum kind kind, const char *prefecture, const char *municipality,
                         const char *common_name, struct buffer *out);
/* profile_put_crl_point writes the directoryName of a municipality's CRL. */
void profile_put_crl_point(const struct profile_site *site, enum kind kind, const char *prefecture,
                           const char *municipality, struct buffer *out);

/* Common names, *ours* (the real ones look the same from outside). counter_id is 5 digits of the
 * municipality, 3 of the counter and an A: "31372001A". */
#define PROFILE_COMMON_NAME    29 /* with a terminating zero; the longer of the two */
#define PROFILE_COUNTER_ID_LEN 9
#define PROFILE_NUM_LETTERS    32
#define PROFILE_RANDOM_LEN     14
/* time of the request as YYYYMMDDhhmmss in Japan, 5 digits of a number that runs within that second
 * from 1: 28 characters. */
void profile_print_common_name_signature(int64_t t, unsigned running, const char *counter_id,
                                         char text[static PROFILE_COMMON_NAME]);
/* random: 14 bytes, of which 5 bits each choose a letter: 23 characters. */
void profile_print_common_name_authentication(const uint8_t random[static PROFILE_RANDOM_LEN],
                                              const char *counter_id,
                                              char text[static PROFILE_COMMON_NAME]);
/* profile_check_common_name: is this text of that shape? */
bool profile_check_common_name(enum kind kind, struct bytes text);

#define PROFILE_SERIAL_MAX      UINT32_MAX  /* serials so far have 4 bytes; JPKI profile 1.2 */
#define PROFILE_CRL_LIFE        (48 * 3600) /* thisUpdate to nextUpdate; ours */
#define PROFILE_OCSP_LIFE       (15 * 60)   /* of an answer; ours */
#define PROFILE_RESPONDER_LIFE  (24 * 3600) /* ours */
#define PROFILE_AUTHORITY_YEARS 10          /* JPKI profile 1.1 */
