/* A hostile terminal between an honest centre and an honest card: at each point where it could
 * cheat it is refused, by the centre or by the card. page:S02 */
#include "tools.h"

#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "x509/cert_request.h"

static struct town_card card, other;
static int64_t number, other_number;

static int begin(void **state)
{
    town_begin(state);
    town_card_make(&card, "0003720000000013137220340514", false);
    town_card_make(&other, "0003720000000023137220330302", false);
    town_card_register(&card);
    town_card_register(&other);
    number = town_open(1001, "new", "holder", "authentication", "never-set");
    other_number = town_open(1002, "new", "holder", "authentication", "never-set");
    town_run(number, &card, "issue");
    town_run(other_number, &other, "issue");
    return 0;
}

static int finish(void **state)
{
    town_card_done(&card);
    town_card_done(&other);
    return town_end(state);
}

static void permit_of(const char *card_id, int64_t application, const uint8_t *challenge,
                      uint8_t permit[static PERMIT_LEN])
{
    const struct counter_answer *answer =
        town_done("daiei1", "permit",
                  json_pack("{s:I, s:s, s:s, s:s, s:o}", "number", (json_int_t)application, "kind",
                            "authentication", "purpose", "make-key", "card", card_id, "challenge",
                            hex_of(challenge, 16)));
    assert_ok(hex_decode_exactly(counter_text(answer, "permit"), permit, PERMIT_LEN));
}

static void enter(struct town_card *into, struct card_session *session)
{
    struct secret pin CLEANUP_SECRET = {0};
    assert_ok(secret_set(&pin, bytes_of_text(into->pins[KIND_AUTHENTICATION])));
    assert_ok(card_session_begin(&into->channel, session, NULL));
    assert_ok(card_verify_pin(session, KIND_AUTHENTICATION, &pin, NULL, NULL));
}

/* -- what it tries -- */

static void a_software_key(void **state)
{
    (void)state;
    software_key_refused(&card, number, KEY_RSA, "key-not-in-card");
    page_saw("S02", "issue", 0);
}

/* Authorities with RSA keys certify RSA keys alone. */
static void a_key_of_another_type(void **state)
{
    (void)state;
    software_key_refused(&card, number, KEY_P256, "key-quality");
    software_key_refused(&card, number, KEY_P384, "no-proof");
}

static void a_replayed_nonce(void **state)
{
    (void)state;
    uint8_t nonce[16], statement[STATEMENT_LEN];
    nonce_for(number, nonce);
    state_of(&card, nonce, statement);
    json_t *fields =
        json_pack("{s:I, s:o, s:o, s:s}", "number", (json_int_t)number, "nonce", hex_of(nonce, 16),
                  "statement", hex_of(statement, STATEMENT_LEN), "token", "JPKIAPICCTOKEN2");
    town_done("daiei1", "card-present", json_incref(fields));
    town_refused("daiei1", "card-present", fields, "nonce-used");
}

static void a_nonce_that_was_burnt_by_a_refusal(void **state)
{
    (void)state;
    uint8_t nonce[16], statement[STATEMENT_LEN];
    nonce_for(number, nonce);
    state_of(&other, nonce, statement); /* genuine, but another's */
    json_t *fields =
        json_pack("{s:I, s:o, s:o, s:s}", "number", (json_int_t)number, "nonce", hex_of(nonce, 16),
                  "statement", hex_of(statement, STATEMENT_LEN), "token", "JPKIAPICCTOKEN2");
    town_refused("daiei1", "card-present", json_incref(fields), "not-holders-card");
    town_refused("daiei1", "card-present", fields, "nonce-used");
}

static void a_nonce_of_another_application(void **state)
{
    (void)state;
    uint8_t nonce[16], statement[STATEMENT_LEN];
    nonce_for(other_number, nonce);
    state_of(&card, nonce, statement);
    town_refused("daiei1", "card-present",
                 json_pack("{s:I, s:o, s:o, s:s}", "number", (json_int_t)number, "nonce",
                           hex_of(nonce, 16), "statement", hex_of(statement, STATEMENT_LEN),
                           "token", "JPKIAPICCTOKEN2"),
                 "nonce");
}

static void a_statement_that_it_changed(void **state)
{
    (void)state;
    uint8_t nonce[16], statement[STATEMENT_LEN];
    nonce_for(number, nonce);
    state_of(&card, nonce, statement);
    statement[CARD_ID_LEN] ^= 1;
    town_refused("daiei1", "card-present",
                 json_pack("{s:I, s:o, s:o, s:s}", "number", (json_int_t)number, "nonce",
                           hex_of(nonce, 16), "statement", hex_of(statement, STATEMENT_LEN),
                           "token", "JPKIAPICCTOKEN2"),
                 "not-genuine");
}

