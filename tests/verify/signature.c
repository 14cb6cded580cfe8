#include "check.h"

#include <string.h>

#include "base/limits.h"
#include "sample.h"
#include "verify/signature.h"

static const char document[] = "確定申告書";
static struct sample authority, leaf, other_leaf; /* the last is another's */

static int make_samples(void **state)
{
    (void)state;
    sample_authority(KIND_SIGNATURE, &authority);
    sample_leaf(KIND_SIGNATURE, &authority, 16, &leaf);
    sample_leaf(KIND_SIGNATURE, &authority, 17, &other_leaf);
    return 0;
}

static int free_samples(void **state)
{
    (void)state;
    sample_free(&authority);
    sample_free(&leaf);
    sample_free(&other_leaf);
    return 0;
}

/* How a signature differs from a right one. */
struct wrong {
    const struct sample *key;     /* who signs instead */
    const struct sample *ess;     /* whose certificate ESS names instead */
    const struct sample *carried; /* whose certificate is inside instead */
    bool is_attached;
};

static void make(const struct wrong *wrong, struct buffer *out)
{
    const struct sample *ess = wrong->ess ? wrong->ess : &leaf;
    const struct bytes content = bytes_of_text(document);
    uint8_t content_hash[32], cert_hash[32];
    sha256(content, content_hash);
    sha256(ess->cert.whole, cert_hash);
    struct buffer attributes CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&attributes, 4096);
    buffer_init(&signature, 1024);
    buffer_init(out, LIMIT_CMS_DETACHED);
    struct cert signer = leaf.cert;
    if (wrong->carried)
        signer.whole = wrong->carried->cert.whole;
    struct cms_facts facts = {.signer = &signer,
                              .signer_sha256 = bytes_of(cert_hash, 32),
                              .content_sha256 = bytes_of(content_hash, 32),
                              .signing_time = SAMPLE_NOW};
    assert_ok(cms_encode_attributes(&facts, &attributes));
    sample_sign(wrong->key ? wrong->key : &leaf, buffer_bytes(&attributes), &signature);
    assert_ok(cms_assemble(&facts, buffer_bytes(&attributes), ALGORITHM_RSA_SHA256,
                           buffer_bytes(&signature), wrong->is_attached ? &content : NULL, out));
}

static enum err ask(struct bytes der, const char *content, struct fault *fault)
{
    struct signature signature CLEANUP_SIGNATURE = {0};
    enum err err = signature_begin(der, &signature, fault);
    if (err != ERR_NONE)
        return err;
    for (const char *at = content; *at; at++) /* in parts of one byte */
        assert_ok(signature_content(&signature, bytes_of(at, 1)));
    return signature_end(&signature, fault);
}

static void accepts_its_own_content(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER, attached CLEANUP_BUFFER;
    struct fault fault = {0};
    make(&(struct wrong){0}, &der);
    assert_ok(ask(buffer_bytes(&der), document, &fault));
    make(&(struct wrong){.is_attached = true}, &attached);
    assert_ok(ask(buffer_bytes(&attached), "", &fault));
    assert_string_equal(fault.text, "");
}

static void refuses_other_content(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct fault fault = {0};
    make(&(struct wrong){0}, &der);
    assert_err(ask(buffer_bytes(&der), "確定申告著", &fault), ERR_CRYPTO);
    assert_string_equal(fault.text, "the content is not what was signed");
    assert_err(ask(buffer_bytes(&der), "", &fault), ERR_CRYPTO);
}

static void refuses_other_keys_and_certificates(void **state)
{
    (void)state;
    static const struct {
        struct wrong wrong;
        enum err err;
        const char *text;
    } rows[] = {
        {{.key = &other_leaf}, ERR_CRYPTO, "the signature is not right"},
        {{.ess = &other_leaf}, ERR_DENIED, "names another certificate"},
        {{.carried = &other_leaf}, ERR_DENIED, "the signer's certificate is not inside"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer der CLEANUP_BUFFER;
        struct fault fault = {0};
        make(&rows[i].wrong, &der);
        assert_err(ask(buffer_bytes(&der), document, &fault), rows[i].err);
        assert_string_equal(fault.text, rows[i].text);
    }
}

/* Whatever is changed, cut off or added, it is not the same signature any more. */
static void refuses_every_changed_byte(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    make(&(struct wrong){0}, &der);
    for (size_t i = 0; i < der.len; i++) {
        for (int bit = 0; bit < 8; bit += 7) {
            der.data[i] ^= (uint8_t)(1 << bit);
            assert_string_not_equal(err_name(ask(buffer_bytes(&der), document, NULL)), "none");
            der.data[i] ^= (uint8_t)(1 << bit);
        }
    }
    for (size_t len = 0; len < der.len; len++)
        assert_string_not_equal(err_name(ask(bytes_of(der.data, len), document, NULL)), "none");
    buffer_put_u8(&der, 0);
    assert_err(ask(buffer_bytes(&der), document, NULL), ERR_MALFORMED);
}

static void takes_content_once(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct signature signature CLEANUP_SIGNATURE = {0};
    make(&(struct wrong){.is_attached = true}, &der);
    assert_ok(signature_begin(buffer_bytes(&der), &signature, NULL));
    assert_err(signature_content(&signature, bytes_of_text("more")), ERR_STATE);
    assert_ok(signature_end(&signature, NULL));
    assert_err(signature_end(&signature, NULL), ERR_STATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_its_own_content),
        cmocka_unit_test(refuses_other_content),
        cmocka_unit_test(refuses_other_keys_and_certificates),
        cmocka_unit_test(refuses_every_changed_byte),
        cmocka_unit_test(takes_content_once),
    };
    return cmocka_run_group_tests(tests, make_samples, free_samples);
}
