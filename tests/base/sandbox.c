/* Every attack runs in a process of its own, after it gave up what the plan says. */
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/sandbox.h"

static char folder[] = "/tmp/sandbox-test-XXXXXX";
static char allowed[64], readable[64], forbidden[64];
static struct sandbox_report seen;

static int begin(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(allowed, sizeof allowed, "%s/allowed", folder);
    snprintf(readable, sizeof readable, "%s/readable", folder);
    snprintf(forbidden, sizeof forbidden, "%s/forbidden", folder);
    assert_ok(file_create(allowed, bytes_of_text("a"), 0600, NULL));
    assert_ok(file_create(readable, bytes_of_text("r"), 0600, NULL));
    assert_ok(file_create(forbidden, bytes_of_text("f"), 0600, NULL));
    return 0;
}

static int end(void **state)
{
    (void)state;
    unlink(allowed);
    unlink(readable);
    unlink(forbidden);
    return rmdir(folder);
}

/* Applies the plan in a child and runs the attack there; what it returns, or -1 when it died. */
static int run_within(enum sandbox_calls calls, int (*attack)(void))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        const struct sandbox_path paths[] = {{allowed, true}, {readable, false}};
        const struct sandbox_plan plan = {.calls = calls, .paths = paths, .num_paths = 2};
        if (sandbox_apply(&plan, &seen, NULL) != ERR_NONE)
            _exit(99);
        _exit(attack());
    }
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* 0 when it was refused, 1 when it went through. */
static int went_through(int result)
{
    if (result < 0)
        return errno == EACCES || errno == EPERM ? 0 : 2;
    return 1;
}

static int open_allowed(void)
{
    return went_through(open(allowed, O_RDWR));
}

static int open_readable_to_write(void)
{
    return went_through(open(readable, O_WRONLY));
}

static int open_readable(void)
{
    return went_through(open(readable, O_RDONLY));
}

static int open_forbidden(void)
{
    return went_through(open(forbidden, O_RDONLY));
}

static int open_passwd(void)
{
    return went_through(open("/etc/passwd", O_RDONLY));
}

static int ask_for_nothing(void)
{
    return went_through(access("/nonexistent", R_OK));
}

static struct {
    int wake[2], done[2];
} older;

static void *wait_and_open(void *context)
{
    char byte;
    int result = read(older.wake[0], &byte, 1) == 1 ? open_passwd() : 2;
    return write(older.done[1], &result, sizeof result) > 0 ? context : NULL;
}

static int bind_port(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (fd < 0)
        return went_through(fd);
    return went_through(bind(fd, (const struct sockaddr *)&any, sizeof any));
}

static int run_program(void)
{
    char *const arguments[] = {NULL};
    return went_through(execve("/bin/true", arguments, arguments));
}

static int make_process(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return went_through(child);
}

static int make_memory_run(void)
{
    void *at =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return went_through(at == MAP_FAILED ? -1 : 0);
}

