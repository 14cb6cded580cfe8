#include "check.h"

#include "status/status_client.h"

static const struct date until = {2031, 1, 2};

static struct status_entry entry_of(enum status_state state, enum status_reason reason,
                                    int64_t since)
{
    return (struct status_entry){state, reason, 1741, until, since};
}

static void comes_back_as_it_went(void **state)
{
    (void)state;
    const struct status_entry entries[] = {
        entry_of(STATUS_RESERVED, STATUS_UNSPECIFIED, 0),
        entry_of(STATUS_GOOD, STATUS_UNSPECIFIED, 0),
        entry_of(STATUS_HELD, STATUS_UNSPECIFIED, 1795309323),
        entry_of(STATUS_REVOKED, STATUS_UNSPECIFIED, 1),
        entry_of(STATUS_REVOKED, STATUS_KEY_COMPROMISE, UINT32_MAX),
        entry_of(STATUS_REVOKED, STATUS_CA_COMPROMISE, 1795309323),
        entry_of(STATUS_REVOKED, STATUS_AFFILIATION_CHANGED, 1795309323),
        entry_of(STATUS_REVOKED, STATUS_SUPERSEDED, 1795309323),
        entry_of(STATUS_REVOKED, STATUS_CESSATION_OF_OPERATION, 1795309323),
        entry_of(STATUS_REVOKED, STATUS_PRIVILEGE_WITHDRAWN, 1795309323),
    };
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        uint64_t word = 0;
        struct status_entry back = {0};
        assert_ok(status_word_encode(&entries[i], &word));
        assert_ok(status_word_decode(word, &back));
        assert_int_equal(back.state, entries[i].state);
        assert_int_equal(back.reason, entries[i].reason);
        assert_int_equal(back.municipality, 1741);
        assert_int_equal(date_compare(back.last_day, until), 0);
        assert_int_equal(back.since, entries[i].since);
    }
}

/* The layout stands on disks: state 4 bits, municipality 11, day 16, second 32. */
static void has_its_layout(void **state)
{
    (void)state;
    uint64_t word = 0;
    struct status_entry entry = {STATUS_HELD, STATUS_UNSPECIFIED, 1, {1970, 1, 3}, 5};
    assert_ok(status_word_encode(&entry, &word));
    assert_int_equal(word, UINT64_C(3) << 59 | UINT64_C(1) << 48 | UINT64_C(2) << 32 | 5);
    struct status_entry never = {.state = STATUS_GOOD};
    assert_ok(status_word_decode(0, &never));
    assert_int_equal(never.state, STATUS_NEVER);
}

static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    struct status_entry bad[] = {
        entry_of(STATUS_GOOD, STATUS_KEY_COMPROMISE, 0), /* a reason without a revocation */
        entry_of(STATUS_HELD, STATUS_KEY_COMPROMISE, 1),
        entry_of(STATUS_GOOD, STATUS_UNSPECIFIED, 1), /* a time without one */
        entry_of(STATUS_HELD, STATUS_UNSPECIFIED, 0),
        entry_of(STATUS_REVOKED, STATUS_UNSPECIFIED, 0),
        entry_of(STATUS_REVOKED, STATUS_UNSPECIFIED, -1),
        entry_of(STATUS_REVOKED, STATUS_UNSPECIFIED, (int64_t)UINT32_MAX + 1),
        entry_of(STATUS_REVOKED, (enum status_reason)6, 1),
        entry_of(STATUS_REVOKED, (enum status_reason)8, 1),
        {STATUS_GOOD, STATUS_UNSPECIFIED, 2048, until, 0},
        {STATUS_GOOD, STATUS_UNSPECIFIED, 1, {0, 0, 0}, 0},
        {STATUS_GOOD, STATUS_UNSPECIFIED, 1, {1969, 12, 31}, 0},
        {STATUS_GOOD, STATUS_UNSPECIFIED, 1, {2200, 1, 1}, 0},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        uint64_t word = 77;
        assert_err(status_word_encode(&bad[i], &word), ERR_MALFORMED);
        assert_int_equal(word, 77);
    }
}

static void refuses_words_without_meaning(void **state)
{
    (void)state;
    static const uint64_t bad[] = {
        1,                              /* never issued, and yet a second */
        UINT64_C(1) << 48,              /* and yet a municipality */
        UINT64_C(2) << 59 | 1,          /* good since … */
        UINT64_C(3) << 59 | 1ULL << 32, /* held since nothing */
        UINT64_C(11) << 59 | 1,         /* states that are none */
        UINT64_C(15) << 59 | 1,
        UINT64_MAX,
        UINT64_C(1) << 63,
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct status_entry entry = {.state = STATUS_REVOKED};
        assert_err(status_word_decode(bad[i], &entry), ERR_MALFORMED);
        assert_int_equal(entry.state, STATUS_REVOKED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_it_went),
        cmocka_unit_test(has_its_layout),
        cmocka_unit_test(refuses_what_does_not_fit),
        cmocka_unit_test(refuses_words_without_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
