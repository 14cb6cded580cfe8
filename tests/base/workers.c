/* Work on other threads: that all of it is done, once, and that its owner is told. */
#include "check.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/workers.h"

#define NUM 1000

struct task {
    struct job job;
    _Atomic unsigned num_runs;
    unsigned thread;
};

static struct task tasks[NUM];
static _Atomic unsigned counts[NUM];

static void run(struct job *job, unsigned thread)
{
    struct task *task = (struct task *)(void *)job;
    task->thread = thread;
    task->num_runs++;
}

static void count(void *context, size_t i)
{
    assert_string_equal(context, "context");
    counts[i]++;
}

static bool is_told(const struct workers *workers, int timeout)
{
    struct pollfd ready = {.fd = workers_fd(workers), .events = POLLIN};
    return poll(&ready, 1, timeout) == 1;
}

static void does_all_that_is_given(void **state)
{
    (void)state;
    struct workers *workers = NULL;
    assert_ok(workers_new(3, &workers));
    assert_int_equal(workers_num(workers), 3);
    assert_false(is_told(workers, 0));
    for (size_t i = 0; i < NUM; i++) {
        tasks[i].job.run = run;
        workers_give(workers, &tasks[i].job);
    }
    size_t num_taken = 0;
    while (num_taken < NUM) {
        assert_true(is_told(workers, 5000));
        while (workers_take(workers))
            num_taken++;
    }
    assert_false(is_told(workers, 0));
    for (size_t i = 0; i < NUM; i++) {
        assert_int_equal(tasks[i].num_runs, 1);
        assert_true(tasks[i].thread < 3);
    }
    workers_free(workers);
}

static void runs_each_and_waits(void **state)
{
    (void)state;
    static char context[] = "context";
    static const size_t nums[] = {0, 1, 2, 7, NUM};
    struct workers *workers = NULL;
    struct task beside = {.job = {.run = run}};
    assert_ok(workers_new(2, &workers));
    for (size_t n = 0; n < COUNT_OF(nums); n++) {
        memset(counts, 0, sizeof counts);
        workers_each(workers, count, context, nums[n]);
        for (size_t i = 0; i < NUM; i++)
            assert_int_equal(counts[i], i < nums[n]);
    }
    assert_null(workers_take(workers)); /* nobody's job */
    workers_give(workers, &beside.job);
    workers_each(workers, count, context, NUM);
    assert_true(is_told(workers, 5000));
    assert_ptr_equal(workers_take(workers), &beside.job);
    workers_free(workers);
}

static void ends_with_work_waiting(void **state)
{
    (void)state;
    struct workers *workers = NULL;
    assert_ok(workers_new(0, &workers));
    assert_true(workers_num(workers) >= 1);
    for (size_t i = 0; i < NUM; i++)
        workers_give(workers, &tasks[i].job);
    workers_free(workers);
    workers_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(does_all_that_is_given),
        cmocka_unit_test(runs_each_and_waits),
        cmocka_unit_test(ends_with_work_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
