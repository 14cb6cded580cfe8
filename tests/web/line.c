/* How many threads may be on the way to commit: the others are told so at once. */
#include "check.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "web/line.h"

#define NUM_PLACES 2

static struct line line;

static bool ask(enum counter_outcome *outcome)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    line_ask(&line, NULL, "status", json_object(), &answer);
    *outcome = answer.outcome;
    return strcmp(counter_text(&answer, "code"), LINE_BUSY) != 0;
}

static void *ask_in_thread(void *context)
{
    enum counter_outcome outcome;
    (void)context;
    assert_true(ask(&outcome));
    assert_int_equal(outcome, COUNTER_FAILED);
    return NULL;
}

static void wait_until_full(void)
{
    int num = NUM_PLACES;
    for (int64_t start = clock_monotonic(); num > 0 && clock_monotonic() - start < 5000;) {
        usleep(1000);
        sem_getvalue(&line.places, &num);
    }
    assert_int_equal(num, 0);
}

/* The other side hears and says nothing; then it is gone. */
static void refuses_one_more(void **state)
{
    (void)state;
    pthread_t threads[NUM_PLACES];
    enum counter_outcome outcome;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    line_init(&line, pair[0], NUM_PLACES);
    for (size_t i = 0; i < NUM_PLACES; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_in_thread, NULL), 0);
    wait_until_full();
    int64_t start = clock_monotonic();
    assert_false(ask(&outcome));
    assert_true(clock_monotonic() - start < 1000);
    fd_close(&pair[1]);
    for (size_t i = 0; i < NUM_PLACES; i++)
        pthread_join(threads[i], NULL);
    assert_true(ask(&outcome)); /* there is a place again */
    assert_int_equal(outcome, COUNTER_FAILED);
    fd_close(&pair[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(refuses_one_more)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
