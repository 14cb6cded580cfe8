/* The sample town: that it loads, that every certificate could carry it, and that the residents on
 * whom other tests and the demo rely are who they are. */
#include "fixture.h"

#include "base/text.h"

#define NUM_SAMPLE 60

static void every_resident_has_a_reason_and_says_sample(void **state)
{
    (void)state;
    struct resident resident = {.number = 0};
    size_t num = 0;
    while (resident_next(store, resident.number, &resident, NULL) == ERR_NONE) {
        num++;
        assert_true(resident.note[0]);
        assert_true(resident.is_sample);
        assert_non_null(strstr(resident.address, "見本"));
        assert_ok(resident_check(&resident, &municipalities, NULL));
    }
    assert_int_equal(num, NUM_SAMPLE);
}

static void every_name_and_address_has_its_flags(void **state)
{
    (void)state;
    struct resident resident = {.number = 0};
    size_t num_flagged = 0;
    while (resident_next(store, resident.number, &resident, NULL) == ERR_NONE) {
        struct resident_four four;
        assert_ok(resident_four(&resident, &substitutes, &four, NULL));
        assert_int_equal(text_count(bytes_of_text(four.name.text)), strlen(four.name.flags));
        assert_int_equal(text_count(bytes_of_text(four.address.text)), strlen(four.address.flags));
        assert_int_equal(strlen(four.birth_date), 9);
        num_flagged += strchr(four.name.flags, '1') || strchr(four.address.flags, '1');
    }
    assert_int_equal(num_flagged, 8); /* 1017 to 1022, 1024 by the address, 1028 */
}

static void certificates_say(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        const char *name, *flags, *birth_date, *sex;
    } rows[] = {
        {1001, "北栄　花子", "00000", "319860514", "2"},
        {1003, "北栄　ウメ", "00000", "219250303", "2"},
        {1017, "高橋　一郎", "10000", "319700105", "1"},
        {1018, "山崎　恵", "0100", "319820828", "2"},
        {1019, "吉田　翔", "1000", "419990404", "1"},
        {1020, "葛城　葵", "1000", "419911111", "2"},
        {1021, "渡邉　修", "0100", "319640224", "1"},
        {1022, "〓屋　学", "1000", "319770525", "1"},
        {1023, "草彅　涼", "0000", "319890107", "1"},
        {1025, "さとう　ひかり", "0000000", "420030707", "3"},
        {1032, "田中［佐々木］　久美", "0000000000", "319830418", "2"},
        {1034, "東園　よし", "00000", "319550200", "2"},
        {1035, "島　不詳", "0000", "000000000", "1"},
        {1036, "瀬戸　渚", "0000", "019890000", "2"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct resident resident = find(rows[i].number);
        struct resident_four four;
        assert_ok(resident_four(&resident, &substitutes, &four, NULL));
        assert_string_equal(four.name.text, rows[i].name);
        assert_string_equal(four.name.flags, rows[i].flags);
        assert_string_equal(four.sex, rows[i].sex);
        assert_string_equal(four.birth_date, rows[i].birth_date);
    }
}

static void families_are_linked(void **state)
{
    (void)state;
    static const struct {
        int64_t child, representative;
    } links[] = {{1004, 1005}, {1007, 1009}, {1008, 1009}, {1010, 1011}, {1012, 1013},
                 {1014, 0},    {1058, 1060}, {1059, 1060}, {1038, 1037}};
    for (size_t i = 0; i < COUNT_OF(links); i++)
        assert_int_equal(find(links[i].child).representative, links[i].representative);
    assert_int_equal(find(1012).standing, STANDING_WARD);
    assert_int_equal(find(1015).standing, STANDING_CURATEE);
}

static void two_may_share_name_and_birth_date(void **state)
{
    (void)state;
    struct resident first, second, third;
    assert_ok(resident_next_born(store, (struct date){1963, 8, 15}, 0, &first, NULL));
    assert_ok(resident_next_born(store, first.born, first.number, &second, NULL));
    assert_err(resident_next_born(store, first.born, second.number, &third, NULL), ERR_NOT_FOUND);
    assert_string_equal(first.name.given, second.name.given);
    assert_false(resident_has_same_four(&first, &second)); /* the address tells them apart */
}

static void who_lives_in_the_town(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        bool lives_here;
    } rows[] = {
        {1001, true},  {1040, true},  {1042, true},  {1043, true},  {1041, false},
        {1044, false}, {1045, false}, {1046, false}, {1057, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct resident resident = find(rows[i].number);
        bool lives_here = resident_lives_in(&resident, "31372", (struct date){2026, 12, 1});
        assert_int_equal(lives_here, rows[i].lives_here);
        page_saw("S14", "resident-of-this-town", lives_here);
    }
    struct resident leaving;
    assert_ok(resident_next_leaving(store, (struct date){2026, 12, 15}, 0, &leaving, NULL));
    assert_int_equal(leaving.number, 1040);
}

static void cards_are_in_every_state(void **state)
{
    (void)state;
    assert_int_equal(find(1052).card_state, CARD_STOPPED);
    assert_int_equal(find(1053).card_state, CARD_VOID);
    assert_int_equal(find(1048).card_state, CARD_EXPIRED);
    assert_string_equal(find(1050).card_id, "");
    assert_true(find(1051).has_old_card);
    assert_string_equal(find(1051).card_id, "");
    assert_true(find(1030).is_special_period);
    assert_true(find(1056).is_protected);
}

#define TEST(function) cmocka_unit_test(function)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_resident_has_a_reason_and_says_sample),
        TEST(every_name_and_address_has_its_flags),
        TEST(certificates_say),
        TEST(families_are_linked),
        TEST(two_may_share_name_and_birth_date),
        TEST(who_lives_in_the_town),
        TEST(cards_are_in_every_state),
    };
    return cmocka_run_group_tests(tests, open_sample_town, close_register);
}
