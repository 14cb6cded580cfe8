#include "check.h"

#include <string.h>

#include "base/date.h"
#include "base/limits.h"
#include "crypto/evp.h"
#include "crypto/path.h"
#include "crypto/sign.h"

#define MAX_DER 4096

/* A small hierarchy: a root, one end entity, both good from 2026 to 2030. */
static struct {
    struct private_key *key;
    struct buffer root, cert, name, serial;
    int64_t now;
} world;

/* How a CRL differs from a right one. */
struct variant {
    bool version_1, empty_list, revoked, no_next_update, next_before_this, future, stale;
    bool extension, same_extension_twice, entry_extension, entry_issuer, indirect;
};

static void put_tlv(struct buffer *out, uint8_t tag, struct bytes content)
{
    buffer_put_u8(out, tag);
    if (content.len >= 256)
        buffer_put_u8(out, 0x82);
    else if (content.len >= 128)
        buffer_put_u8(out, 0x81);
    if (content.len >= 256)
        buffer_put_u16(out, (uint16_t)content.len);
    else
        buffer_put_u8(out, (uint8_t)content.len);
    buffer_put_bytes(out, content);
}

/* Wraps what stands in *buffer from `at` on. */
static void wrap(struct buffer *buffer, size_t at, uint8_t tag)
{
    struct buffer content CLEANUP_BUFFER;
    buffer_init(&content, MAX_DER);
    buffer_put(&content, buffer->data + at, buffer->len - at);
    buffer_cut(buffer, at);
    put_tlv(buffer, tag, buffer_bytes(&content));
}

