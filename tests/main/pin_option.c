/* Whoever asks for a PIN has closed itself to others of the same user before. */
#include "check.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "main/options.h"
#include "main/pin_option.h"

/* In a process of its own: the status of the reading, and whether it was closed. */
static int read_in_child(const char *line, bool *is_closed)
{
    int pair[2], status;
    char fd[16];
    assert_int_equal(pipe(pair), 0);
    assert_true(write(pair[1], line, strlen(line)) >= 0);
    close(pair[1]);
    snprintf(fd, sizeof fd, "%d", pair[0]);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit core = {4096, 4096};
        struct secret pin CLEANUP_SECRET;
        secret_init(&pin);
        setrlimit(RLIMIT_CORE, &core);
        prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
        int done = pin_option_read(fd, KIND_AUTHENTICATION, &pin);
        getrlimit(RLIMIT_CORE, &core);
        bool closed = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 && core.rlim_max == 0;
        _exit(done | (closed ? 0x80 : 0));
    }
    close(pair[0]);
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    *is_closed = WEXITSTATUS(status) & 0x80;
    return WEXITSTATUS(status) & 0x7f;
}

static void a_pin_is_read_behind_closed_doors(void **state)
{
    (void)state;
    bool is_closed;
    assert_int_equal(read_in_child("1234\n", &is_closed), EXIT_DONE);
    assert_true(is_closed);
}

/* It never came: the doors were closed before it was asked for. */
static void they_are_closed_before(void **state)
{
    (void)state;
    bool is_closed;
    assert_int_equal(read_in_child("", &is_closed), EXIT_UNDECIDED);
    assert_true(is_closed);
    assert_int_equal(read_in_child("12345\n", &is_closed), EXIT_REFUSED);
    assert_true(is_closed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pin_is_read_behind_closed_doors),
        cmocka_unit_test(they_are_closed_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
