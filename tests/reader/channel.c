/* The in-memory channel, and the card's side of the driver's frames. */
#include "check.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "reader/emulate.h"
#include "reader/memory.h"

/* A card that answers an APDU with itself and 9000, and notes what happened to its power. */
struct echo {
    enum card_power powers[8];
    size_t num_powers;
    bool is_mute;
};

static void echo_power(void *context, enum card_power power)
{
    struct echo *echo = context;
    assert_true(echo->num_powers < 8);
    echo->powers[echo->num_powers++] = power;
}

static struct bytes echo_atr(void *context)
{
    (void)context;
    return bytes_of("\x3B\x00", 2);
}

static void echo_transmit(void *context, struct bytes apdu, struct buffer *response)
{
    const struct echo *echo = context;
    if (echo->is_mute)
        return;
    buffer_put_bytes(response, apdu);
    buffer_put_u16(response, 0x9000);
}

static struct emulated_card card_of(struct echo *echo)
{
    return (struct emulated_card){echo_power, echo_atr, echo_transmit, echo};
}

static void reaches_a_card_in_memory(void **state)
{
    (void)state;
    struct echo echo = {0};
    const struct emulated_card card = card_of(&echo);
    struct card_channel channel = {0};
    struct buffer response CLEANUP_BUFFER;
    buffer_init(&response, LIMIT_APDU);
    assert_ok(memory_open(&card, &channel));
    assert_ok(card_channel_begin(&channel));
    assert_ok(card_channel_transmit(&channel, bytes_of_text("abc"), &response));
    assert_ok(card_channel_transmit(&channel, bytes_of_text("ab"), &response)); /* replaced */
    assert_int_equal(response.len, 4);
    card_channel_end(&channel);
    card_channel_close(&channel);
    assert_int_equal(echo.num_powers, 2);
    assert_int_equal(echo.powers[0], CARD_POWER_ON);
    assert_int_equal(echo.powers[1], CARD_POWER_OFF);
}

static void refuses_a_closed_channel_and_a_mute_card(void **state)
{
    (void)state;
    struct echo echo = {.is_mute = true};
    const struct emulated_card card = card_of(&echo);
    struct card_channel channel = {0};
    struct buffer response CLEANUP_BUFFER;
    buffer_init(&response, LIMIT_APDU);
    assert_err(card_channel_transmit(&channel, bytes_of_text("abc"), &response), ERR_STATE);
    assert_err(card_channel_begin(&channel), ERR_STATE);
    card_channel_close(&channel);
    assert_ok(memory_open(&card, &channel));
    assert_err(card_channel_transmit(&channel, bytes_of_text("abc"), &response), ERR_READER);
    card_channel_close(&channel);
}

struct served {
    int fd;
    struct emulated_card card;
    enum err err;
};

static void *serve(void *context)
{
    struct served *served = context;
    served->err = emulate_serve(served->fd, &served->card);
    shutdown(served->fd, SHUT_RDWR);
    return NULL;
}

/* Sends orders as a driver would, and returns how the serving ended after the driver hung up. */
static enum err drive(struct echo *echo, const char *const *orders, const size_t *lens, size_t num,
                      struct buffer *last)
{
    int pair[2];
    pthread_t thread;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    struct served served = {pair[1], card_of(echo), ERR_NONE};
    assert_int_equal(pthread_create(&thread, NULL, serve, &served), 0);
    for (size_t i = 0; i < num; i++) {
        buffer_done(last);
        if (frame_send(pair[0], bytes_of(orders[i], lens[i])) != ERR_NONE ||
            frame_receive(pair[0], last, 2000) != ERR_NONE)
            break;
    }
    fd_close(&pair[0]);
    pthread_join(thread, NULL);
    fd_close(&pair[1]);
    return served.err;
}

static void obeys_a_driver(void **state)
{
    (void)state;
    static const char *const orders[] = {"\x01", "\003abc", "\x02", "\x00"};
    static const size_t lens[] = {1, 4, 1, 1};
    struct echo echo = {0};
    struct buffer last CLEANUP_BUFFER;
    buffer_init(&last, LIMIT_FRAME);
    assert_ok(drive(&echo, orders, lens, 2, &last));
    assert_true(bytes_equal(buffer_bytes(&last), bytes_of("abc\x90\x00", 5)));
    echo.num_powers = 0;
    assert_ok(drive(&echo, orders, lens, 3, &last));
    assert_true(bytes_equal(buffer_bytes(&last), bytes_of("\x3B\x00", 2)));
    echo.num_powers = 0;
    assert_ok(drive(&echo, orders, lens, 4, &last));
    assert_int_equal(last.len, 0);
    assert_int_equal(echo.powers[echo.num_powers - 1], CARD_POWER_OFF);
}

static void hangs_up_on_nonsense(void **state)
{
    (void)state;
    static const char *const orders[] = {"\x04", "", "\x01x", "\xFF"};
    static const size_t lens[] = {1, 0, 2, 1};
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct echo echo = {0};
        struct buffer last CLEANUP_BUFFER;
        buffer_init(&last, LIMIT_FRAME);
        assert_err(drive(&echo, orders + i, lens + i, 1, &last), ERR_PEER);
        assert_int_equal(echo.powers[echo.num_powers - 1], CARD_POWER_OFF);
    }
}

static void finds_no_driver_where_there_is_none(void **state)
{
    (void)state;
    int fd = -1;
    assert_err(emulate_insert("/tmp/no-such-socket.jpki", &fd, NULL), ERR_NOT_FOUND);
    assert_int_equal(fd, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reaches_a_card_in_memory),
        cmocka_unit_test(refuses_a_closed_channel_and_a_mute_card),
        cmocka_unit_test(obeys_a_driver),
        cmocka_unit_test(hangs_up_on_nonsense),
        cmocka_unit_test(finds_no_driver_where_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
