/* Joined paths, and bytes read in parts. Replacing a file is what `make prove` looks at. */
#include "check.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

static void joins_a_path_that_has_room(void **state)
{
    (void)state;
    char folder[PATH_MAX], path[PATH_MAX];
    struct fault fault = {0};
    assert_ok(path_join("a/b", "c.cer", path, &fault));
    assert_string_equal(path, "a/b/c.cer");
    memset(folder, 'x', sizeof folder);
    folder[PATH_MAX - 3] = '\0';
    assert_ok(path_join(folder, "c", path, &fault));
    assert_int_equal(strlen(path), PATH_MAX - 1);
    assert_int_equal(path_join(folder, "cc", path, &fault), ERR_LIMIT);
    assert_string_equal(fault.rule, "path");
    assert_int_equal(path_join(folder, "cc", path, NULL), ERR_LIMIT);
}

struct sum {
    size_t len, num_parts, stop_at;
};

static enum err add(void *context, struct bytes part, struct fault *fault)
{
    struct sum *sum = context;
    sum->len += part.len;
    if (++sum->num_parts == sum->stop_at)
        return fault_set(fault, ERR_STATE, "stop", "asked to");
    return ERR_NONE;
}

static void reads_every_part_until_told(void **state)
{
    (void)state;
    static const uint8_t content[100000];
    int fd CLEANUP_FD = -1;
    struct fault fault = {0};
    struct sum all = {0}, some = {.stop_at = 2}, none = {0};
    assert_ok(memfd_sealed("parts", bytes_of(content, sizeof content), &fd));
    lseek(fd, 0, SEEK_SET);
    assert_ok(fd_read_parts(fd, add, &all, &fault));
    assert_int_equal(all.len, sizeof content);
    assert_true(all.num_parts > 2);
    assert_ok(fd_read_parts(fd, add, &none, &fault)); /* at the end */
    assert_int_equal(none.num_parts, 0);
    lseek(fd, 0, SEEK_SET);
    assert_int_equal(fd_read_parts(fd, add, &some, &fault), ERR_STATE);
    assert_int_equal(some.num_parts, 2);
    assert_int_equal(fd_read_parts(-1, add, &none, &fault), ERR_IO);
    assert_string_equal(fault.rule, "read");
}

static void reads_no_more_than_the_cap(void **state)
{
    (void)state;
    struct buffer out CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&out, 1000);
    assert_int_equal(file_read("/dev/zero", &out, &fault), ERR_LIMIT);
    assert_string_equal(fault.rule, "size");
    assert_string_equal(fault.input, "/dev/zero");
    buffer_done(&out);
    assert_ok(file_read("/dev/null", &out, &fault));
    assert_int_equal(out.len, 0);
    assert_int_equal(file_read("/nowhere/at/all", &out, &fault), ERR_NOT_FOUND);
}

/* A folder opens and does not read; a file that may not grow does not write. */
static void a_copy_names_the_file_that_failed(void **state)
{
    (void)state;
    char folder[] = "/tmp/jpki-copy-XXXXXX", from[PATH_MAX], to[PATH_MAX];
    struct fault fault = {0};
    struct rlimit before, none;
    assert_non_null(mkdtemp(folder));
    assert_ok(path_join(folder, "from", from, NULL));
    assert_ok(path_join(folder, "to", to, NULL));
    assert_ok(file_create(from, bytes_of("content", 7), 0600, NULL));
    assert_int_equal(file_copy(folder, to, 0600, &fault), ERR_IO);
    assert_string_equal(fault.input, folder);
    assert_string_equal(fault.rule, "read");
    assert_int_equal(access(to, F_OK), -1);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    none = (struct rlimit){0, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    enum err err = file_copy(from, to, 0600, &fault);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(err, ERR_IO);
    assert_string_equal(fault.input, to);
    assert_string_equal(fault.rule, "write");
    assert_int_equal(access(to, F_OK), -1);
    assert_ok(file_copy(from, to, 0600, &fault));
    assert_int_equal(file_copy(from, to, 0600, &fault), ERR_EXISTS);
    assert_int_equal(unlink(from) | unlink(to) | rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_a_path_that_has_room),
        cmocka_unit_test(reads_every_part_until_told),
        cmocka_unit_test(reads_no_more_than_the_cap),
        cmocka_unit_test(a_copy_names_the_file_that_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
