/* Items: what is taken of each type, how it is printed, and what is refused. */
#include "paper/content.h"

#include <string.h>

#include "base/limits.h"
#include "check.h"

static enum err check_item(enum content_item item, struct bytes value)
{
    struct content content = {.is_sample = false};
    struct fault fault = {0};
    content.items[item] = value;
    enum err err = content_check(&content, &fault);
    if (err != ERR_NONE)
        assert_string_equal(fault.rule, content_item_name(item));
    return err;
}

static void prints_as_people_read(void **state)
{
    (void)state;
    static const struct {
        enum content_item item;
        const char *value, *printed;
    } rows[] = {
        {ITEM_NAME, "𠮷田　葛󠄀子", "𠮷田　葛󠄀子"},
        {ITEM_NAME, "{deadline}", "{deadline}"},
        {ITEM_POSTCODE, "689-2292", "〒689-2292"},
        {ITEM_BIRTH_DATE, "1955-02-00", "昭和30年（1955年）2月日不詳"},
        {ITEM_BIRTH_DATE, "0000-00-00", "年月日不詳"},
        {ITEM_BIRTH_DATE, "1989-01-08", "平成元年（1989年）1月8日"},
        {ITEM_DATE, "2019-05-01", "令和元年（2019年）5月1日"},
        {ITEM_DEADLINE, "2026-12-27", "令和8年（2026年）12月27日"},
        {ITEM_HELD, "2026-11-27T18:04:05Z", "令和8年（2026年）11月28日 3時04分05秒"},
        {ITEM_HELD, "2019-04-30T15:00:00Z", "令和元年（2019年）5月1日 0時00分00秒"},
        {ITEM_NUMBER, "20261127-0042", "20261127-0042"},
        {ITEM_FEE, "0", "無料"},
        {ITEM_FEE, "200", "200円"},
        {ITEM_KINDS, "both", "署名用と利用者証明用"},
        {ITEM_CARD, "stopped", "一時停止しました"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct content content = {.is_sample = false};
        struct buffer printed CLEANUP_BUFFER;
        buffer_init(&printed, LIMIT_PAPER_TEXT);
        content.items[rows[i].item] = bytes_of_text(rows[i].value);
        assert_ok(content_check(&content, NULL));
        content_print(&content, rows[i].item, &printed);
        assert_string_equal(buffer_text(&printed), rows[i].printed);
        assert_int_equal(content_item_of(bytes_of_text(content_item_name(rows[i].item))),
                         rows[i].item);
    }
}

static void an_alias_stands_below_its_name(void **state)
{
    (void)state;
    struct content content = {.is_sample = false};
    struct buffer printed CLEANUP_BUFFER;
    buffer_init(&printed, LIMIT_PAPER_TEXT);
    content.items[ITEM_ALIAS] = bytes_of_text("サンプル　マリア");
    assert_err(content_check(&content, NULL), ERR_MALFORMED);
    content.items[ITEM_NAME] = bytes_of_text("SAMPLE MARIA");
    assert_ok(content_check(&content, NULL));
    content_print(&content, ITEM_NAME, &printed);
    assert_string_equal(buffer_text(&printed), "SAMPLE MARIA\nサンプル　マリア");
}

static void refuses_what_is_not_of_its_type(void **state)
{
    (void)state;
    static const struct {
        enum content_item item;
        const char *value;
        enum err err;
    } rows[] = {
        {ITEM_NUMBER, "2026 1127", ERR_MALFORMED},
        {ITEM_NUMBER, "https://example.jp/1", ERR_MALFORMED},
        {ITEM_NUMBER, "１２３", ERR_MALFORMED},
        {ITEM_NUMBER, "12345678901234567890123456789012", ERR_MALFORMED},
        {ITEM_POSTCODE, "6892292", ERR_MALFORMED},
        {ITEM_POSTCODE, "68-92292", ERR_MALFORMED},
        {ITEM_POSTCODE, "689-22-2", ERR_MALFORMED},
        {ITEM_POSTCODE, "689-229x", ERR_MALFORMED},
        {ITEM_BIRTH_DATE, "1955-00-12", ERR_MALFORMED},
        {ITEM_BIRTH_DATE, "1980年1月2日", ERR_MALFORMED},
        {ITEM_BIRTH_DATE, "1868-10-22", ERR_UNSUPPORTED},
        {ITEM_DATE, "2026-02-29", ERR_MALFORMED},
        {ITEM_DATE, "1955-02-00", ERR_MALFORMED},
        {ITEM_DATE, "2026-11-27T00:00:00Z", ERR_MALFORMED},
        {ITEM_HELD, "2026-11-27", ERR_MALFORMED},
        {ITEM_HELD, "2026-11-27T24:00:00Z", ERR_MALFORMED},
        {ITEM_HELD, "2026-11-27T00:00:00+09:00", ERR_MALFORMED},
        {ITEM_FEE, "-1", ERR_MALFORMED},
        {ITEM_FEE, "007", ERR_MALFORMED},
        {ITEM_FEE, "200円", ERR_MALFORMED},
        {ITEM_KINDS, "署名用", ERR_MALFORMED},
        {ITEM_KINDS, "none", ERR_MALFORMED},
        {ITEM_PIN, "1234", ERR_MALFORMED},
        {ITEM_NAME, "\xE5\x90", ERR_MALFORMED},
        {ITEM_NAME, "a\nb", ERR_MALFORMED},
        {ITEM_ADDRESS,
         "\xE2\x80\xAE"
         "a",
         ERR_MALFORMED},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_err(check_item(rows[i].item, bytes_of_text(rows[i].value)), rows[i].err);
    char longest[LIMIT_FORM_ITEM + 1];
    memset(longest, 'i', sizeof longest);
    assert_ok(check_item(ITEM_ADDRESS, bytes_of(longest, LIMIT_FORM_ITEM)));
    assert_err(check_item(ITEM_ADDRESS, bytes_of(longest, sizeof longest)), ERR_LIMIT);
    assert_err(check_item(ITEM_NUMBER, bytes_of("1\0"
                                                "2",
                                                3)),
               ERR_MALFORMED);
    assert_int_equal(content_item_of(bytes_of_text("")), ITEM_NONE);
    assert_int_equal(content_item_of(bytes_of_text("names")), ITEM_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_as_people_read),
        cmocka_unit_test(an_alias_stands_below_its_name),
        cmocka_unit_test(refuses_what_is_not_of_its_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
