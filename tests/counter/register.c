/* What comes into the register, on real certificates: events repeated, out of order, ahead of their
 * day, withdrawn; what each did. An import in parts: whole or not at all, and through a restart. */
#include "town.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "crypto/hash.h"

#define HANAKO 1001
#define MISAKI 1005
#define OTHER  1006

static struct town_card cards[3];

static int begin(void **state)
{
    static const struct {
        int64_t resident;
        const char *card;
    } people[] = {{HANAKO, "0003720000000013137220340514"},
                  {MISAKI, "0003720000000053137220340130"},
                  {OTHER, "0003720000000063137220360615"}};
    town_begin(state);
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        town_card_make(&cards[i], people[i].card, false);
        town_card_register(&cards[i]);
        town_run(town_open(people[i].resident, "new", "holder", "both", "never-set"), &cards[i],
                 NULL);
    }
    return 0;
}

static int finish(void **state)
{
    for (size_t i = 0; i < COUNT_OF(cards); i++)
        town_card_done(&cards[i]);
    return town_end(state);
}

/* -- events -- */

static json_t *event_fields(int64_t resident, const char *event, const char *reference)
{
    return json_pack("{s:I, s:s, s:s}", "resident", (json_int_t)resident, "event", event,
                     "reference", reference);
}

static json_t *with(json_t *fields, const char *name, const char *value)
{
    json_object_set_new(fields, name, json_string(value));
    return fields;
}

static json_t *with_change(json_t *fields, const char *item, const char *value)
{
    json_object_set_new(fields, "changes", json_pack("{s:s}", item, value));
    return fields;
}

static json_t *moved(const char *reference, const char *place, const char *recorded)
{
    char address[128];
    snprintf(address, sizeof address, "鳥取県東伯郡北栄町見本%s", place);
    json_t *fields = event_fields(HANAKO, "moved-within", reference);
    if (recorded)
        with(fields, "recorded", recorded);
    return with_change(fields, "address", address);
}

static size_t num_outcomes(const struct counter_answer *answer)
{
    return json_array_size(json_object_get(answer->detail, "outcome"));
}

static bool is_known(const struct counter_answer *answer)
{
    return json_is_true(json_object_get(answer->detail, "known"));
}

static void an_event_counts_once_and_says_what_it_did(void **state)
{
    (void)state;
    int64_t serial = town_certificate(KIND_SIGNATURE, HANAKO, STATUS_GOOD).serial;
    const struct counter_answer *answer =
        town_done("register1", "event", moved("M-1", "九番地", "2026-11-30"));
    assert_false(is_known(answer));
    assert_int_equal(num_outcomes(answer), 1);
    assert_int_equal(town_count(KIND_SIGNATURE, HANAKO, STATUS_REVOKED), 1);
    assert_int_equal(town_count(KIND_AUTHENTICATION, HANAKO, STATUS_GOOD), 1);

    town_clock("2026-12-02T01:00:00Z"); /* on another day it is the same event */
    answer = town_done("register1", "event", moved("M-1", "九番地", "2026-11-30"));
    assert_true(is_known(answer));
    assert_int_equal(num_outcomes(answer), 1);
    json_t *did = json_array_get(json_object_get(answer->detail, "outcome"), 0);
    assert_int_equal(json_integer_value(json_object_get(did, "serial")), serial);
    assert_string_equal(json_string_value(json_object_get(did, "what")), "signature");
    assert_string_equal(json_string_value(json_object_get(did, "effect")), "revoked");
    assert_string_equal(json_string_value(json_object_get(did, "statements")), "S09 S12");
    assert_int_equal(town_changes(KIND_SIGNATURE, serial), 2);

    town_refused("register1", "event", moved("M-1", "八番地", "2026-11-30"), "another-event");
    town_refused("register1", "event", moved("M-1", "九番地", "2026-12-01"), "another-event");
    town_refused("register1", "event", moved("M-9", "八番地", "2026-12-03"), "recorded-ahead");
}

