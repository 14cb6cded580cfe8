/* Signing a file against the real chip in memory, and against a card that signs something else. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "bench.h"
#include "chip/personalise.h"
#include "client/sign.h"
#include "sample.h"
#include "x509/cms.h"

static char folder[] = "/tmp/jpki-sign-XXXXXX";
static char image_path[64], key_path[64], document_path[64];
static struct bench bench;
static struct sample authority, leaf;

static int setup(void **state)
{
    (void)state;
    static struct image image;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, 512);
    assert_non_null(mkdtemp(folder));
    snprintf(image_path, sizeof image_path, "%s/card", folder);
    snprintf(key_path, sizeof key_path, "%s/permit.pem", folder);
    snprintf(document_path, sizeof document_path, "%s/document", folder);
    assert_ok(file_create(document_path, bytes_of_text("見本"), 0600, NULL));
    assert_ok(bench_make_permit_key(key_path, &spki));
    assert_ok(personalise((const uint8_t *)"4000000127198431322120350217", buffer_bytes(&spki),
                          false, &image, NULL));
    assert_ok(image_create(image_path, &image, NULL));
    assert_ok(bench_open(&bench, image_path, key_path));
    assert_ok(bench_set_pin(&bench, KIND_SIGNATURE, PERMIT_SET_PIN, "ABC123"));
    buffer_done(&spki);
    assert_ok(bench_make_key(&bench, KIND_SIGNATURE, "ABC123", 5, &spki));
    sample_authority(KIND_SIGNATURE, &authority);
    sample_leaf_of(KIND_SIGNATURE, &authority, 16, buffer_bytes(&spki), SAMPLE_NOW, &leaf);
    assert_ok(bench_install(&bench, KIND_SIGNATURE, "ABC123", 5, buffer_bytes(&leaf.der),
                            buffer_bytes(&authority.der)));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    sample_free(&authority);
    sample_free(&leaf);
    bench_done(&bench);
    unlink(image_path);
    unlink(key_path);
    unlink(document_path);
    rmdir(folder);
    return 0;
}

/* A channel to the same card that turns one bit of every signature. */
static enum err lie(void *context, struct bytes apdu, struct buffer *response)
{
    (void)context;
    enum err err = card_channel_transmit(&bench.channel, apdu, response);
    bool is_signature = apdu.len > 1 && apdu.data[1] == 0x2A;
    if (err == ERR_NONE && is_signature && response->len > 2)
        response->data[9] ^= 1;
    return err;
}

static enum err lie_begin(void *context)
{
    (void)context;
    return card_channel_begin(&bench.channel);
}

static void lie_end(void *context)
{
    (void)context;
    card_channel_end(&bench.channel);
}

static enum err sign_over(struct card_channel *channel, int64_t time, struct buffer *cms,
                          struct fault *fault)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct sign_content content CLEANUP_SIGN_CONTENT = {0};
    struct secret pin CLEANUP_SECRET = {0};
    assert_ok(secret_set(&pin, bytes_of_text("ABC123")));
    assert_ok(sign_content_read(document_path, false, &content, fault));
    assert_ok(card_session_begin(channel, &session, fault));
    assert_ok(card_verify_pin(&session, KIND_SIGNATURE, &pin, NULL, fault));
    return sign_content_by_card(&session, &content, time, cms, fault);
}

static void signs_what_it_read(void **state)
{
    (void)state;
    struct buffer cms_der CLEANUP_BUFFER;
    struct fault fault = {0};
    struct cms cms;
    uint8_t digest[SHA256_LEN];
    buffer_init(&cms_der, LIMIT_CMS_DETACHED);
    assert_ok(sign_over(&bench.channel, SAMPLE_NOW, &cms_der, &fault));
    assert_ok(cms_parse(buffer_bytes(&cms_der), &cms, &fault));
    sha256(bytes_of_text("見本"), digest);
    assert_true(bytes_equal(cms.message_digest, bytes_of(digest, sizeof digest)));
    assert_true(cms.signing_time == SAMPLE_NOW);
    assert_true(bytes_equal(cms.signer_serial, leaf.cert.serial));
}

static void hands_out_no_signature_that_does_not_fit(void **state)
{
    (void)state;
    static const struct card_channel_functions functions = {lie, lie_begin, lie_end, NULL};
    struct card_channel channel = {&functions, NULL};
    struct buffer cms CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&cms, LIMIT_CMS_DETACHED);
    assert_err(sign_over(&channel, SAMPLE_NOW, &cms, &fault), ERR_CARD);
    assert_string_equal(fault.text, "it does not fit the certificate");
    assert_int_equal(cms.len, 0);
}

static void signs_only_within_the_validity(void **state)
{
    (void)state;
    static const struct {
        int64_t time;
        enum err err;
    } times[] = {{SAMPLE_NOW - 1, ERR_STATE}, {SAMPLE_NOW, ERR_NONE}};
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        struct buffer cms CLEANUP_BUFFER;
        struct fault fault = {0};
        buffer_init(&cms, LIMIT_CMS_DETACHED);
        assert_err(sign_over(&bench.channel, times[i].time, &cms, &fault), times[i].err);
        assert_err(sign_over(&bench.channel, leaf.cert.not_after + 1 - (int64_t)i, &cms, &fault),
                   times[i].err);
    }
}

static void refuses_a_file_that_is_not_there(void **state)
{
    (void)state;
    struct sign_content content;
    struct fault fault = {0};
    assert_err(sign_content_read("/not/there", false, &content, &fault), ERR_IO);
    assert_string_equal(fault.input, "/not/there");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_what_it_read),
        cmocka_unit_test(hands_out_no_signature_that_does_not_fit),
        cmocka_unit_test(signs_only_within_the_validity),
        cmocka_unit_test(refuses_a_file_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
