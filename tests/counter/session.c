/* Who comes through the town's pages: staff with a session, the public without one.
 * docs/PROTOCOL.acts 12 */
#include "town.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "centre/session.h"
#include "crypto/random.h"
#include "database.h"

#define SESSION_TEXT (2 * SESSION_ID + 1)

static void visit_is(const char *session, const char *act, json_t *fields,
                     enum counter_outcome outcome, const char *code)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_visit(session, act, fields, &answer);
    assert_int_equal(answer.outcome, outcome);
    if (outcome != COUNTER_DONE)
        assert_string_equal(counter_text(&answer, "code"), code);
}

static void code_of(const char *staff, char code[static LOGIN_CODE_TEXT])
{
    const struct counter_answer *answer = town_done(staff, "login-code", json_object());
    assert_int_equal(strlen(counter_text(answer, "login_code")), LOGIN_CODE_LEN);
    memcpy(code, counter_text(answer, "login_code"), LOGIN_CODE_TEXT);
}

static void log_in(const char *staff, char session[static SESSION_TEXT])
{
    char code[LOGIN_CODE_TEXT];
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    code_of(staff, code);
    town_visit(NULL, "session-begin", json_pack("{s:s}", "login_code", code), &answer);
    assert_int_equal(answer.outcome, COUNTER_DONE);
    assert_string_equal(counter_text(&answer, "name"), staff);
    assert_int_equal(strlen(counter_text(&answer, "session")), SESSION_TEXT - 1);
    memcpy(session, counter_text(&answer, "session"), SESSION_TEXT);
}

static void lets_somebody_of_the_staff_in(void **state)
{
    (void)state;
    char session[SESSION_TEXT];
    log_in("daiei1", session);
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_visit(session, "session-show", json_object(), &answer);
    assert_string_equal(counter_text(&answer, "roles"), "counter");
    visit_is(session, "application-list", json_object(), COUNTER_DONE, "");
    visit_is(session, "staff-list", json_object(), COUNTER_REFUSED, "role");
    visit_is(session, "session-end", json_object(), COUNTER_DONE, "");
    visit_is(session, "application-list", json_object(), COUNTER_REFUSED, "session");
}

static void all_of_a_persons_sessions_end(void **state)
{
    (void)state;
    char first[SESSION_TEXT], second[SESSION_TEXT], others[SESSION_TEXT];
    log_in("daiei1", first);
    log_in("daiei1", second);
    log_in("hojo1", others);
    town_refused("hojo1", "session-end", json_pack("{s:s}", "name", "daiei1"), "others-login");
    visit_is(second, "session-end", json_pack("{s:s}", "name", "daiei1"), COUNTER_DONE, "");
    visit_is(first, "session-show", json_object(), COUNTER_REFUSED, "session");
    visit_is(others, "session-show", json_object(), COUNTER_DONE, "");
    town_done("admin1", "session-end", json_pack("{s:s}", "name", "hojo1"));
    visit_is(others, "session-show", json_object(), COUNTER_REFUSED, "session");
}

/* What a stolen session, or a web that does what it likes with those it sees, is not good for. */
static void refuses_through_the_pages_what_is_not_the_counters(void **state)
{
    (void)state;
    char code[LOGIN_CODE_TEXT], session[SESSION_TEXT];
    code_of("admin1", code);
    visit_is(NULL, "session-begin", json_pack("{s:s}", "login_code", code), COUNTER_REFUSED,
             "not-by-pages");
    log_in("daiei1", session);
    visit_is(session, "login-code", json_object(), COUNTER_REFUSED, "not-by-pages");
    const struct counter_answer *parked =
        town_done("daiei2", "exception-open",
                  json_pack("{s:i, s:s, s:s, s:s, s:s, s:s}", "resident", 1010, "procedure", "new",
                            "applicant", "legal-representative", "kinds", "signature", "pin",
                            "never-set", "note", "decided by two"));
    json_t *number = json_pack("{s:I}", "number", (json_int_t)counter_number(parked, "parked"));
    visit_is(session, "approve", json_incref(number), COUNTER_REFUSED, "not-by-pages");
    town_done("daiei1", "approve", number);
}

