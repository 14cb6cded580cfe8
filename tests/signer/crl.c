#include "check.h"
#include "fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/sign.h"
#include "crypto/verify.h"
#include "x509/crl.h"

#define DAY (24 * 3600)

static bool one_entry(void *context, struct crl_entry *out)
{
    bool *is_done = context;
    static const uint8_t serial[] = {7};
    if (*is_done)
        return false;
    *is_done = true;
    *out = (struct crl_entry){bytes_of(serial, 1), SAMPLE_NOW - 60, CRL_REASON_HOLD};
    return true;
}

static struct bytes point; /* empty: the full list */

static void encode(enum kind kind, uint64_t number, int64_t this_update, struct buffer *tbs)
{
    bool is_done = false;
    struct crl_facts facts = {.this_update = this_update,
                              .next_update = this_update + PROFILE_CRL_LIFE,
                              .number = number,
                              .issuing_point = point};
    assert_ok(crl_encode_tbs(&signer_authority_sample[kind].cert, &facts,
                             (struct crl_source){one_entry, &is_done}, tbs));
}

static int memfd_of(struct bytes content, int seals)
{
    int fd = memfd_create("crl", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    assert_true(fd >= 0);
    assert_ok(fd_write_all(fd, content));
    assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
    return fd;
}

#define ALL_SEALS (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK)

static enum err sign(enum kind kind, struct bytes tbs, int seals, struct fault *fault)
{
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, SIGNATURE_MAX);
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    int fd CLEANUP_FD = memfd_of(tbs, seals);
    enum err err = signer_sign_crl(signer, kind, fd, &signature, fault);
    if (err != ERR_NONE)
        return err;
    assert_ok(public_key_parse(signer_authority_sample[kind].cert.spki, &key));
    assert_ok(verify_message(key, HASH_SHA256, tbs, buffer_bytes(&signature)));
    return ERR_NONE;
}

static enum err sign_list(enum kind kind, uint64_t number, int64_t this_update, struct fault *fault)
{
    struct buffer tbs CLEANUP_BUFFER;
    buffer_init(&tbs, 4096);
    encode(kind, number, this_update, &tbs);
    return sign(kind, buffer_bytes(&tbs), ALL_SEALS, fault);
}

static void signs_lists_that_rise(void **state)
{
    (void)state;
    struct fault fault = {0};
    if (sign_list(KIND_SIGNATURE, 1, SAMPLE_NOW, &fault) != ERR_NONE)
        fail_msg("%s: %s", fault.rule, fault.text);
    assert_ok(sign_list(KIND_SIGNATURE, 5, SAMPLE_NOW + 60, NULL));
    assert_ok(sign_list(KIND_AUTHENTICATION, 1, SAMPLE_NOW, NULL)); /* a counter for each kind */
    uint64_t before = fixture_sequence();
    signer_again();
    assert_ok(sign_list(KIND_SIGNATURE, 1, SAMPLE_NOW, NULL)); /* the very same bytes */
    assert_int_equal(fixture_sequence(), before);
}