static void an_older_event_puts_nothing_back(void **state)
{
    (void)state;
    town_refused("register1", "event", moved("M-0", "一番地", "2026-11-29"), "out-of-order");
    /* of another item it is taken, and of the same day too */
    town_done("register1", "event",
              with_change(with(event_fields(HANAKO, "renamed", "R-0"), "recorded", "2026-11-29"),
                          "given", "華子"));
    town_done("register1", "event", moved("M-2", "十番地", "2026-11-30"));
}

static const char *state_ahead(int64_t resident, const char *reference)
{
    size_t i;
    json_t *row;
    const struct counter_answer *answer =
        town_done("daiei1", "event-list", json_pack("{s:I}", "resident", (json_int_t)resident));
    json_array_foreach (json_object_get(answer->detail, "ahead"), i, row)
        if (strcmp(json_string_value(json_object_get(row, "reference")), reference) == 0)
            return json_string_value(json_object_get(row, "state"));
    return "";
}

static void wait_for(int64_t resident, const char *reference, const char *wanted)
{
    for (int i = 0; i < 100 && strcmp(state_ahead(resident, reference), wanted) != 0; i++)
        usleep(100 * 1000);
    assert_string_equal(state_ahead(resident, reference), wanted);
}

static json_t *leaves(const char *reference)
{
    return with(event_fields(OTHER, "left-abroad", reference), "effective", "2026-12-10");
}

static json_t *withdrawn(const char *reference)
{
    return json_pack("{s:s}", "reference", reference);
}

static void an_event_ahead_waits_and_is_withdrawn(void **state)
{
    (void)state;
    const struct counter_answer *answer = town_done("register1", "event", leaves("A-1"));
    assert_string_equal(counter_text(answer, "waits"), "2026-12-10");
    assert_true(is_known(town_done("register1", "event", leaves("A-1"))));
    town_refused("register1", "event",
                 with(event_fields(OTHER, "left-abroad", "A-1"), "effective", "2026-12-11"),
                 "another-event");
    town_refused("register1", "event",
                 with(json_pack("{s:i, s:s}", "resident", OTHER, "event", "left-abroad"),
                      "effective", "2026-12-10"),
                 "no-reference");
    assert_int_equal(town_count(KIND_SIGNATURE, OTHER, STATUS_GOOD), 1);

    assert_false(is_known(town_done("register1", "event-withdraw", withdrawn("A-1"))));
    assert_true(is_known(town_done("register1", "event-withdraw", withdrawn("A-1"))));
    assert_string_equal(state_ahead(OTHER, "A-1"), "withdrawn");
    town_refused("register1", "event-withdraw", withdrawn("M-1"), "in-effect");
    town_refused("register1", "event-withdraw", withdrawn("X-1"), "no-event");
    town_refused("daiei1", "event-withdraw", withdrawn("A-1"), "role");
    town_done("register1", "event", leaves("A-2"));
}

static void a_filed_move_is_withdrawn_or_happens(void **state)
{
    (void)state;
    json_t *filing = with(event_fields(MISAKI, "move-out-filed", "F-1"), "effective", "2026-12-09");
    town_done("register1", "event", json_incref(filing));
    assert_false(is_known(town_done("register1", "event-withdraw", withdrawn("F-1"))));
    assert_true(is_known(town_done("register1", "event-withdraw", withdrawn("F-1"))));
    json_object_set_new(filing, "reference", json_string("F-2"));
    town_done("register1", "event", filing);
    assert_int_equal(town_count(KIND_SIGNATURE, MISAKI, STATUS_GOOD), 1);
}

