/* Answers that are longer than a frame: they come in pages, and whoever asks gets all of them. */
#include "town.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/limits.h"

#define NUM_APPLICATIONS 5

static int begin(void **state)
{
    town_begin(state);
    for (int i = 0; i < NUM_APPLICATIONS; i++)
        town_open(1001 + i % 2, "hold", "holder", NULL, NULL);
    return 0;
}

static int64_t numbers_of(const struct counter_answer *answer, const char *list, int64_t numbers[])
{
    size_t i;
    json_t *row;
    json_array_foreach (json_object_get(answer->detail, list), i, row)
        numbers[i] = json_integer_value(json_object_get(row, "number"));
    return (int64_t)i;
}

static void applications_from_the_newest_down(void **state)
{
    (void)state;
    int64_t numbers[16];
    const struct counter_answer *answer =
        town_done("daiei1", "application-list", json_pack("{s:i}", "limit", 2));
    assert_int_equal(numbers_of(answer, "applications", numbers), 2);
    assert_int_equal(numbers[0], NUM_APPLICATIONS);
    assert_true(json_is_true(json_object_get(answer->detail, "more")));
    answer = town_done("daiei1", "application-list",
                       json_pack("{s:i, s:I}", "limit", 10, "after", (json_int_t)numbers[1]));
    assert_int_equal(numbers_of(answer, "applications", numbers), NUM_APPLICATIONS - 2);
    assert_int_equal(numbers[0], NUM_APPLICATIONS - 2);
    assert_true(json_is_false(json_object_get(answer->detail, "more")));
    answer = town_done("daiei1", "application-list",
                       json_pack("{s:i, s:i, s:i}", "resident", 1002, "limit", 1, "after", 4));
    assert_int_equal(numbers_of(answer, "applications", numbers), 1);
    assert_int_equal(numbers[0], 2);
}

static void the_client_asks_for_all_pages(void **state)
{
    (void)state;
    char path[128];
    int64_t numbers[16];
    struct counter_client client CLEANUP_COUNTER_CLIENT = {.fd = -1};
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    snprintf(path, sizeof path, "%s/acts.sock", town_folder);
    assert_ok(counter_client_open(path, "daiei1", &client, NULL));
    counter_client_ask_pages(&client, "application-list", json_pack("{s:i}", "limit", 2),
                             "applications", &answer);
    assert_int_equal(answer.outcome, COUNTER_DONE);
    assert_int_equal(numbers_of(&answer, "applications", numbers), NUM_APPLICATIONS);
    for (int i = 0; i < NUM_APPLICATIONS; i++)
        assert_int_equal(numbers[i], NUM_APPLICATIONS - i);
    counter_answer_done(&answer);
    counter_client_ask_pages(&client, "application-list", json_pack("{s:i}", "limit", 0),
                             "applications", &answer);
    assert_int_equal(answer.outcome, COUNTER_FAILED);
}

static void checkpoints_come_with_their_entries(void **state)
{
    (void)state;
    int64_t numbers[64];
    town_done("auditor1", "checkpoint", json_object());
    const struct counter_answer *answer =
        town_done("auditor1", "journal-read", json_pack("{s:i, s:i}", "from", 1, "limit", 1));
    assert_int_equal(numbers_of(answer, "entries", numbers), 1);
    int64_t num = numbers_of(answer, "checkpoints", numbers);
    for (int64_t i = 0; i < num; i++)
        assert_int_equal(numbers[i], 1);
    assert_true(json_is_true(json_object_get(answer->detail, "more")));
    answer = town_done("auditor1", "journal-read", json_pack("{s:i}", "from", 2));
    assert_true(json_is_false(json_object_get(answer->detail, "more")));
    assert_true(numbers_of(answer, "checkpoints", numbers) > 0);
    assert_true(numbers[0] > 1);
}

/* A refused import leaves what was asked in the journal: two of them are more than any frame. */
static void the_journal_is_read_with_an_entry_longer_than_a_frame(void **state)
{
    (void)state;
    static char file[LIMIT_ACT_FILE - 64];
    memset(file, 'x', sizeof file - 1);
    struct buffer sample CLEANUP_BUFFER;
    buffer_init(&sample, LIMIT_CONFIG_FILE);
    assert_ok(file_read(source_path("etc/sample/residents.csv"), &sample, NULL));
    size_t head = strcspn(buffer_text(&sample), "\n") + 1;
    memcpy(file, sample.data, head);
    for (size_t i = head + 3000; i < sizeof file - 1; i += 3000)
        file[i] = '\n';
    for (int i = 0; i < 2; i++)
        town_refused("register1", "import", json_pack("{s:s}", "file", file), "import");
    char command[512];
    snprintf(command, sizeof command,
             "'%s/jpki' admin journal verify --socket %s/acts.sock --as auditor1 >%s/out 2>&1",
             getenv("JPKI_BUILD"), town_folder, town_folder);
    int status = system(command);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(applications_from_the_newest_down),
        cmocka_unit_test(the_client_asks_for_all_pages),
        cmocka_unit_test(checkpoints_come_with_their_entries),
        cmocka_unit_test(the_journal_is_read_with_an_entry_longer_than_a_frame),
    };
    return cmocka_run_group_tests(tests, begin, town_end);
}
