#include "x509/profile.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"

#define DAY INT64_C(86400)

static const struct profile profiles[NUM_PROFILES] = {
    /* JPKI profile 1.2; the order of the extensions is that of a real card */
    [PROFILE_SIGNATURE] = {.id = PROFILE_SIGNATURE,
                           .name = "signature",
                           .key_usage = KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_NON_REPUDIATION,
                           .longest =
                               6 * 366 *
                               DAY, /* a sixth birthday, where a policy allows it. page:S08 */
                           .ends_with_a_day_in_japan = true,
                           .num_subject = 4,
                           .subject = {OID_COUNTRY, OID_LOCALITY, OID_LOCALITY, OID_COMMON_NAME},
                           .num_extensions = 7,
                           .extensions = {{OID_KEY_USAGE, true},
                                          {OID_SUBJECT_ALT_NAME, false},
                                          {OID_ISSUER_ALT_NAME, false},
                                          {OID_POLICIES, true},
                                          {OID_CRL_POINTS, false},
                                          {OID_AUTHORITY_KEY_ID, false},
                                          {OID_SUBJECT_KEY_ID, false}}},
    /* JPKI profile 1.3; order, EKU and AIA: ours */
    [PROFILE_AUTHENTICATION] = {.id = PROFILE_AUTHENTICATION,
                                .name = "authentication",
                                .key_usage = KEY_USAGE_DIGITAL_SIGNATURE,
                                .extended_key_usage = OID_CLIENT_AUTH,
                                .longest = 6 * 366 * DAY,
                                .ends_with_a_day_in_japan = true,
                                .num_subject = 2,
                                .subject = {OID_COUNTRY, OID_COMMON_NAME},
                                .num_extensions = 8,
                                .extensions = {{OID_KEY_USAGE, true},
                                               {OID_EXTENDED_KEY_USAGE, false},
                                               {OID_ISSUER_ALT_NAME, false},
                                               {OID_POLICIES, true},
                                               {OID_CRL_POINTS, false},
                                               {OID_AUTHORITY_INFO, false},
                                               {OID_AUTHORITY_KEY_ID, false},
                                               {OID_SUBJECT_KEY_ID, false}}},
    /* JPKI profile 1.1; no authorityKeyIdentifier, no policies, no pathLen */
    [PROFILE_AUTHORITY] = {.id = PROFILE_AUTHORITY,
                           .name = "authority",
                           .key_usage = KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN,
                           .longest = PROFILE_AUTHORITY_YEARS * 366 * DAY,
                           .ends_with_a_day_in_japan = true,
                           .num_subject = 4,
                           .subject = {OID_COUNTRY, OID_ORGANIZATION, OID_ORGANIZATIONAL_UNIT,
                                       OID_ORGANIZATIONAL_UNIT},
                           .num_extensions = 5,
                           .extensions = {{OID_KEY_USAGE, true},
                                          {OID_SUBJECT_ALT_NAME, false},
                                          {OID_BASIC_CONSTRAINTS, true},
                                          {OID_CRL_POINTS, false},
                                          {OID_SUBJECT_KEY_ID, false}}},
    /* ours; RFC 6960 4.2.2.2 */
    [PROFILE_RESPONDER] = {.id = PROFILE_RESPONDER,
                           .name = "responder",
                           .key_usage = KEY_USAGE_DIGITAL_SIGNATURE,
                           .extended_key_usage = OID_OCSP_SIGNING,
                           .longest = PROFILE_RESPONDER_LIFE,
                           .num_subject = 4,
                           .subject = {OID_COUNTRY, OID_ORGANIZATION, OID_ORGANIZATIONAL_UNIT,
                                       OID_COMMON_NAME},
                           .num_extensions = 5,
                           .extensions = {{OID_KEY_USAGE, true},
                                          {OID_EXTENDED_KEY_USAGE, false},
                                          {OID_OCSP_NOCHECK, false},
                                          {OID_AUTHORITY_KEY_ID, false},
                                          {OID_SUBJECT_KEY_ID, false}}},
};

const struct profile *profile_get(enum profile_id id)
{
    return &profiles[id];
}

const struct profile *profile_of_kind(enum kind kind)
{
    return &profiles[kind == KIND_SIGNATURE ? PROFILE_SIGNATURE : PROFILE_AUTHENTICATION];
}

enum spki_type profile_authority_key(const struct profile_site *site)
{
    return strcmp(site->algorithm, "p-256") == 0 ? SPKI_P256 : SPKI_RSA;
}

enum algorithm profile_signature(enum spki_type key)
{
    static const enum algorithm signatures[] = {
        [SPKI_OTHER] = ALGORITHM_UNKNOWN,
        [SPKI_RSA] = ALGORITHM_RSA_SHA256,
        [SPKI_P256] = ALGORITHM_ECDSA_SHA256,
        [SPKI_P384] = ALGORITHM_UNKNOWN,
    };
    return signatures[key];
}

bool profile_takes_key(enum profile_id id, enum spki_type authority, const struct spki *key)
{
    static const struct {
        enum profile_id id;
        enum spki_type authority, key;
        unsigned bits;
    } rows[] = {
        {PROFILE_AUTHORITY, SPKI_RSA, SPKI_RSA, 2048}, /* its own. JPKI profile 1.1 */
        {PROFILE_AUTHORITY, SPKI_P256, SPKI_P256, 256},
        {PROFILE_SIGNATURE, SPKI_RSA, SPKI_RSA, 2048}, /* 平成15年総務省令第120号 2, 3 */
        {PROFILE_AUTHENTICATION, SPKI_RSA, SPKI_RSA, 2048},
        {PROFILE_SIGNATURE, SPKI_P256, SPKI_RSA, 2048}, /* today's card, the next authority */
        {PROFILE_AUTHENTICATION, SPKI_P256, SPKI_RSA, 2048},
        {PROFILE_SIGNATURE, SPKI_P256, SPKI_P256, 256}, /* the next card; ours */
        {PROFILE_AUTHENTICATION, SPKI_P256, SPKI_P256, 256},
        {PROFILE_RESPONDER, SPKI_RSA, SPKI_P256, 256},
        {PROFILE_RESPONDER, SPKI_P256, SPKI_P256, 256},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].id == id && rows[i].authority == authority && rows[i].key == key->type)
            return rows[i].bits == key->bits;
    return false;
}

