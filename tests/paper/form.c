/* Forms: each is drawn, and what cannot stand on paper is refused. What the PDF says is judged by
 * form.py. */
#include "paper/form.h"

#include <string.h>

#include "base/limits.h"
#include "check.h"
#include "paper/leaks.h"

static struct fonts *fonts;

static int open_fonts(void **state)
{
    (void)state;
    struct fault fault = {0};
    return fonts_open(&fonts, &fault) == ERR_NONE ? 0 : -1;
}

static int close_fonts(void **state)
{
    (void)state;
    fonts_close(fonts);
    return 0;
}

static enum err draw(enum form form, const struct content *content, struct buffer *pdf)
{
    struct fault fault = {0};
    char text[512];
    buffer_init(pdf, LIMIT_FORM);
    enum err err = form_draw(fonts, form, content, pdf, &fault);
    if (err != ERR_NONE)
        print_message("%s\n", fault_print(&fault, text, sizeof text));
    return err;
}

static enum err draw_item(enum content_item item, struct bytes text, struct buffer *pdf)
{
    struct content content = {.is_sample = true};
    content.items[item] = text;
    return draw(FORM_ISSUE, &content, pdf);
}

static void each_is_drawn_blank_and_filled(void **state)
{
    (void)state;
    static const char *const texts[NUM_ITEMS] = {
        [ITEM_NAME] = "𠮷田　辻󠄀子",
        [ITEM_CERT_NAME] = "吉田　辻子",
        [ITEM_ALIAS] = "ヨシダ",
        [ITEM_FURIGANA] = "ヨシダ　ツジコ",
        [ITEM_ADDRESS] = "見本県見本町大栄一丁目２番３号",
        [ITEM_BIRTH_DATE] = "1980-01-02",
        [ITEM_SEX] = "女",
        [ITEM_NUMBER] = "20261127-0042",
    };
    struct content blank = {.is_sample = false}, filled = {.is_sample = true};
    for (size_t i = 1; i < NUM_ITEMS; i++)
        if (texts[i])
            filled.items[i] = bytes_of_text(texts[i]);
    for (enum form form = FORM_ISSUE; form < NUM_FORMS; form++) {
        struct buffer pdf CLEANUP_BUFFER, other CLEANUP_BUFFER;
        assert_ok(draw(form, &blank, &pdf));
        assert_memory_equal(pdf.data, "%PDF-", 5);
        assert_ok(draw(form, &filled, &other));
        assert_memory_equal(other.data, "%PDF-", 5);
    }
}

/* So that whoever has a form need not ask whether it is another one now. */
static void same_content_is_the_same_file(void **state)
{
    (void)state;
    struct buffer first CLEANUP_BUFFER, second CLEANUP_BUFFER;
    assert_ok(draw_item(ITEM_NAME, bytes_of_text("見本　花子"), &first));
    assert_ok(draw_item(ITEM_NAME, bytes_of_text("見本　花子"), &second));
    assert_true(bytes_equal(buffer_bytes(&first), buffer_bytes(&second)));
    assert_null(memmem(first.data, first.len, "/CreationDate", strlen("/CreationDate")));
}

static void long_texts_shrink_or_wrap(void **state)
{
    (void)state;
    char address[LIMIT_FORM_ITEM + 1] = "";
    struct buffer pdf CLEANUP_BUFFER;
    for (int i = 0; i < 100; i++)
        strcat(address, "町");
    assert_ok(draw_item(ITEM_ADDRESS, bytes_of_text(address), &pdf));
}

static void refuses_what_cannot_stand_on_paper(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        enum err err;
    } rows[] = {
        {"\xE5\x90", 2, ERR_MALFORMED},     /* cut */
        {"\xC0\xAF", 2, ERR_MALFORMED},     /* overlong */
        {"\xED\xA0\x80", 3, ERR_MALFORMED}, /* surrogate */
        {"a\0b", 3, ERR_MALFORMED},         /* control */
        {"a\nb", 3, ERR_MALFORMED},         /* line break */
        {"\xE2\x80\xAE"
         "ab",
         5, ERR_MALFORMED},                         /* turns the direction */
        {"\xE2\x80\x8B", 3, ERR_MALFORMED},         /* zero width */
        {"\xF0\x9F\x98\x80", 4, ERR_UNSUPPORTED},   /* no font has it */
        {"邉\xF3\xA0\x87\xAF", 7, ERR_UNSUPPORTED}, /* nor this variant (U+E01EF) */
        {"\xF3\xA0\x84\x80", 4, ERR_UNSUPPORTED},   /* a selector of nothing */
    };
    static const enum content_item free_texts[] = {ITEM_NAME, ITEM_CERT_NAME, ITEM_FURIGANA,
                                                   ITEM_ADDRESS, ITEM_SEX};
    for (size_t item = 0; item < COUNT_OF(free_texts); item++)
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            struct buffer pdf CLEANUP_BUFFER;
            assert_err(draw_item(free_texts[item], bytes_of(rows[i].text, rows[i].len), &pdf),
                       rows[i].err);
            assert_int_equal(pdf.len, 0);
        }
}

static void refuses_what_is_too_long(void **state)
{
    (void)state;
    char text[LIMIT_FORM_ITEM + 4];
    struct buffer longest CLEANUP_BUFFER, whole CLEANUP_BUFFER, beyond CLEANUP_BUFFER,
        small CLEANUP_BUFFER;
    struct content content = {.is_sample = false};
    struct fault fault = {0};
    memset(text, 'i', sizeof text); /* narrow: the box has room for more */
    assert_ok(draw_item(ITEM_ADDRESS, bytes_of(text, LIMIT_FORM_ITEM), &longest));
    assert_err(draw_item(ITEM_ADDRESS, bytes_of(text, LIMIT_FORM_ITEM + 1), &beyond), ERR_LIMIT);
    memset(text, 'W', sizeof text);
    assert_err(draw_item(ITEM_SEX, bytes_of(text, LIMIT_FORM_ITEM), &whole), ERR_LIMIT);
    assert_int_equal(whole.len, 0);
    buffer_init(&small, 1000);
    assert_err(form_draw(fonts, FORM_ISSUE, &content, &small, &fault), ERR_LIMIT);
    assert_int_equal(small.len, 0);
}

static void refuses_a_form_that_is_none(void **state)
{
    (void)state;
    struct content content = {.is_sample = false};
    struct buffer pdf CLEANUP_BUFFER;
    assert_err(draw(FORM_NONE, &content, &pdf), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_drawn_blank_and_filled),
        cmocka_unit_test(same_content_is_the_same_file),
        cmocka_unit_test(long_texts_shrink_or_wrap),
        cmocka_unit_test(refuses_what_cannot_stand_on_paper),
        cmocka_unit_test(refuses_what_is_too_long),
        cmocka_unit_test(refuses_a_form_that_is_none),
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
