/* Addresses: of a connection, of a header, of a network. */
#include "http/peer.h"

#include <arpa/inet.h>
#include <string.h>

#include "check.h"

static void assert_peer(struct http_peer peer, const char *wanted)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;
    memcpy(&address, peer.address, sizeof address);
    assert_string_equal(inet_ntop(AF_INET6, &address, text, sizeof text), wanted);
}

static void reads_the_last_address(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"192.0.2.1", "::ffff:192.0.2.1"},        {"2001:db8::1", "2001:db8::1"},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1"}, {"203.0.113.9, 192.0.2.1", "::ffff:192.0.2.1"},
        {"unknown,2001:db8::1", "2001:db8::1"},   {"<script>, \t192.0.2.1", "::ffff:192.0.2.1"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_peer peer;
        assert_true(http_peer_parse(rows[i][0], &peer));
        assert_peer(peer, rows[i][1]);
    }
}

static void refuses_what_is_no_address(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",           "unknown",     "192.0.2.1,", "192.0.2.1 ",    "192.0.2.1:80", "[2001:db8::1]",
        "192.0.2.1;", "192.0.2.256", "192.0.2",    "2001:db8::1%0", "0x7f.0.0.1",   ",",
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_peer peer = {{1}};
        assert_false(http_peer_parse(rows[i], &peer));
        assert_int_equal(peer.address[0], 1);
    }
}

static void knows_networks(void **state)
{
    (void)state;
    struct http_peer peer;
    assert_true(http_peer_parse("2001:db8:1:2:3:4:5:6", &peer));
    assert_peer(http_peer_network(peer), "2001:db8:1:2::");
    assert_true(http_peer_parse("192.0.2.1", &peer));
    assert_peer(http_peer_network(peer), "::ffff:192.0.2.1");
}

static void reads_sockets(void **state)
{
    (void)state;
    struct sockaddr_storage from = {.ss_family = AF_UNIX};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    assert_peer(http_peer_of(&from), "::");
    memcpy(&from, &four, sizeof four);
    assert_peer(http_peer_of(&from), "::ffff:127.0.0.1");
    memcpy(&from, &six, sizeof six);
    assert_peer(http_peer_of(&from), "::1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_last_address),
        cmocka_unit_test(refuses_what_is_no_address),
        cmocka_unit_test(knows_networks),
        cmocka_unit_test(reads_sockets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