/* Through a restart, on their day: what was withdrawn does not happen. */
static void their_day_comes(void **state)
{
    (void)state;
    town_restart();
    town_clock("2026-12-09T14:59:00Z"); /* 23:59 in Japan, on the ninth */
    for (int i = 0; i < 100 && !town_count(KIND_SIGNATURE, MISAKI, STATUS_REVOKED); i++)
        usleep(100 * 1000);
    assert_int_equal(town_count(KIND_SIGNATURE, MISAKI, STATUS_REVOKED), 1);
    assert_int_equal(town_count(KIND_AUTHENTICATION, MISAKI, STATUS_GOOD), 1);
    assert_int_equal(town_count(KIND_SIGNATURE, OTHER, STATUS_GOOD), 1);
    assert_string_equal(state_ahead(OTHER, "A-2"), "waits");
    town_clock("2026-12-09T15:00:01Z");
    wait_for(OTHER, "A-2", "done");
    assert_int_equal(town_count(KIND_SIGNATURE, OTHER, STATUS_REVOKED), 1);
    assert_int_equal(town_count(KIND_AUTHENTICATION, OTHER, STATUS_REVOKED), 1);
    assert_string_equal(state_ahead(OTHER, "A-1"), "withdrawn");
    town_refused("register1", "event-withdraw", withdrawn("A-2"), "in-effect");
    town_refused("register1", "event-withdraw", withdrawn("F-2"), "in-effect");
    assert_true(is_known(town_done("register1", "event", leaves("A-2"))));
}

static void what_cannot_be_done_on_its_day_is_refused(void **state)
{
    (void)state;
    town_done(
        "register1", "event",
        with_change(with(event_fields(HANAKO, "address-renamed", "A-3"), "effective", "2026-12-20"),
                    "address", "鳥取県東伯郡北栄町見本新町一番地"));
    town_done("register1", "event", event_fields(HANAKO, "died", "D-1"));
    town_refused("register1", "event", moved("M-3", "一番地", NULL), "has-died");
    town_clock("2026-12-20T01:00:00Z");
    wait_for(HANAKO, "A-3", "refused");
    town_refused("register1", "event-withdraw", withdrawn("A-3"), "was-refused");
    assert_int_equal(town_verify(""), 0);
}

static void assert_sent(const char *token, const char *act, json_t *fields, const char *code)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_send(token, act, fields, &answer);
    assert_int_equal(answer.outcome, code[0] ? COUNTER_REFUSED : COUNTER_DONE);
    assert_string_equal(counter_text(&answer, "code"), code);
}

/* Whatever `web` asks with it. */
static void a_token_sends_events_and_nothing_else(void **state)
{
    (void)state;
    char token[65];
    const struct counter_answer *answer =
        town_done("admin1", "sender-add", json_pack("{s:s}", "name", "town"));
    answer = town_done("admin2", "approve",
                       json_pack("{s:I}", "number", (json_int_t)counter_number(answer, "parked")));
    snprintf(token, sizeof token, "%s", counter_text(answer, "token"));
    assert_sent(token, "event", event_fields(1002, "other-item-changed", "T-1"), "");
    assert_sent(token, "resident-find", json_pack("{s:i}", "resident", 1002), "role");
    assert_sent(token, "event-list", json_pack("{s:i}", "resident", 1002), "role");
    assert_sent(token, "import", json_pack("{s:s}", "file", "x"), "role");
    assert_sent(token, "status", json_object(), "role");
    assert_sent(token, "login-code", json_object(), "role");
    assert_sent(token, "parked-list", json_object(), "role");
    token[0] = token[0] == '0' ? '1' : '0';
    assert_sent(token, "event", event_fields(1002, "other-item-changed", "T-1"), "token");
    assert_sent("", "event", event_fields(1002, "other-item-changed", "T-1"), "token");
    town_refused("admin1", "sender-add", json_pack("{s:s}", "name", "town"), "known-sender");
    town_refused("register1", "sender-end", json_pack("{s:s}", "name", "town"), "role");
}

/* -- an import in parts -- */

