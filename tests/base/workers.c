/* Work on other threads: that all of it is done, once, before the caller goes on. */
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/workers.h"

#define NUM 1000

static _Atomic unsigned counts[NUM];
static _Atomic bool was_elsewhere;
static pthread_t caller;

static void count(void *context, size_t i)
{
    assert_string_equal(context, "context");
    counts[i]++;
    if (!pthread_equal(pthread_self(), caller))
        was_elsewhere = true;
}

static char context[] = "context";

static void assert_counted(size_t num)
{
    for (size_t i = 0; i < NUM; i++)
        assert_int_equal(counts[i], i < num);
    memset(counts, 0, sizeof counts);
}

static void runs_each_once(void **state)
{
    (void)state;
    static const size_t nums[] = {0, 1, 2, 7, NUM};
    struct workers *workers = NULL;
    assert_ok(workers_new(3, &workers));
    for (int round = 0; round < 200; round++)
        for (size_t n = 0; n < COUNT_OF(nums); n++) {
            workers_each(workers, count, context, nums[n]);
            assert_counted(nums[n]);
        }
    workers_free(workers);
}

static void slowly(void *ignored, size_t i)
{
    usleep(20 * 1000);
    count(ignored, i);
}

static void count_high(void *ignored, size_t i)
{
    count(ignored, NUM / 2 + i);
}

/* What is slow is shared, and waited for. */
static void shares_the_work(void **state)
{
    (void)state;
    struct workers *workers = NULL;
    assert_ok(workers_new(2, &workers));
    was_elsewhere = false;
    workers_each(workers, slowly, context, 12);
    assert_counted(12);
    assert_true(was_elsewhere);
    workers_free(workers);
}

/* Two are under way; either may be waited for first. */
static void has_two_tasks(void **state)
{
    (void)state;
    struct workers *workers = NULL;
    struct task slow, quick;
    assert_ok(workers_new(2, &workers));
    for (int order = 0; order < 2; order++) {
        was_elsewhere = false;
        workers_begin(workers, &slow, slowly, context, 12);
        workers_begin(workers, &quick, count_high, context, NUM / 2);
        workers_end(workers, order ? &slow : &quick);
        assert_int_equal(counts[order ? 11 : NUM - 1], 1);
        workers_end(workers, order ? &quick : &slow);
        for (size_t i = 0; i < NUM; i++)
            assert_int_equal(counts[i], i < 12 || i >= NUM / 2);
        assert_true(was_elsewhere);
        memset(counts, 0, sizeof counts);
    }
    workers_free(workers);
}

/* A task goes on while its beginner does something else. */
static void works_meanwhile(void **state)
{
    (void)state;
    struct workers *workers = NULL;
    struct task task;
    assert_ok(workers_new(2, &workers));
    workers_begin(workers, &task, count, context, NUM);
    for (int i = 0; i < 1000 && counts[NUM - 1] == 0; i++)
        usleep(10 * 1000);
    assert_int_equal(counts[NUM - 1], 1);
    workers_end(workers, &task);
    assert_counted(NUM);
    workers_free(workers);
}

static void works_without_threads(void **state)
{
    (void)state;
    was_elsewhere = false;
    workers_each(NULL, count, context, NUM);
    assert_counted(NUM);
    struct task task;
    workers_begin(NULL, &task, count, context, NUM);
    assert_counted(0);
    workers_end(NULL, &task);
    assert_counted(NUM);
    assert_false(was_elsewhere);
    workers_free(NULL);
}

static void starts_one_for_each_processor(void **state)
{
    (void)state;
    struct workers *workers = NULL;
    assert_ok(workers_new(0, &workers));
    workers_each(workers, count, context, NUM);
    assert_counted(NUM);
    workers_free(workers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_each_once),        cmocka_unit_test(shares_the_work),
        cmocka_unit_test(has_two_tasks),         cmocka_unit_test(works_meanwhile),
        cmocka_unit_test(works_without_threads), cmocka_unit_test(starts_one_for_each_processor),
    };
    caller = pthread_self();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