/* Of somebody who has other roles besides, those stay at home. */
static void brings_through_the_pages_the_counters_roles_alone(void **state)
{
    (void)state;
    char session[SESSION_TEXT];
    assert_ok(database_sql("INSERT INTO staff (name, label, roles, is_active)"
                           " VALUES ('chief1', 'chief', 17, 1)")); /* counter, administrator */
    town_done("chief1", "staff-list", json_object());
    log_in("chief1", session);
    visit_is(session, "application-list", json_object(), COUNTER_DONE, "");
    visit_is(session, "staff-list", json_object(), COUNTER_REFUSED, "role");
}

static int64_t journal_len(void)
{
    return counter_number(town_done("admin1", "status", json_object()), "journal");
}

static void a_flood_of_the_public_does_not_fill_the_journal(void **state)
{
    (void)state;
    int64_t before = journal_len();
    for (int i = 0; i < 40; i++)
        visit_is(NULL, "session-begin", json_pack("{s:s}", "login_code", "AAAAAAAAAAAAAAAAAAAA"),
                 COUNTER_REFUSED, "login-code");
    assert_in_range(journal_len() - before, 0, 1);
}

static void a_read_about_a_resident_is_journalled(void **state)
{
    (void)state;
    char session[SESSION_TEXT];
    log_in("daiei1", session);
    int64_t before = journal_len();
    visit_is(session, "application-list", json_object(), COUNTER_DONE, "");
    assert_int_equal(journal_len(), before);
    visit_is(session, "application-list", json_pack("{s:i}", "resident", 1001), COUNTER_DONE, "");
    assert_int_equal(journal_len(), before + 1);
    town_done("daiei1", "parked-list", json_object());
    assert_int_equal(journal_len(), before + 2);
}

static int64_t open_once(const char *session, const char *once)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_visit(session, "application-open",
               json_pack("{s:i, s:s, s:s, s:s, s:s}", "resident", 1002, "procedure", "revoke",
                         "applicant", "holder", "kinds", "authentication", "once", once),
               &answer);
    assert_int_equal(answer.outcome, COUNTER_DONE);
    return counter_number(&answer, "number");
}

static void a_form_sent_twice_opens_one_application(void **state)
{
    (void)state;
    static const char form[] = "00112233445566778899aabbccddeeff",
                      other[] = "ffeeddccbbaa99887766554433221100";
    char session[SESSION_TEXT], colleague[SESSION_TEXT];
    log_in("daiei1", session);
    log_in("hojo1", colleague);
    int64_t number = open_once(session, form);
    assert_int_equal(open_once(session, form), number);
    assert_int_not_equal(open_once(session, other), number);
    assert_int_not_equal(open_once(colleague, form), number);
}

static void refuses_a_code_twice(void **state)
{
    (void)state;
    char first[LOGIN_CODE_TEXT], second[LOGIN_CODE_TEXT];
    code_of("hojo1", first);
    code_of("hojo1", second);
    assert_string_not_equal(first, second);
    visit_is(NULL, "session-begin", json_pack("{s:s}", "login_code", first), COUNTER_REFUSED,
             "login-code");
    visit_is(NULL, "session-begin", json_pack("{s:s}", "login_code", second), COUNTER_DONE, "");
    visit_is(NULL, "session-begin", json_pack("{s:s}", "login_code", second), COUNTER_REFUSED,
             "login-code");
    /* nobody has one made for somebody else */
    assert_non_null(strstr(
        town_raw("{\"act\":\"login-code\",\"as\":\"admin1\",\"fields\":{\"name\":\"admin2\"}}"),
        "malformed"));
}

