/* The responder without HTTP: what it answers, and which certificates and requests it refuses. */
#include "check.h"
#include "fixture.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/verify.h"
#include "status/responder.h"
#include "x509/ocsp.h"

#define DAY ((int64_t)24 * 3600)

static struct responder *responder;

static void install(enum kind kind, int64_t not_before, int64_t not_after, int64_t now,
                    enum err wanted)
{
    struct buffer certificate CLEANUP_BUFFER;
    buffer_init(&certificate, LIMIT_CERTIFICATE);
    fixture_delegate(kind, responder_spki(responder), not_before, not_after, &certificate);
    assert_err(responder_install(responder, kind, buffer_bytes(&certificate), now, NULL), wanted);
}

static int begin(void **state)
{
    status_begin(state);
    const struct status_map *const all[] = {maps[0], maps[1]};
    const struct bytes ders[] = {authorities[0].cert.whole, authorities[1].cert.whole};
    assert_ok(responder_new(all, ders, &responder, NULL));
    return 0;
}

static int end(void **state)
{
    responder_free(responder);
    return status_end(state);
}

/* --- asking --- */

struct hashes {
    uint8_t name[SHA256_LEN], key[SHA256_LEN], serial[8];
};

static struct ocsp_id id_of(enum kind kind, enum hash hash, uint64_t serial, struct hashes *room)
{
    assert_ok(hash_once(hash, authorities[kind].cert.subject, room->name));
    assert_ok(hash_once(hash, authorities[kind].cert.key.key, room->key));
    return (struct ocsp_id){.hash = hash == HASH_SHA1 ? ALGORITHM_SHA1 : ALGORITHM_SHA256,
                            .name_hash = bytes_of(room->name, hash_len(hash)),
                            .key_hash = bytes_of(room->key, hash_len(hash)),
                            .serial = serial_encode(serial, room->serial)};
}

static struct buffer answer_bytes;

/* What is counted is what was answered, anew or again. */
static void check_counted(const struct ocsp_response *response, enum responder_outcome counted)
{
    static const enum responder_outcome singles[] = {[OCSP_STATUS_GOOD] = RESPONDER_GOOD,
                                                     [OCSP_STATUS_REVOKED] = RESPONDER_REVOKED,
                                                     [OCSP_STATUS_UNKNOWN] = RESPONDER_UNKNOWN};
    if (response->outcome == OCSP_TRY_LATER)
        assert_int_equal(counted, RESPONDER_TRY_LATER);
    else if (response->outcome == OCSP_UNAUTHORIZED)
        assert_int_equal(counted, RESPONDER_UNAUTHORIZED);
    else if (response->outcome == OCSP_MALFORMED_REQUEST)
        assert_int_equal(counted, RESPONDER_MALFORMED);
    else if (response->outcome == OCSP_SUCCESSFUL && response->num == 1)
        assert_int_equal(counted, singles[response->singles[0].status]);
    else if (response->outcome == OCSP_SUCCESSFUL)
        assert_int_equal(counted, RESPONDER_SEVERAL);
}

static void ask_raw(struct bytes request, int64_t now, struct ocsp_response *out,
                    struct responder_answer *answer)
{
    buffer_done(&answer_bytes);
    buffer_init(&answer_bytes, LIMIT_OCSP_RESPONSE);
    assert_ok(responder_answer(responder, request, now, &answer_bytes, answer));
    assert_ok(ocsp_response_parse(buffer_bytes(&answer_bytes), out, NULL));
    check_counted(out, answer->outcome);
}

static void ask(const struct ocsp_request *request, int64_t now, struct ocsp_response *out,
                struct responder_answer *answer)
{
    struct buffer der CLEANUP_BUFFER;
    buffer_init(&der, LIMIT_OCSP_REQUEST);
    assert_ok(ocsp_request_encode(request, &der));
    ask_raw(buffer_bytes(&der), now, out, answer);
}