static void an_old_resident_card(void **state)
{
    (void)state;
    uint8_t nonce[16], statement[STATEMENT_LEN];
    nonce_for(number, nonce);
    state_of(&card, nonce, statement);
    town_refused("daiei1", "card-present",
                 json_pack("{s:I, s:o, s:o, s:s}", "number", (json_int_t)number, "nonce",
                           hex_of(nonce, 16), "statement", hex_of(statement, STATEMENT_LEN),
                           "token", "JPKIAPICCTOKEN"),
                 "old-resident-card");
    page_saw("S13", "old-card", 0);
}

static void a_step_by_word_that_only_the_card_can_do(void **state)
{
    (void)state;
    town_refused("daiei1", "step",
                 json_pack("{s:I, s:s, s:s}", "number", (json_int_t)number, "step", "issue", "kind",
                           "authentication"),
                 "not-by-word");
}

static void a_permit_before_its_step(void **state)
{
    (void)state;
    town_refused("daiei1", "permit",
                 json_pack("{s:I, s:s, s:s, s:s, s:s}", "number", (json_int_t)number, "kind",
                           "signature", "purpose", "make-key", "card",
                           "0003720000000013137220340514", "challenge",
                           "00112233445566778899aabbccddeeff"),
                 "not-next");
}

static void a_permit_of_another_card(void **state)
{
    (void)state;
    uint8_t challenge[16], permit[PERMIT_LEN];
    town_refused("daiei1", "permit",
                 json_pack("{s:I, s:s, s:s, s:s, s:s}", "number", (json_int_t)number, "kind",
                           "authentication", "purpose", "make-key", "card",
                           "0003720000000023137220330302", "challenge",
                           "00112233445566778899aabbccddeeff"),
                 "other-card");
    struct card_session session CLEANUP_CARD_SESSION = {0};
    enter(&other, &session);
    assert_ok(card_challenge(&session, KIND_AUTHENTICATION, challenge, NULL));
    permit_of("0003720000000013137220340514", number, challenge, permit);
    assert_err(card_present_permit(&session, bytes_of(permit, sizeof permit), NULL), ERR_DENIED);
}

static void a_replayed_permit_and_extra_signatures(void **state)
{
    (void)state;
    uint8_t challenge[16], permit[PERMIT_LEN], info[51] = {0};
    struct buffer spki CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&spki, LIMIT_CERTIFICATE);
    buffer_init(&signature, SIGNATURE_MAX);
    static const char head[] = "3031300d060960864801650304020105000420";
    assert_ok(hex_decode_exactly(head, info, 19));
    struct card_session session CLEANUP_CARD_SESSION = {0};
    enter(&card, &session);
    assert_ok(card_challenge(&session, KIND_AUTHENTICATION, challenge, NULL));
    permit_of("0003720000000013137220340514", number, challenge, permit);
    assert_ok(card_present_permit(&session, bytes_of(permit, sizeof permit), NULL));
    assert_ok(card_make_key(&session, KIND_AUTHENTICATION, &spki, NULL));
    struct bytes digest_info = bytes_of(info, sizeof info);
    assert_ok(card_sign_request(&session, KIND_AUTHENTICATION, digest_info, &signature, NULL));
    assert_int_not_equal(
        card_sign_request(&session, KIND_AUTHENTICATION, digest_info, &signature, NULL), ERR_NONE);
    assert_err(card_present_permit(&session, bytes_of(permit, sizeof permit), NULL), ERR_STATE);
    /* and the centre does not sign for that challenge again */
    town_refused("daiei1", "permit",
                 json_pack("{s:I, s:s, s:s, s:s, s:o}", "number", (json_int_t)number, "kind",
                           "authentication", "purpose", "make-key", "card",
                           "0003720000000013137220340514", "challenge", hex_of(challenge, 16)),
                 "challenge-used");
}

/* The card has a spare key for this very application by now; the software key is still none. */
static void a_software_key_beside_a_genuine_spare(void **state)
{
    a_software_key(state);
}

static void a_fourth_key(void **state)
{
    (void)state;
    uint8_t challenge[16], permit[PERMIT_LEN];
    /* two were given above */
    random_bytes(challenge, sizeof challenge);
    permit_of("0003720000000013137220340514", number, challenge, permit);
    random_bytes(challenge, sizeof challenge);
    town_refused("daiei1", "permit",
                 json_pack("{s:I, s:s, s:s, s:s, s:o}", "number", (json_int_t)number, "kind",
                           "authentication", "purpose", "make-key", "card",
                           "0003720000000013137220340514", "challenge", hex_of(challenge, 16)),
                 "too-many-permits");
}

