/* What the centre does by itself: lists at 00:30 in Japan, checkpoints of a journal that grows. */
#include "town.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "x509/crl.h"

struct list {
    uint64_t number;
    int64_t this_update;
};

static struct list list_of(enum kind kind)
{
    char path[128];
    struct buffer der CLEANUP_BUFFER;
    struct crl crl;
    struct list list;
    buffer_init(&der, LIMIT_CERTIFICATE);
    snprintf(path, sizeof path, "%s/published/%s.crl", town_folder, kind_name(kind));
    assert_ok(file_read(path, &der, NULL));
    assert_ok(crl_parse(buffer_bytes(&der), &crl, NULL));
    assert_true(serial_decode(crl.number, &list.number));
    list.this_update = crl.this_update;
    return list;
}

/* No further list comes. */
static void assert_lists(uint64_t number)
{
    usleep(1500 * 1000);
    assert_int_equal(list_of(KIND_SIGNATURE).number, number);
    assert_int_equal(list_of(KIND_AUTHENTICATION).number, number);
}

/* Within some seconds both kinds have the next full list, and no further one comes. Its number: a
 * run for municipalities alone may have had one in between. */
static uint64_t next_lists(uint64_t before, unsigned seconds)
{
    for (unsigned i = 0; i < 10 * seconds &&
                         (list_of(KIND_SIGNATURE).number <= before ||
                          list_of(KIND_AUTHENTICATION).number != list_of(KIND_SIGNATURE).number);
         i++)
        usleep(100 * 1000);
    uint64_t number = list_of(KIND_SIGNATURE).number;
    assert_in_range(number, before + 1, before + 2);
    assert_lists(number);
    return number;
}

static int64_t seconds_of(const char *text)
{
    int64_t t;
    assert_ok(time_parse(text, &t));
    return t;
}

#define PATIENCE 30 /* seconds; other tests run beside this one */

static void makes_lists_at_half_past_midnight(void **state)
{
    (void)state;
    uint64_t first = list_of(KIND_SIGNATURE).number;
    assert_int_equal(list_of(KIND_AUTHENTICATION).number, first);
    town_clock("2027-03-01T15:31:00Z"); /* 2 March in Japan: days went by */
    uint64_t second = next_lists(first, PATIENCE);
    town_clock("2027-03-02T15:29:50Z"); /* not yet; and on by itself */
    assert_lists(second);
    uint64_t third = next_lists(second, PATIENCE);
    int64_t made = list_of(KIND_SIGNATURE).this_update - seconds_of("2027-03-02T15:30:00Z");
    assert_in_range(made, 0, PATIENCE);
    town_clock("2027-03-03T15:29:00Z");
    assert_lists(third);
}

/* Who was not there at 00:30 makes the lists at start; who comes back on the same day does not. */
static void makes_up_for_a_missed_list(void **state)
{
    (void)state;
    town_clock("2027-04-01T03:00:00Z");
    uint64_t first = next_lists(list_of(KIND_SIGNATURE).number, PATIENCE);
    town_restart();
    town_done("admin1", "status", json_object());
    assert_lists(first);
    town_kill_centre();
    clock_start_at(seconds_of("2027-04-01T15:30:01Z"));
    town_restart();
    town_done("admin1", "status", json_object());
    next_lists(first, PATIENCE);
}

/* Number of the last checkpoint in the exported file. */
static long long last_checkpoint(void)
{
    char path[128];
    long long number = 0;
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_CONFIG_FILE);
    snprintf(path, sizeof path, "%s/checkpoints", town_folder);
    assert_ok(file_read(path, &text, NULL));
    const char *line = buffer_text(&text);
    for (; *line; line = strchr(line, '\n') + 1)
        assert_int_equal(sscanf(line, "%lld ", &number), 1);
    return number;
}

static void look(unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        town_done("daiei1", "resident-find", json_pack("{s:i}", "resident", 1001));
}

/* On a machine so slow the 60 seconds may have done it. */
static void skip_if_slow(int64_t start)
{
    if (clock_monotonic() - start > 55000)
        skip();
}

static void signs_the_journal_after_a_thousand_entries(void **state)
{
    (void)state;
    town_restart(); /* a checkpoint at its start; 60 seconds for the rest */
    town_done("auditor1", "checkpoint", json_object());
    long long before = last_checkpoint();
    int64_t start = clock_monotonic();
    look(900);
    usleep(1500 * 1000);
    skip_if_slow(start);
    assert_int_equal(last_checkpoint(), before);
    look(105);
    for (int i = 0; i < 20 && last_checkpoint() == before; i++)
        usleep(100 * 1000);
    skip_if_slow(start);
    assert_in_range(last_checkpoint() - before, 900, 1100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_lists_at_half_past_midnight),
        cmocka_unit_test(makes_up_for_a_missed_list),
        cmocka_unit_test(signs_the_journal_after_a_thousand_entries),
    };
    return cmocka_run_group_tests(tests, town_begin, town_end);
}
