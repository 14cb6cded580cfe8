/* The page of counters: what one process counts another reads, at once and whole; labels are
 * bounded and plain; who may read cannot write. */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/counters.h"
#include "base/file.h"

static int page = -1, to_read = -1;
static const struct counters *counters;

static int begin(void **state)
{
    (void)state;
    char path[64];
    page = memfd_create("counters", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/self/fd/%d", page);
    assert_int_equal(ftruncate(page, (off_t)counters_size()), 0);
    to_read = open(path, O_RDONLY | O_CLOEXEC);
    assert_ok(counters_open(to_read, &counters));
    return 0;
}

static int end(void **state)
{
    (void)state;
    fd_close(&page);
    fd_close(&to_read);
    return 0;
}

static bool label_of(enum counter counter, unsigned row, char label[static COUNTER_LABEL])
{
    return counters_label(counters, counter, row, label);
}

static void nothing_is_told_before_the_writer_is_there(void **state)
{
    (void)state;
    char label[COUNTER_LABEL];
    counter_add(COUNTER(MASS_WORKED), 0, 7); /* of the process's own */
    assert_false(label_of(COUNTER(MASS_WORKED), 0, label));
    assert_false(label_of(COUNTER(SIGNATURES), 0, label));
    assert_ok(counters_share(page));
    assert_true(label_of(COUNTER(MASS_WORKED), 0, label));
    assert_string_equal(label, "");
    assert_int_equal(counters_value(counters, COUNTER(MASS_WORKED), 0, 0), 0);
    assert_true(label_of(COUNTER(SIGNATURES), COUNTED_LEAF + 1, label));
    assert_string_equal(label, "what=\"leaf\",kind=\"authentication\"");
    assert_false(label_of(COUNTER(REASONS), 0, label));
}

static void what_is_counted_is_read(void **state)
{
    (void)state;
    char label[COUNTER_LABEL];
    counter_add(COUNTER(MASS_WORKED), 0, 3);
    counter_add(COUNTER(MASS_WORKED), 0, 4);
    counter_set(COUNTER(FENCE), 0, 12);
    counter_set(COUNTER(FENCE), 0, 5);
    assert_int_equal(counters_value(counters, COUNTER(MASS_WORKED), 0, 0), 7);
    assert_int_equal(counters_value(counters, COUNTER(FENCE), 0, 0), 5);
    counter_act(3, "import", COUNTED_REFUSED);
    assert_true(label_of(COUNTER(ACTS), 3 * NUM_COUNTED + COUNTED_REFUSED, label));
    assert_string_equal(label, "act=\"import\",outcome=\"refused\"");
    assert_false(label_of(COUNTER(ACTS), 3 * NUM_COUNTED + COUNTED_DONE, label));
}

static void a_histogram_has_its_bounds(void **state)
{
    (void)state;
    static const int64_t values[] = {-5, 0, 100, 101, 10000000, 10000001};
    static const unsigned buckets[] = {0, 0, 0, 1, 10, 11};
    uint64_t before[CELLS_SECONDS];
    for (unsigned i = 0; i < COUNT_OF(values); i++) {
        for (unsigned cell = 0; cell < CELLS_SECONDS; cell++)
            before[cell] = counters_value(counters, COUNTER(BATCH_SECONDS), COUNTED_SIGN, cell);
        counter_observe(COUNTER(BATCH_SECONDS), COUNTED_SIGN, values[i]);
        before[buckets[i]]++;
        before[CELLS_SECONDS - 1] += values[i] > 0 ? (uint64_t)values[i] : 0;
        for (unsigned cell = 0; cell < CELLS_SECONDS; cell++)
            assert_int_equal(counters_value(counters, COUNTER(BATCH_SECONDS), COUNTED_SIGN, cell),
                             before[cell]);
    }
    counter_observe(COUNTER(BATCH_ACTS), 0, 65);
    assert_int_equal(counters_value(counters, COUNTER(BATCH_ACTS), 0, CELLS_SIZES - 2), 1);
    assert_int_equal(counters_value(counters, COUNTER(BATCH_SECONDS), COUNTED_STORE, 0), 0);
}

static void names_are_plain_and_bounded(void **state)
{
    (void)state;
    char label[COUNTER_LABEL], name[128];
    unsigned row = counter_named(COUNTER(RULES), "rule", "a\"b\\c\nd\xe3");
    assert_true(label_of(COUNTER(RULES), row, label));
    assert_string_equal(label, "rule=\"a?b?c?d?\"");
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    row = counter_named(COUNTER(RULES), "rule", name);
    assert_true(label_of(COUNTER(RULES), row, label));
    assert_int_equal(strlen(label), COUNTER_LABEL - 1);
    assert_int_equal(label[COUNTER_LABEL - 2], '"');
    assert_int_equal(counter_named(COUNTER(RULES), "rule", name), row);
}

static void what_has_no_row_left_is_other(void **state)
{
    (void)state;
    char label[COUNTER_LABEL], name[32];
    for (unsigned i = 0; i < 2 * COUNTED_REASONS; i++) {
        snprintf(name, sizeof name, "reason-%u", i);
        unsigned row = counter_named(COUNTER(REASONS), "reason", name);
        assert_int_equal(row, i < COUNTED_REASONS - 1 ? i : COUNTED_REASONS - 1);
    }
    assert_true(label_of(COUNTER(REASONS), COUNTED_REASONS - 1, label));
    assert_string_equal(label, "reason=\"other\"");
    counter_act(COUNTED_ACTS + 5, "late", COUNTED_DONE);
    unsigned last = (COUNTED_ACTS - 1) * NUM_COUNTED + COUNTED_DONE;
    assert_true(label_of(COUNTER(ACTS), last, label));
    assert_string_equal(label, "act=\"other\",outcome=\"done\"");
    assert_int_equal(counters_value(counters, COUNTER(ACTS), last, 0), 1);
    counter_add(COUNTER(RULES), UINT32_MAX, 1); /* stays within */
    assert_int_equal(counters_value(counters, COUNTER(RULES), COUNTED_RULES - 1, 0), 1);
}

/* Every counter has cells of its own. */
static void rows_do_not_overlap(void **state)
{
    (void)state;
    unsigned next = 0;
    for (enum counter counter = 0; counter < NUM_COUNTERS; counter++) {
        const struct counter_row *row = &counter_rows[counter];
        assert_int_equal(row->first, next);
        next += row->num_rows * counter_cells(row->type);
        for (enum counter other = 0; other < counter; other++)
            assert_string_not_equal(counter_rows[other].name, row->name);
    }
}

static void who_reads_cannot_write(void **state)
{
    (void)state;
    assert_true(mmap(NULL, counters_size(), PROT_READ | PROT_WRITE, MAP_SHARED, to_read, 0) ==
                MAP_FAILED);
    assert_err(counters_share(to_read), ERR_IO);
}

static void what_is_no_such_page_is_refused(void **state)
{
    (void)state;
    const struct counters *other = NULL;
    int fd CLEANUP_FD = memfd_create("short", MFD_CLOEXEC);
    assert_int_equal(ftruncate(fd, (off_t)counters_size() - 1), 0);
    assert_err(counters_open(fd, &other), ERR_MALFORMED);
    assert_err(counters_share(fd), ERR_IO);
    assert_err(counters_open(-1, &other), ERR_MALFORMED);
    assert_null(other);
}

/* What commit could write if it were taken over leaves the reader within its page. */
static void a_label_that_is_none_is_not_told(void **state)
{
    (void)state;
    char label[COUNTER_LABEL];
    uint8_t *raw = mmap(NULL, counters_size(), PROT_READ | PROT_WRITE, MAP_SHARED, page, 0);
    assert_true(raw != MAP_FAILED);
    unsigned row = counter_named(COUNTER(RULES), "rule", "to-be-spoilt");
    assert_true(label_of(COUNTER(RULES), row, label));
    char *found = memmem(raw, counters_size(), "rule=\"to-be-spoilt\"", 19);
    assert_non_null(found);
    memset(found, 'x', COUNTER_LABEL); /* no end */
    assert_true(label_of(COUNTER(RULES), row, label));
    assert_int_equal(strlen(label), COUNTER_LABEL - 1);
    strcpy(found, "a\nb");
    assert_false(label_of(COUNTER(RULES), row, label));
    strcpy(found, "a\\");
    assert_false(label_of(COUNTER(RULES), row, label));
    munmap(raw, counters_size());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_told_before_the_writer_is_there),
        cmocka_unit_test(what_is_counted_is_read),
        cmocka_unit_test(a_histogram_has_its_bounds),
        cmocka_unit_test(names_are_plain_and_bounded),
        cmocka_unit_test(what_has_no_row_left_is_other),
        cmocka_unit_test(rows_do_not_overlap),
        cmocka_unit_test(who_reads_cannot_write),
        cmocka_unit_test(what_is_no_such_page_is_refused),
        cmocka_unit_test(a_label_that_is_none_is_not_told),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
