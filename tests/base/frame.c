#include "check.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"

static int pair[2];

static int open_pair(void **state)
{
    (void)state;
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
}

static int close_pair(void **state)
{
    (void)state;
    fd_close(&pair[0]);
    fd_close(&pair[1]);
    return 0;
}

static void carries_a_body_and_a_descriptor(void **state)
{
    (void)state;
    struct buffer got CLEANUP_BUFFER;
    buffer_init(&got, LIMIT_FRAME);
    int pipe_ends[2], passed;
    assert_int_equal(pipe(pipe_ends), 0);
    assert_ok(frame_send_fd(pair[0], bytes_of_text("hello"), pipe_ends[0]));
    assert_ok(frame_receive_fd(pair[1], &got, 1000, &passed));
    assert_true(bytes_equal_text(buffer_bytes(&got), "hello"));
    assert_true(passed >= 0 && passed != pipe_ends[0]);
    close(passed);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

static void knows_how_long_a_frame_is(void **state)
{
    (void)state;
    static const uint8_t head[] = {0, 0, 1, 0, 'x'};
    assert_int_equal(frame_size(bytes_of(head, 0), 256), 0);
    assert_int_equal(frame_size(bytes_of(head, 3), 256), 0);
    assert_int_equal(frame_size(bytes_of(head, 4), 256), FRAME_HEAD + 256);
    assert_int_equal(frame_size(bytes_of(head, 5), 256), FRAME_HEAD + 256);
    assert_true(frame_size(bytes_of(head, 4), 255) == SIZE_MAX);
}

static void refuses_a_length_above_the_limit(void **state)
{
    (void)state;
    static const uint8_t head[] = {0x7F, 0xFF, 0xFF, 0xFF, 'x'};
    struct buffer got CLEANUP_BUFFER;
    buffer_init(&got, LIMIT_FRAME);
    assert_ok(fd_write_all(pair[0], bytes_of(head, sizeof head)));
    assert_err(frame_receive(pair[1], &got, 1000), ERR_PEER);
}

static void tells_an_end_from_a_cut(void **state)
{
    (void)state;
    static const uint8_t cut[] = {0, 0, 0, 5, 'a', 'b'};
    struct buffer got CLEANUP_BUFFER;
    buffer_init(&got, LIMIT_FRAME);
    assert_err(frame_receive(pair[1], &got, 10), ERR_TIMEOUT);
    assert_ok(fd_write_all(pair[0], bytes_of(cut, sizeof cut)));
    fd_close(&pair[0]);
    assert_err(frame_receive(pair[1], &got, 1000), ERR_PEER);
    assert_err(frame_receive(pair[1], &got, 1000), ERR_CLOSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(carries_a_body_and_a_descriptor, open_pair, close_pair),
        cmocka_unit_test(knows_how_long_a_frame_is),
        cmocka_unit_test_setup_teardown(refuses_a_length_above_the_limit, open_pair, close_pair),
        cmocka_unit_test_setup_teardown(tells_an_end_from_a_cut, open_pair, close_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
