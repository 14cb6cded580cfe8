/* Staff log in with a card: the system's own login, with this centre as the site.
 * docs/PROTOCOL.acts 12, PROTOCOL.login 7 */
#include "town.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "client/login_sign.h"
#include "crypto/login_message.h"

#define HEX_32       65
#define SESSION_TEXT HEX_32

static struct town_card first, second;

/* What web brings of one login. */
struct visit {
    char login[HEX_32], nonce[HEX_32], cert[2 * LIMIT_CERTIFICATE + 1], signature[1025];
};

static void issue(struct town_card *card, const char *id, int64_t resident)
{
    town_card_make(card, id, false);
    town_card_register(card);
    town_run(town_open(resident, "new", "holder", "both", "never-set"), card, NULL);
}

static int begin(void **state)
{
    town_begin(state);
    issue(&first, "0003720000000013137220340514", 1001);
    issue(&second, "0003720000000063137220360615", 1006);
    return 0;
}

static int finish(void **state)
{
    town_card_done(&first);
    town_card_done(&second);
    return town_end(state);
}

static void take_challenge(struct visit *visit)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_visit(NULL, "login-challenge", json_object(), &answer);
    assert_int_equal(answer.outcome, COUNTER_DONE);
    snprintf(visit->login, sizeof visit->login, "%s", counter_text(&answer, "login"));
    snprintf(visit->nonce, sizeof visit->nonce, "%s", counter_text(&answer, "login_nonce"));
}

/* A challenge, and what the card says to it at an origin. */
static void present(struct town_card *card, const char *origin, struct visit *visit)
{
    struct login_page page = {0};
    struct pin_result result;
    struct login_proof proof CLEANUP_LOGIN_PROOF;
    const struct pin_use use = {.kind = KIND_AUTHENTICATION, .needs_certificate = true};
    struct secret pin CLEANUP_SECRET;
    secret_init(&pin);
    login_proof_init(&proof);
    take_challenge(visit);
    snprintf(page.origin, sizeof page.origin, "%s", origin);
    assert_ok(hex_decode_exactly(visit->nonce, page.nonce, sizeof page.nonce));
    assert_ok(secret_set(&pin, bytes_of_text(card->pins[KIND_AUTHENTICATION])));
    login_sign(&card->channel, &use, &pin, &page, &proof, &result);
    assert_int_equal(result.answer, PIN_IS_VERIFIED);
    hex_print(proof.cert.data, proof.cert.len, visit->cert);
    hex_print(proof.signature.data, proof.signature.len, visit->signature);
}

static void bring(const char *session, const char *act, const struct visit *visit,
                  struct counter_answer *answer)
{
    town_visit(session, act,
               json_pack("{s:s, s:s, s:s, s:s}", "login", visit->login, "login_nonce", visit->nonce,
                         "certificate", visit->cert, "signature", visit->signature),
               answer);
}

static void brought_is(const char *session, const char *act, const struct visit *visit,
                       const char *code)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    bring(session, act, visit, &answer);
    assert_int_equal(answer.outcome, code[0] ? COUNTER_REFUSED : COUNTER_DONE);
    if (code[0])
        assert_string_equal(counter_text(&answer, "code"), code);
}

static void presented_is(struct town_card *card, const char *code)
{
    struct visit visit;
    present(card, TOWN_ORIGIN, &visit);
    brought_is(NULL, "card-login", &visit, code);
}

static void log_in_by_code(const char *staff, char session[static SESSION_TEXT])
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    const struct counter_answer *code = town_done(staff, "login-code", json_object());
    town_visit(NULL, "session-begin",
               json_pack("{s:s}", "login_code", counter_text(code, "login_code")), &answer);
    snprintf(session, SESSION_TEXT, "%s", counter_text(&answer, "session"));
}

static void visited_is(const char *session, const char *act, json_t *fields, const char *code)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_visit(session, act, fields, &answer);
    assert_int_equal(answer.outcome, code[0] ? COUNTER_REFUSED : COUNTER_DONE);
    if (code[0])
        assert_string_equal(counter_text(&answer, "code"), code);
}