static void a_faked_confirmation(void **state)
{
    (void)state;
    uint8_t nonce[16], statement[STATEMENT_LEN];
    const struct counter_answer *answer = town_run(other_number, &other, "install");
    assert_int_equal(answer->outcome, COUNTER_DONE);
    assert_int_equal(town_count(KIND_AUTHENTICATION, 1002, STATUS_GOOD), 1);
    nonce_for(other_number, nonce);
    state_of(&other, nonce, statement); /* nothing is installed yet */
    json_t *fields = json_pack("{s:I, s:s, s:o, s:o}", "number", (json_int_t)other_number, "kind",
                               "authentication", "nonce", hex_of(nonce, 16), "statement",
                               hex_of(statement, STATEMENT_LEN));
    town_refused("daiei1", "receipt", fields, "not-live");
    assert_false(town_certificate(KIND_AUTHENTICATION, 1002, STATUS_GOOD).is_installed);
}

static void a_key_that_was_certified_for_another(void **state)
{
    (void)state;
    /* the other's request is replayed under this application: it is another card's */
    uint8_t nonce[16], statement[STATEMENT_LEN];
    struct buffer request CLEANUP_BUFFER;
    buffer_init(&request, LIMIT_REQUEST);
    software_request(KEY_RSA, &request);
    nonce_for(number, nonce);
    state_of(&other, nonce, statement);
    town_refused("daiei1", "issue", issue_fields(number, nonce, statement, buffer_bytes(&request)),
                 "other-card");
}

static void people_who_may_not(void **state)
{
    (void)state;
    town_refused("card1", "application-show", json_pack("{s:I}", "number", (json_int_t)number),
                 "role");
    town_refused("stranger", "status", json_object(), "nobody");
    town_refused(
        "hotline1", "application-open",
        json_pack("{s:i, s:s, s:s}", "resident", 1005, "procedure", "new", "applicant", "holder"),
        "hotline");
}

static void the_same_person_twice(void **state)
{
    (void)state;
    struct town_card third;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_card_make(&third, "0003720000000053137220340130", false);
    town_card_connect(&third, "card1");
    terminal_register(&third.terminal, third.point, &answer);
    assert_int_equal(answer.outcome, COUNTER_DONE);
    int64_t parked = counter_number(&answer, "parked");
    town_refused("card1", "approve", json_pack("{s:I}", "number", (json_int_t)parked),
                 "same-person");
    town_refused("daiei1", "approve", json_pack("{s:I}", "number", (json_int_t)parked), "role");
    town_done("card2", "approve", json_pack("{s:I}", "number", (json_int_t)parked));
    town_refused("card2", "approve", json_pack("{s:I}", "number", (json_int_t)parked),
                 "no-parked-act");
    counter_answer_done(&answer);
    terminal_register(&third.terminal, third.point, &answer); /* a known card */
    parked = counter_number(&answer, "parked");
    town_refused("card2", "approve", json_pack("{s:I}", "number", (json_int_t)parked),
                 "card-known");
    town_card_done(&third);
}

static void malformed_requests_harm_nobody(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "{\"act\":\"status\"}",
        "{\"act\":1,\"fields\":{}}",
        "{\"act\":\"nonsense\",\"fields\":{}}",
        "{\"act\":\"status\",\"fields\":{},\"more\":1}",
        "{\"act\":\"status\",\"act\":\"status\",\"fields\":{}}",
        "{\"act\":\"status\",\"as\":\"admin1\",\"fields\":{\"number\":1}}",
        "{\"act\":\"nonce\",\"as\":\"daiei1\",\"fields\":{\"number\":\"1\"}}",
        "{\"act\":\"nonce\",\"as\":\"daiei1\",\"fields\":{\"number\":-1}}",
        "{\"act\":\"approve\",\"as\":\"daiei1\",\"fields\":{}}",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_non_null(strstr(town_raw(bad[i]), "\"error\""));
    town_done("admin1", "status", json_object());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_software_key),
        cmocka_unit_test(a_key_of_another_type),
        cmocka_unit_test(a_replayed_nonce),
        cmocka_unit_test(a_nonce_that_was_burnt_by_a_refusal),
        cmocka_unit_test(a_nonce_of_another_application),
        cmocka_unit_test(a_statement_that_it_changed),
        cmocka_unit_test(an_old_resident_card),
        cmocka_unit_test(a_step_by_word_that_only_the_card_can_do),
        cmocka_unit_test(a_permit_before_its_step),
        cmocka_unit_test(a_permit_of_another_card),
        cmocka_unit_test(a_replayed_permit_and_extra_signatures),
        cmocka_unit_test(a_software_key_beside_a_genuine_spare),
        cmocka_unit_test(a_fourth_key),
        cmocka_unit_test(a_faked_confirmation),
        cmocka_unit_test(a_key_that_was_certified_for_another),
        cmocka_unit_test(people_who_may_not),
        cmocka_unit_test(the_same_person_twice),
        cmocka_unit_test(malformed_requests_harm_nobody),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
