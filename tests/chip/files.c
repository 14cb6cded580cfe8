/* SELECT, READ BINARY, READ RECORD, and what foreign readers ask before they know the card. */
#include "test_card.h"

static struct test_card card;

static int setup(void **state)
{
    (void)state;
    test_card_new(&card, false);
    issue(&card, KIND_SIGNATURE);
    issue(&card, KIND_AUTHENTICATION);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_card_done(&card);
    return 0;
}

static int restart(void **state)
{
    (void)state;
    chip_power_off(card.chip);
    chip_power_on(card.chip);
    return 0;
}

static void answers_nothing_without_power(void **state)
{
    (void)state;
    struct buffer response CLEANUP_BUFFER;
    buffer_init(&response, LIMIT_APDU);
    chip_power_off(card.chip);
    chip_transmit(card.chip, bytes_of("\x00\x84\x00\x00\x08", 5), &response);
    assert_int_equal(response.len, 0);
}

static void selects_applications(void **state)
{
    (void)state;
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    assert_int_equal(card.answer.len, 0);
    assert_word(ask(&card, SELECT_JPKI "00"), 0x9000); /* P2 = 0C with Le */
    assert_int_equal(card.answer.len, 0);
    assert_word(ask(&card, "00A404000AD392F00026010000000100"), 0x9000);
    assert_answer(&card, "6f0c840ad392f000260100000001");
    assert_word(ask(&card, "00A4040C05D392F00026"), 0x9000); /* its beginning is enough */
    assert_word(ask(&card, "00A4040C0AD3921000310001010100"), 0x9000);
    assert_word(ask(&card, "00A4040C07A0000001510000"), 0x9000);
    assert_word(ask(&card, "00A4040C04D392F000"), 0x6A82);
    assert_word(ask(&card, "00A4040C0BD392F00026010000000100"), 0x6A82);
    assert_word(ask(&card, "00A4040C0AD392F000260100000002"), 0x6A82);
    assert_word(ask(&card, "00A4040C"), 0x6A82);
    assert_word(ask(&card, "00A404040AD392F000260100000001"), 0x6A86);
    assert_word(ask(&card, "00A4080C023F00"), 0x6A86);
}

/* The 29 commands that OpenSC 0.23 sends before it tries this card, then the card still works. */
static void stays_sane_under_foreign_probes(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        unsigned word;
    } probes[] = {
        {"00A4040007627601FF000000", 0x6A82},
        {"00A4040006A00000000101", 0x6A82},
        {"00A404000BE82B0601040181C31F020100", 0x6A82},
        {"00A4040C0FD23300000045737445494420763335", 0x6A82},
        {"00CADF3005", 0x6A88},
        {"00CB3FFF035C017E08", 0x6D00},
        {"00A4040009A0000003080000100000", 0x6A82},
        {"00A4040C07A000000116DB0000", 0x6A82},
        {"00A4040C07A000000079100000", 0x6A82},
        {"00A4040C07A000000079010000", 0x6A82},
        {"00A4040C07A000000079010F00", 0x6A82},
        {"00A404000CF276A288BCFBA69D34F31001", 0x6A82},
        {"00A4040009A0000003974254465900", 0x6A82},
        {"00A4040006D2760001240100", 0x6A82},
        {"FFCA000000", 0x6E00},
        {"00C0000000", 0x6D00},
        {"0022410600", 0x6D00},
        {"00A40000023F00", 0x6A82},
        {"00A4000C023F00", 0x6A82},
        {"10A4040C0AD392F000260100000001", 0x6E00},
        {"01A4040C0AD392F000260100000001", 0x6881},
        {"0CA4040C0AD392F000260100000001", 0x6882},
        {"0CB0000000", 0x69FC},
        {"802A0080", 0x6D00},
        {"00200080", 0x6D00},
        {"00A400", 0x6700},
    };
    for (size_t i = 0; i < COUNT_OF(probes); i++) {
        unsigned word = ask(&card, probes[i].hex);
        if (word != probes[i].word)
            fail_msg("%s: %04X, not %04X", probes[i].hex, word, probes[i].word);
    }
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    select_file(&card, 0x0A);
    assert_word(ask(&card, "00B0000004"), 0x9000);
    assert_word(ask(&card, "00A4040006A00000000101"), 0x6A82);
    assert_word(ask(&card, "00B0000004"), 0x9000); /* a refused SELECT changes nothing */
}