#define COLUMNS                                                                                    \
    "number,family,given,former,alias,kana,born,sex,postcode,address,telephone,municipality,"      \
    "residence,leaves_on,standing,representative,card_id,card_state,card_until,old_card,"          \
    "stay_until,special_period,language,protected,sample,note\n"

/* A line: number, birth date, representative, card. */
static void put_line(struct buffer *out, int64_t number, const char *born, int64_t representative,
                     int64_t card)
{
    char parent[24] = "";
    if (representative)
        snprintf(parent, sizeof parent, "%lld", (long long)representative);
    buffer_put_format(
        out,
        "%lld,試験,太郎,,,しけん　たろう,%s,male,000-0001,"
        "鳥取県東伯郡北栄町見本一番地,,31372,,,,%s,%028lld,good,2034-05-14,,,,ja,,1,\n",
        (long long)number, born, parent, (long long)card);
}

static void put_people(struct buffer *out, int64_t first, int64_t num)
{
    for (int64_t i = 0; i < num; i++)
        put_line(out, first + i, "1980-01-01", i % 3 == 0 ? first + i + 1 : 0, first + i);
}

static json_t *part_fields(int64_t from, struct bytes text)
{
    return json_pack("{s:I, s:s%}", "from", (json_int_t)from, "file", (const char *)text.data,
                     text.len);
}

static json_t *last_fields(int64_t from, struct bytes text, struct bytes whole)
{
    uint8_t digest[SHA256_LEN];
    char hex[2 * SHA256_LEN + 1];
    sha256(whole, digest);
    return with(part_fields(from, text), "digest", hex_print(digest, sizeof digest, hex));
}

static int64_t num_found(int64_t number)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_ask("register1", "resident-find", json_pack("{s:I}", "resident", (json_int_t)number),
             &answer);
    return answer.outcome == COUNTER_DONE;
}

static const char *import_state(int64_t number)
{
    return counter_text(
        town_done("register1", "import-show", json_pack("{s:I}", "number", (json_int_t)number)),
        "state");
}

static void wait_for_import(int64_t number, const char *wanted)
{
    for (int i = 0; i < 200 && strcmp(import_state(number), wanted) != 0; i++)
        usleep(100 * 1000);
    assert_string_equal(import_state(number), wanted);
}

static void assert_faults(const struct counter_answer *answer, size_t num, const char *first)
{
    json_t *faults = json_object_get(answer->detail, "faults");
    assert_int_equal(json_array_size(faults), num);
    if (num)
        assert_non_null(strstr(json_string_value(json_array_get(faults, 0)), first));
}

static void all_bad_lines_are_told_and_nobody_is_taken(void **state)
{
    (void)state;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct buffer whole CLEANUP_BUFFER;
    buffer_init(&whole, 256 * 1024);
    buffer_put_text(&whole, COLUMNS);
    put_line(&whole, 7001, "1980-01-01", 0, 7001);
    put_line(&whole, 7002, "1980-13-01", 0, 7002); /* line 3 */
    put_line(&whole, 7003, "1980-01-01", 0, 7001); /* line 4: that card again */
    put_line(&whole, 1001, "1980-01-01", 0, 7004); /* line 5: in the register already */
    size_t len = whole.len;
    assert_faults(town_done("register1", "import-part", part_fields(0, buffer_bytes(&whole))), 3,
                  "line 3 : born");
    put_line(&whole, 7001, "1980-01-01", 0, 7005);    /* line 6: that number again */
    put_line(&whole, 7006, "1980-01-01", 7777, 7006); /* line 7: of nobody */
    put_line(&whole, 7007, "1980-01-01", 7006, 7007); /* line 8: of somebody who has one */
    town_refused("register1", "import-part",
                 part_fields(4, bytes_of(whole.data + len, whole.len - len)), "no-list-begun");
    town_ask("register1", "import-part",
             last_fields(5, bytes_of(whole.data + len, whole.len - len), buffer_bytes(&whole)),
             &answer);
    assert_int_equal(answer.outcome, COUNTER_REFUSED);
    assert_string_equal(counter_text(&answer, "code"), "import");
    json_t *told = json_object_get(answer.detail, "answer");
    assert_int_equal(json_integer_value(json_object_get(told, "num_faults")), 6);
    assert_int_equal(json_array_size(json_object_get(told, "faults")), 3);
    assert_int_equal(num_found(7001), 0);
    town_refused("register1", "import-part",
                 part_fields(8, bytes_of(whole.data + len, whole.len - len)), "no-list-begun");
    wait_for_import(1, "dropped");
}

