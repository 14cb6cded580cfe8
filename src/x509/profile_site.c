/* The delivered values, and the reader of a site's own. */
#include "x509/profile_site.h"

#include <stddef.h>
#include <string.h>

#include "base/pairs.h"
#include "base/text.h"
#include "x509/oid.h"

/* The arc is this project's own (ITU-T X.667: a UUID under 2.25 needs no registration); its last
 * digits are those of the real policies. */
#define OWN_ARC "2.25.262187575039317169039277482261726730262"

const struct profile_site *profile_site_default(void)
{
    static const struct profile_site site = {
        .organization = "OpenJPKI SAMPLE",
        .unit = {[KIND_SIGNATURE] = "OpenJPKI for digital signature",
                 [KIND_AUTHENTICATION] = "OpenJPKI for user authentication"},
        .agency = "OpenJPKI sample authority",
        .organization_ja = "公的個人認証サービス（見本）",
        .unit_ja = {[KIND_SIGNATURE] = "署名用認証局（見本）",
                    [KIND_AUTHENTICATION] = "利用者証明用認証局（見本）"},
        .agency_ja = "見本運営主体",
        .policy = {[KIND_SIGNATURE] = OWN_ARC ".1.1.20", [KIND_AUTHENTICATION] = OWN_ARC ".1.3.30"},
        .cps = "http://cps.jpki.example/cps.html",
        .ocsp = "http://ocsp.jpki.example/",
        .algorithm = "rsa-2048",
    };
    return &site;
}

/* What is made here must not be taken for J-LIS's own: their organization is nobody's, and their
 * numbers stand only beside the organization of their test environment. JPKI profile 1.1, 1.6 */
#define REAL_ORGANIZATION "JPKI"
#define TEST_ORGANIZATION "JPKI-TEST"
#define REAL_ARC          "1.2.392.200149."

/* Each answers what is wrong with a value, or NULL. */

/* A part of a name: RFC 5280 A.1, ub-organization-name and ub-organizational-unit-name. */
static const char *name_fault(struct bytes value)
{
    if (!text_is_utf8(value) || text_count(value) > 64)
        return "not 1 to 64 characters of UTF-8";
    return text_has_hidden(value) ? "a hidden or control character" : NULL;
}

static const char *organization_fault(struct bytes value)
{
    return bytes_equal_text(value, REAL_ORGANIZATION) ? "that is the real service"
                                                      : name_fault(value);
}

/* IA5String, as it goes into a certificate: RFC 3986 characters, no blank. */
static const char *address_fault(struct bytes value)
{
    static const char scheme[] = "http://";
    if (value.len < sizeof scheme || memcmp(value.data, scheme, sizeof scheme - 1) != 0)
        return "not an address that begins with http://";
    for (size_t i = 0; i < value.len; i++)
        if (value.data[i] <= 0x20 || value.data[i] >= 0x7F)
            return "a blank, or a character outside of ASCII";
    return NULL;
}

static const char *policy_fault(struct bytes value)
{
    char dotted[PROFILE_TEXT_MAX + 1] = "";
    struct buffer octets CLEANUP_BUFFER;
    buffer_init(&octets, PROFILE_TEXT_MAX);
    memcpy(dotted, value.data, value.len);
    return strlen(dotted) == value.len && oid_encode(dotted, &octets) == ERR_NONE
               ? NULL
               : "not an OID in dotted digits";
}

static const char *algorithm_fault(struct bytes value)
{
    return bytes_equal_text(value, "rsa-2048") || bytes_equal_text(value, "p-256")
               ? NULL
               : "neither rsa-2048 nor p-256";
}

#define FIELD(name) offsetof(struct profile_site, name)

static const struct {
    const char *key;
    size_t offset;
    const char *(*fault)(struct bytes value);
} rows[] = {
    {"organization", FIELD(organization), organization_fault},
    {"unit-signature", FIELD(unit[KIND_SIGNATURE]), name_fault},
    {"unit-authentication", FIELD(unit[KIND_AUTHENTICATION]), name_fault},
    {"agency", FIELD(agency), name_fault},
    {"organization-ja", FIELD(organization_ja), name_fault},
    {"unit-ja-signature", FIELD(unit_ja[KIND_SIGNATURE]), name_fault},
    {"unit-ja-authentication", FIELD(unit_ja[KIND_AUTHENTICATION]), name_fault},
    {"agency-ja", FIELD(agency_ja), name_fault},
    {"policy-signature", FIELD(policy[KIND_SIGNATURE]), policy_fault},
    {"policy-authentication", FIELD(policy[KIND_AUTHENTICATION]), policy_fault},
    {"cps", FIELD(cps), address_fault},
    {"ocsp", FIELD(ocsp), address_fault},
    {"algorithm", FIELD(algorithm), algorithm_fault},
};

struct site_parser {
    struct profile_site site;
    int lines[COUNT_OF(rows)]; /* where each key stands; 0: nowhere yet */
    struct pairs pairs;
    struct fault *fault;
};

static enum err row_parse(struct site_parser *parser, size_t i, struct bytes value)
{
    if (parser->lines[i])
        return pairs_complain(&parser->pairs, rows[i].key, "stands there twice", parser->fault);
    const char *fault = value.len > PROFILE_TEXT_MAX ? "too long" : rows[i].fault(value);
    if (fault)
        return pairs_complain(&parser->pairs, rows[i].key, fault, parser->fault);
    parser->lines[i] = parser->pairs.line;
    memcpy((char *)&parser->site + rows[i].offset, value.data, value.len);
    return ERR_NONE;
}

static enum err pair_parse(struct site_parser *parser, struct bytes key, struct bytes value)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (bytes_equal_text(key, rows[i].key))
            return row_parse(parser, i, value);
    return pairs_complain(&parser->pairs, "known key", "there is no such key", parser->fault);
}

/* What only the whole file shows. */
static enum err site_check(struct site_parser *parser)
{
    bool is_test = strcmp(parser->site.organization, TEST_ORGANIZATION) == 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *value = (const char *)&parser->site + rows[i].offset;
        if (!parser->lines[i])
            return fault_set(parser->fault, ERR_MALFORMED, rows[i].key,
                             "line %d: the file ends without this key", parser->pairs.line);
        if (rows[i].fault == policy_fault && !is_test &&
            strncmp(value, REAL_ARC, strlen(REAL_ARC)) == 0)
            return fault_set(parser->fault, ERR_MALFORMED, rows[i].key,
                             "line %d: J-LIS's number, and not " TEST_ORGANIZATION,
                             parser->lines[i]);
    }
    return ERR_NONE;
}

enum err profile_site_parse(struct bytes text, struct profile_site *out, struct fault *fault)
{
    struct site_parser parser = {.pairs = pairs_of(text), .fault = fault};
    struct bytes key, value;
    enum err err = ERR_NONE;
    while (err == ERR_NONE) {
        err = pairs_next(&parser.pairs, &key, &value, fault);
        if (err == ERR_NONE)
            err = pair_parse(&parser, key, value);
    }
    if (err == ERR_NOT_FOUND)
        err = site_check(&parser);
    if (err == ERR_NONE)
        *out = parser.site;
    return err;
}
