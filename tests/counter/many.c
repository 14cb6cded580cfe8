/* A resident with more certificates than anyone may be issued: everything that ends or holds them
 * is done all the same, and only issue is refused. */
#include "town.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "store/store.h"

#define CARD   "0003720000000013137220340514"
#define SERIAL 5000

static struct town_card card;

/* As if they had been issued and installed long ago; the centre does not run meanwhile. */
static void add_one(struct store *store, int64_t i)
{
    uint8_t digest[32] = {(uint8_t)(i >> 8), (uint8_t)i, 0xaa};
    char name[32];
    snprintf(name, sizeof name, "many%lld", (long long)i);
    const struct value kind = value_integer(KIND_AUTHENTICATION),
                       serial = value_integer(SERIAL + i);
    assert_ok(store_run(store, STATEMENT_SIGNING_INSERT,
                        VALUES(kind, serial, value_integer(1), value_blob(bytes_of("\0", 1))),
                        NULL));
    assert_ok(store_run(store, STATEMENT_SIGNING_REFUSE, VALUES(kind, serial), NULL));
    assert_ok(store_run(store, STATEMENT_CERTIFICATE_INSERT,
                        VALUES(kind, serial, value_integer(90000 + i), value_integer(1001),
                               value_text(CARD), value_blob(bytes_of(digest, sizeof digest)),
                               value_text(name), value_integer(clock_now()),
                               value_integer(date_to_days((struct date){2030, 1, 1}))),
                        NULL));
    assert_ok(store_run(
        store, STATEMENT_CERTIFICATE_STATE,
        VALUES(kind, serial, value_integer(STATUS_GOOD), value_integer(0), value_integer(0)),
        NULL));
    assert_ok(store_run(store, STATEMENT_CERTIFICATE_INSTALLED,
                        VALUES(kind, serial, value_integer(clock_now())), NULL));
}

static int begin(void **state)
{
    char path[128];
    struct store *store CLEANUP_STORE = NULL;
    town_begin(state);
    town_card_make(&card, CARD, false);
    town_card_register(&card);
    town_kill_centre();
    snprintf(path, sizeof path, "%s/town.db", town_folder);
    assert_ok(store_open(path, STORE_WRITER, &store, NULL));
    assert_ok(store_claim(store, NULL));
    assert_ok(store_begin(store, NULL));
    for (int64_t i = 0; i <= LIMIT_CERTIFICATES_OF_RESIDENT; i++)
        add_one(store, i);
    assert_ok(store_commit(store, NULL));
    town_restart();
    return 0;
}

static int finish(void **state)
{
    town_card_done(&card);
    return town_end(state);
}

static int count(enum status_state state)
{
    return town_count(KIND_AUTHENTICATION, 1001, state);
}

static void nothing_more_is_issued(void **state)
{
    (void)state;
    town_refused("daiei1", "application-open",
                 json_pack("{s:i, s:s, s:s, s:s, s:s}", "resident", 1001, "procedure", "renewal",
                           "applicant", "holder", "kinds", "authentication", "pin", "known"),
                 "too-many-certificates");
    town_open(1002, "new", "holder", "authentication", "never-set");
}

static void all_are_held_and_released(void **state)
{
    (void)state;
    town_run(town_open(1001, "hold", "holder", NULL, NULL), NULL, NULL);
    assert_int_equal(count(STATUS_HELD), LIMIT_CERTIFICATES_OF_RESIDENT + 1);
    assert_int_equal(town_map(KIND_AUTHENTICATION, SERIAL).state, STATUS_HELD);
    town_run(town_open(1001, "release", "holder", "authentication", "known"), &card, NULL);
    assert_int_equal(count(STATUS_GOOD), LIMIT_CERTIFICATES_OF_RESIDENT + 1);
}

static void all_are_revoked(void **state)
{
    (void)state;
    town_run(town_open(1001, "revoke", "holder", "authentication", NULL), NULL, NULL);
    assert_int_equal(count(STATUS_REVOKED), LIMIT_CERTIFICATES_OF_RESIDENT + 1);
}

static void an_event_ends_all(void **state)
{
    (void)state;
    town_done("register1", "event", json_pack("{s:i, s:s}", "resident", 1001, "event", "died"));
    assert_int_equal(count(STATUS_REVOKED), LIMIT_CERTIFICATES_OF_RESIDENT + 1);
}

static int begin_again(void **state)
{
    return finish(state) + begin(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_more_is_issued),
        cmocka_unit_test(all_are_held_and_released),
        cmocka_unit_test(all_are_revoked),
        cmocka_unit_test_setup(an_event_ends_all, begin_again),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
