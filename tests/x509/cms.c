/* CMS, and certification requests. */
#include "check.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/verify.h"
#include "sample.h"
#include "x509/cert_request.h"
#include "x509/cms.h"

static struct sample authority, leaf;

static int make_samples(void **state)
{
    (void)state;
    sample_authority(KIND_SIGNATURE, &authority);
    sample_leaf(KIND_SIGNATURE, &authority, 16, &leaf);
    return 0;
}

static int free_samples(void **state)
{
    (void)state;
    sample_free(&authority);
    sample_free(&leaf);
    return 0;
}

static const char document[] = "確定申告書";

static void make_cms(bool is_attached, struct buffer *out)
{
    struct buffer attributes CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    uint8_t content_hash[32], cert_hash[32];
    buffer_init(&attributes, 4096);
    buffer_init(&signature, 1024);
    buffer_init(out, LIMIT_CMS_DETACHED);
    const struct bytes content = bytes_of_text(document);
    sha256(content, content_hash);
    sha256(leaf.cert.whole, cert_hash);
    const struct cms_facts facts = {.signer = &leaf.cert,
                                    .signer_sha256 = bytes_of(cert_hash, 32),
                                    .authority = authority.cert.whole,
                                    .content_sha256 = bytes_of(content_hash, 32),
                                    .signing_time = SAMPLE_NOW};
    assert_ok(cms_encode_attributes(&facts, &attributes));
    sample_sign(&leaf, buffer_bytes(&attributes), &signature);
    assert_ok(cms_assemble(&facts, buffer_bytes(&attributes), ALGORITHM_RSA_SHA256,
                           buffer_bytes(&signature), is_attached ? &content : NULL, out));
}

static void reads_back_what_it_signed(void **state)
{
    (void)state;
    for (int is_attached = 0; is_attached < 2; is_attached++) {
        struct buffer der CLEANUP_BUFFER, attributes CLEANUP_BUFFER;
        struct cms cms;
        uint8_t content_hash[32], cert_hash[32];
        size_t signer;
        buffer_init(&attributes, 4096);
        make_cms(is_attached, &der);
        assert_ok(cms_parse(buffer_bytes(&der), &cms, NULL));
        assert_int_equal(cms.is_detached, !is_attached);
        if (is_attached)
            assert_true(bytes_equal_text(cms.content, document));
        assert_int_equal(cms.num_certs, 2);
        assert_true(cms_find_signer(&cms, &signer));
        assert_true(bytes_equal(cms.certs[signer], leaf.cert.whole));
        sha256(bytes_of_text(document), content_hash);
        sha256(leaf.cert.whole, cert_hash);
        assert_true(bytes_equal(cms.message_digest, bytes_of(content_hash, 32)));
        assert_true(bytes_equal(cms.ess_cert_hash, bytes_of(cert_hash, 32)));
        assert_int_equal(cms.ess_hash, ALGORITHM_SHA256);
        assert_true(bytes_equal(cms.ess_issuer, authority.cert.subject));
        assert_true(bytes_equal(cms.ess_serial, leaf.cert.serial));
        assert_true(cms.has_signing_time && cms.signing_time == SAMPLE_NOW);
        struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
        assert_ok(public_key_parse(leaf.cert.spki, &key));
        assert_ok(cms_signed_attributes(&cms, &attributes));
        assert_ok(verify_message(key, HASH_SHA256, buffer_bytes(&attributes), cms.signature));
    }
}

static const struct {
    const char *what, *with;
    size_t len;
    enum err err;
    const char *complaint;
} changes[] = {
    {"\x01\x07\x02", "\x01\x07\x03", 3, ERR_UNSUPPORTED, "another content type than SignedData"},
    {"\x01\x07\x01", "\x01\x07\x05", 3, ERR_MALFORMED, "the content type is not data"},
    {"\x01\x09\x03", "\x01\x09\x01", 3, ERR_MALFORMED, "contentType is missing"},
    {"\x01\x09\x05", "\x01\x09\x03", 3, ERR_MALFORMED, "an attribute stands there twice"},
    {"\x01\x09\x04", "\x01\x09\x06", 3, ERR_MALFORMED, "messageDigest is missing"},
};

