/* Dates in eras: each change to the day, first years, what is unknown, and what is no date. */
#include "base/era.h"

#include "check.h"

static void each_day_has_its_era(void **state)
{
    (void)state;
    static const struct {
        struct date date;
        enum era era;
        const char *text;
    } rows[] = {
        {{1868, 10, 23}, ERA_MEIJI, "明治元年（1868年）10月23日"},
        {{1868, 12, 31}, ERA_MEIJI, "明治元年（1868年）12月31日"},
        {{1869, 1, 1}, ERA_MEIJI, "明治2年（1869年）1月1日"},
        {{1912, 7, 29}, ERA_MEIJI, "明治45年（1912年）7月29日"},
        {{1912, 7, 30}, ERA_TAISHO, "大正元年（1912年）7月30日"},
        {{1926, 12, 24}, ERA_TAISHO, "大正15年（1926年）12月24日"},
        {{1926, 12, 25}, ERA_SHOWA, "昭和元年（1926年）12月25日"},
        {{1927, 1, 1}, ERA_SHOWA, "昭和2年（1927年）1月1日"},
        {{1989, 1, 7}, ERA_SHOWA, "昭和64年（1989年）1月7日"},
        {{1989, 1, 8}, ERA_HEISEI, "平成元年（1989年）1月8日"},
        {{2019, 4, 30}, ERA_HEISEI, "平成31年（2019年）4月30日"},
        {{2019, 5, 1}, ERA_REIWA, "令和元年（2019年）5月1日"},
        {{2019, 12, 31}, ERA_REIWA, "令和元年（2019年）12月31日"},
        {{2020, 2, 29}, ERA_REIWA, "令和2年（2020年）2月29日"},
        {{2026, 11, 27}, ERA_REIWA, "令和8年（2026年）11月27日"},
        {{9999, 12, 31}, ERA_REIWA, "令和7981年（9999年）12月31日"},
    };
    char text[ERA_TEXT];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_ok(era_print(rows[i].date, text));
        assert_string_equal(text, rows[i].text);
        assert_int_equal(era_of(rows[i].date), rows[i].era);
        assert_int_equal(era_of_birth(rows[i].date), rows[i].era);
    }
}

static void says_what_is_unknown(void **state)
{
    (void)state;
    static const struct {
        struct date born;
        enum era era;
        const char *text;
    } rows[] = {
        {{0, 0, 0}, ERA_NONE, "年月日不詳"},
        {{1955, 2, 0}, ERA_SHOWA, "昭和30年（1955年）2月日不詳"},
        {{1955, 0, 0}, ERA_SHOWA, "昭和30年（1955年）月日不詳"},
        {{2019, 4, 0}, ERA_HEISEI, "平成31年（2019年）4月日不詳"},
        {{2019, 5, 0}, ERA_REIWA, "令和元年（2019年）5月日不詳"},
        {{2019, 0, 0}, ERA_NONE, "平成31年又は令和元年（2019年）月日不詳"},
        {{1989, 1, 0}, ERA_NONE, "昭和64年又は平成元年（1989年）1月日不詳"},
        {{1926, 12, 0}, ERA_NONE, "大正15年又は昭和元年（1926年）12月日不詳"},
        {{1912, 7, 0}, ERA_NONE, "明治45年又は大正元年（1912年）7月日不詳"},
        {{1912, 6, 0}, ERA_MEIJI, "明治45年（1912年）6月日不詳"},
    };
    char text[ERA_TEXT];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_ok(era_print(rows[i].born, text));
        assert_string_equal(text, rows[i].text);
        assert_int_equal(era_of_birth(rows[i].born), rows[i].era);
    }
}

static void refuses_what_is_no_date_or_before_the_eras(void **state)
{
    (void)state;
    static const struct {
        struct date date;
        enum err err;
    } rows[] = {
        {{2026, 2, 29}, ERR_MALFORMED},    {{2026, 13, 1}, ERR_MALFORMED},
        {{2026, 0, 1}, ERR_MALFORMED},     {{2026, 13, 0}, ERR_MALFORMED},
        {{0, 1, 1}, ERR_MALFORMED},        {{0, 1, 0}, ERR_MALFORMED},
        {{-1, 0, 0}, ERR_MALFORMED},       {{-1, 1, 1}, ERR_MALFORMED},
        {{2026, 4, 31}, ERR_MALFORMED},    {{1868, 10, 22}, ERR_UNSUPPORTED},
        {{1868, 0, 0}, ERR_UNSUPPORTED},   {{1868, 10, 0}, ERR_UNSUPPORTED},
        {{1867, 12, 31}, ERR_UNSUPPORTED},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[ERA_TEXT] = "as it was";
        assert_err(era_print(rows[i].date, text), rows[i].err);
        assert_string_equal(text, "as it was");
    }
    assert_int_equal(era_of((struct date){1868, 10, 22}), ERA_NONE);
}

static void knows_the_years_of_eras(void **state)
{
    (void)state;
    assert_int_equal(era_year(ERA_SHOWA, 1), 1926);
    assert_int_equal(era_year(ERA_SHOWA, 64), 1989);
    assert_int_equal(era_year(ERA_HEISEI, 1), 1989);
    assert_int_equal(era_year(ERA_REIWA, 8), 2026);
    assert_int_equal(era_year(ERA_REIWA, 99), 2117);
    assert_int_equal(era_year(ERA_SHOWA, 0), 0);
    assert_int_equal(era_year(ERA_SHOWA, 100), 0);
    assert_int_equal(era_year(ERA_NONE, 1), 0);
    assert_int_equal(era_year(NUM_ERAS, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_day_has_its_era),
        cmocka_unit_test(says_what_is_unknown),
        cmocka_unit_test(knows_the_years_of_eras),
        cmocka_unit_test(refuses_what_is_no_date_or_before_the_eras),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
