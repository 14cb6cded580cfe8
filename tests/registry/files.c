#include "fixture.h"

static void knows_the_town(void **state)
{
    (void)state;
    load_files();
    const struct municipality *town = municipalities_find(&municipalities, "31372");
    assert_non_null(town);
    assert_string_equal(town->prefecture, "Tottori-ken");
    assert_string_equal(town->name, "Hokuei-cho");
    assert_string_equal(town->prefecture_ja, "鳥取県");
    assert_string_equal(town->name_ja, "東伯郡北栄町");
    assert_int_equal(town->row, 1);
    assert_null(municipalities_find(&municipalities, "99999"));
    assert_int_equal(municipality_number(town), 31372);
    assert_ptr_equal(municipalities_find_number(&municipalities, 31372), town);
    static const int64_t numbers[] = {-1, 0, 31379, 99999, 100000, INT64_MAX};
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        assert_null(municipalities_find_number(&municipalities, numbers[i]));
    static const char *const codes[] = {"", "3137", "313720", " 31372", "31372 "};
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        assert_null(municipalities_find(&municipalities, codes[i]));
    municipalities_done(&municipalities);
}

static void refuses_bad_municipalities(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "3137 A-ken B-cho 県 町",
        "31372X A-ken B-cho 県 町",
        "31372 A-ken B-cho 県",
        "31372 A-ken B-cho 県 町 more",
        "31372 Ä-ken B-cho 県 町",
        "31372 A-ken B_cho 県 町",
        "31372 A-ken B-cho \xFF 町",
        "31372 A-ken B-cho 県 町\n31371 A-ken B-cho 県 町",
        "31372 A-ken B-cho 県 町\n31372 A-ken B-cho 県 町",
        "３１３７２ A-ken B-cho 県 町",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct municipalities out = {0};
        struct fault fault = {0};
        assert_int_not_equal(municipalities_parse(bytes_of_text(bad[i]), &out, &fault), ERR_NONE);
        assert_non_null(strstr(fault.text, "line"));
        assert_null(out.rows);
    }
}

static void loads_substitutes(void **state)
{
    (void)state;
    assert_ok(substitutes_parse(bytes_of_text("# none\n\n髙 高\n"), &substitutes, NULL));
    assert_int_equal(substitutes.num, 1);
    assert_int_equal(substitutes_apply(&substitutes, 0x9AD9), 0x9AD8);
    assert_int_equal(substitutes_apply(&substitutes, 0xFA11), GETA_MARK); /* 﨑: no row */
    assert_int_equal(substitutes_apply(&substitutes, 0x5D0E), 0x5D0E);    /* 崎: permitted */
}

static void refuses_bad_substitutes(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "高 髙", /* the first is permitted, the second is not */
        "髙 﨑", "髙高", "髙  高", "髙 高 ", "髙 ", " 高", "髙 高高", "髙 高\n髙 高", "\xFF 高",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct fault fault = {0};
        assert_err(substitutes_parse(bytes_of_text(bad[i]), &substitutes, &fault), ERR_MALFORMED);
        assert_non_null(strstr(fault.text, "line"));
    }
}

static void the_format_is_described(void **state)
{
    (void)state;
    struct buffer page CLEANUP_BUFFER = source_read("docs/FORMAT.register");
    const char *text = buffer_text(&page);
    for (size_t i = 0; i < NUM_ITEMS; i++) {
        char row[32];
        snprintf(row, sizeof row, "\n   %s ", item_name((enum item)i));
        if (!strstr(text, row))
            fail_msg("docs/FORMAT.register has no row for %s", item_name((enum item)i));
    }
    for (size_t i = 0; i < NUM_EVENTS; i++) {
        char row[48];
        snprintf(row, sizeof row, "\n   %s ", event_name((enum event)i));
        if (change_event_knows((enum event)i) != (strstr(text, row) != NULL))
            fail_msg("docs/FORMAT.register and the table differ in %s", event_name((enum event)i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_town),          cmocka_unit_test(refuses_bad_municipalities),
        cmocka_unit_test(loads_substitutes),       cmocka_unit_test(refuses_bad_substitutes),
        cmocka_unit_test(the_format_is_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
