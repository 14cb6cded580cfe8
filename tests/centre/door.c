/* Refusals at the door in the journal: all of them counted, and few entries. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "centre/act.h"
#include "store/rows.h"

static struct centre centre;
static char path[64];
static const struct act looking = {.name = "status"}, showing = {.name = "application-show"};
static const struct reason nobody = {"acts", "", "nobody", "", ""},
                           role = {"acts", "", "role", "", ""};

static int begin(void **state)
{
    (void)state;
    char folder[] = "/tmp/door-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/db", folder);
    centre = (struct centre){0};
    assert_ok(store_open(path, STORE_CREATE, &centre.store, NULL));
    assert_ok(store_migrate(centre.store, NULL));
    assert_ok(store_claim(centre.store, NULL));
    return 0;
}

static int end(void **state)
{
    (void)state;
    char command[128];
    store_close(centre.store);
    snprintf(command, sizeof command, "rm -rf '%.*s'", (int)(strrchr(path, '/') - path), path);
    return system(command);
}

/* As a batch does. */
static void refuse(const char *actor, const struct act *act, const struct reason *reason)
{
    struct act_call call = {.centre = &centre, .act = act, .peer = {.uid = 7}};
    call.refusal = ruling_refuse(reason);
    snprintf(call.actor.name, sizeof call.actor.name, "%s", actor);
    if (!door_count(&call, 7))
        return;
    assert_ok(store_begin(centre.store, NULL));
    assert_ok(door_journal(&call));
    assert_ok(store_commit(centre.store, NULL));
}

/* "ACT:CODE ACTOR DATA" of each entry. */
static const char *journal(int *num)
{
    static char text[65536];
    struct rows rows CLEANUP_ROWS = {0};
    size_t len = 0;
    text[0] = '\0';
    store_query(centre.store, STATEMENT_JOURNAL_READ, VALUES(value_integer(1), value_integer(500)),
                &rows, NULL);
    for (*num = 0; rows_next(&rows); ++*num) {
        struct bytes kind = row_text(&rows, 3), actor = row_text(&rows, 4),
                     data = row_blob(&rows, 10);
        len += (size_t)snprintf(text + len, sizeof text - len, "%.*s %.*s %.*s\n", (int)kind.len,
                                kind.data, (int)actor.len, actor.data, (int)data.len, data.data);
    }
    assert_ok(rows_end(&rows));
    return text;
}

static void the_first_at_once_the_others_as_a_number(void **state)
{
    (void)state;
    int num;
    for (int i = 0; i < 1000; i++)
        refuse("", &looking, &nobody);
    refuse("card1", &showing, &role);
    assert_string_equal(journal(&num), "status:nobody unknown {\"count\":1,\"uid\":7}\n"
                                       "application-show:role card1 {\"count\":1,\"uid\":7}\n");
    assert_ok(door_flush(&centre, false, NULL)); /* the minute is not over */
    journal(&num);
    assert_int_equal(num, 2);
    assert_ok(door_flush(&centre, true, NULL));
    assert_non_null(strstr(journal(&num), "\nstatus:nobody unknown {\"count\":999,\"uid\":7}\n"));
    assert_int_equal(num, 3);
    refuse("", &looking, &nobody); /* another minute */
    journal(&num);
    assert_int_equal(num, 4);
    centre.door.since -= LIMIT_DOOR_MINUTE;
    assert_ok(door_flush(&centre, false, NULL));
    assert_int_equal(centre.door.num, 0);
    journal(&num);
    assert_int_equal(num, 4);
}

static void a_flood_by_many_names_is_bounded(void **state)
{
    (void)state;
    char name[16];
    int num;
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "staff%d", i);
        refuse(name, &showing, &role);
    }
    assert_ok(door_flush(&centre, true, NULL));
    journal(&num);
    assert_int_equal(num, LIMIT_DOOR_ROWS + 1);
    assert_non_null(strstr(journal(&num), "{\"count\":968,"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_at_once_the_others_as_a_number, begin, end),
        cmocka_unit_test_setup_teardown(a_flood_by_many_names_is_bounded, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