static void refuses_the_public_what_is_the_staffs(void **state)
{
    (void)state;
    static const char *const acts[] = {"status",      "session-show",     "session-end",
                                       "parked-list", "application-list", "staff-list"};
    for (size_t i = 0; i < COUNT_OF(acts); i++)
        visit_is(NULL, acts[i], json_object(), COUNTER_REFUSED, "role");
    visit_is(NULL, "login-code", json_object(), COUNTER_REFUSED, "role");
}

static void refuses_a_session_that_is_none(void **state)
{
    (void)state;
    char guessed[SESSION_TEXT];
    uint8_t random[SESSION_ID];
    random_bytes(random, sizeof random);
    hex_print(random, sizeof random, guessed);
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    const char *const sessions[] = {guessed, zeros, "", "daiei1", "00"};
    for (size_t i = 0; i < COUNT_OF(sessions); i++)
        visit_is(sessions[i], "application-list", json_object(), COUNTER_REFUSED, "session");
}

/* A session is web's to bring, a row's name that of the acts socket. */
static void refuses_the_other_way_to_say_who_asks(void **state)
{
    (void)state;
    char session[SESSION_TEXT], message[256];
    log_in("daiei1", session);
    snprintf(message, sizeof message, "{\"act\":\"status\",\"session\":\"%s\",\"fields\":{}}",
             session);
    assert_non_null(strstr(town_raw(message), "malformed"));
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_visit_as("admin1", "status", json_object(), &answer);
    assert_string_equal(counter_text(&answer, "code"), "malformed");
}

/* What logs somebody in stands nowhere: not in the journal, not in the database. */
static void keeps_no_code_and_no_session(void **state)
{
    (void)state;
    char code[LOGIN_CODE_TEXT], session[SESSION_TEXT];
    code_of("daiei2", code);
    log_in("daiei2", session);
    visit_is(NULL, "session-begin", json_pack("{s:s}", "login_code", code), COUNTER_REFUSED,
             "login-code");
    assert_int_equal(town_shell("grep -rqF -e %s -e %s %s", code, session, town_folder), 1);
    assert_int_equal(town_shell("grep -rqF session-begin:done %s", town_folder), 0);
}

/* Monotonic milliseconds; the table alone. */
static void ends_sessions(void **state)
{
    (void)state;
    static struct sessions sessions;
    uint8_t id[SESSION_ID], other[SESSION_ID];
    session_begin(&sessions, "daiei1", 1000, id);
    assert_string_equal(session_find(&sessions, id, 1000 + SESSION_IDLE - 1), "daiei1");
    int64_t seen = 1000 + SESSION_IDLE - 1;
    assert_null(session_find(&sessions, id, seen + SESSION_IDLE));
    session_begin(&sessions, "daiei1", 1000, id);
    for (int64_t now = 1000; now < 1000 + SESSION_LIFE; now += SESSION_IDLE / 2)
        assert_non_null(session_find(&sessions, id, now));
    assert_null(session_find(&sessions, id, 1000 + SESSION_LIFE));
    session_begin(&sessions, "daiei2", 8000, other);
    assert_string_equal(session_find(&sessions, other, 8000), "daiei2");
    session_end(&sessions, other);
    assert_null(session_find(&sessions, other, 8000));
}

/* However many one person begins, only their own end: the one that was silent longest. */
static void ends_ones_own_sessions(void **state)
{
    (void)state;
    static struct sessions sessions;
    uint8_t of_other[SESSION_ID], ids[LIMIT_SESSIONS_OF_ONE + 1][SESSION_ID];
    session_begin(&sessions, "hojo1", 5000, of_other);
    for (int i = 0; i < LIMIT_SESSIONS_OF_ONE; i++)
        session_begin(&sessions, "daiei2", 6000 + i, ids[i]);
    assert_non_null(session_find(&sessions, ids[0], 7000));
    session_begin(&sessions, "daiei2", 7001, ids[LIMIT_SESSIONS_OF_ONE]);
    for (int i = 0; i <= LIMIT_SESSIONS_OF_ONE; i++)
        assert_int_equal(session_find(&sessions, ids[i], 7002) != NULL, i != 1);
    for (int i = 0; i < LIMIT_SESSIONS; i++)
        session_begin(&sessions, "daiei2", 8000 + i, ids[0]);
    assert_string_equal(session_find(&sessions, of_other, 10000), "hojo1");
    assert_string_equal(session_find(&sessions, ids[0], 10000), "daiei2");
}

