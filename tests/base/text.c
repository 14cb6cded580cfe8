#include "check.h"

#include "base/text.h"

#include <string.h>

static void counts_characters(void **state)
{
    (void)state;
    assert_int_equal(text_count(bytes_of_text("𠮷野　髙﨑")), 5);
    assert_true(text_is_utf8(bytes_of_text("葛󠄀城")));
    assert_true(text_is_utf8(bytes_of_text("Hokuei 北栄 cho 町")));
    assert_true(text_is_utf8(bytes_of_text("")));
    assert_true(text_is_variation_selector(0xE0100));
    assert_false(text_is_variation_selector(0x845B));
}

static void refuses_what_is_not_utf8(void **state)
{
    (void)state;
    static const char *const bad[] = {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                      "\xE3\x81", "\x80",         "\xFF",
                                      "a\xE3",    "北 a\x80 b"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(text_is_utf8(bytes_of_text(bad[i])));
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    const char *text = "aé髙𠮷";
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, 64);
    struct reader reader = reader_of(bytes_of_text(text));
    uint32_t code_point;
    while (text_next(&reader, &code_point))
        text_put(&out, code_point);
    assert_string_equal(buffer_text(&out), text);
}

static void tells_what_is_hidden(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "a\u202eb", "\u2066a",     "a\u200b", "\ufeffa", "a\x1b[2J",
        "a\x7f",    "a\xc2\x85",   "a\u061c", "a\u00ad", "a\u3164",
        "a\ufffe",  "a\U000e0041", "a\n",     "\u200d",  "a\u2028",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_true(text_has_hidden(bytes_of_text(bad[i])));
    static const char *const good[] = {
        "",  "北栄　花子", "ＪＯＨＮ Smith-Jones ー・’", "髙𠮷", "辻\U000E0101", "葛\uFE00",
        "é", "﨑"};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_false(text_has_hidden(bytes_of_text(good[i])));
}

static void prints_what_can_be_seen(void **state)
{
    (void)state;
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, 64);
    text_put_visible(&out, bytes_of_text("あ\u202eい\x1b[2J\xffう\xe3\x81"));
    assert_string_equal(buffer_text(&out), "あ?い?[2J?う??");
}

static void copies_what_has_room(void **state)
{
    (void)state;
    char out[8];
    text_copy_visible(bytes_of_text("a\xff\u202eb"), out,
                      sizeof out); /* goes on behind what is wrong */
    assert_string_equal(out, "a??b");
    text_copy_visible(bytes_of_text("あいう"), out, sizeof out); /* whole characters */
    assert_string_equal(out, "あい");
    text_copy_visible(bytes_of_text("1234567"), out, sizeof out);
    assert_string_equal(out, "1234567");
    text_copy_visible(bytes_of_text("12345678"), out, sizeof out);
    assert_string_equal(out, "1234567");
    text_copy_visible(bytes_of_text(""), out, sizeof out);
    assert_string_equal(out, "");
}

static void tells_what_one_field_may_hold(void **state)
{
    (void)state;
    char text[4 * TEXT_SHORT_MAX + 5] = "";
    assert_false(text_is_short(bytes_of_text("")));
    assert_true(text_is_short(bytes_of_text("𠮷 a")));
    assert_false(text_is_short(bytes_of_text("a\nb")));
    assert_false(text_is_short(bytes_of_text("a\xff")));
    assert_false(text_is_short(bytes_of("a\0b", 3)));
    for (size_t i = 0; i < TEXT_SHORT_MAX; i++)
        strcat(text, "𠮷");
    assert_true(text_is_short(bytes_of_text(text)));
    strcat(text, "a");
    assert_false(text_is_short(bytes_of_text(text)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_characters),
        cmocka_unit_test(refuses_what_is_not_utf8),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(tells_what_is_hidden),
        cmocka_unit_test(prints_what_can_be_seen),
        cmocka_unit_test(copies_what_has_room),
        cmocka_unit_test(tells_what_one_field_may_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