#define JAPAN                                                                                      \
    {                                                                                              \
        OID_COUNTRY, DER_PRINTABLE_STRING, "JP"                                                    \
    }
#define UTF8 DER_UTF8_STRING

void profile_put_authority(const struct profile_site *site, enum kind kind, struct buffer *out)
{
    const struct name_part parts[] = {JAPAN,
                                      {OID_ORGANIZATION, UTF8, site->organization},
                                      {OID_ORGANIZATIONAL_UNIT, UTF8, site->unit[kind]},
                                      {OID_ORGANIZATIONAL_UNIT, UTF8, site->agency}};
    name_encode(parts, COUNT_OF(parts), out);
}

void profile_put_authority_ja(const struct profile_site *site, enum kind kind, struct buffer *out)
{
    const struct name_part parts[] = {JAPAN,
                                      {OID_ORGANIZATION, UTF8, site->organization_ja},
                                      {OID_ORGANIZATIONAL_UNIT, UTF8, site->unit_ja[kind]},
                                      {OID_ORGANIZATIONAL_UNIT, UTF8, site->agency_ja}};
    name_encode(parts, COUNT_OF(parts), out);
}

void profile_put_responder(const struct profile_site *site, enum kind kind, struct buffer *out)
{
    const struct name_part parts[] = {JAPAN,
                                      {OID_ORGANIZATION, UTF8, site->organization},
                                      {OID_ORGANIZATIONAL_UNIT, UTF8, site->unit[kind]},
                                      {OID_COMMON_NAME, UTF8, "OCSP responder"}};
    name_encode(parts, COUNT_OF(parts), out);
}

void profile_put_subject(enum kind kind, const char *prefecture, const char *municipality,
                         const char *common_name, struct buffer *out)
{
    const struct name_part signature[] = {JAPAN,
                                          {OID_LOCALITY, UTF8, prefecture},
                                          {OID_LOCALITY, UTF8, municipality},
                                          {OID_COMMON_NAME, UTF8, common_name}};
    const struct name_part authentication[] = {JAPAN, {OID_COMMON_NAME, UTF8, common_name}};
    if (kind == KIND_SIGNATURE)
        name_encode(signature, COUNT_OF(signature), out);
    else
        name_encode(authentication, COUNT_OF(authentication), out);
}

/* JPKI profile 1.5 */
void profile_put_crl_point(const struct profile_site *site, enum kind kind, const char *prefecture,
                           const char *municipality, struct buffer *out)
{
    char common_name[128];
    if ((size_t)snprintf(common_name, sizeof common_name, "%s CRLDP", municipality) >=
        sizeof common_name)
        out->failed = ERR_LIMIT;
    const struct name_part parts[] = {JAPAN,
                                      {OID_ORGANIZATION, UTF8, site->organization},
                                      {OID_ORGANIZATIONAL_UNIT, UTF8, site->unit[kind]},
                                      {OID_ORGANIZATIONAL_UNIT, UTF8, "CRL Distribution Points"},
                                      {OID_ORGANIZATIONAL_UNIT, UTF8, prefecture},
                                      {OID_COMMON_NAME, UTF8, common_name}};
    name_encode(parts, COUNT_OF(parts), out);
}

void profile_print_common_name_signature(int64_t t, unsigned running, const char *counter_id,
                                         char text[static PROFILE_COMMON_NAME])
{
    struct clock_time at = time_split(t, JAPAN_OFFSET);
    snprintf(text, PROFILE_COMMON_NAME, "%04u%02u%02u%02u%02u%02u%05u%s",
             (unsigned)at.date.year % 10000, at.date.month % 100u, at.date.day % 100u,
             at.hour % 100u, at.minute % 100u, at.second % 100u, running % 100000, counter_id);
}

/* Without I, O, S and Z, which are read as digits. */
static const char letters[PROFILE_NUM_LETTERS + 1] = "0123456789ABCDEFGHJKLMNPQRTUVWXY";

void profile_print_common_name_authentication(const uint8_t random[static PROFILE_RANDOM_LEN],
                                              const char *counter_id,
                                              char text[static PROFILE_COMMON_NAME])
{
    char chosen[PROFILE_RANDOM_LEN + 1] = "";
    for (size_t i = 0; i < PROFILE_RANDOM_LEN; i++)
        chosen[i] = letters[random[i] % PROFILE_NUM_LETTERS];
    snprintf(text, PROFILE_COMMON_NAME, "%s%s", chosen, counter_id);
}

/* Each letter of a shape says what may stand there: 9 a digit, L one of the letters, A itself. */
bool profile_check_common_name(enum kind kind, struct bytes text)
{
    const char *shape =
        kind == KIND_SIGNATURE ? "999999999999999999999999999A" : "LLLLLLLLLLLLLL99999999A";
    if (text.len != strlen(shape))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        const char *allowed = shape[i] == '9' ? "0123456789" : shape[i] == 'L' ? letters : "A";
        if (text.data[i] == '\0' || !strchr(allowed, text.data[i]))
            return false;
    }
    return true;
}
