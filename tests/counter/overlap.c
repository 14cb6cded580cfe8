/* While the signer has one batch of acts, the next one is decided: what is durable then, who is
 * answered when, and what is left when a process dies in between. The signer is stopped (SIGSTOP)
 * as long as it "works". */
#include "tools.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/frame.h"

#define KIND KIND_AUTHENTICATION

/* -- what a terminal does up to the act issue, with nothing asked yet -- */

struct applicant {
    int64_t resident, application;
    const char *card_id;
    struct town_card card;
    struct buffer request;
};

/* The answer to the act permit, which has just been asked, is shown to the card. */
static void show_permit(struct card_session *session, const struct counter_answer *answer)
{
    uint8_t permit[PERMIT_LEN];
    assert_ok(hex_decode_exactly(counter_text(answer, "permit"), permit, sizeof permit));
    assert_ok(card_present_permit(session, bytes_of(permit, sizeof permit), NULL));
}

static json_t *permit_fields(const struct applicant *applicant, const char *purpose,
                             const uint8_t challenge[static 16])
{
    return json_pack("{s:I, s:s, s:s, s:s, s:o}", "number", (json_int_t)applicant->application,
                     "kind", kind_name(KIND), "purpose", purpose, "card", applicant->card_id,
                     "challenge", hex_of(challenge, 16));
}

/* A new key in the card, and a request for it. */
static void make_request(struct applicant *applicant)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct secret pin CLEANUP_SECRET;
    uint8_t challenge[16], tries;
    secret_init(&pin);
    assert_ok(secret_set(&pin, bytes_of_text(applicant->card.pins[KIND])));
    assert_ok(card_session_begin(&applicant->card.channel, &session, NULL));
    assert_ok(card_verify_pin(&session, KIND, &pin, &tries, NULL));
    assert_ok(card_challenge(&session, KIND, challenge, NULL));
    show_permit(&session,
                town_done("daiei1", "permit", permit_fields(applicant, "make-key", challenge)));
    buffer_done(&applicant->request);
    buffer_init(&applicant->request, LIMIT_REQUEST);
    assert_ok(card_make_request(&session, KIND, &applicant->request, NULL));
}

/* Each is issued one certificate. */
static const struct {
    int64_t resident;
    const char *card_id;
} residents[] = {
    {1001, "0003720000000013137220340514"}, {1002, "0003720000000023137220330302"},
    {1005, "0003720000000053137220340130"}, {1006, "0003720000000063137220360615"},
    {1009, "0003720000000093137220321103"}, {1011, "0003720000000113137220350721"},
    {1017, "0003720000000173137220300105"}, {1018, "0003720000000183137220320828"},
    {1019, "0003720000000193137220350404"}, {1020, "0003720000000203137220341111"},
    {1023, "0003720000000233137220330107"}, {1024, "0003720000000243137220330108"},
    {1025, "0003720000000253137220330707"},
};

static void applicant_begin(struct applicant *applicant)
{
    static size_t num_used;
    assert_true(num_used < COUNT_OF(residents));
    applicant->resident = residents[num_used].resident;
    applicant->card_id = residents[num_used++].card_id;
    town_card_make(&applicant->card, applicant->card_id, false);
    town_card_register(&applicant->card);
    applicant->application =
        town_open(applicant->resident, "new", "holder", "authentication", "never-set");
    town_run(applicant->application, &applicant->card, "issue");
    make_request(applicant);
}

static void applicant_done(struct applicant *applicant)
{
    buffer_done(&applicant->request);
    town_card_done(&applicant->card);
}

/* The fields of the act issue, with the card's statement under a new nonce. */
static json_t *ready(struct applicant *applicant)
{
    uint8_t nonce[16], statement[STATEMENT_LEN];
    nonce_for(applicant->application, nonce);
    state_of(&applicant->card, nonce, statement);
    return issue_fields(applicant->application, nonce, statement,
                        buffer_bytes(&applicant->request));
}

#define AT_ONCE 5000 /* milliseconds, on a slow machine; the signer has longer */

/* -- asking without waiting -- */

static struct counter_client connect_centre(void)
{
    char path[128];
    struct counter_client client;
    snprintf(path, sizeof path, "%s/acts.sock", town_folder);
    assert_ok(counter_client_open(path, NULL, &client, NULL));
    return client;
}

static struct counter_client ask(const char *as, const char *act, json_t *fields)
{
    struct counter_client client = connect_centre();
    json_t *request = json_pack("{s:s, s:s, s:o}", "act", act, "as", as, "fields", fields);
    char *text = json_dumps(request, JSON_COMPACT);
    assert_ok(frame_send(client.fd, bytes_of_text(text)));
    json_decref(request);
    free(text);
    return client;
}

static bool is_answered(const struct counter_client *client)
{
    struct pollfd ready = {.fd = client->fd, .events = POLLIN};
    return poll(&ready, 1, 0) > 0;
}

