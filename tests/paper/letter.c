/* Letters: each is drawn, and none without what it must say. What the PDF says is judged by
 * letter.py. */
#include "paper/letter.h"

#include <string.h>

#include "base/limits.h"
#include "check.h"
#include "paper/leaks.h"
#include "paper/letters.h"

static struct fonts *fonts;

static const char *const texts[NUM_ITEMS] = {
    [ITEM_NAME] = "𠮷田　葛󠄀子",
    [ITEM_CERT_NAME] = "吉田　葛子",
    [ITEM_POSTCODE] = "689-2292",
    [ITEM_ADDRESS] = "見本県見本町大栄一丁目２番３号",
    [ITEM_NUMBER] = "42",
    [ITEM_DATE] = "2026-11-27",
    [ITEM_SENDER] = "見本町長",
    [ITEM_OFFICE] = "見本町役場　窓口",
    [ITEM_PROCEDURE] = "更新",
    [ITEM_KINDS] = "both",
    [ITEM_DEADLINE] = "2026-12-27",
    [ITEM_PROXY] = "見本　太郎",
    [ITEM_PIN] = "match",
    [ITEM_CHANGED] = "住所",
    [ITEM_WORKS] = "authentication",
    [ITEM_CARD] = "stopped",
    [ITEM_FEE] = "0",
    [ITEM_OPENS] = "2026-09-01",
    [ITEM_CARD_UNTIL] = "2026-12-01",
    [ITEM_HELD] = "2026-11-27T03:04:05Z",
    [ITEM_REVOKED] = "2026-11-27",
    [ITEM_SIGNATURE_FROM] = "2026-11-27T03:04:05Z",
    [ITEM_SIGNATURE_UNTIL] = "2031-05-01",
    [ITEM_SIGNATURE_ENDED] = "2026-11-27T03:04:05Z",
    [ITEM_AUTHENTICATION_FROM] = "2026-11-27T03:04:05Z",
    [ITEM_AUTHENTICATION_UNTIL] = "2031-05-01",
    [ITEM_AUTHENTICATION_ENDED] = "2026-11-27T03:04:05Z",
};

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

static struct content all_known(void)
{
    struct content content = {.is_sample = true};
    for (size_t i = 0; i < NUM_ITEMS; i++)
        if (texts[i])
            content.items[i] = bytes_of_text(texts[i]);
    return content;
}

static enum err draw(enum letter letter, const struct content *content, struct fault *fault)
{
    struct buffer pdf CLEANUP_BUFFER;
    buffer_init(&pdf, LIMIT_FORM);
    *fault = (struct fault){0};
    enum err err = letter_draw(fonts, letter, content, &pdf, fault);
    if (err == ERR_NONE)
        assert_memory_equal(pdf.data, "%PDF-", 5);
    else
        assert_int_equal(pdf.len, 0);
    return err;
}

static void each_is_drawn(void **state)
{
    (void)state;
    struct content content = all_known();
    struct fault fault;
    for (enum letter letter = LETTER_INQUIRY; letter < NUM_LETTERS; letter++)
        assert_ok(draw(letter, &content, &fault));
}

static void none_without_what_it_must_say(void **state)
{
    (void)state;
    struct fault fault;
    for (enum letter letter = LETTER_INQUIRY; letter < NUM_LETTERS; letter++) {
        const struct letter_layout *layout = letter_layout_of(letter);
        for (size_t i = 0; i < LETTER_NEEDS && layout->needs[i] != ITEM_NONE; i++) {
            struct content content = all_known();
            content.items[layout->needs[i]] = bytes_of("", 0);
            assert_err(draw(letter, &content, &fault), ERR_NOT_FOUND);
            assert_string_equal(fault.rule, content_item_name(layout->needs[i]));
        }
    }
}

static void one_of_several_is_enough(void **state)
{
    (void)state;
    static const enum letter letters[] = {LETTER_EXPIRY, LETTER_RECEIPT};
    struct fault fault;
    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        const struct letter_layout *layout = letter_layout_of(letters[i]);
        struct content none = all_known();
        for (size_t j = 0; j < LETTER_NEEDS && layout->needs_one[j] != ITEM_NONE; j++)
            none.items[layout->needs_one[j]] = bytes_of("", 0);
        assert_err(draw(letters[i], &none, &fault), ERR_NOT_FOUND);
        none.items[layout->needs_one[1]] = bytes_of_text(texts[layout->needs_one[1]]);
        assert_ok(draw(letters[i], &none, &fault));
    }
}

static void refuses_what_cannot_stand_on_paper(void **state)
{
    (void)state;
    static const struct {
        enum content_item item;
        const char *text;
        enum err err;
    } rows[] = {
        {ITEM_NAME, "\xE5\x90", ERR_MALFORMED},
        {ITEM_NAME, "見本\xE2\x80\x8B花子", ERR_MALFORMED},
        {ITEM_ADDRESS, "\xE2\x80\xAE見本町", ERR_MALFORMED},
        {ITEM_NAME, "\xF0\x9F\x98\x80", ERR_UNSUPPORTED},
        {ITEM_NAME, "邉\xF3\xA0\x87\xAF", ERR_UNSUPPORTED},
        {ITEM_OFFICE, "\xF0\x9F\x98\x80", ERR_UNSUPPORTED},
        {ITEM_BIRTH_DATE, "1868-10-22", ERR_UNSUPPORTED},
        {ITEM_DATE, "2026-11-31", ERR_MALFORMED},
        {ITEM_NUMBER, "a", ERR_MALFORMED},
    };
    struct fault fault;
    for (enum letter letter = LETTER_INQUIRY; letter < NUM_LETTERS; letter++)
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            struct content content = all_known();
            content.items[rows[i].item] = bytes_of_text(rows[i].text);
            assert_err(draw(letter, &content, &fault), rows[i].err);
        }
    struct content content = all_known();
    assert_err(draw(LETTER_NONE, &content, &fault), ERR_NOT_FOUND);
}

/* Nothing is ever cut: what does not fit is not drawn at all. */
static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    char longest[LIMIT_FORM_ITEM + 1] = "";
    struct fault fault;
    for (size_t len = 0; len + 3 <= LIMIT_FORM_ITEM; len += 3)
        strcat(longest, "町");
    struct content content = all_known();
    content.items[ITEM_ADDRESS] = bytes_of_text(longest);
    assert_err(draw(LETTER_HOLD, &content, &fault), ERR_LIMIT);
    assert_ok(draw(LETTER_RECEIPT, &content, &fault)); /* it has no address */
    content = all_known();
    content.items[ITEM_NAME] = bytes_of_text(longest);
    assert_err(draw(LETTER_RECEIPT, &content, &fault), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_drawn),
        cmocka_unit_test(none_without_what_it_must_say),
        cmocka_unit_test(one_of_several_is_enough),
        cmocka_unit_test(refuses_what_cannot_stand_on_paper),
        cmocka_unit_test(refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