static enum ocsp_outcome outcome_of(const struct ocsp_request *request, int64_t now)
{
    struct ocsp_response response;
    struct responder_answer answer;
    ask(request, now, &response, &answer);
    return response.outcome;
}

static void check_signature(const struct ocsp_response *response)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    assert_ok(public_key_parse(responder_spki(responder), &key));
    assert_ok(verify_message(key, HASH_SHA256, response->tbs, response->signature));
}

/* --- before it has a certificate --- */

static void says_try_later_without_a_certificate(void **state)
{
    (void)state;
    struct hashes room;
    struct ocsp_request request = {.num = 1,
                                   .ids = {id_of(KIND_SIGNATURE, HASH_SHA1, SERIAL_GOOD, &room)}};
    assert_int_equal(responder_renewal(responder, SAMPLE_NOW), 0);
    assert_int_equal(outcome_of(&request, SAMPLE_NOW), OCSP_TRY_LATER);
    install(KIND_AUTHENTICATION, SAMPLE_NOW, SAMPLE_NOW + DAY, SAMPLE_NOW, ERR_NONE);
    assert_int_equal(responder_renewal(responder, SAMPLE_NOW), 0); /* one is missing still */
    assert_int_equal(outcome_of(&request, SAMPLE_NOW), OCSP_TRY_LATER);
    install(KIND_SIGNATURE, SAMPLE_NOW, SAMPLE_NOW + DAY, SAMPLE_NOW, ERR_NONE);
    assert_int_equal(responder_renewal(responder, SAMPLE_NOW), SAMPLE_NOW + DAY / 2);
    assert_int_equal(outcome_of(&request, SAMPLE_NOW), OCSP_SUCCESSFUL);
    assert_int_equal(outcome_of(&request, SAMPLE_NOW + DAY), OCSP_SUCCESSFUL);
    assert_int_equal(outcome_of(&request, SAMPLE_NOW + DAY + 1), OCSP_TRY_LATER);
    int64_t end = authorities[KIND_SIGNATURE].cert.not_after;
    assert_int_equal(responder_renewal(responder, end), SAMPLE_NOW + DAY / 2);
    assert_int_equal(responder_renewal(responder, end + 1), INT64_MAX); /* no more to ask for */
}

static void refuses_certificates_that_do_not_fit(void **state)
{
    (void)state;
    struct buffer other CLEANUP_BUFFER;
    struct sample leaf, stranger, foreign;
    buffer_init(&other, LIMIT_CERTIFICATE);
    install(KIND_SIGNATURE, SAMPLE_NOW + 10, SAMPLE_NOW + DAY, SAMPLE_NOW, ERR_DENIED);
    install(KIND_SIGNATURE, SAMPLE_NOW - DAY, SAMPLE_NOW - 10, SAMPLE_NOW, ERR_DENIED);
    /* by the other authority; for another key; by an authority of the same name; a resident's */
    fixture_delegate(KIND_AUTHENTICATION, responder_spki(responder), SAMPLE_NOW, SAMPLE_NOW + DAY,
                     &other);
    assert_err(responder_install(responder, KIND_SIGNATURE, buffer_bytes(&other), SAMPLE_NOW, NULL),
               ERR_DENIED);
    sample_responder(KIND_SIGNATURE, &authorities[KIND_SIGNATURE], 5, &stranger);
    assert_err(responder_install(responder, KIND_SIGNATURE, stranger.cert.whole, SAMPLE_NOW, NULL),
               ERR_DENIED);
    sample_leaf(KIND_SIGNATURE, &authorities[KIND_SIGNATURE], 5, &leaf);
    assert_err(responder_install(responder, KIND_SIGNATURE, leaf.cert.whole, SAMPLE_NOW, NULL),
               ERR_DENIED);
    struct sample kept = authorities[KIND_SIGNATURE];
    sample_authority(KIND_SIGNATURE, &foreign);
    authorities[KIND_SIGNATURE] = foreign;
    install(KIND_SIGNATURE, SAMPLE_NOW, SAMPLE_NOW + DAY, SAMPLE_NOW, ERR_DENIED);
    authorities[KIND_SIGNATURE] = kept;
    assert_err(responder_install(responder, KIND_SIGNATURE, bytes_of_text("x"), SAMPLE_NOW, NULL),
               ERR_MALFORMED);
    assert_int_equal(responder_renewal(responder, SAMPLE_NOW),
                     SAMPLE_NOW + DAY / 2); /* the old one stays */
    sample_free(&stranger);
    sample_free(&leaf);
    sample_free(&foreign);
}