static void refuses_numbers_and_times_that_do_not_rise(void **state)
{
    (void)state;
    struct fault fault = {0};
    uint64_t before = fixture_sequence();
    assert_err(sign_list(KIND_SIGNATURE, 5, SAMPLE_NOW + 120, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, "CRL number rises");
    assert_err(sign_list(KIND_SIGNATURE, 4, SAMPLE_NOW + 120, NULL), ERR_DENIED);
    assert_err(sign_list(KIND_SIGNATURE, 6, SAMPLE_NOW + 60, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, "thisUpdate rises");
    assert_err(sign_list(KIND_SIGNATURE, 6, SAMPLE_NOW - DAY, NULL), ERR_DENIED);
    signer_again();
    assert_err(sign_list(KIND_SIGNATURE, 6, SAMPLE_NOW + 60, NULL), ERR_DENIED);
    assert_int_equal(fixture_sequence(), before);
}

/* The lists of a batch, each of another scope, share number and thisUpdate; each is signed once. */
static void signs_a_list_for_each_scope_of_a_batch(void **state)
{
    (void)state;
    struct buffer here CLEANUP_BUFFER, there CLEANUP_BUFFER, other CLEANUP_BUFFER;
    struct fault fault = {0};
    struct buffer *const points[] = {&here, &there, &other};
    static const char *const names[] = {"Hokuei-cho", "Kotoura-cho", "Yurihama-cho"};
    for (size_t i = 0; i < COUNT_OF(points); i++) {
        buffer_init(points[i], 1024);
        profile_put_crl_point(&sample_site, KIND_SIGNATURE, "Tottori-ken", names[i], points[i]);
    }
    const int64_t at = SAMPLE_NOW + 600;
    point = buffer_bytes(&here);
    assert_ok(sign_list(KIND_SIGNATURE, 50, at, NULL));
    point = bytes_of("", 0);
    assert_ok(sign_list(KIND_SIGNATURE, 50, at, NULL));
    point = buffer_bytes(&there);
    assert_ok(sign_list(KIND_SIGNATURE, 50, at, NULL));
    uint64_t before = fixture_sequence();
    assert_ok(sign_list(KIND_SIGNATURE, 50, at, NULL)); /* the very same bytes */
    assert_int_equal(fixture_sequence(), before);
    signer_again();
    /* another list of a scope that was signed in this batch: by what it lists */
    struct buffer tbs CLEANUP_BUFFER;
    buffer_init(&tbs, 4096);
    struct crl_facts facts = {.this_update = at,
                              .next_update = at + PROFILE_CRL_LIFE,
                              .number = 50,
                              .issuing_point = point};
    assert_ok(crl_encode_tbs(&signer_authority_sample[KIND_SIGNATURE].cert, &facts,
                             (struct crl_source){0}, &tbs));
    assert_err(sign(KIND_SIGNATURE, buffer_bytes(&tbs), ALL_SEALS, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, "CRL number rises");
    /* a new scope, but not of this batch */
    point = buffer_bytes(&other);
    assert_err(sign_list(KIND_SIGNATURE, 49, at, NULL), ERR_DENIED);
    assert_err(sign_list(KIND_SIGNATURE, 50, at - 1, NULL), ERR_DENIED);
    assert_err(sign_list(KIND_SIGNATURE, 50, at + 1, NULL), ERR_DENIED);
    assert_err(sign_list(KIND_SIGNATURE, 51, at, NULL), ERR_DENIED);
    assert_int_equal(fixture_sequence(), before);
    assert_ok(sign_list(KIND_SIGNATURE, 50, at, NULL));
    assert_ok(sign_list(KIND_SIGNATURE, 51, at + 1, NULL)); /* and the next batch begins */
    point = bytes_of("", 0);
    assert_err(sign_list(KIND_SIGNATURE, 50, at + 1, NULL), ERR_DENIED);
    assert_ok(sign_list(KIND_SIGNATURE, 51, at + 1, NULL));
}

static void refuses_what_is_not_sealed(void **state)
{
    (void)state;
    struct buffer tbs CLEANUP_BUFFER;
    buffer_init(&tbs, 4096);
    encode(KIND_SIGNATURE, 100, SAMPLE_NOW + 1000, &tbs);
    struct bytes list = buffer_bytes(&tbs);
    struct fault fault = {0};
    assert_err(sign(KIND_SIGNATURE, list, 0, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, "sealed memfd");
    assert_err(sign(KIND_SIGNATURE, list, F_SEAL_WRITE | F_SEAL_GROW, NULL), ERR_DENIED);
    assert_err(sign(KIND_SIGNATURE, list, F_SEAL_GROW | F_SEAL_SHRINK, NULL), ERR_DENIED);
    assert_err(sign(KIND_SIGNATURE, bytes_of("", 0), ALL_SEALS, NULL), ERR_LIMIT);
    /* An ordinary file has no seals. */
    char path[128];
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, SIGNATURE_MAX);
    fixture_path("list", path);
    assert_ok(file_create(path, list, 0600, NULL));
    int fd CLEANUP_FD = open(path, O_RDONLY | O_CLOEXEC);
    assert_err(signer_sign_crl(signer, KIND_SIGNATURE, fd, &signature, NULL), ERR_DENIED);
    assert_err(signer_sign_crl(signer, KIND_SIGNATURE, -1, &signature, NULL), ERR_DENIED);
}

static void refuses_foreign_lists(void **state)
{
    (void)state;
    struct buffer tbs CLEANUP_BUFFER;
    buffer_init(&tbs, 4096);
    encode(KIND_SIGNATURE, 100, SAMPLE_NOW + 1000, &tbs);
    uint64_t before = fixture_sequence();
    assert_true(sign(KIND_AUTHENTICATION, buffer_bytes(&tbs), ALL_SEALS, NULL) != ERR_NONE);
    assert_true(sign(KIND_SIGNATURE, bytes_of(tbs.data, tbs.len - 1), ALL_SEALS, NULL) != ERR_NONE);
    assert_true(sign(KIND_SIGNATURE, bytes_of_text("no list"), ALL_SEALS, NULL) != ERR_NONE);
    /* A certificate is no list, and a list is no certificate. */
    struct sample leaf;
    fixture_leaf(KIND_SIGNATURE, 2, &leaf);
    assert_true(sign(KIND_SIGNATURE, leaf.cert.tbs, ALL_SEALS, NULL) != ERR_NONE);
    assert_true(fixture_sign(KIND_SIGNATURE, SIGNER_LEAF, buffer_bytes(&tbs), NULL) != ERR_NONE);
    assert_int_equal(fixture_sequence(), before);
    sample_free(&leaf);
}

/* A restore raises number and thisUpdate without a list: nothing is of a batch with them. */
static void a_restore_begins_no_batch(void **state)
{
    (void)state;
    struct signer_floors floors;
    signer_get_floors(signer, &floors);
    floors.of[KIND_SIGNATURE].crl_number = 900;
    floors.of[KIND_SIGNATURE].this_update = SAMPLE_NOW + 9000;
    assert_ok(signer_restore(signer, &floors, NULL));
    assert_err(sign_list(KIND_SIGNATURE, 900, SAMPLE_NOW + 9000, NULL), ERR_DENIED);
    signer_again();
    assert_err(sign_list(KIND_SIGNATURE, 900, SAMPLE_NOW + 9000, NULL), ERR_DENIED);
    assert_ok(sign_list(KIND_SIGNATURE, 901, SAMPLE_NOW + 9001, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_lists_that_rise),
        cmocka_unit_test(refuses_numbers_and_times_that_do_not_rise),
        cmocka_unit_test(signs_a_list_for_each_scope_of_a_batch),
        cmocka_unit_test(refuses_what_is_not_sealed),
        cmocka_unit_test(refuses_foreign_lists),
        cmocka_unit_test(a_restore_begins_no_batch),
    };
    return cmocka_run_group_tests(tests, signer_begin, signer_end);
}