static void put_algorithm(struct buffer *out)
{
    static const uint8_t ecdsa_sha256[] = {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
                                           0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
    buffer_put(out, ecdsa_sha256, sizeof ecdsa_sha256);
}

static void put_extension(struct buffer *out, uint8_t last_arc, bool critical, struct bytes value)
{
    size_t at = out->len;
    const uint8_t oid[] = {0x06, 0x03, 0x55, 0x1d, last_arc};
    buffer_put(out, oid, sizeof oid);
    if (critical)
        buffer_put(out, "\x01\x01\xff", 3);
    put_tlv(out, 0x04, value);
    wrap(out, at, 0x30);
}

static void put_entry(const struct variant *variant, struct buffer *out)
{
    size_t at = out->len;
    if (variant->revoked)
        buffer_put_bytes(out, buffer_bytes(&world.serial));
    else
        buffer_put(out, "\x02\x02\x7f\x01", 4);
    put_tlv(out, 0x17, bytes_of_text("260601000000Z"));
    if (variant->entry_extension || variant->entry_issuer) {
        size_t extensions = out->len;
        if (variant->entry_extension)
            put_extension(out, 21, false, bytes_of("\x0a\x01\x01", 3));
        if (variant->entry_issuer) {
            struct buffer issuer CLEANUP_BUFFER;
            buffer_init(&issuer, MAX_DER);
            buffer_put_bytes(&issuer, buffer_bytes(&world.name));
            wrap(&issuer, 0, 0xa4);
            wrap(&issuer, 0, 0x30);
            put_extension(out, 29, true, buffer_bytes(&issuer));
        }
        wrap(out, extensions, 0x30);
    }
    wrap(out, at, 0x30);
}

static void put_crl_extensions(const struct variant *variant, struct buffer *out)
{
    size_t at = out->len;
    put_extension(out, 20, false, bytes_of("\x02\x01\x05", 3)); /* cRLNumber */
    if (variant->same_extension_twice)
        put_extension(out, 20, false, bytes_of("\x02\x01\x06", 3));
    if (variant->indirect)
        put_extension(out, 28, true, bytes_of("\x30\x03\x84\x01\xff", 5));
    wrap(out, at, 0x30);
    wrap(out, at, 0xa0);
}

static void put_tbs(const struct variant *variant, struct buffer *out)
{
    if (!variant->version_1)
        buffer_put(out, "\x02\x01\x01", 3);
    put_algorithm(out);
    buffer_put_bytes(out, buffer_bytes(&world.name));
    put_tlv(out, 0x17, bytes_of_text(variant->future ? "281201000000Z" : "260601000000Z"));
    if (!variant->no_next_update)
        put_tlv(out, 0x17,
                bytes_of_text(variant->next_before_this ? "260501000000Z"
                              : variant->stale          ? "260602000000Z"
                                                        : "291201000000Z"));
    if (variant->empty_list)
        buffer_put(out, "\x30\x00", 2);
    if (variant->revoked || variant->entry_extension || variant->entry_issuer) {
        size_t list = out->len;
        put_entry(variant, out);
        wrap(out, list, 0x30);
    }
    if (!variant->version_1 || variant->extension)
        put_crl_extensions(variant, out);
    wrap(out, 0, 0x30);
}

static void make_crl(const struct variant *variant, struct buffer *out)
{
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(out, MAX_DER);
    buffer_init(&signature, MAX_DER);
    put_tbs(variant, out);
    buffer_put_u8(&signature, 0);
    assert_ok(sign_message(world.key, HASH_SHA256, buffer_bytes(out), &signature));
    put_algorithm(out);
    put_tlv(out, 0x03, buffer_bytes(&signature));
    wrap(out, 0, 0x30);
}

static struct path_request request_of(struct path_input *root, struct path_input *crl)
{
    *root = (struct path_input){buffer_bytes(&world.root), "root"};
    return (struct path_request){
        .cert = {buffer_bytes(&world.cert), "leaf"},
        .anchors = root,
        .num_anchors = 1,
        .crls = crl,
        .num_crls = crl != NULL,
        .time = world.now,
    };
}

static enum err ask(const struct variant *variant, enum path_verdict *verdict, struct fault *fault)
{
    struct buffer der CLEANUP_BUFFER;
    make_crl(variant, &der);
    struct path_input root, crl = {buffer_bytes(&der), "the CRL"};
    struct path_request request = request_of(&root, &crl);
    *verdict = PATH_NOT_VALID;
    return path_check(&request, verdict, fault);
}

static void accepts_right_crls(void **state)
{
    (void)state;
    static const struct variant right[] = {{0},
                                           {.version_1 = true},
                                           {.entry_extension = true},
                                           {.indirect = true, .entry_issuer = true}};
    for (size_t i = 0; i < COUNT_OF(right); i++) {
        enum path_verdict verdict;
        struct fault fault = {0};
        assert_ok(ask(&right[i], &verdict, &fault));
        assert_string_equal(fault.text, "");
        assert_int_equal(verdict, PATH_VALID);
    }
}

/* Our own refusals, in front of libcrypto. */
static void refuses_malformed_crls(void **state)
{
    (void)state;
    static const struct {
        struct variant variant;
        const char *text;
    } rows[] = {
        {{.version_1 = true, .extension = true}, "extensions, but not version 2"},
        {{.version_1 = true, .entry_extension = true}, "entry extensions, but not version 2"},
        {{.empty_list = true}, "an empty list of revoked certificates"},
        {{.no_next_update = true}, "no nextUpdate"},
        {{.same_extension_twice = true}, "two extensions of one kind"},
        {{.entry_issuer = true}, "an entry of another issuer, but not indirect"},
        {{.next_before_this = true}, "nextUpdate before thisUpdate"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum path_verdict verdict;
        struct fault fault = {0};
        assert_err(ask(&rows[i].variant, &verdict, &fault), ERR_MALFORMED);
        assert_string_equal(fault.input, "the CRL");
        assert_string_equal(fault.text, rows[i].text);
        assert_int_equal(verdict, PATH_NOT_VALID);
    }
}

static void refuses_by_path_validation(void **state)
{
    (void)state;
    static const struct {
        struct variant variant;
        const char *text;
    } rows[] = {
        {{.revoked = true}, "certificate revoked"},
        {{.future = true}, "CRL is not yet valid"},
        {{.stale = true}, "CRL has expired"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum path_verdict verdict;
        struct fault fault = {0};
        assert_ok(ask(&rows[i].variant, &verdict, &fault));
        assert_int_equal(verdict, PATH_NOT_VALID);
        assert_non_null(strstr(fault.text, rows[i].text));
    }
}

static void refuses_without_status(void **state)
{
    (void)state;
    struct path_input root;
    struct path_request request = request_of(&root, NULL);
    enum path_verdict verdict = PATH_VALID;
    struct fault fault = {0};
    assert_ok(path_check(&request, &verdict, &fault));
    assert_int_equal(verdict, PATH_NOT_VALID);
    assert_non_null(strstr(fault.text, "unable to get certificate CRL"));
    request.without_status = true;
    assert_ok(path_check(&request, &verdict, NULL));
    assert_int_equal(verdict, PATH_VALID);
    request.num_anchors = 0;
    assert_ok(path_check(&request, &verdict, NULL));
    assert_int_equal(verdict, PATH_NOT_VALID);
}

static void refuses_outside_the_validity(void **state)
{
    (void)state;
    static const struct {
        const char *time;
        enum path_verdict wanted;
    } rows[] = {{"2025-12-31T23:59:59Z", PATH_NOT_VALID},
                {"2026-01-01T00:00:00Z", PATH_VALID},
                {"2029-12-31T23:59:59Z", PATH_VALID},
                {"2030-01-01T00:00:01Z", PATH_NOT_VALID}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct path_input root;
        struct path_request request = request_of(&root, NULL);
        enum path_verdict verdict = PATH_NOT_VALID;
        request.without_status = true;
        assert_ok(time_parse(rows[i].time, &request.time));
        assert_ok(path_check(&request, &verdict, NULL));
        assert_int_equal(verdict, rows[i].wanted);
    }
}

static void refuses_unreadable_inputs(void **state)
{
    (void)state;
    struct path_input root;
    struct path_request request = request_of(&root, NULL);
    enum path_verdict verdict = PATH_NOT_VALID;
    struct fault fault = {0};
    request.without_status = true;
    buffer_put_u8(&world.cert, 0);
    request.cert.der = buffer_bytes(&world.cert);
    assert_err(path_check(&request, &verdict, &fault), ERR_MALFORMED);
    assert_string_equal(fault.input, "leaf");
    assert_string_equal(fault.text, "bytes after the end");
    for (size_t len = 0; len < world.cert.len - 1; len++) {
        request.cert.der.len = len;
        assert_err(path_check(&request, &verdict, NULL), ERR_MALFORMED);
    }
    buffer_cut(&world.cert, world.cert.len - 1);
    request.cert.der = buffer_bytes(&world.cert);
    request.policies = (const char *const[]){"any"};
    request.num_policies = 1;
    assert_err(path_check(&request, &verdict, &fault), ERR_USAGE);
    request.num_policies = 0;
    struct path_input many[LIMIT_PATH_FILES + 1];
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = root;
    request.untrusted = many;
    request.num_untrusted = COUNT_OF(many);
    assert_err(path_check(&request, &verdict, NULL), ERR_LIMIT);
    request.num_untrusted--;
    assert_ok(path_check(&request, &verdict, NULL));
    assert_int_equal(verdict, PATH_VALID);
}

static void add_extension(X509 *cert, int kind, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);
    assert_non_null(extension);
    assert_true(X509_add_ext(cert, extension, -1));
    X509_EXTENSION_free(extension);
}

static X509 *new_cert(long serial, const char *subject, EVP_PKEY *key)
{
    X509 *cert = X509_new();
    X509_NAME *issuer = X509_NAME_new();
    assert_true(X509_NAME_add_entry_by_txt(issuer, "CN", MBSTRING_ASC,
                                           (const unsigned char *)"root", -1, -1, 0));
    assert_true(X509_set_issuer_name(cert, issuer));
    X509_NAME_free(issuer);
    X509_NAME *name = X509_NAME_new();
    assert_true(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)subject,
                                           -1, -1, 0));
    assert_true(X509_set_subject_name(cert, name));
    X509_NAME_free(name);
    assert_true(X509_set_version(cert, X509_VERSION_3));
    assert_true(ASN1_INTEGER_set(X509_get_serialNumber(cert), serial));
    assert_true(ASN1_TIME_set_string_X509(X509_getm_notBefore(cert), "20260101000000Z"));
    assert_true(ASN1_TIME_set_string_X509(X509_getm_notAfter(cert), "20300101000000Z"));
    assert_true(X509_set_pubkey(cert, key));
    return cert;
}