/* --- answers --- */

static void answers_every_state(void **state)
{
    (void)state;
    static const struct {
        uint64_t serial;
        enum ocsp_status status;
        enum crl_reason reason;
    } rows[] = {
        {SERIAL_GOOD, OCSP_STATUS_GOOD, 0},
        {SERIAL_HELD, OCSP_STATUS_REVOKED, CRL_REASON_HOLD},
        {SERIAL_COMPROMISED, OCSP_STATUS_REVOKED, CRL_REASON_KEY_COMPROMISE},
        {SERIAL_SUPERSEDED, OCSP_STATUS_REVOKED, CRL_REASON_SUPERSEDED},
        {SERIAL_RESERVED, OCSP_STATUS_UNKNOWN, 0},
        {SERIAL_NEVER, OCSP_STATUS_UNKNOWN, 0},
        {SERIAL_LAST, OCSP_STATUS_UNKNOWN, 0},
        {SERIAL_LAST + 1, OCSP_STATUS_UNKNOWN, 0}, /* good in the map, outside the generation */
        {UINT64_MAX, OCSP_STATUS_UNKNOWN, 0},
    };
    struct hashes rooms[COUNT_OF(rows)];
    for (int with_sha256 = 0; with_sha256 < 2; with_sha256++) {
        struct ocsp_request request = {.num = COUNT_OF(rows)};
        struct ocsp_response response;
        struct responder_answer answer;
        for (size_t i = 0; i < COUNT_OF(rows); i++)
            request.ids[i] = id_of(KIND_SIGNATURE, with_sha256 ? HASH_SHA256 : HASH_SHA1,
                                   rows[i].serial, &rooms[i]);
        ask(&request, SAMPLE_NOW, &response, &answer);
        assert_int_equal(response.outcome, OCSP_SUCCESSFUL);
        check_signature(&response);
        assert_int_equal(response.num, COUNT_OF(rows));
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            assert_true(ocsp_id_equal(&response.singles[i].id, &request.ids[i]));
            assert_int_equal(response.singles[i].status, rows[i].status);
            assert_int_equal(response.singles[i].reason, rows[i].reason);
            if (rows[i].status == OCSP_STATUS_REVOKED)
                assert_int_equal(response.singles[i].revoked_at, FIXTURE_SINCE);
        }
    }
}

static void answers_no_longer_than_they_may(void **state)
{
    (void)state;
    struct hashes room;
    struct ocsp_response response;
    struct responder_answer answer;
    struct ocsp_request request = {.num = 1,
                                   .ids = {id_of(KIND_SIGNATURE, HASH_SHA1, SERIAL_GOOD, &room)}};
    ask(&request, SAMPLE_NOW, &response, &answer);
    assert_int_equal(response.singles[0].next_update, SAMPLE_NOW + 900);
    assert_true(answer.may_be_stored);
    assert_int_equal(answer.max_age, 900);
    assert_int_equal(answer.epoch, 42);
    /* never beyond the responder's own certificate */
    ask(&request, SAMPLE_NOW + DAY - 100, &response, &answer);
    assert_int_equal(response.singles[0].next_update, SAMPLE_NOW + DAY);
    assert_int_equal(answer.max_age, 100);
    request.nonce = bytes_of_text("a nonce");
    ask(&request, SAMPLE_NOW, &response, &answer);
    assert_true(bytes_equal_text(response.nonce, "a nonce"));
    assert_false(answer.may_be_stored);
    assert_int_equal(answer.max_age, 0);
}