static void has_no_master_file(void **state)
{
    (void)state;
    assert_word(ask(&card, "00A40000"), 0x6A86);
    assert_word(ask(&card, "00A4020C020001"), 0x6A82);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    select_file(&card, 0x0A);
    assert_word(ask(&card, "00A40000"), 0x9000);
    assert_word(ask(&card, "00B0000004"), 0x9000);
    assert_word(ask(&card, "00A40000023F00"), 0x6A82);
}

static void selects_files(void **state)
{
    (void)state;
    static const unsigned there[] = {1, 2, 6, 8, 0x0A, 0x0B, 0x17, 0x18, 0x1A, 0x1B};
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    for (size_t i = 0; i < COUNT_OF(there); i++)
        select_file(&card, there[i]);
    assert_word(ask(&card, "00A4020002000600"), 0x9000);
    assert_answer(&card, "6f0483020006");
    assert_word(ask(&card, "00A4020C020003"), 0x6A82);
    assert_word(ask(&card, "00A4020C020106"), 0x6A82);
    assert_word(ask(&card, "00A4020C0106"), 0x6700);
    assert_word(ask(&card, "00A4020C03000600"), 0x6700);
    assert_word(ask(&card, "00B0000004"), 0x9000); /* 0006 is still the current one */
}

static void reads_a_certificate_in_every_way(void **state)
{
    (void)state;
    const struct image_part *leaf = &card.saved.kinds[KIND_AUTHENTICATION].leaf;
    assert_true(leaf->len > 512);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    assert_word(ask(&card, "00B0000004"), 0x6986);
    select_file(&card, 0x0A);
    assert_word(ask(&card, "00B0000004"), 0x9000);
    assert_memory_equal(card.answer.data, leaf->data, 4);
    assert_int_equal(leaf->data[0], 0x30);
    assert_int_equal(leaf->data[1], 0x82);
    assert_int_equal((leaf->data[2] << 8 | leaf->data[3]) + 4, leaf->len);
    assert_word(ask(&card, "00B0010000"), 0x9000);
    assert_int_equal(card.answer.len, 256);
    assert_memory_equal(card.answer.data, leaf->data + 256, 256);
    assert_word(ask(&card, "00B0020000"), 0x9000); /* the tail is shorter than asked */
    assert_int_equal(card.answer.len, leaf->len - 512);
    assert_word(ask(&card, "00B0030000"), 0x6B00);
    assert_word(ask(&card, "00B07FFF00"), 0x6B00);
    assert_word(ask(&card, "00B08A00000000"), 0x9000); /* short identifier, extended Le */
    assert_int_equal(card.answer.len, leaf->len);
    assert_memory_equal(card.answer.data, leaf->data, leaf->len);
    assert_word(ask(&card, "00B0000410"), 0x9000); /* and it is the current file now */
    assert_memory_equal(card.answer.data, leaf->data + 4, 16);
    assert_word(ask(&card, "00B0AA0000"), 0x6A86);
    assert_word(ask(&card, "00B0830000"), 0x6A82);
    assert_word(ask(&card, "00B00000"), 0x6700);
    assert_word(ask(&card, "00B00000020000"), 0x6700);
}