static int make_socket(void)
{
    return went_through(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int trace_itself(void)
{
    return went_through((int)ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

/* As a database and a published list do. */
static int write_a_database(void)
{
    int fd = open(allowed, O_RDWR);
    if (fd < 0 || pwrite(fd, "b", 1, 0) != 1 || ftruncate(fd, 1) != 0 || fdatasync(fd) != 0)
        return 0;
    return memfd_create("list", MFD_ALLOW_SEALING) >= 0 && lseek(fd, 0, SEEK_END) == 1;
}

static int trace_parent(void)
{
    return went_through(kill(getppid(), 0));
}

static void *nothing(void *context)
{
    return context;
}

static int make_thread(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, nothing, NULL) != 0)
        return 0;
    pthread_join(thread, NULL);
    return 1;
}

static int has_basics(void)
{
    struct rlimit core;
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0;
}

static int reports_landlock(void)
{
    return seen.landlock > 0;
}

static int reports_filter(void)
{
    return seen.has_filter;
}

static void keeps_what_the_plan_names(void **state)
{
    (void)state;
    assert_int_equal(run_within(SANDBOX_CALLS_ALL, has_basics), 1);
    assert_int_equal(run_within(SANDBOX_CALLS_ALL, open_allowed), 1);
    assert_int_equal(run_within(SANDBOX_CALLS_ALL, open_readable), 1);
    assert_int_equal(run_within(SANDBOX_CALLS_SERVE, open_readable), 1);
    assert_int_equal(run_within(SANDBOX_CALLS_READ, open_readable), 1);
    assert_int_equal(run_within(SANDBOX_CALLS_READ, make_thread), 1);
    assert_int_equal(run_within(SANDBOX_CALLS_SERVE, make_thread), 1);
    assert_int_equal(run_within(SANDBOX_CALLS_COMPUTE, make_thread), 1);
    assert_int_equal(run_within(SANDBOX_CALLS_STORE, write_a_database), 1);
}

static void refuses_other_files_and_ports(void **state)
{
    (void)state;
    if (run_within(SANDBOX_CALLS_ALL, reports_landlock) != 1)
        skip();
    assert_int_equal(run_within(SANDBOX_CALLS_ALL, open_readable_to_write), 0);
    assert_int_equal(run_within(SANDBOX_CALLS_ALL, open_forbidden), 0);
    assert_int_equal(run_within(SANDBOX_CALLS_ALL, open_passwd), 0);
    assert_int_equal(run_within(SANDBOX_CALLS_ALL, bind_port), 0);
}

static void refuses_system_calls_of_a_computing_role(void **state)
{
    (void)state;
    if (run_within(SANDBOX_CALLS_COMPUTE, reports_filter) != 1)
        skip();
    static int (*const attacks[])(void) = {open_allowed,    open_readable, open_forbidden,
                                           bind_port,       run_program,   make_process,
                                           make_memory_run, trace_parent};
    for (size_t i = 0; i < COUNT_OF(attacks); i++)
        assert_int_equal(run_within(SANDBOX_CALLS_COMPUTE, attacks[i]), 0);
}

static void answers_a_drawing_role_without_a_look(void **state)
{
    (void)state;
    if (run_within(SANDBOX_CALLS_DRAW, reports_filter) != 1)
        skip();
    static int (*const attacks[])(void) = {
        open_allowed, open_readable, open_forbidden, open_passwd,     bind_port,
        make_socket,  run_program,   make_process,   make_memory_run, trace_parent};
    for (size_t i = 0; i < COUNT_OF(attacks); i++)
        assert_int_equal(run_within(SANDBOX_CALLS_DRAW, attacks[i]), 0);
    assert_int_equal(run_within(SANDBOX_CALLS_DRAW, ask_for_nothing), 1);
    assert_int_equal(run_within(SANDBOX_CALLS_COMPUTE, ask_for_nothing), 0);
}

/* A thread that was there before the filter is under it, too. */
static int open_in_an_older_thread(void)
{
    int result;
    if (write(older.wake[1], "x", 1) != 1 || read(older.done[0], &result, sizeof result) < 1)
        return 2;
    return result;
}

static void holds_in_threads_that_are_there(void **state)
{
    (void)state;
    pid_t child = fork();
    int status;
    if (child == 0) {
        pthread_t thread;
        if (pipe(older.wake) != 0 || pipe(older.done) != 0 ||
            pthread_create(&thread, NULL, wait_and_open, NULL) != 0)
            _exit(98);
        const struct sandbox_plan plan = {.calls = SANDBOX_CALLS_COMPUTE};
        if (sandbox_apply(&plan, &seen, NULL) != ERR_NONE)
            _exit(99);
        _exit(seen.has_filter ? open_in_an_older_thread() : 77);
    }
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void refuses_system_calls_of_a_reading_role(void **state)
{
    (void)state;
    if (run_within(SANDBOX_CALLS_READ, reports_filter) != 1)
        skip();
    static int (*const attacks[])(void) = {open_allowed,    open_readable_to_write,
                                           open_forbidden,  open_passwd,
                                           bind_port,       make_socket,
                                           run_program,     make_process,
                                           make_memory_run, trace_itself,
                                           trace_parent};
    for (size_t i = 0; i < COUNT_OF(attacks); i++)
        assert_int_equal(run_within(SANDBOX_CALLS_READ, attacks[i]), 0);
}

static void refuses_system_calls_of_a_serving_role(void **state)
{
    (void)state;
    if (run_within(SANDBOX_CALLS_SERVE, reports_filter) != 1)
        skip();
    static int (*const attacks[])(void) = {open_allowed,    open_forbidden, open_passwd,
                                           bind_port,       run_program,    make_process,
                                           make_memory_run, trace_parent};
    for (size_t i = 0; i < COUNT_OF(attacks); i++)
        assert_int_equal(run_within(SANDBOX_CALLS_SERVE, attacks[i]), 0);
}

static void refuses_system_calls_of_the_writer(void **state)
{
    (void)state;
    if (run_within(SANDBOX_CALLS_STORE, reports_filter) != 1)
        skip();
    static int (*const attacks[])(void) = {
        open_forbidden, open_passwd,  open_readable_to_write, bind_port,    make_socket,
        run_program,    make_process, make_memory_run,        trace_itself, trace_parent};
    for (size_t i = 0; i < COUNT_OF(attacks); i++)
        assert_int_equal(run_within(SANDBOX_CALLS_STORE, attacks[i]), 0);
}

static void refuses_a_path_that_is_not_there(void **state)
{
    (void)state;
    if (run_within(SANDBOX_CALLS_ALL, reports_landlock) != 1)
        skip();
    pid_t child = fork();
    if (child == 0) {
        const struct sandbox_path path = {"/nonexistent", false};
        const struct sandbox_plan plan = {.paths = &path, .num_paths = 1};
        struct sandbox_report report;
        _exit(sandbox_apply(&plan, &report, NULL) == ERR_NOT_FOUND ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
}

/* A parent, its child that asked to die with it, and the end of a pipe that the child holds open.
 */
static void dies_with_its_parent(void **state)
{
    (void)state;
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    pid_t parent = fork();
    if (parent == 0) {
        pid_t self = getpid();
        if (fork() == 0) {
            sandbox_die_with_parent(self);
            close(pipes[0]);
            if (write(pipes[1], "x", 1) == 1)
                for (;;)
                    pause();
        }
        for (;;)
            pause();
    }
    close(pipes[1]);
    char byte;
    assert_int_equal(read(pipes[0], &byte, 1), 1);
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
    int64_t start = clock_monotonic();
    assert_int_equal(read(pipes[0], &byte, 1), 0); /* nobody holds it any more */
    assert_true(clock_monotonic() - start < 5000);
    close(pipes[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_the_plan_names),
        cmocka_unit_test(refuses_other_files_and_ports),
        cmocka_unit_test(refuses_system_calls_of_a_computing_role),
        cmocka_unit_test(answers_a_drawing_role_without_a_look),
        cmocka_unit_test(holds_in_threads_that_are_there),
        cmocka_unit_test(refuses_system_calls_of_a_reading_role),
        cmocka_unit_test(refuses_system_calls_of_a_serving_role),
        cmocka_unit_test(refuses_system_calls_of_the_writer),
        cmocka_unit_test(refuses_a_path_that_is_not_there),
        cmocka_unit_test(dies_with_its_parent),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