static void what_came_is_what_was_meant(void **state)
{
    (void)state;
    struct buffer whole CLEANUP_BUFFER;
    buffer_init(&whole, 256 * 1024);
    buffer_put_text(&whole, COLUMNS);
    put_line(&whole, 7001, "1980-01-01", 0, 7001);
    town_refused("register1", "import-part", part_fields(0, bytes_of(whole.data, whole.len - 1)),
                 "cut-line");
    town_refused("daiei1", "import-part", part_fields(0, buffer_bytes(&whole)), "role");
    town_refused("register1", "import-part",
                 last_fields(0, buffer_bytes(&whole), bytes_of_text("another")), "list-changed");
    assert_int_equal(num_found(7001), 0);
    assert_faults(
        town_done("register1", "import-part", part_fields(0, bytes_of_text("number,family\n"))), 1,
        "line 1 : header");
}

/* What is whole goes over, whatever ends meanwhile; what is not whole is given up. */
static void a_whole_import_outlives_a_restart(void **state)
{
    (void)state;
    struct buffer whole CLEANUP_BUFFER;
    buffer_init(&whole, 1024 * 1024);
    buffer_put_text(&whole, COLUMNS);
    put_people(&whole, 8000, 2000);
    size_t len = whole.len;
    put_people(&whole, 10000, 1000); /* a third of them without anybody behind */
    int64_t cut = counter_number(
        town_done("register1", "import-part", part_fields(0, bytes_of(whole.data, len))), "number");
    town_restart();
    wait_for_import(cut, "dropped");
    town_refused("register1", "import-part",
                 part_fields(2001, bytes_of(whole.data + len, whole.len - len)), "no-list-begun");
    assert_int_equal(num_found(8000), 0);

    town_done("register1", "import-part", part_fields(0, bytes_of(whole.data, len)));
    put_line(&whole, 11000, "1980-01-01", 0, 11000);
    int64_t number =
        counter_number(town_done("register1", "import-part",
                                 last_fields(2001, bytes_of(whole.data + len, whole.len - len),
                                             buffer_bytes(&whole))),
                       "number");
    town_refused("register1", "import", json_pack("{s:s}", "file", COLUMNS), "import-runs");
    town_restart();
    wait_for_import(number, "finished");
    for (int64_t i = 0; i < 3001; i += 100)
        assert_int_equal(num_found(8000 + i), 1);
    assert_int_equal(num_found(11000), 1);
    assert_int_equal(town_verify(""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_counts_once_and_says_what_it_did),
        cmocka_unit_test(an_older_event_puts_nothing_back),
        cmocka_unit_test(an_event_ahead_waits_and_is_withdrawn),
        cmocka_unit_test(a_filed_move_is_withdrawn_or_happens),
        cmocka_unit_test(their_day_comes),
        cmocka_unit_test(what_cannot_be_done_on_its_day_is_refused),
        cmocka_unit_test(a_token_sends_events_and_nothing_else),
        cmocka_unit_test(all_bad_lines_are_told_and_nobody_is_taken),
        cmocka_unit_test(what_came_is_what_was_meant),
        cmocka_unit_test(a_whole_import_outlives_a_restart),
    };
    return cmocka_run_group_tests_name("register", tests, begin, finish);
}