static void a_registered_card_logs_in(void **state)
{
    (void)state;
    char session[SESSION_TEXT];
    struct visit visit;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    presented_is(&first, "staff-card-unknown");
    log_in_by_code("daiei1", session);
    present(&first, TOWN_ORIGIN, &visit);
    brought_is(session, "staff-card-add", &visit, "");
    present(&first, TOWN_ORIGIN, &visit);
    bring(NULL, "card-login", &visit, &answer);
    assert_int_equal(answer.outcome, COUNTER_DONE);
    assert_string_equal(counter_text(&answer, "name"), "daiei1");
    visited_is(counter_text(&answer, "session"), "application-list", json_object(), "");
    const struct counter_answer *list = town_done("daiei1", "staff-card-list", json_object());
    json_t *cards = json_object_get(list->detail, "cards");
    assert_int_equal(json_array_size(cards), 1);
    assert_true(json_is_true(json_object_get(json_array_get(cards, 0), "is_good")));
    page_saw("S06", "login", 1);
}

static void a_card_is_one_persons(void **state)
{
    (void)state;
    char session[SESSION_TEXT];
    struct visit visit;
    log_in_by_code("hojo1", session);
    present(&first, TOWN_ORIGIN, &visit);
    brought_is(session, "staff-card-add", &visit, "staff-card-known");
    presented_is(&second, "staff-card-unknown");
}

static void refuses_a_login_twice(void **state)
{
    (void)state;
    struct visit visit, other;
    present(&first, TOWN_ORIGIN, &visit);
    brought_is(NULL, "card-login", &visit, "");
    brought_is(NULL, "card-login", &visit, "login-late");
    present(&first, TOWN_ORIGIN, &visit);
    take_challenge(&other); /* another browser brings it */
    memcpy(visit.login, other.login, sizeof visit.login);
    brought_is(NULL, "card-login", &visit, "login-late");
    present(&first, TOWN_ORIGIN, &visit);
    memset(visit.nonce, '0', HEX_32 - 1);
    brought_is(NULL, "card-login", &visit, "login-late");
    /* a failed one has used its nonce up */
    present(&first, "https://phish.example", &other);
    brought_is(NULL, "card-login", &other, "login-signature");
    brought_is(NULL, "card-login", &other, "login-late");
}

static void refuses_what_the_card_did_not_sign_for_it(void **state)
{
    (void)state;
    struct visit visit, other;
    present(&first, TOWN_ORIGIN ":8443", &visit);
    brought_is(NULL, "card-login", &visit, "login-signature");
    present(&second, TOWN_ORIGIN, &other);
    present(&first, TOWN_ORIGIN, &visit);
    memcpy(visit.signature, other.signature, sizeof visit.signature);
    brought_is(NULL, "card-login", &visit, "login-signature");
}

static void print_file(const char *name, char *hex)
{
    char path[128];
    struct buffer content CLEANUP_BUFFER;
    buffer_init(&content, LIMIT_CERTIFICATE);
    snprintf(path, sizeof path, "%s/%s", town_folder, name);
    assert_ok(file_read(path, &content, NULL));
    hex_print(content.data, content.len, hex);
}

/* A certificate that is made here, and signs what it should. */
static void present_own(const char *marks, int64_t number, struct visit *visit)
{
    char path[128];
    uint8_t nonce[LOGIN_NONCE], message[LOGIN_SIGNED_LEN];
    take_challenge(visit);
    assert_ok(hex_decode_exactly(visit->nonce, nonce, sizeof nonce));
    login_message(TOWN_ORIGIN, bytes_of(nonce, sizeof nonce), message);
    snprintf(path, sizeof path, "%s/message", town_folder);
    FILE *file = fopen(path, "wb");
    assert_int_equal(fwrite(message, sizeof message, 1, file), 1);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(
        town_shell("cd %s && printf '[req]\\ndistinguished_name=d\\n[d]\\n' > own.conf && "
                   "openssl req -config own.conf -x509 -newkey rsa:2048 -nodes -keyout own.key "
                   "-subj /CN=x -days 9 -set_serial %lld -outform DER -out own.cer %s 2>/dev/null "
                   "&& openssl dgst -sha256 -sign own.key -out own.sig message",
                   town_folder, (long long)number, marks),
        0);
    print_file("own.cer", visit->cert);
    print_file("own.sig", visit->signature);
}