static void sign_cert(X509 *cert, EVP_PKEY *key, struct buffer *out)
{
    assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
    uint8_t *der = NULL;
    int len = i2d_X509(cert, &der);
    buffer_init(out, MAX_DER);
    buffer_put(out, der, (size_t)len);
    OPENSSL_free(der);
    X509_free(cert);
}

static int make_world(void **state)
{
    (void)state;
    assert_ok(time_parse("2026-11-22T00:00:00Z", &world.now));
    assert_ok(private_key_generate(KEY_P256, 0, &world.key));
    EVP_PKEY *key = world.key->pkey;
    X509 *root = new_cert(1, "root", key);
    add_extension(root, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(root, NID_key_usage, "critical,keyCertSign,cRLSign");
    uint8_t *name = NULL;
    int len = i2d_X509_NAME(X509_get_subject_name(root), &name);
    buffer_init(&world.name, MAX_DER);
    buffer_put(&world.name, name, (size_t)len);
    OPENSSL_free(name);
    sign_cert(root, key, &world.root);
    X509 *cert = new_cert(0x1234, "leaf", key);
    add_extension(cert, NID_key_usage, "critical,digitalSignature");
    sign_cert(cert, key, &world.cert);
    buffer_init(&world.serial, MAX_DER);
    buffer_put(&world.serial, "\x02\x02\x12\x34", 4);
    return 0;
}

static int end_world(void **state)
{
    (void)state;
    private_key_free(world.key);
    buffer_done(&world.root);
    buffer_done(&world.cert);
    buffer_done(&world.name);
    buffer_done(&world.serial);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_right_crls),           cmocka_unit_test(refuses_malformed_crls),
        cmocka_unit_test(refuses_by_path_validation),   cmocka_unit_test(refuses_without_status),
        cmocka_unit_test(refuses_outside_the_validity), cmocka_unit_test(refuses_unreadable_inputs),
    };
    return cmocka_run_group_tests(tests, make_world, end_world);
}