/* The message, or NULL when the centre hung up; the caller's. */
static json_t *answer_of(struct counter_client *client)
{
    struct buffer body CLEANUP_BUFFER;
    buffer_init(&body, LIMIT_FRAME);
    enum err err = frame_receive(client->fd, &body, 20000);
    counter_client_close(client);
    if (err == ERR_CLOSED)
        return NULL;
    assert_ok(err);
    return json_loadb((const char *)body.data, body.len, 0, NULL);
}

/* Wants it done; the serial. */
static int64_t serial_of(struct counter_client *client)
{
    json_t *message = answer_of(client);
    int64_t serial =
        json_integer_value(json_object_get(json_object_get(message, "answer"), "serial"));
    assert_true(json_is_true(json_object_get(message, "done")));
    json_decref(message);
    return serial;
}

static void wants_word(struct counter_client *client, const char *kind, const char *name,
                       const char *word)
{
    json_t *message = answer_of(client);
    const char *text = json_string_value(json_object_get(json_object_get(message, kind), name));
    assert_non_null(text);
    assert_non_null(strstr(text, word));
    json_decref(message);
}

static void stop_signer(void)
{
    assert_int_equal(kill(town_signer(), SIGSTOP), 0);
}

static void go_on_signer(void)
{
    assert_int_equal(kill(town_signer(), SIGCONT), 0);
}

/* Until the database has so many. */
static void wait_for(int64_t resident, enum status_state state, int num)
{
    for (int i = 0; i < 500 && town_count(KIND, resident, state) != num; i++)
        usleep(20000);
    assert_int_equal(town_count(KIND, resident, state), num);
}

static void expect_one_good(int64_t resident, int64_t serial)
{
    assert_int_equal(town_count(KIND, resident, STATUS_RESERVED), 0);
    assert_int_equal(town_count(KIND, resident, STATUS_GOOD), 1);
    struct certificate row = town_certificate(KIND, resident, STATUS_GOOD);
    assert_true(row.is_signed);
    assert_int_equal(town_map(KIND, row.serial).state, STATUS_GOOD);
    assert_int_equal(town_changes(KIND, row.serial), 1);
    if (serial)
        assert_int_equal(row.serial, serial);
}

/* -- two at a time -- */

static struct applicant first, second;

static void end_both(void)
{
    applicant_done(&first);
    applicant_done(&second);
}

static void begin_both(struct counter_client asked[static 2])
{
    applicant_begin(&first);
    applicant_begin(&second);
    json_t *fields[] = {ready(&first), ready(&second)};
    stop_signer();
    asked[0] = ask("daiei1", "issue", fields[0]);
    wait_for(first.resident, STATUS_RESERVED, 1);
    asked[1] = ask("daiei1", "issue", fields[1]);
    wait_for(second.resident, STATUS_RESERVED, 1);
    assert_false(is_answered(&asked[0]));
    assert_false(is_answered(&asked[1]));
}

/* Nothing is signed twice, nothing is lost: the same request has the same certificate. */
static void expect_both_once(void)
{
    expect_one_good(first.resident, 0);
    expect_one_good(second.resident, 0);
    struct counter_client again[] = {ask("daiei1", "issue", ready(&first)),
                                     ask("daiei1", "issue", ready(&second))};
    expect_one_good(first.resident, serial_of(&again[0]));
    expect_one_good(second.resident, serial_of(&again[1]));
}

static void the_next_is_decided_before_the_first_is_signed(void **state)
{
    (void)state;
    struct counter_client asked[2];
    begin_both(asked);
    assert_int_equal(town_count(KIND, first.resident, STATUS_GOOD), 0);
    go_on_signer();
    expect_one_good(first.resident, serial_of(&asked[0]));
    expect_one_good(second.resident, serial_of(&asked[1]));
    expect_both_once();
    end_both();
}

static void the_centre_dies_with_two_under_way(void **state)
{
    (void)state;
    struct counter_client asked[2];
    begin_both(asked);
    town_restart();
    for (size_t i = 0; i < COUNT_OF(asked); i++)
        assert_null(answer_of(&asked[i]));
    town_done("admin1", "status", json_object());
    expect_both_once();
    end_both();
}

/* Neither is told that it is done, and neither that it is not. */
static void the_signer_dies_with_two_under_way(void **state)
{
    (void)state;
    struct counter_client asked[2];
    begin_both(asked);
    assert_int_equal(kill(town_signer(), SIGKILL), 0);
    for (size_t i = 0; i < COUNT_OF(asked); i++)
        wants_word(&asked[i], "error", "text", "stored-not-finished");
    town_restart();
    town_done("admin1", "status", json_object());
    expect_both_once();
    end_both();
}

/* Whoever was taken is told what became of it, also by a centre that is told to end. */
static void the_centre_ends_with_two_under_way(void **state)
{
    (void)state;
    struct counter_client asked[2];
    begin_both(asked);
    assert_int_equal(kill(town_centre(), SIGTERM), 0);
    usleep(200000);
    go_on_signer();
    expect_one_good(first.resident, serial_of(&asked[0]));
    expect_one_good(second.resident, serial_of(&asked[1]));
    town_restart();
    expect_both_once();
    end_both();
}

