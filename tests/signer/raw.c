/* Permits and checkpoints. */
#include "check.h"
#include "fixture.h"

#include <string.h>

#include "base/permit.h"
#include "crypto/permit_key.h"
#include "crypto/verify.h"

static struct permit permit_of(enum permit_purpose purpose, uint8_t challenge)
{
    uint8_t point[SIGNER_POINT_LEN];
    struct permit permit = {.purpose = purpose, .kind = KIND_AUTHENTICATION};
    assert_ok(signer_permit_key(signer, 1, point));
    permit_key_id(point, permit.key_id);
    memset(permit.card_id, '7', CARD_ID_LEN);
    memset(permit.challenge, challenge, CHALLENGE_LEN);
    if (permit_purpose_has_digest(purpose))
        memset(permit.digest, 0x55, PERMIT_DIGEST_LEN);
    return permit;
}

static enum err sign_permit(const struct permit *permit, struct fault *fault)
{
    uint8_t bytes[PERMIT_SIGNED_LEN], signature[SIGNER_RAW_LEN], point[SIGNER_POINT_LEN];
    permit_encode_signed(permit, bytes);
    struct bytes message = bytes_of(bytes, sizeof bytes);
    enum err err = signer_sign_permit(signer, message, signature, fault);
    if (err != ERR_NONE)
        return err;
    assert_ok(signer_permit_key(signer, 1, point));
    assert_ok(verify_raw_p256(bytes_of(point, sizeof point), message, signature));
    return ERR_NONE;
}

static void signs_permits(void **state)
{
    (void)state;
    static const enum permit_purpose purposes[] = {PERMIT_MAKE_KEY, PERMIT_INSTALL, PERMIT_SET_PIN,
                                                   PERMIT_RESET_PIN};
    for (size_t i = 0; i < COUNT_OF(purposes); i++) {
        struct permit permit = permit_of(purposes[i], (uint8_t)(i + 1));
        uint64_t before = fixture_sequence();
        assert_ok(sign_permit(&permit, NULL));
        assert_int_equal(fixture_sequence(), before + 1);
    }
}

static void refuses_a_challenge_that_was_signed(void **state)
{
    (void)state;
    struct fault fault = {0};
    struct permit permit = permit_of(PERMIT_RESET_PIN, 99);
    assert_ok(sign_permit(&permit, NULL));
    assert_err(sign_permit(&permit, &fault), ERR_DENIED); /* also the very same bytes */
    assert_string_equal(fault.rule, "challenge is new");
    permit.purpose = PERMIT_MAKE_KEY;
    memset(permit.card_id, '8', CARD_ID_LEN);
    assert_err(sign_permit(&permit, NULL), ERR_DENIED);
    signer_again();
    assert_err(sign_permit(&permit, NULL), ERR_DENIED);
}

static void refuses_other_keys(void **state)
{
    (void)state;
    struct fault fault = {0};
    struct permit permit = permit_of(PERMIT_MAKE_KEY, 121);
    uint64_t before = fixture_sequence();
    permit.key_id[0] ^= 1;
    assert_err(sign_permit(&permit, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, "key id");
    assert_int_equal(fixture_sequence(), before);
}

static void refuses_malformed_permits(void **state)
{
    (void)state;
    struct permit permit = permit_of(PERMIT_MAKE_KEY, 122);
    uint8_t bytes[PERMIT_SIGNED_LEN + 1] = {0}, signature[SIGNER_RAW_LEN];
    uint64_t before = fixture_sequence();
    permit_encode_signed(&permit, bytes);
    assert_err(signer_sign_permit(signer, bytes_of(bytes, PERMIT_SIGNED_LEN - 1), signature, NULL),
               ERR_MALFORMED);
    assert_err(signer_sign_permit(signer, bytes_of(bytes, PERMIT_SIGNED_LEN + 1), signature, NULL),
               ERR_MALFORMED);
    bytes[0] = 'X';
    assert_err(signer_sign_permit(signer, bytes_of(bytes, PERMIT_SIGNED_LEN), signature, NULL),
               ERR_MALFORMED);
    memset(permit.digest, 1, PERMIT_DIGEST_LEN); /* where there is none */
    permit_encode_signed(&permit, bytes);
    assert_err(signer_sign_permit(signer, bytes_of(bytes, PERMIT_SIGNED_LEN), signature, NULL),
               ERR_MALFORMED);
    assert_int_equal(fixture_sequence(), before);
}

/* --- checkpoints --- */

#define NUM_LINKS 10
static uint8_t links[NUM_LINKS][SIGNER_HEAD_LEN];

static struct signer_checkpoint checkpoint_at(size_t number, int64_t time)
{
    struct signer_checkpoint checkpoint = {.number = number, .time = time};
    for (size_t i = 0; i < number; i++)
        signer_checkpoint_link(checkpoint.head, links[i]);
    return checkpoint;
}

static enum err sign_checkpoint(const struct signer_checkpoint *checkpoint, size_t from, size_t num)
{
    uint8_t signature[SIGNER_RAW_LEN], point[SIGNER_POINT_LEN];
    struct buffer message CLEANUP_BUFFER;
    buffer_init(&message, 256);
    enum err err = signer_sign_checkpoint(
        signer, checkpoint, bytes_of(links[from], num * SIGNER_HEAD_LEN), signature, NULL);
    if (err != ERR_NONE)
        return err;
    signer_checkpoint_encode(checkpoint, &message);
    assert_ok(signer_journal_key(signer, point));
    assert_ok(verify_raw_p256(bytes_of(point, sizeof point), buffer_bytes(&message), signature));
    return ERR_NONE;
}

static void signs_checkpoints_that_extend(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_LINKS; i++)
        memset(links[i], (int)i + 1, SIGNER_HEAD_LEN);
    struct signer_checkpoint first = checkpoint_at(3, 1000), second = checkpoint_at(5, 1000);
    assert_ok(sign_checkpoint(&first, 0, 3));
    assert_ok(sign_checkpoint(&second, 3, 2));
    signer_again();
    uint64_t before = fixture_sequence();
    assert_ok(sign_checkpoint(&first, 0, 0)); /* signed before: again, without a record */
    assert_int_equal(fixture_sequence(), before);
    struct signer_floors floors;
    signer_get_floors(signer, &floors);
    assert_int_equal(floors.checkpoint.number, 5);
    assert_memory_equal(floors.checkpoint.head, second.head, SIGNER_HEAD_LEN);
}