/* What has ended counts no more, and makes room. */
static void begins_again_where_sessions_ended(void **state)
{
    (void)state;
    static struct sessions sessions;
    const int64_t later = 6000 + SESSION_IDLE;
    uint8_t first[SESSION_ID], other[SESSION_ID];
    for (int i = 0; i < LIMIT_SESSIONS_OF_ONE; i++)
        session_begin(&sessions, "daiei2", 6000, other);
    session_begin(&sessions, "daiei2", later, first);
    for (int i = 1; i < LIMIT_SESSIONS_OF_ONE; i++)
        session_begin(&sessions, "daiei2", later + i, other);
    assert_non_null(session_find(&sessions, first, later + 100));
}

/* More than all places: of the people who have them, whoever was silent longest. */
static void ends_the_most_silent_of_all(void **state)
{
    (void)state;
    static struct sessions sessions;
    char name[STAFF_NAME];
    uint8_t first[SESSION_ID], second[SESSION_ID], other[SESSION_ID];
    session_begin(&sessions, "hojo1", 5000, first);
    session_begin(&sessions, "hojo2", 5001, second);
    for (int i = 0; i < LIMIT_SESSIONS - 1; i++) {
        snprintf(name, sizeof name, "daiei%d", i / LIMIT_SESSIONS_OF_ONE);
        session_begin(&sessions, name, 6000 + i, other);
    }
    assert_null(session_find(&sessions, first, 8000));
    assert_non_null(session_find(&sessions, second, 8000));
}

static void ends_codes(void **state)
{
    (void)state;
    static struct sessions sessions;
    char code[LOGIN_CODE_TEXT], staff[STAFF_NAME];
    login_code_make(&sessions, "daiei1", 1000, code);
    assert_false(login_code_take(&sessions, code, 1000 + LOGIN_CODE_LIFE, staff));
    login_code_make(&sessions, "daiei1", 1000, code);
    assert_false(login_code_take(&sessions, "", 1000, staff));
    assert_true(login_code_take(&sessions, code, 999 + LOGIN_CODE_LIFE, staff));
    assert_string_equal(staff, "daiei1");
    assert_false(login_code_take(&sessions, code, 1000, staff));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_somebody_of_the_staff_in),
        cmocka_unit_test(all_of_a_persons_sessions_end),
        cmocka_unit_test(refuses_through_the_pages_what_is_not_the_counters),
        cmocka_unit_test(brings_through_the_pages_the_counters_roles_alone),
        cmocka_unit_test(a_flood_of_the_public_does_not_fill_the_journal),
        cmocka_unit_test(a_read_about_a_resident_is_journalled),
        cmocka_unit_test(a_form_sent_twice_opens_one_application),
        cmocka_unit_test(refuses_a_code_twice),
        cmocka_unit_test(refuses_the_public_what_is_the_staffs),
        cmocka_unit_test(refuses_a_session_that_is_none),
        cmocka_unit_test(refuses_the_other_way_to_say_who_asks),
        cmocka_unit_test(keeps_no_code_and_no_session),
        cmocka_unit_test(ends_sessions),
        cmocka_unit_test(ends_ones_own_sessions),
        cmocka_unit_test(begins_again_where_sessions_ended),
        cmocka_unit_test(ends_the_most_silent_of_all),
        cmocka_unit_test(ends_codes),
    };
    return cmocka_run_group_tests(tests, town_begin, town_end);
}