/* What changes in the map is in the next answer. */
static void never_says_good_after_a_hold(void **state)
{
    (void)state;
    struct hashes room;
    struct ocsp_response response;
    struct responder_answer answer;
    struct ocsp_request request = {
        .num = 1, .ids = {id_of(KIND_AUTHENTICATION, HASH_SHA1, SERIAL_GOOD, &room)}};
    struct status_entry entry;
    assert_ok(status_map_get(maps[KIND_AUTHENTICATION], SERIAL_GOOD, &entry));
    struct status_entry held = entry;
    held.state = STATUS_HELD;
    held.since = SAMPLE_NOW;
    ask(&request, SAMPLE_NOW, &response, &answer);
    assert_int_equal(response.singles[0].status, OCSP_STATUS_GOOD);
    assert_ok(status_map_set(maps[KIND_AUTHENTICATION], SERIAL_GOOD, &held));
    ask(&request, SAMPLE_NOW, &response, &answer);
    assert_int_equal(response.singles[0].status, OCSP_STATUS_REVOKED);
    assert_int_equal(response.singles[0].reason, CRL_REASON_HOLD);
    assert_ok(status_map_set(maps[KIND_AUTHENTICATION], SERIAL_GOOD, &entry));
}

/* The same request again costs no signature, as long as nothing has changed. */
static void answers_again_what_still_holds(void **state)
{
    (void)state;
    struct hashes room;
    struct ocsp_response response;
    struct responder_answer answer;
    struct ocsp_request request = {.num = 1,
                                   .ids = {id_of(KIND_SIGNATURE, HASH_SHA256, SERIAL_GOOD, &room)}};
    static const struct {
        int64_t later, produced; /* seconds after SAMPLE_NOW */
    } rows[] = {{0, 0}, {299, 0}, {300, 300}, {301, 300}, {-1, -1}};
    install(KIND_SIGNATURE, SAMPLE_NOW - 10, SAMPLE_NOW + DAY, SAMPLE_NOW, ERR_NONE);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ask(&request, SAMPLE_NOW + rows[i].later, &response, &answer);
        assert_int_equal(response.produced_at, SAMPLE_NOW + rows[i].produced);
        assert_int_equal(answer.max_age, 900 - (rows[i].later - rows[i].produced));
    }
    /* another responder certificate: another answer, with it inside */
    ask(&request, SAMPLE_NOW + 5, &response, &answer);
    assert_int_equal(response.produced_at, SAMPLE_NOW - 1);
    install(KIND_SIGNATURE, SAMPLE_NOW - 5, SAMPLE_NOW + DAY, SAMPLE_NOW, ERR_NONE);
    ask(&request, SAMPLE_NOW + 5, &response, &answer);
    assert_int_equal(response.produced_at, SAMPLE_NOW + 5);
    install(KIND_SIGNATURE, SAMPLE_NOW, SAMPLE_NOW + DAY, SAMPLE_NOW, ERR_NONE);
}

/* A nonce is echoed by the answer that was made for it, and by no other. */
static void never_answers_a_nonce_again(void **state)
{
    (void)state;
    struct hashes room;
    struct ocsp_response response;
    struct responder_answer answer;
    struct ocsp_request request = {.num = 1,
                                   .ids = {id_of(KIND_SIGNATURE, HASH_SHA1, SERIAL_GOOD, &room)}};
    for (int i = 0; i < 3; i++) {
        request.nonce = bytes_of_text("a nonce");
        ask(&request, SAMPLE_NOW + i, &response, &answer);
        assert_int_equal(response.produced_at, SAMPLE_NOW + i);
        assert_true(bytes_equal_text(response.nonce, "a nonce"));
        request.nonce = bytes_of("", 0);
        ask(&request, SAMPLE_NOW + i, &response, &answer);
        assert_int_equal(response.nonce.len, 0);
    }
}

