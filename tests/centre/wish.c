/* What `commit` reads from a `status` that was taken over. That it answers, and at its pace, is in
 * tests/main/front.py. */
#include "check.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/frame.h"
#include "base/limits.h"
#include "centre/wish.h"

static int theirs, ours;
static struct wish_desk desk;

static int begin(void **state)
{
    (void)state;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    theirs = pair[0];
    ours = pair[1];
    desk = (struct wish_desk){0};
    wish_desk_connect(&desk, ours);
    return 0;
}

static int end(void **state)
{
    (void)state;
    close(theirs);
    close(ours);
    return 0;
}

static enum err send_and_read(const void *data, size_t len, bool *is_whole,
                              struct status_wish *wish)
{
    assert_int_equal(write(theirs, data, len), (ssize_t)len);
    return wish_desk_read(&desk, ours, is_whole, wish);
}

static void reads_wishes_as_they_come(void **state)
{
    (void)state;
    static const uint8_t two[] = "\0\0\0\6\0\0\0\2ab\0\0\0\5\0\0\0\1c";
    struct status_wish wish;
    bool is_whole;
    for (size_t i = 0; i < 9; i++) {
        assert_ok(send_and_read(two + i, 1, &is_whole, &wish));
        assert_false(is_whole);
    }
    assert_ok(send_and_read(two + 9, sizeof two - 1 - 9, &is_whole, &wish));
    assert_true(is_whole);
    assert_int_equal(wish.spki_len, 2);
    assert_memory_equal(wish.spki, "ab", 2);
    assert_ok(wish_desk_read(&desk, ours, &is_whole, &wish));
    assert_true(is_whole);
    assert_int_equal(wish.spki_len, 1);
}

static void waits_for_nothing(void **state)
{
    (void)state;
    struct status_wish wish;
    bool is_whole;
    int64_t start = clock_monotonic();
    assert_ok(wish_desk_read(&desk, ours, &is_whole, &wish));
    assert_ok(send_and_read("\0\0\0\6\0", 5, &is_whole, &wish));
    assert_false(is_whole);
    assert_true(clock_monotonic() - start < 500);
}

static void refuses_what_is_no_wish(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } bad[] = {
        {"\0\0\0\0", 4},             /* empty */
        {"\0\1\0\0", 4},             /* longer than any key */
        {"\xff\xff\xff\xff", 4},     /* not even a frame */
        {"\0\0\0\3abc", 7},          /* no sized text */
        {"\0\0\0\4\0\0\0\0", 8},     /* no key */
        {"\0\0\0\7\0\0\0\2abc", 11}, /* more behind it */
        {"\0\0\0\6\0\0\0\3ab", 10},  /* less than it says */
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct status_wish wish;
        bool is_whole;
        assert_err(send_and_read(bad[i].bytes, bad[i].len, &is_whole, &wish), ERR_PEER);
        assert_false(is_whole);
        end(state);
        begin(state);
    }
}

static void tells_an_end_from_half_a_wish(void **state)
{
    struct status_wish wish;
    bool is_whole;
    shutdown(theirs, SHUT_WR);
    assert_err(wish_desk_read(&desk, ours, &is_whole, &wish), ERR_CLOSED);
    end(state);
    begin(state);
    assert_ok(send_and_read("\0\0", 2, &is_whole, &wish));
    shutdown(theirs, SHUT_WR);
    assert_err(wish_desk_read(&desk, ours, &is_whole, &wish), ERR_PEER);
}

/* Nobody reads: the sender is not held up. */
static void an_answer_that_nobody_reads_ends_it(void **state)
{
    (void)state;
    static const uint8_t certificate[LIMIT_CERTIFICATE];
    enum err err = ERR_NONE;
    for (int i = 0; i < 1000 && err == ERR_NONE; i++)
        err = status_client_send_responder(ours, KIND_SIGNATURE,
                                           bytes_of(certificate, sizeof certificate));
    assert_err(err, ERR_IO);
}

static void refuses_a_key_that_no_responder_has(void **state)
{
    (void)state;
    struct centre centre = {0}; /* not reached: nothing is stored */
    struct fault fault = {0};
    assert_ok(frame_send(theirs, bytes_of("\0\0\0\4key!", 8)));
    assert_err(wish_desk_answer(&desk, &centre, ours, &fault), ERR_PEER);
    assert_string_equal(fault.rule, "wish");
    assert_false(centre.is_broken);
    assert_true(wish_desk_rest(&desk) <= clock_monotonic());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_wishes_as_they_come, begin, end),
        cmocka_unit_test_setup_teardown(waits_for_nothing, begin, end),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_wish, begin, end),
        cmocka_unit_test_setup_teardown(tells_an_end_from_half_a_wish, begin, end),
        cmocka_unit_test_setup_teardown(an_answer_that_nobody_reads_ends_it, begin, end),
        cmocka_unit_test_setup_teardown(refuses_a_key_that_no_responder_has, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
