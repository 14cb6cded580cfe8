#include "check.h"

#include <string.h>

#include "login/challenge.h"

#define NOW 1795000000

static struct challenges *challenges;

static int begin(void **state)
{
    (void)state;
    return challenges_new(4, &challenges) == ERR_NONE ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    challenges_free(challenges);
    return 0;
}

static struct bytes issue(const char *session, int64_t now)
{
    static uint8_t nonce[LOGIN_NONCE];
    assert_ok(challenge_issue(challenges, bytes_of_text(session), now, nonce));
    return bytes_of(nonce, sizeof nonce);
}

static const char *consume(struct bytes nonce, const char *session, int64_t now)
{
    return challenge_verdict_name(
        challenge_consume(challenges, nonce, bytes_of_text(session), now));
}

static void is_good_once(void **state)
{
    (void)state;
    struct bytes nonce = issue("session", NOW);
    assert_string_equal(consume(nonce, "session", NOW + 1), "good");
    assert_string_equal(consume(nonce, "session", NOW + 1), "used");
    assert_string_equal(consume(nonce, "session", NOW + CHALLENGE_SECONDS + 1), "used");
}

static void lives_five_minutes(void **state)
{
    (void)state;
    assert_string_equal(consume(issue("session", NOW), "session", NOW + CHALLENGE_SECONDS), "good");
    assert_string_equal(consume(issue("session", NOW), "session", NOW + CHALLENGE_SECONDS + 1),
                        "late");
    /* the site's clock went back: nothing can be said about its age */
    assert_string_equal(consume(issue("session", NOW), "session", NOW - 1), "late");
}

static void belongs_to_one_session(void **state)
{
    (void)state;
    struct bytes nonce = issue("session", NOW);
    assert_string_equal(consume(nonce, "sessioN", NOW), "other-session");
    assert_string_equal(consume(nonce, "session", NOW), "used");
    assert_string_equal(consume(issue("session", NOW), "", NOW), "other-session");
    assert_string_equal(consume(issue("session", NOW), "session2", NOW), "other-session");
}

static void refuses_what_was_never_given(void **state)
{
    (void)state;
    uint8_t nonce[LOGIN_NONCE] = {0};
    assert_string_equal(consume(bytes_of(nonce, sizeof nonce), "session", NOW), "unknown");
    struct bytes given = issue("session", NOW);
    assert_string_equal(consume(bytes_of(given.data, given.len - 1), "session", NOW), "unknown");
    assert_string_equal(consume(bytes_of(NULL, 0), "session", NOW), "unknown");
    assert_string_equal(consume(given, "session", NOW), "good");
}

static void forgets_the_oldest_when_full(void **state)
{
    (void)state;
    uint8_t first[LOGIN_NONCE];
    memcpy(first, issue("session", NOW).data, sizeof first);
    for (int i = 0; i < 3; i++)
        issue("other", NOW);
    assert_string_equal(consume(bytes_of(first, sizeof first), "session", NOW), "good");
    memcpy(first, issue("session", NOW).data, sizeof first);
    for (int i = 0; i < 4; i++)
        issue("other", NOW);
    assert_string_equal(consume(bytes_of(first, sizeof first), "session", NOW), "unknown");
}

static void refuses_a_session_that_is_none(void **state)
{
    (void)state;
    uint8_t nonce[LOGIN_NONCE];
    char session[CHALLENGE_SESSION_MAX + 1] = {0};
    assert_err(challenge_issue(challenges, bytes_of(session, 0), NOW, nonce), ERR_LIMIT);
    assert_err(challenge_issue(challenges, bytes_of(session, sizeof session), NOW, nonce),
               ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_good_once, begin, end),
        cmocka_unit_test_setup_teardown(lives_five_minutes, begin, end),
        cmocka_unit_test_setup_teardown(belongs_to_one_session, begin, end),
        cmocka_unit_test_setup_teardown(refuses_what_was_never_given, begin, end),
        cmocka_unit_test_setup_teardown(forgets_the_oldest_when_full, begin, end),
        cmocka_unit_test_setup_teardown(refuses_a_session_that_is_none, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
