#include "check.h"
#include "serve.h"

static void listens_on_a_free_port(void **state)
{
    (void)state;
    int four CLEANUP_FD = -1, six CLEANUP_FD = -1;
    uint16_t port = 0;
    assert_ok(http_listen("127.0.0.1:0", &four, &port, NULL));
    assert_int_not_equal(port, 0);
    assert_int_equal(fcntl(four, F_GETFD), FD_CLOEXEC);
    assert_ok(http_listen("[::1]:0", &six, NULL, NULL));
}

static void refuses_what_is_no_address(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "127.0.0.1",
                                      "127.0.0.1:",
                                      ":80",
                                      "localhost:0",
                                      "127.0.0.1:65536",
                                      "127.0.0.1:x",
                                      "::1:80",
                                      "127.0.0.1:-1",
                                      "127.0.0.1: 80",
                                      "[::1:80",
                                      "1.2.3:80"};
    int fd = -1;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct fault fault = {0};
        assert_err(http_listen(bad[i], &fd, NULL, &fault), ERR_USAGE);
        assert_string_equal(fault.rule, "address");
    }
    assert_int_equal(fd, -1);
}

static void refuses_a_port_in_use(void **state)
{
    (void)state;
    int first CLEANUP_FD = -1, second CLEANUP_FD = -1;
    uint16_t port;
    char address[32];
    assert_ok(http_listen("127.0.0.1:0", &first, &port, NULL));
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    assert_err(http_listen(address, &second, NULL, NULL), ERR_EXISTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listens_on_a_free_port),
        cmocka_unit_test(refuses_what_is_no_address),
        cmocka_unit_test(refuses_a_port_in_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