/* Not when the next one asks, or patience with the signer ends. */
static void who_asks_alone_is_answered_at_once(void **state)
{
    (void)state;
    applicant_begin(&first);
    json_t *fields = ready(&first);
    int64_t start = clock_monotonic();
    struct counter_client asked = ask("daiei1", "issue", fields);
    serial_of(&asked);
    assert_true(clock_monotonic() - start < AT_ONCE);
    applicant_done(&first);
}

/* -- what concerns something that is being signed -- */

static void the_same_again_is_refused_or_the_same(void **state)
{
    (void)state;
    applicant_begin(&first);
    json_t *fields = ready(&first), *later = ready(&first);
    stop_signer();
    struct counter_client asked = ask("daiei1", "issue", json_deep_copy(fields));
    wait_for(first.resident, STATUS_RESERVED, 1);
    struct counter_client used = ask("daiei1", "issue", fields),
                          same = ask("daiei1", "issue", later);
    usleep(200000);
    assert_int_equal(town_count(KIND, first.resident, STATUS_RESERVED), 1);
    assert_false(is_answered(&used));
    assert_false(is_answered(&same));
    go_on_signer();
    int64_t serial = serial_of(&asked);
    wants_word(&used, "refused", "code", "nonce-used");
    assert_int_equal(serial_of(&same), serial);
    expect_one_good(first.resident, serial);
    applicant_done(&first);
}

/* An act about a certificate while it is signed: it never becomes good by being signed. */
static void stays_so(const char *as, const char *act, json_t *fields, enum status_state state)
{
    json_t *issue = ready(&first);
    stop_signer();
    struct counter_client asked = ask("daiei1", "issue", issue);
    wait_for(first.resident, STATUS_RESERVED, 1);
    struct counter_client other = ask(as, act, fields);
    wait_for(first.resident, state, 1);
    assert_false(is_answered(&other));
    go_on_signer();
    int64_t serial = serial_of(&asked);
    json_t *message = answer_of(&other);
    assert_true(json_is_true(json_object_get(message, "done")));
    json_decref(message);
    struct certificate row = town_certificate(KIND, first.resident, state);
    assert_int_equal(row.serial, serial);
    assert_true(row.is_signed);
    assert_int_equal(town_map(KIND, serial).state, state);
    assert_int_equal(town_count(KIND, first.resident, STATUS_GOOD), 0);
}

static void what_is_held_while_it_is_signed_stays_held(void **state)
{
    (void)state;
    applicant_begin(&first);
    int64_t report = town_open(first.resident, "loss-report", "holder", NULL, NULL);
    town_run(report, NULL, "hold");
    stays_so("daiei1", "execute", json_pack("{s:I}", "number", (json_int_t)report), STATUS_HELD);
    applicant_done(&first);
}

static void what_is_ended_while_it_is_signed_stays_ended(void **state)
{
    (void)state;
    applicant_begin(&first);
    stays_so("register1", "event",
             json_pack("{s:I, s:s}", "resident", (json_int_t)first.resident, "event", "died"),
             STATUS_REVOKED);
    applicant_done(&first);
}

/* -- who waits for an answer -- */

/* Neither a crowd of idle connections, nor what they send themselves behind their request. */
static void who_waits_is_answered(void **state)
{
    (void)state;
    struct counter_client crowd[LIMIT_ACT_CLIENTS + 8];
    applicant_begin(&first);
    json_t *issue = ready(&first);
    stop_signer();
    struct counter_client asked = ask("daiei1", "issue", issue);
    wait_for(first.resident, STATUS_RESERVED, 1);
    for (size_t i = 0; i < COUNT_OF(crowd); i++)
        crowd[i] = connect_centre();
    assert_ok(frame_send(asked.fd, bytes_of_text("{}")));
    usleep(500000);
    assert_false(is_answered(&asked));
    go_on_signer();
    struct buffer answer CLEANUP_BUFFER;
    buffer_init(&answer, LIMIT_FRAME);
    assert_ok(frame_receive(asked.fd, &answer, 20000));
    assert_non_null(strstr(buffer_text(&answer), "\"done\":true"));
    wants_word(&asked, "error", "code", "malformed");
    expect_one_good(first.resident, 0);
    for (size_t i = 0; i < COUNT_OF(crowd); i++)
        counter_client_close(&crowd[i]);
    applicant_done(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_is_decided_before_the_first_is_signed),
        cmocka_unit_test(the_centre_dies_with_two_under_way),
        cmocka_unit_test(the_signer_dies_with_two_under_way),
        cmocka_unit_test(the_centre_ends_with_two_under_way),
        cmocka_unit_test(who_asks_alone_is_answered_at_once),
        cmocka_unit_test(the_same_again_is_refused_or_the_same),
        cmocka_unit_test(what_is_held_while_it_is_signed_stays_held),
        cmocka_unit_test(what_is_ended_while_it_is_signed_stays_ended),
        cmocka_unit_test(who_waits_is_answered),
    };
    return cmocka_run_group_tests(tests, town_begin, town_end);
}
