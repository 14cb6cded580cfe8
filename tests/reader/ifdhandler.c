/* The driver as pcscd calls it, with good, vanishing and hostile cards behind its sockets. */
#include "check.h"

#include <dlfcn.h>
#include <ifdhandler.h>
#include <poll.h>
#include <pthread.h>
#include <reader.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "reader/emulate.h"

#define LUN 0u

static void *library;
static char folder[] = "/tmp/jpki-reader-XXXXXX";
static char device[80], path[72];

static RESPONSECODE (*create_by_name)(DWORD, LPSTR);
static RESPONSECODE (*close_channel)(DWORD);
static RESPONSECODE (*presence)(DWORD);
static RESPONSECODE (*power_icc)(DWORD, DWORD, PUCHAR, PDWORD);
static RESPONSECODE (*transmit_to_icc)(DWORD, SCARD_IO_HEADER, PUCHAR, DWORD, PUCHAR, PDWORD,
                                       PSCARD_IO_HEADER);
static RESPONSECODE (*get_capabilities)(DWORD, DWORD, PDWORD, PUCHAR);

static void find(const char *name, void *function)
{
    void *symbol = dlsym(library, name);
    assert_non_null(symbol);
    memcpy(function, &symbol, sizeof symbol);
}

static int setup(void **state)
{
    (void)state;
    char so[4096];
    const char *build = getenv("JPKI_BUILD");
    snprintf(so, sizeof so, "%s/libifdjpki.so", build ? build : "build");
    library = dlopen(so, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    find("IFDHCreateChannelByName", &create_by_name);
    find("IFDHCloseChannel", &close_channel);
    find("IFDHICCPresence", &presence);
    find("IFDHPowerICC", &power_icc);
    find("IFDHTransmitToICC", &transmit_to_icc);
    find("IFDHGetCapabilities", &get_capabilities);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/card.sock", folder);
    snprintf(device, sizeof device, "jpki:%s", path);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    dlclose(library);
    return rmdir(folder);
}

static int open_reader(void **state)
{
    (void)state;
    return create_by_name(LUN, device) == IFD_SUCCESS ? 0 : -1;
}

static int close_reader(void **state)
{
    (void)state;
    return close_channel(LUN) == IFD_SUCCESS ? 0 : -1;
}

static int insert(void)
{
    int fd = -1;
    assert_ok(emulate_insert(path, &fd, NULL));
    assert_int_equal(presence(LUN), IFD_ICC_PRESENT);
    return fd;
}

static RESPONSECODE power_up(void)
{
    UCHAR atr[MAX_ATR_SIZE];
    DWORD len = sizeof atr;
    return power_icc(LUN, IFD_POWER_UP, atr, &len);
}

static RESPONSECODE transmit(struct bytes apdu, UCHAR *response, DWORD *len)
{
    UCHAR command[LIMIT_APDU];
    assert_true(apdu.len <= sizeof command);
    memcpy(command, apdu.data, apdu.len);
    return transmit_to_icc(LUN, (SCARD_IO_HEADER){1, 0}, command, apdu.len, response, len, NULL);
}

/* A frame that the card has ready before it is asked would be nonsense; so it answers from a
 * thread, after the order has come. */
struct answer {
    int fd;
    struct bytes raw; /* with its length, as the card sends it */
    bool hangs_up;
};

static void *answer_once(void *context)
{
    struct answer *answer = context;
    struct buffer order CLEANUP_BUFFER;
    buffer_init(&order, LIMIT_FRAME);
    if (frame_receive(answer->fd, &order, 5000) == ERR_NONE &&
        fd_write_all(answer->fd, answer->raw) == ERR_NONE && answer->hangs_up)
        shutdown(answer->fd, SHUT_RDWR);
    return NULL;
}

static RESPONSECODE power_up_against(int fd, struct bytes raw, bool hangs_up)
{
    pthread_t thread;
    struct answer answer = {fd, raw, hangs_up};
    assert_int_equal(pthread_create(&thread, NULL, answer_once, &answer), 0);
    RESPONSECODE code = power_up();
    pthread_join(thread, NULL);
    return code;
}

static const uint8_t good_atr[] = {0, 0, 0, 2, 0x3B, 0x00};

static void sees_cards_come_and_go(void **state)
{
    (void)state;
    assert_int_equal(presence(LUN), IFD_ICC_NOT_PRESENT);
    int fd CLEANUP_FD = insert();
    assert_int_equal(presence(LUN), IFD_ICC_PRESENT);
    fd_close(&fd);
    assert_int_equal(presence(LUN), IFD_ICC_NOT_PRESENT);
    fd = insert();
    assert_true(fd >= 0);
}

static void carries_orders_and_answers(void **state)
{
    (void)state;
    static const uint8_t done[] = {0, 0, 0, 4, 0xAA, 0xBB, 0x90, 0x00};
    UCHAR response[300];
    DWORD len = sizeof response;
    pthread_t thread;
    int fd CLEANUP_FD = insert();
    assert_int_equal(power_up_against(fd, bytes_of(good_atr, sizeof good_atr), false), IFD_SUCCESS);
    DWORD atr_len = sizeof response;
    assert_int_equal(get_capabilities(LUN, TAG_IFD_ATR, &atr_len, response), IFD_SUCCESS);
    assert_int_equal(atr_len, 2);
    struct answer answer = {fd, bytes_of(done, sizeof done), false};
    assert_int_equal(pthread_create(&thread, NULL, answer_once, &answer), 0);
    assert_int_equal(transmit(bytes_of_text("\x10\x84\x01\x01"), response, &len), IFD_SUCCESS);
    pthread_join(thread, NULL);
    assert_int_equal(len, 4);
    assert_memory_equal(response, done + 4, 4);
}

/* Whoever answers nonsense is out, at once, and the next card finds the reader in order. */
static void removes_a_card_that_talks_nonsense(void **state)
{
    (void)state;
    static const uint8_t empty[] = {0, 0, 0, 0}, one[] = {0, 0, 0, 1, 0x3B},
                         endless[] = {0xFF, 0xFF, 0xFF, 0xFF, 0x3B},
                         long_atr[4 + 34] = {0, 0, 0, 34, 0x3B}, cut[] = {0, 0, 0, 9, 0x3B};
    const struct {
        struct bytes raw;
        bool hangs_up;
    } lies[] = {
        {{empty, sizeof empty}, false},     {{one, sizeof one}, false},
        {{endless, sizeof endless}, false}, {{long_atr, sizeof long_atr}, false},
        {{cut, sizeof cut}, true},          {{cut, 0}, true},
    };
    for (size_t i = 0; i < COUNT_OF(lies); i++) {
        int fd CLEANUP_FD = insert();
        assert_int_equal(power_up_against(fd, lies[i].raw, lies[i].hangs_up),
                         IFD_ERROR_POWER_ACTION);
        assert_int_equal(presence(LUN), IFD_ICC_NOT_PRESENT);
    }
    int fd CLEANUP_FD = insert();
    assert_int_equal(power_up_against(fd, bytes_of(good_atr, sizeof good_atr), false), IFD_SUCCESS);
}

static void removes_a_card_that_speaks_unasked(void **state)
{
    (void)state;
    int fd CLEANUP_FD = insert();
    assert_ok(fd_write_all(fd, bytes_of(good_atr, sizeof good_atr)));
    assert_int_equal(presence(LUN), IFD_ICC_NOT_PRESENT);
}

static void does_not_wait_for_a_silent_card(void **state)
{
    (void)state;
    int fd CLEANUP_FD = insert();
    assert_true(fd >= 0);
    int64_t start = clock_monotonic();
    assert_int_equal(power_up(), IFD_ERROR_POWER_ACTION);
    assert_true(clock_monotonic() - start < 6000);
    assert_int_equal(presence(LUN), IFD_ICC_NOT_PRESENT);
}

static void turns_further_cards_away(void **state)
{
    (void)state;
    int first CLEANUP_FD = insert();
    int second CLEANUP_FD = -1;
    struct pollfd hung_up = {.events = POLLIN};
    assert_ok(emulate_insert(path, &second, NULL));
    assert_int_equal(presence(LUN), IFD_ICC_PRESENT);
    hung_up.fd = second;
    assert_int_equal(poll(&hung_up, 1, 1000), 1);
    hung_up.fd = first;
    assert_int_equal(poll(&hung_up, 1, 0), 0);
}

static void refuses_what_makes_no_sense(void **state)
{
    (void)state;
    UCHAR response[300], atr[MAX_ATR_SIZE];
    DWORD len = sizeof response, atr_len = sizeof atr;
    char other[] = "/dev/ttyS0", far_away[] = "jpki:/nowhere/at/all/card.sock";
    assert_int_equal(create_by_name(LUN, device), IFD_NO_SUCH_DEVICE); /* it is open */
    assert_int_equal(create_by_name(1u << 16, other), IFD_NO_SUCH_DEVICE);
    assert_int_equal(create_by_name(1u << 16, far_away), IFD_COMMUNICATION_ERROR);
    assert_int_equal(create_by_name(99u << 16, device), IFD_NO_SUCH_DEVICE);
    assert_int_equal(presence(1), IFD_NO_SUCH_DEVICE);        /* a second slot */
    assert_int_equal(presence(5u << 16), IFD_NO_SUCH_DEVICE); /* a reader that is not open */
    assert_int_equal(power_icc(LUN, 4711, atr, &atr_len), IFD_NOT_SUPPORTED);
    assert_int_equal(transmit(bytes_of_text("1234"), response, &len), IFD_COMMUNICATION_ERROR);
    assert_int_equal(len, 0); /* no card, no power, no answer */
    len = 0;
    assert_int_equal(get_capabilities(LUN, TAG_IFD_SLOTS_NUMBER, &len, response),
                     IFD_ERROR_INSUFFICIENT_BUFFER);
    assert_int_equal(get_capabilities(LUN, 0xBEEF, &len, response), IFD_ERROR_TAG);
}

static void keeps_an_answer_within_pcscds_room(void **state)
{
    (void)state;
    static const uint8_t done[] = {0, 0, 0, 4, 0xAA, 0xBB, 0x90, 0x00};
    UCHAR response[3] = {0x77, 0x77, 0x77};
    DWORD len = 3;
    pthread_t thread;
    int fd CLEANUP_FD = insert();
    assert_int_equal(power_up_against(fd, bytes_of(good_atr, sizeof good_atr), false), IFD_SUCCESS);
    struct answer answer = {fd, bytes_of(done, sizeof done), false};
    assert_int_equal(pthread_create(&thread, NULL, answer_once, &answer), 0);
    assert_int_equal(transmit(bytes_of_text("1234"), response, &len),
                     IFD_ERROR_INSUFFICIENT_BUFFER);
    pthread_join(thread, NULL);
    assert_int_equal(len, 0);
    assert_int_equal(response[0], 0x77);
}

static void has_a_socket_for_few(void **state)
{
    (void)state;
    struct stat entry;
    assert_int_equal(stat(path, &entry), 0);
    assert_int_equal(entry.st_mode & 0007, 0);
    assert_int_equal(close_channel(LUN), IFD_SUCCESS);
    assert_int_equal(stat(path, &entry), -1);
    assert_int_equal(create_by_name(LUN, device), IFD_SUCCESS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_reader, close_reader)
    const struct CMUnitTest tests[] = {
        TEST(sees_cards_come_and_go),
        TEST(carries_orders_and_answers),
        TEST(removes_a_card_that_talks_nonsense),
        TEST(removes_a_card_that_speaks_unasked),
        TEST(does_not_wait_for_a_silent_card),
        TEST(turns_further_cards_away),
        TEST(refuses_what_makes_no_sense),
        TEST(keeps_an_answer_within_pcscds_room),
        TEST(has_a_socket_for_few),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
