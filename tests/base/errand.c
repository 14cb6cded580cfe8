/* Work on a thread of its own. */
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "base/errand.h"

static _Atomic bool may_end;
static pthread_t worker;

static enum err wait_for_leave(void *context, struct fault *fault)
{
    worker = pthread_self();
    while (!atomic_load(&may_end))
        continue;
    return fault_set(fault, *(enum err *)context, "errand", "said so");
}

static void is_done_beside_the_caller(void **state)
{
    (void)state;
    struct errand errand;
    struct fault fault = {0};
    enum err wanted = ERR_NONE;
    atomic_store(&may_end, false);
    assert_ok(errand_begin(&errand, wait_for_leave, &wanted));
    assert_false(errand_is_done(&errand));
    atomic_store(&may_end, true);
    assert_ok(errand_end(&errand, &fault));
    assert_false(pthread_equal(worker, pthread_self()));
    assert_string_equal(fault.text, "");
    assert_ok(errand_end(&errand, &fault)); /* nothing is under way any more */
}

static void tells_what_failed(void **state)
{
    (void)state;
    struct errand errand;
    struct fault fault = {0};
    enum err wanted = ERR_DENIED;
    atomic_store(&may_end, true);
    assert_ok(errand_begin(&errand, wait_for_leave, &wanted));
    assert_err(errand_end(&errand, &fault), ERR_DENIED);
    assert_string_equal(fault.text, "said so");
    assert_true(errand_is_done(&errand));
}

static enum err note_signals(void *context, struct fault *fault)
{
    (void)fault;
    return pthread_sigmask(SIG_BLOCK, NULL, context) == 0 ? ERR_NONE : ERR_IO;
}

/* A signal to end wakes the caller, whatever runs beside it. */
static void leaves_signals_to_the_caller(void **state)
{
    (void)state;
    struct errand errand;
    sigset_t own, there;
    assert_ok(errand_begin(&errand, note_signals, &there));
    assert_ok(errand_end(&errand, NULL));
    pthread_sigmask(SIG_BLOCK, NULL, &own);
    assert_true(sigismember(&there, SIGTERM));
    assert_false(sigismember(&own, SIGTERM));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_done_beside_the_caller),
        cmocka_unit_test(tells_what_failed),
        cmocka_unit_test(leaves_signals_to_the_caller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
