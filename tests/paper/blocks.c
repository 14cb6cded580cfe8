/* What a page cannot hold is refused whole; what it holds is drawn. */
#include "paper/blocks.h"

#include "base/limits.h"
#include "check.h"
#include "paper/leaks.h"

static const struct style note_style = {HAND_PRINTED, 10, 8, PANGO_ALIGN_LEFT, false};

static enum err draw(const struct layout_row *row, const struct content *content, double top,
                     bool leaves_out, struct buffer *pdf)
{
    const struct layout_block block = {.heading = "見出し", .num_rows = 1, .rows = row};
    const struct layout_block *const blocks[LAYOUT_BLOCKS] = {&block};
    const struct blocks_look look = {.top = top, .note = &note_style, .leaves_out = leaves_out};
    struct fonts *fonts = NULL;
    struct fault fault = {0};
    struct sheet sheet;
    assert_ok(fonts_open(&fonts, &fault));
    buffer_init(pdf, LIMIT_FORM);
    sheet_init(&sheet, fonts, "試験", pdf, &fault);
    blocks_draw(&sheet, content, blocks, &look);
    enum err err = sheet_finish(&sheet);
    fonts_close(fonts);
    return err;
}

static void a_page_holds_what_it_holds(void **state)
{
    (void)state;
    static const struct content none = {.is_sample = false};
    static const struct layout_row row = {100, NULL, {{"欄", NULL, ITEM_NONE}}};
    const double last = SHEET_HEIGHT - PAGE_BOTTOM - 100 - 22; /* a heading and a gap */
    struct buffer fits CLEANUP_BUFFER, beyond CLEANUP_BUFFER;
    assert_ok(draw(&row, &none, last, false, &fits));
    assert_err(draw(&row, &none, last + 1, false, &beyond), ERR_LIMIT);
    assert_int_equal(beyond.len, 0);
}

static void a_paragraph_is_whole_or_not_there(void **state)
{
    (void)state;
    struct content content = {.is_sample = false};
    static const struct layout_row known = {20, "{deadline}まで", {{0}}};
    static const struct layout_row unknown = {20, "{no-such-item}まで", {{0}}};
    struct buffer drawn CLEANUP_BUFFER, left_out CLEANUP_BUFFER, missing CLEANUP_BUFFER,
        no_item CLEANUP_BUFFER;
    assert_ok(draw(&known, &content, 100, true, &left_out));
    assert_err(draw(&known, &content, 100, false, &missing), ERR_LIMIT);
    content.items[ITEM_DEADLINE] = bytes_of_text("2026-12-27");
    assert_ok(draw(&known, &content, 100, false, &drawn));
    assert_err(draw(&unknown, &content, 100, false, &no_item), ERR_LIMIT);
    assert_true(drawn.len > left_out.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_holds_what_it_holds),
        cmocka_unit_test(a_paragraph_is_whole_or_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
