/* The writing half of cms.h. */
#include "x509/cms.h"

#include "base/limits.h"
#include "x509/general_name.h"

static size_t attribute_begin(struct buffer *out, enum oid oid, size_t *values)
{
    size_t attribute = der_begin(out, DER_SEQUENCE);
    oid_put(out, oid);
    *values = der_begin(out, DER_SET);
    return attribute;
}

static void attribute_close(struct buffer *out, size_t attribute, size_t values)
{
    der_close(out, values);
    der_close(out, attribute);
}

static void put_content_type(struct buffer *out, const struct cms_facts *facts)
{
    (void)facts;
    oid_put(out, OID_DATA);
}

static void put_signing_time(struct buffer *out, const struct cms_facts *facts)
{
    der_put_time(out, facts->signing_time);
}

static void put_message_digest(struct buffer *out, const struct cms_facts *facts)
{
    der_put(out, DER_OCTET_STRING, facts->content_sha256);
}

/* RFC 5035 4: SHA-256 is the default and stays unwritten. */
static void put_signing_certificate(struct buffer *out, const struct cms_facts *facts)
{
    size_t fields = der_begin(out, DER_SEQUENCE);
    size_t certs = der_begin(out, DER_SEQUENCE);
    size_t id = der_begin(out, DER_SEQUENCE);
    der_put(out, DER_OCTET_STRING, facts->signer_sha256);
    size_t issuer_serial = der_begin(out, DER_SEQUENCE);
    size_t names = der_begin(out, DER_SEQUENCE);
    general_name_put_directory(out, facts->signer->issuer);
    der_close(out, names);
    serial_put(out, DER_INTEGER, facts->signer->serial);
    der_close(out, issuer_serial);
    der_close(out, id);
    der_close(out, certs);
    der_close(out, fields);
}

/* In the order of DER: the encodings rise with their lengths, which cannot change places here (24,
 * 28 or 30, 47, and more than 80 bytes). */
static const struct {
    enum oid oid;
    void (*put)(struct buffer *out, const struct cms_facts *facts);
} attributes[] = {
    {OID_CONTENT_TYPE, put_content_type},
    {OID_SIGNING_TIME, put_signing_time},
    {OID_MESSAGE_DIGEST, put_message_digest},
    {OID_SIGNING_CERTIFICATE, put_signing_certificate},
};

enum err cms_encode_attributes(const struct cms_facts *facts, struct buffer *out)
{
    if (facts->content_sha256.len != 32 || facts->signer_sha256.len != 32 ||
        facts->signer->whole.len == 0)
        return ERR_USAGE;
    size_t set = der_begin(out, DER_SET);
    for (size_t i = 0; i < COUNT_OF(attributes); i++) {
        size_t values, attribute = attribute_begin(out, attributes[i].oid, &values);
        attributes[i].put(out, facts);
        attribute_close(out, attribute, values);
    }
    der_close(out, set);
    return buffer_check(out);
}

static void put_content(struct buffer *out, const struct bytes *content)
{
    size_t encapsulated = der_begin(out, DER_SEQUENCE);
    oid_put(out, OID_DATA);
    if (content) {
        size_t wrapped = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
        der_put(out, DER_OCTET_STRING, *content);
        der_close(out, wrapped);
    }
    der_close(out, encapsulated);
}

static void put_certs(struct buffer *out, const struct cms_facts *facts)
{
    struct bytes first = facts->signer->whole, second = facts->authority;
    size_t certs = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
    if (second.len && der_is_rising(second, first)) {
        first = facts->authority;
        second = facts->signer->whole;
    }
    buffer_put_bytes(out, first);
    buffer_put_bytes(out, second);
    der_close(out, certs);
}

/* attributes is the SET that was signed; here its content stands under [0]. */
static void put_signer(struct buffer *out, const struct cms_facts *facts, struct bytes signed_set,
                       enum algorithm algorithm, struct bytes signature)
{
    size_t signers = der_begin(out, DER_SET);
    size_t signer = der_begin(out, DER_SEQUENCE);
    der_put_number(out, 1);
    size_t id = der_begin(out, DER_SEQUENCE);
    buffer_put_bytes(out, facts->signer->issuer);
    serial_put(out, DER_INTEGER, facts->signer->serial);
    der_close(out, id);
    algorithm_put(out, ALGORITHM_SHA256);
    buffer_put_u8(out, DER_CONTEXT_CONSTRUCTED(0));
    buffer_put(out, signed_set.data + 1, signed_set.len - 1);
    algorithm_put(out, algorithm);
    der_put(out, DER_OCTET_STRING, signature);
    der_close(out, signer);
    der_close(out, signers);
}

enum err cms_assemble(const struct cms_facts *facts, struct bytes signed_set,
                      enum algorithm algorithm, struct bytes signature, const struct bytes *content,
                      struct buffer *out)
{
    if (signed_set.len < 2 || signature.len == 0 || algorithm == ALGORITHM_UNKNOWN)
        return ERR_USAGE;
    if (content && content->len > LIMIT_CMS_ATTACHED)
        return ERR_LIMIT;
    size_t info = der_begin(out, DER_SEQUENCE);
    oid_put(out, OID_SIGNED_DATA);
    size_t wrapped = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
    size_t fields = der_begin(out, DER_SEQUENCE);
    der_put_number(out, 1);
    size_t digests = der_begin(out, DER_SET);
    algorithm_put(out, ALGORITHM_SHA256);
    der_close(out, digests);
    put_content(out, content);
    put_certs(out, facts);
    put_signer(out, facts, signed_set, algorithm, signature);
    der_close(out, fields);
    der_close(out, wrapped);
    der_close(out, info);
    return buffer_check(out);
}