/* More requests than there is room for: each gets its own answer all the same. */
static void tells_many_requests_apart(void **state)
{
    (void)state;
    struct hashes room;
    struct ocsp_response response;
    struct responder_answer answer;
    for (int round = 0; round < 2; round++)
        for (uint64_t serial = 1; serial < 64; serial++) {
            struct ocsp_request request = {
                .num = 1, .ids = {id_of(KIND_AUTHENTICATION, HASH_SHA1, serial, &room)}};
            uint64_t answered;
            ask(&request, SAMPLE_NOW, &response, &answer);
            assert_true(serial_decode(response.singles[0].id.serial, &answered));
            assert_int_equal(answered, serial);
            assert_int_equal(response.singles[0].status == OCSP_STATUS_GOOD, serial == SERIAL_GOOD);
        }
}

static void refuses_requests_about_others(void **state)
{
    (void)state;
    struct hashes one, two;
    struct sample other;
    struct ocsp_request request = {.num = 2};
    request.ids[0] = id_of(KIND_SIGNATURE, HASH_SHA1, SERIAL_GOOD, &one);
    request.ids[1] = id_of(KIND_AUTHENTICATION, HASH_SHA1, SERIAL_GOOD, &two);
    assert_int_equal(outcome_of(&request, SAMPLE_NOW), OCSP_UNAUTHORIZED); /* both authorities */
    /* the same name, another key: another authority */
    sample_authority(KIND_SIGNATURE, &other);
    request.num = 1;
    assert_ok(hash_once(HASH_SHA1, other.cert.key.key, one.key));
    assert_int_equal(outcome_of(&request, SAMPLE_NOW), OCSP_UNAUTHORIZED);
    /* beside one of ours it is unknown, never good */
    request.num = 2;
    request.ids[1] = id_of(KIND_SIGNATURE, HASH_SHA1, SERIAL_GOOD, &two);
    struct ocsp_response response;
    struct responder_answer answer;
    ask(&request, SAMPLE_NOW, &response, &answer);
    assert_int_equal(response.singles[0].status, OCSP_STATUS_UNKNOWN);
    assert_int_equal(response.singles[1].status, OCSP_STATUS_GOOD);
    sample_free(&other);
}

static void refuses_malformed_requests(void **state)
{
    (void)state;
    static const struct bytes bad[] = {
        {(const uint8_t *)"", 0},
        {(const uint8_t *)"\x30\x00", 2},
        {(const uint8_t *)"\x30\x03\x0a\x01\x00", 5},
        {(const uint8_t *)"\x30\x80\x00\x00", 4},
        {(const uint8_t *)"GET / HTTP/1.1", 14},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct ocsp_response response;
        struct responder_answer answer;
        ask_raw(bad[i], SAMPLE_NOW, &response, &answer);
        assert_int_equal(response.outcome, OCSP_MALFORMED_REQUEST);
        assert_false(answer.may_be_stored);
    }
}

/* --- a follower's; the tests before it have used the one that is none --- */

static void feed_all(int64_t time)
{
    for (int kind = 0; kind < NUM_KINDS; kind++)
        status_map_set_fed(maps[kind], time);
}

static void refuses_keys_of_no_follower(void **state)
{
    (void)state;
    struct secret pkcs8 CLEANUP_SECRET;
    struct private_key *rsa CLEANUP_PRIVATE_KEY = NULL;
    secret_init(&pkcs8);
    assert_ok(private_key_generate(KEY_RSA, 2048, &rsa));
    assert_ok(private_key_encode(rsa, &pkcs8));
    assert_err(responder_follow(responder, secret_bytes(&pkcs8), NULL), ERR_MALFORMED);
    assert_err(responder_follow(responder, bytes_of_text("no key"), NULL), ERR_MALFORMED);
    feed_all(0);
    assert_false(responder_is_follower(responder));
    assert_true(responder_is_fresh(responder)); /* nothing feeds the writer's */
}