/* page:S03 rule:kind */
static void refuses_another_kind_of_certificate(void **state)
{
    (void)state;
    struct visit visit;
    present_own("-addext keyUsage=critical,nonRepudiation", 1, &visit);
    brought_is(NULL, "card-login", &visit, "login-kind");
}

static void refuses_somebody_elses_certificate(void **state)
{
    (void)state;
    struct visit visit;
    static const char marks[] =
        "-addext keyUsage=critical,digitalSignature -addext extendedKeyUsage=clientAuth";
    int64_t hers = town_certificate(KIND_AUTHENTICATION, 1001, STATUS_GOOD).serial;
    present_own(marks, hers, &visit);
    brought_is(NULL, "card-login", &visit, "login-foreign");
    present_own(marks, hers + 1000000, &visit);
    brought_is(NULL, "card-login", &visit, "login-foreign");
}

static void refuses_the_wrong_person_to_ask(void **state)
{
    (void)state;
    char session[SESSION_TEXT];
    struct visit visit;
    present(&first, TOWN_ORIGIN, &visit);
    brought_is(NULL, "staff-card-add", &visit, "role");
    visited_is(NULL, "staff-card-end", json_object(), "role");
    visited_is(NULL, "staff-card-list", json_object(), "role");
    log_in_by_code("daiei1", session);
    brought_is(session, "card-login", &visit, "role");
    visited_is(session, "staff-card-list", json_pack("{s:s}", "name", "hojo1"), "others-login");
    visited_is(session, "staff-card-end", json_pack("{s:s}", "name", "hojo1"), "others-login");
    town_refused("admin1", "staff-card-end", json_pack("{s:s}", "name", "hojo1"),
                 "staff-card-none");
    town_refused("admin1", "staff-card-end", json_pack("{s:s}", "name", "nobody"),
                 "staff-card-none");
}

/* By the hotline: who found the card logs in nowhere. */
static void refuses_a_held_certificate(void **state)
{
    (void)state;
    char session[SESSION_TEXT];
    struct visit visit;
    log_in_by_code("hojo1", session);
    present(&second, TOWN_ORIGIN, &visit);
    brought_is(session, "staff-card-add", &visit, "");
    presented_is(&second, "");
    town_run(town_open(1006, "hold", "holder", NULL, NULL), NULL, NULL);
    presented_is(&second, "login-not-good");
}

static void a_lost_card_is_ended_for_good(void **state)
{
    (void)state;
    char session[SESSION_TEXT], others[SESSION_TEXT];
    struct visit visit;
    log_in_by_code("daiei1", session);
    log_in_by_code("hojo1", others);
    town_done("admin1", "staff-card-end", json_pack("{s:s}", "name", "daiei1"));
    visited_is(session, "session-show", json_object(), "session");
    visited_is(others, "session-show", json_object(), "");
    presented_is(&first, "staff-card-ended");
    log_in_by_code("daiei1", session);
    present(&first, TOWN_ORIGIN, &visit);
    brought_is(session, "staff-card-add", &visit, "staff-card-known");
    visited_is(session, "staff-card-end", json_object(), "staff-card-none");
    visited_is(session, "session-show", json_object(), "");
}

static void keeps_nothing_that_logs_in(void **state)
{
    (void)state;
    struct visit visit;
    present(&first, TOWN_ORIGIN, &visit);
    brought_is(NULL, "card-login", &visit, "staff-card-ended");
    assert_int_equal(town_shell("grep -rqF -e %s -e %.64s -e %.64s %s", visit.login, visit.cert,
                                visit.signature, town_folder),
                     1);
    assert_int_equal(town_shell("grep -rqF -e card-login:done %s", town_folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registered_card_logs_in),
        cmocka_unit_test(a_card_is_one_persons),
        cmocka_unit_test(refuses_a_login_twice),
        cmocka_unit_test(refuses_what_the_card_did_not_sign_for_it),
        cmocka_unit_test(refuses_another_kind_of_certificate),
        cmocka_unit_test(refuses_somebody_elses_certificate),
        cmocka_unit_test(refuses_the_wrong_person_to_ask),
        cmocka_unit_test(refuses_a_held_certificate),
        cmocka_unit_test(a_lost_card_is_ended_for_good),
        cmocka_unit_test(keeps_nothing_that_logs_in),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
