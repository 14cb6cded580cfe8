#include "check.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "chip/apdu.h"

static enum err parse(const char *hex, struct apdu *out)
{
    static struct buffer input;
    buffer_done(&input);
    buffer_init(&input, LIMIT_APDU);
    assert_ok(hex_decode(bytes_of_text(hex), &input));
    return apdu_parse(buffer_bytes(&input), out, NULL);
}

static void reads_the_four_cases(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        size_t data_len, le;
        bool has_le;
    } good[] = {
        {"00200080", 0, 0, false},                  /* 1 */
        {"00b0000004", 0, 4, true},                 /* 2 short */
        {"00b0000000", 0, 256, true},               /* 2 short, the most */
        {"00a4020c020001", 2, 0, false},            /* 3 short */
        {"00a4020c02000100", 2, 256, true},         /* 4 short, with P2 = 0C */
        {"00b08a00000000", 0, 65536, true},         /* 2 extended, the most */
        {"00b08a00000100", 0, 256, true},           /* 2 extended */
        {"00a4020c0000020001", 2, 0, false},        /* 3 extended */
        {"00a4020c00000200010020", 2, 0x20, true},  /* 4 extended */
        {"00a4020c00000200010000", 2, 65536, true}, /* 4 extended, the most */
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct apdu apdu;
        assert_ok(parse(good[i].hex, &apdu));
        assert_int_equal(apdu.data.len, good[i].data_len);
        assert_int_equal(apdu.has_le, good[i].has_le);
        assert_int_equal(apdu.le, good[i].le);
    }
}

static void refuses_what_does_not_add_up(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "00",
        "00a4",
        "00a404",
        "00a4020c0200",             /* data missing */
        "00a4020c0200010000",       /* one byte after Le */
        "00a4020c0000",             /* extended, nothing follows */
        "00b000000000000000",       /* extended Lc 0 with data */
        "00a4020c00000300ab",       /* extended, data missing */
        "00a4020c000002000100",     /* extended, half an Le */
        "00a4020c0000020001000000", /* extended, one byte too many */
        "802a0080000000ab",         /* Lc 0 */
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct apdu apdu = {.ins = 0x77};
        assert_err(parse(bad[i], &apdu), ERR_MALFORMED);
        assert_int_equal(apdu.ins, 0x77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_four_cases),
        cmocka_unit_test(refuses_what_does_not_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