static void refuses_checkpoints_that_do_not_extend(void **state)
{
    (void)state;
    uint64_t before = fixture_sequence();
    struct signer_checkpoint good = checkpoint_at(7, 2000), bad = good;
    bad.head[0] ^= 1;
    assert_err(sign_checkpoint(&bad, 5, 2), ERR_DENIED);
    assert_err(sign_checkpoint(&good, 5, 1), ERR_DENIED); /* a link short */
    assert_err(sign_checkpoint(&good, 4, 2), ERR_DENIED); /* other links */
    assert_err(sign_checkpoint(&good, 5, 3), ERR_DENIED);
    bad = good;
    bad.number = 8;
    assert_err(sign_checkpoint(&bad, 5, 2), ERR_DENIED);
    bad = checkpoint_at(4, 2000); /* back */
    assert_err(sign_checkpoint(&bad, 4, 0), ERR_DENIED);
    bad = checkpoint_at(5, 2000); /* nothing new */
    assert_err(sign_checkpoint(&bad, 5, 0), ERR_DENIED);
    /* A journal that was written anew from its third entry. */
    links[3][0] ^= 1;
    bad = checkpoint_at(7, 2000);
    assert_err(sign_checkpoint(&bad, 5, 2), ERR_DENIED);
    links[3][0] ^= 1;
    assert_int_equal(fixture_sequence(), before);
    assert_ok(sign_checkpoint(&good, 5, 2));
}

/* What the operator says after a restore: floors only rise, the journal goes on from another head,
 * and both hold after a start. */
static void takes_a_restore(void **state)
{
    (void)state;
    struct signer_floors before, after, said;
    signer_get_floors(signer, &before);
    said = before;
    said.of[KIND_SIGNATURE].serial += 1000;
    said.of[KIND_AUTHENTICATION].crl_number += 7;
    links[4][0] ^= 1; /* the restored journal had another fifth entry, and no sixth */
    said.checkpoint = checkpoint_at(5, 3000);
    assert_ok(signer_restore(signer, &said, NULL));
    signer_again();
    signer_get_floors(signer, &after);
    assert_int_equal(after.of[KIND_SIGNATURE].serial, said.of[KIND_SIGNATURE].serial);
    assert_int_equal(after.of[KIND_AUTHENTICATION].crl_number,
                     said.of[KIND_AUTHENTICATION].crl_number);
    assert_int_equal(after.of[KIND_SIGNATURE].signed_serial, 0);
    assert_int_equal(after.sequence, before.sequence + NUM_KINDS + 1);
    struct signer_checkpoint next = checkpoint_at(6, 3000);
    assert_ok(sign_checkpoint(&next, 5, 1));
}

static void refuses_a_restore_that_lowers(void **state)
{
    (void)state;
    struct signer_floors floors, lower;
    signer_get_floors(signer, &floors);
    for (int what = 0; what < 3; what++) {
        lower = floors;
        lower.of[KIND_SIGNATURE].serial -= what == 0;
        lower.of[KIND_SIGNATURE].crl_number -= what == 1;
        lower.of[KIND_SIGNATURE].this_update -= what == 2;
        if (what == 1 && floors.of[KIND_SIGNATURE].crl_number == 0)
            continue; /* it would turn round to the highest there is */
        assert_err(signer_restore(signer, &lower, NULL), ERR_DENIED);
    }
    struct signer_checkpoint old = checkpoint_at(8, 4000);
    old.head[0] ^= 1;
    assert_err(sign_checkpoint(&old, 6, 2), ERR_DENIED);
    struct sample leaf;
    fixture_leaf(KIND_SIGNATURE, floors.of[KIND_SIGNATURE].serial, &leaf);
    assert_err(fixture_sign(KIND_SIGNATURE, SIGNER_LEAF, leaf.cert.tbs, NULL), ERR_DENIED);
    sample_free(&leaf);
    fixture_leaf(KIND_SIGNATURE, floors.of[KIND_SIGNATURE].serial + 1, &leaf);
    assert_ok(fixture_sign(KIND_SIGNATURE, SIGNER_LEAF, leaf.cert.tbs, NULL));
    sample_free(&leaf);
    signer_get_floors(signer, &floors);
    assert_int_equal(floors.of[KIND_SIGNATURE].signed_serial, floors.of[KIND_SIGNATURE].serial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_permits),
        cmocka_unit_test(refuses_a_challenge_that_was_signed),
        cmocka_unit_test(refuses_other_keys),
        cmocka_unit_test(refuses_malformed_permits),
        cmocka_unit_test(signs_checkpoints_that_extend),
        cmocka_unit_test(refuses_checkpoints_that_do_not_extend),
        cmocka_unit_test(takes_a_restore),
        cmocka_unit_test(refuses_a_restore_that_lowers),
    };
    return cmocka_run_group_tests(tests, signer_begin, signer_end);
}