static void follow_with_a_key(void)
{
    struct secret pkcs8 CLEANUP_SECRET;
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, STATUS_SPKI_MAX);
    secret_init(&pkcs8);
    assert_ok(private_key_generate(KEY_P256, 0, &key));
    assert_ok(private_key_encode(key, &pkcs8));
    assert_ok(private_key_spki(key, &spki));
    assert_ok(responder_follow(responder, secret_bytes(&pkcs8), NULL));
    assert_true(bytes_equal(responder_spki(responder), buffer_bytes(&spki)));
    assert_true(responder_is_follower(responder));
}

static void answers_only_what_was_fed_of_late(void **state)
{
    (void)state;
    struct hashes room;
    struct ocsp_request request = {.num = 1,
                                   .ids = {id_of(KIND_SIGNATURE, HASH_SHA1, SERIAL_GOOD, &room)}};
    const struct {
        int64_t fed; /* milliseconds before now; or INT64_MAX: never */
        enum ocsp_outcome wanted;
    } rows[] = {{0, OCSP_SUCCESSFUL},
                {STATUS_FEED_MAX - 500, OCSP_SUCCESSFUL},
                {STATUS_FEED_MAX + 1, OCSP_TRY_LATER},
                {INT64_MAX, OCSP_TRY_LATER},
                {-60000, OCSP_TRY_LATER}, /* of another start of the machine */
                {1, OCSP_SUCCESSFUL}};
    follow_with_a_key();
    install(KIND_SIGNATURE, SAMPLE_NOW, SAMPLE_NOW + DAY, SAMPLE_NOW, ERR_NONE);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        feed_all(rows[i].fed == INT64_MAX ? 0 : clock_boot() - rows[i].fed);
        assert_int_equal(outcome_of(&request, SAMPLE_NOW + 1), rows[i].wanted);
    }
    status_map_set_fed(maps[KIND_AUTHENTICATION], 0); /* both count */
    assert_int_equal(responder_feed_age(responder), INT64_MAX);
    assert_int_equal(outcome_of(&request, SAMPLE_NOW + 1), OCSP_TRY_LATER);
}

/* What was read while the maps were emptied and filled again is no answer. */
static void a_moment_ends_when_the_maps_begin_again(void **state)
{
    (void)state;
    struct responder_moment moment;
    feed_all(clock_boot());
    assert_true(responder_begin(responder, &moment));
    feed_all(clock_boot()); /* another reading of the same history */
    assert_true(responder_holds(responder, &moment));
    feed_all(clock_boot() - STATUS_FEED_MAX - 1);
    assert_false(responder_holds(responder, &moment));
    assert_false(responder_begin(responder, &moment));
    feed_all(clock_boot());
    assert_true(responder_begin(responder, &moment));
    assert_ok(status_map_clear(maps[KIND_SIGNATURE]));
    feed_all(clock_boot());
    assert_false(responder_holds(responder, &moment));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_try_later_without_a_certificate),
        cmocka_unit_test(refuses_certificates_that_do_not_fit),
        cmocka_unit_test(answers_every_state),
        cmocka_unit_test(answers_no_longer_than_they_may),
        cmocka_unit_test(never_says_good_after_a_hold),
        cmocka_unit_test(answers_again_what_still_holds),
        cmocka_unit_test(never_answers_a_nonce_again),
        cmocka_unit_test(tells_many_requests_apart),
        cmocka_unit_test(refuses_requests_about_others),
        cmocka_unit_test(refuses_malformed_requests),
        cmocka_unit_test(refuses_keys_of_no_follower),
        cmocka_unit_test(answers_only_what_was_fed_of_late),
        cmocka_unit_test(a_moment_ends_when_the_maps_begin_again),
    };
    int failed = cmocka_run_group_tests(tests, begin, end);
    buffer_done(&answer_bytes);
    return failed;
}
