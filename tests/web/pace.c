/* The pace of the public: so many at once, then one after the other; each network for itself. */
#include "web/pace.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "check.h"

static struct http_peer peer_of(const char *text)
{
    struct http_peer peer;
    struct in6_addr address;
    assert_int_equal(inet_pton(AF_INET6, text, &address), 1);
    memcpy(peer.address, &address, sizeof peer.address);
    return peer;
}

static void take(struct pace *pace, const char *peer, size_t num, int64_t now)
{
    for (size_t i = 0; i < num; i++) {
        assert_int_equal(pace_wait(pace, peer_of(peer), PACE_WRONG_CODE, now), 0);
        pace_take(pace, peer_of(peer), PACE_WRONG_CODE, now);
    }
}

static int64_t wait_of(struct pace *pace, const char *peer, int64_t now)
{
    return pace_wait(pace, peer_of(peer), PACE_WRONG_CODE, now);
}

static void lets_so_many_at_once_and_then_one_after_the_other(void **state)
{
    struct pace *pace = *state;
    take(pace, "::ffff:192.0.2.1", LIMIT_CODES_AT_ONCE, 1000);
    assert_int_equal(wait_of(pace, "::ffff:192.0.2.1", 1000), LIMIT_CODE_INTERVAL);
    assert_int_equal(wait_of(pace, "::ffff:192.0.2.1", LIMIT_CODE_INTERVAL), 1000);
    take(pace, "::ffff:192.0.2.1", 1, 1000 + LIMIT_CODE_INTERVAL);
    assert_int_equal(wait_of(pace, "::ffff:192.0.2.1", 1000 + LIMIT_CODE_INTERVAL),
                     LIMIT_CODE_INTERVAL);
    int64_t later = 1000 + LIMIT_CODE_INTERVAL * (LIMIT_CODES_AT_ONCE + 1);
    take(pace, "::ffff:192.0.2.1", LIMIT_CODES_AT_ONCE, later);
    assert_int_not_equal(wait_of(pace, "::ffff:192.0.2.1", later), 0);
    assert_int_equal(pace_wait(pace, peer_of("::ffff:192.0.2.1"), PACE_BOOKING, later), 0);
}

static void knows_networks(void **state)
{
    struct pace *pace = *state;
    take(pace, "2001:db8:1:2::1", LIMIT_CODES_AT_ONCE, 1000);
    assert_int_not_equal(wait_of(pace, "2001:db8:1:2:ffff:ffff:ffff:ffff", 1000), 0);
    assert_int_equal(wait_of(pace, "2001:db8:1:3::1", 1000), 0);
    take(pace, "::ffff:192.0.2.1", LIMIT_CODES_AT_ONCE, 1000);
    assert_int_not_equal(wait_of(pace, "::ffff:192.0.2.1", 1000), 0);
    assert_int_equal(wait_of(pace, "::ffff:192.0.2.2", 1000), 0);
}

/* A newcomer takes the place of who has waited longest, never of one that must wait still. */
static void has_room_for_so_many(void **state)
{
    struct pace *pace = *state;
    char text[32];
    take(pace, "2001:db8::1", LIMIT_CODES_AT_ONCE, 1000);
    for (unsigned i = 0; i < 3 * LIMIT_PACE_PEERS; i++) {
        snprintf(text, sizeof text, "2001:db8:0:%x::1", i + 1);
        take(pace, text, 1, 1000 + i);
    }
    assert_int_not_equal(wait_of(pace, "2001:db8::1", 1000), 0);
    assert_int_equal(wait_of(pace, "2001:db8:0:1::1", 1000), 0);
}

static int begin(void **state)
{
    struct pace *pace;
    assert_ok(pace_new(&pace));
    *state = pace;
    return 0;
}

static int end(void **state)
{
    pace_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lets_so_many_at_once_and_then_one_after_the_other, begin,
                                        end),
        cmocka_unit_test_setup_teardown(knows_networks, begin, end),
        cmocka_unit_test_setup_teardown(has_room_for_so_many, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
