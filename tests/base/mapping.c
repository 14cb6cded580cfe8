#include "check.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mapping.h"

static int memory_file(const char *content)
{
    int fd = memfd_create("content", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_ok(fd_write_all(fd, bytes_of_text(content)));
    return fd;
}

static void maps_up_to_the_cap(void **state)
{
    (void)state;
    int fd CLEANUP_FD = memory_file("1234");
    struct mapping mapping CLEANUP_MAPPING = {0};
    assert_ok(mapping_open(fd, 4, &mapping, NULL));
    assert_true(bytes_equal(mapping_bytes(&mapping), bytes_of_text("1234")));
}

static void refuses_more_and_nothing(void **state)
{
    (void)state;
    int fd CLEANUP_FD = memory_file("1234"), empty CLEANUP_FD = memory_file("");
    struct mapping mapping CLEANUP_MAPPING = {0};
    struct fault fault = {0};
    assert_err(mapping_open(fd, 3, &mapping, &fault), ERR_LIMIT);
    assert_err(mapping_open(empty, 3, &mapping, &fault), ERR_LIMIT);
    assert_err(mapping_open(-1, 3, &mapping, &fault), ERR_IO);
    assert_null(mapping.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_up_to_the_cap),
        cmocka_unit_test(refuses_more_and_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