static void keeps_the_signature_certificate_behind_its_pin(void **state)
{
    (void)state;
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    select_file(&card, 0x01);
    assert_word(ask(&card, "00B0000004"), 0x6982);
    assert_word(ask(&card, "00B0810004"), 0x6982);
    enter(&card, KIND_AUTHENTICATION); /* the other PIN opens nothing */
    assert_word(ask(&card, "00B0810004"), 0x6982);
    enter(&card, KIND_SIGNATURE);
    assert_word(ask(&card, "00B0810004"), 0x9000);
    select_file(&card, 0x02); /* selecting files keeps it */
    assert_word(ask(&card, "00B0810004"), 0x9000);
    assert_word(ask(&card, SELECT_JPKI), 0x9000); /* selecting the application does not */
    assert_word(ask(&card, "00B0810004"), 0x6982);
    enter(&card, KIND_SIGNATURE);
    chip_reset(card.chip);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    assert_word(ask(&card, "00B0810004"), 0x6982);
    assert_word(ask(&card, "00B0820004"), 0x9000);
    assert_word(ask(&card, "00B08B0004"), 0x9000);
}

static void says_what_it_is(void **state)
{
    (void)state;
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    assert_word(ask(&card, "00B0860020"), 0x9000);
    assert_memory_equal(card.answer.data, "JPKIAPICCTOKEN2                 ", 32);
    assert_word(ask(&card, "00B0860000"), 0x9000);
    assert_int_equal(card.answer.len, 160);
    assert_word(ask(&card, "00B0880000"), 0x9000);
    assert_answer(&card, "8f8f00");
    assert_int_equal(chip_atr(card.chip).len, 9);
    assert_memory_equal(chip_atr(card.chip).data, "\x3B\xE0\x00\xFF\x81\x31\xFE\x45\x14", 9);
    assert_word(ask(&card, "00B0980004"), 0x6981); /* a PIN */
    assert_word(ask(&card, "00B0970004"), 0x6981); /* a key */
    assert_word(ask(&card, "00B09A0004"), 0x6981);
    assert_word(ask(&card, "00B09B0004"), 0x6981);
}

static void gives_its_number_in_the_common_application(void **state)
{
    (void)state;
    assert_word(ask(&card, "00B2010C00"), 0x6A82); /* not before it is selected */
    assert_word(ask(&card, "00A4040C0AD3921000310001010100"), 0x9000);
    assert_word(ask(&card, "00B2010C00"), 0x9000);
    assert_int_equal(card.answer.len, 30);
    assert_memory_equal(card.answer.data, "\x01\x1C" TEST_CARD_ID, 30);
    select_file(&card, 1);
    assert_word(ask(&card, "00B2010400"), 0x9000);
    assert_word(ask(&card, "00B2020C00"), 0x6A83);
    assert_word(ask(&card, "00B2010D00"), 0x6A86);
    assert_word(ask(&card, "00B2011400"), 0x6A82);
    assert_word(ask(&card, "00B0810004"), 0x6981);
    assert_word(ask(&card, "0020008004"), 0x6D00);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    assert_word(ask(&card, "00B2013400"), 0x6981); /* not a file of records */
}

static void gives_random_bytes_anywhere(void **state)
{
    (void)state;
    assert_word(ask(&card, "0084000008"), 0x9000);
    assert_int_equal(card.answer.len, 8);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    assert_word(ask(&card, "0084000000"), 0x9000);
    assert_int_equal(card.answer.len, 256);
    assert_word(ask(&card, "00840000000101"), 0x6700);
    assert_word(ask(&card, "0084010008"), 0x6A86);
    assert_word(ask(&card, "00840000"), 0x6700);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, restart)
    const struct CMUnitTest tests[] = {
        TEST(answers_nothing_without_power),
        TEST(selects_applications),
        TEST(stays_sane_under_foreign_probes),
        TEST(has_no_master_file),
        TEST(selects_files),
        TEST(reads_a_certificate_in_every_way),
        TEST(keeps_the_signature_certificate_behind_its_pin),
        TEST(says_what_it_is),
        TEST(gives_its_number_in_the_common_application),
        TEST(gives_random_bytes_anywhere),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