static void refuses_a_changed_frame(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct buffer der CLEANUP_BUFFER;
        struct cms cms;
        struct fault fault = {0};
        make_cms(false, &der);
        uint8_t *at = memmem(der.data, der.len, changes[i].what, changes[i].len);
        assert_non_null(at);
        memcpy(at, changes[i].with, changes[i].len);
        enum err err = cms_parse(buffer_bytes(&der), &cms, &fault);
        assert_string_equal(fault.text, changes[i].complaint);
        assert_err(err, changes[i].err);
    }
}

static void refuses_every_cut(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct cms cms;
    make_cms(false, &der);
    for (size_t len = 0; len < der.len; len++)
        assert_err(cms_parse(bytes_of(der.data, len), &cms, NULL), ERR_MALFORMED);
}

static void refuses_attributes_out_of_order(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct cms cms;
    struct fault fault = {0};
    make_cms(false, &der);
    /* contentType (26 bytes) and signingTime (30) change places */
    uint8_t *first = memmem(der.data, der.len, "\x30\x18\x06\x09", 4), other[30];
    assert_non_null(first);
    memcpy(other, first + 26, 30);
    memmove(first + 30, first, 26);
    memcpy(first, other, 30);
    assert_err(cms_parse(buffer_bytes(&der), &cms, &fault), ERR_MALFORMED);
    assert_string_equal(fault.text, "the attributes are not in the order of DER");
    assert_string_equal(fault.rule, "RFC 5652 5.3 signedAttrs");
}

static void refuses_to_carry_too_much(void **state)
{
    (void)state;
    static uint8_t much[LIMIT_CMS_ATTACHED + 1];
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, 2 * LIMIT_CMS_ATTACHED);
    const struct cms_facts facts = {.signer = &leaf.cert};
    const struct bytes content = bytes_of(much, sizeof much), filler = bytes_of_text("1");
    assert_err(
        cms_assemble(&facts, bytes_of("\x31\x00", 2), ALGORITHM_RSA_SHA256, filler, &content, &out),
        ERR_LIMIT);
    assert_err(cms_encode_attributes(&facts, &out), ERR_USAGE);
}

static void make_request(struct buffer *out)
{
    struct buffer info CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&info, LIMIT_REQUEST);
    buffer_init(&signature, 1024);
    buffer_init(out, LIMIT_REQUEST);
    assert_ok(cert_request_encode_info(leaf.cert.subject, leaf.cert.spki, &info));
    sample_sign(&leaf, buffer_bytes(&info), &signature);
    assert_ok(cert_request_assemble(buffer_bytes(&info), ALGORITHM_RSA_SHA256,
                                    buffer_bytes(&signature), out));
}

static void reads_back_a_request(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct cert_request request;
    make_request(&der);
    assert_ok(cert_request_parse(buffer_bytes(&der), &request, NULL));
    assert_true(bytes_equal(request.subject, leaf.cert.subject));
    assert_true(bytes_equal(request.spki, leaf.cert.spki));
    assert_int_equal(request.key.bits, 2048);
    assert_int_equal(request.num_attributes, 0);
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    assert_ok(public_key_parse(request.spki, &key));
    assert_ok(verify_message(key, HASH_SHA256, request.info, request.signature));
}

static void refuses_a_changed_request(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct cert_request request;
    struct fault fault = {.input = "request"};
    make_request(&der);
    for (size_t len = 0; len < der.len; len++)
        assert_err(cert_request_parse(bytes_of(der.data, len), &request, NULL), ERR_MALFORMED);
    uint8_t *version = memmem(der.data, der.len, "\x02\x01\x00", 3);
    version[2] = 1;
    assert_err(cert_request_parse(buffer_bytes(&der), &request, &fault), ERR_MALFORMED);
    assert_string_equal(fault.text, "not a version 1 request");
    version[2] = 0;
    buffer_put_u8(&der, 0);
    assert_err(cert_request_parse(buffer_bytes(&der), &request, &fault), ERR_MALFORMED);
    assert_string_equal(fault.text, "1 bytes too many at the end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_what_it_signed),
        cmocka_unit_test(refuses_a_changed_frame),
        cmocka_unit_test(refuses_every_cut),
        cmocka_unit_test(refuses_attributes_out_of_order),
        cmocka_unit_test(refuses_to_carry_too_much),
        cmocka_unit_test(reads_back_a_request),
        cmocka_unit_test(refuses_a_changed_request),
    };
    return cmocka_run_group_tests(tests, make_samples, free_samples);
}
