/* A letter is its head and its blocks. The head has the recipient where the envelope has its
 * window, and to the right of that the town, the date and the number. */
#include "paper/letter.h"

#include <string.h>

#include "base/limits.h"
#include "paper/blocks.h"
#include "paper/letters.h"

#define POINTS(millimetres) ((millimetres)*72 / 25.4)

/* 長形3号 is 235 mm by 120 mm; its window, 90 mm by 45 mm, usually lies 22 mm from the left and 12
 * mm from the top. A4 folded in three (210 mm by 99 mm) can slide by 25 mm and by 21 mm in it. What
 * stands in WINDOW is seen wherever the sheet lies; what stands outside of REACH is never seen. */
#define WINDOW_LEFT   POINTS(22)
#define WINDOW_TOP    POINTS(12)
#define WINDOW_WIDTH  POINTS(90 - 25)
#define WINDOW_HEIGHT POINTS(45 - 21)
#define REACH_RIGHT   POINTS(22 + 90)
#define REACH_BOTTOM  POINTS(12 + 45)
#define FOLD          POINTS(297.0 / 3)
#define FOLD_MARK     POINTS(5)

#define SIDE_LEFT     (REACH_RIGHT + 6)
#define SIDE_WIDTH    (SHEET_WIDTH - PAGE_MARGIN - SIDE_LEFT)
#define TITLE_HEIGHT  22.0
#define NO_FORWARDING "転送不要" /* page:S31 it is to reach the registered address or come back */

static const struct style small_style = {HAND_FILLED, 10, 8, PANGO_ALIGN_LEFT, false};
static const struct style mark_style = {HAND_PRINTED, 9, 9, PANGO_ALIGN_CENTER, false};
static const struct style address_style = {HAND_FILLED, 10.5, 5, PANGO_ALIGN_LEFT, true};
static const struct style name_style = {HAND_FILLED, 14, 5, PANGO_ALIGN_LEFT, false};
static const struct style side_style = {HAND_FILLED, 10, 6, PANGO_ALIGN_LEFT, true};
static const struct style title_style = {HAND_PRINTED, 15, 10, PANGO_ALIGN_CENTER, false};
static const struct style note_style = {HAND_PRINTED, 10, 8, PANGO_ALIGN_LEFT, false};

/* --- what is missing --- */

static enum err needs_check(const struct letter_layout *layout, const struct content *content,
                            struct fault *fault)
{
    bool has_one = layout->needs_one[0] == ITEM_NONE;
    for (size_t i = 0; i < LETTER_NEEDS && layout->needs[i] != ITEM_NONE; i++)
        if (!content_has(content, layout->needs[i]))
            return fault_set(fault, ERR_NOT_FOUND, content_item_name(layout->needs[i]),
                             "the letter needs it");
    for (size_t i = 0; i < LETTER_NEEDS && layout->needs_one[i] != ITEM_NONE; i++)
        has_one = has_one || content_has(content, layout->needs_one[i]);
    return has_one ? ERR_NONE
                   : fault_set(fault, ERR_NOT_FOUND, content_item_name(layout->needs_one[0]),
                               "the letter needs it, or another of its kind");
}

/* --- the head --- */

static void draw_item(struct sheet *sheet, const struct content *content, enum content_item item,
                      struct box box, const char *behind, const struct style *style)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_PAPER_TEXT);
    content_print(content, item, &text);
    if (!text.len)
        return;
    buffer_put_text(&text, behind);
    sheet_text(sheet, box, buffer_bytes(&text), style);
}

/* The house stands on a line, what is in it on the next. */
static void draw_address(struct sheet *sheet, const struct content *content, struct box box)
{
    static const char wide_space[] = "　";
    struct bytes address = content->items[ITEM_ADDRESS];
    size_t len = strlen(wide_space);
    const uint8_t *space = memmem(address.data, address.len, wide_space, len);
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_PAPER_TEXT);
    buffer_put_bytes(&text, address);
    if (space) {
        size_t before = (size_t)(space - address.data);
        buffer_cut(&text, before);
        buffer_put_u8(&text, '\n');
        buffer_put(&text, space + len, address.len - before - len);
    }
    sheet_text(sheet, box, buffer_bytes(&text), &address_style);
}

static void draw_recipient(struct sheet *sheet, const struct content *content, bool is_posted)
{
    const struct box first = {WINDOW_LEFT, WINDOW_TOP, WINDOW_WIDTH - 54, 13};
    const struct box mark = {WINDOW_LEFT + WINDOW_WIDTH - 52, WINDOW_TOP, 52, 13};
    const struct box address = {WINDOW_LEFT, WINDOW_TOP + 14, WINDOW_WIDTH, 27};
    const struct box name = {WINDOW_LEFT, WINDOW_TOP + 41, WINDOW_WIDTH, WINDOW_HEIGHT - 41};
    if (is_posted) {
        draw_item(sheet, content, ITEM_POSTCODE, first, "", &small_style);
        sheet_frame(sheet, mark, 0.6);
        sheet_text(sheet, mark, bytes_of_text(NO_FORWARDING), &mark_style);
        draw_address(sheet, content, address);
    }
    draw_item(sheet, content, ITEM_NAME, name, "　様", &name_style);
}

static void draw_side(struct sheet *sheet, const struct content *content)
{
    const double beside = SIDE_WIDTH - PAGE_QR - 22;
    const struct box date = {SIDE_LEFT, WINDOW_TOP, beside, 14};
    const struct box sender = {SIDE_LEFT, WINDOW_TOP + 16, beside, 54};
    const struct box office = {SIDE_LEFT, WINDOW_TOP + 74, SIDE_WIDTH, 50};
    draw_item(sheet, content, ITEM_DATE, date, "", &side_style);
    draw_item(sheet, content, ITEM_SENDER, sender, "", &side_style);
    draw_item(sheet, content, ITEM_OFFICE, office, "", &side_style);
    blocks_draw_number(sheet, content);
}

static void draw_folds(struct sheet *sheet)
{
    for (int i = 1; i <= 2; i++)
        sheet_fill(sheet, (struct box){POINTS(5), i * FOLD, FOLD_MARK, 0.4}, 0.4);
}

/* --- the page --- */

static void draw(struct sheet *sheet, const struct letter_layout *layout,
                 const struct content *content)
{
    const struct box title = {PAGE_MARGIN, REACH_BOTTOM + 4, PAGE_WIDTH, TITLE_HEIGHT};
    const struct blocks_look look = {
        .top = title.y + title.height + 8, .note = &note_style, .leaves_out = true};
    if (content->is_sample)
        sheet_mark(sheet, PAGE_SAMPLE);
    draw_recipient(sheet, content, layout->is_posted);
    draw_side(sheet, content);
    if (layout->is_posted)
        draw_folds(sheet);
    sheet_text(sheet, title, bytes_of_text(layout->title), &title_style);
    blocks_draw(sheet, content, layout->blocks, &look);
}

static enum err letter_check(const struct filled_letter *filled, struct fault *fault)
{
    if (filled->letter == LETTER_NONE)
        return fault_set(fault, ERR_NOT_FOUND, "letter", "there is none");
    enum err err = content_check(&filled->content, fault);
    return err == ERR_NONE ? needs_check(letter_layout_of(filled->letter), &filled->content, fault)
                           : err;
}

static void draw_filled(struct sheet *sheet, const struct filled_letter *filled)
{
    struct content shown = filled->content;
    /* said only where the certificate has another string */
    if (bytes_equal(shown.items[ITEM_CERT_NAME], shown.items[ITEM_NAME]))
        shown.items[ITEM_CERT_NAME] = bytes_of("", 0);
    draw(sheet, letter_layout_of(filled->letter), &shown);
}

enum err letters_draw(const struct fonts *fonts, const struct filled_letter *letters, size_t num,
                      struct buffer *pdf, struct fault *fault)
{
    struct sheet sheet;
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < num; i++)
        err = letter_check(&letters[i], fault);
    if (err != ERR_NONE)
        return err;
    sheet_init(&sheet, fonts, letter_title(letters[0].letter), pdf, fault);
    for (size_t i = 0; i < num; i++) {
        if (i)
            sheet_next(&sheet);
        draw_filled(&sheet, &letters[i]);
    }
    return sheet_finish(&sheet);
}

enum err letter_draw(const struct fonts *fonts, enum letter letter, const struct content *content,
                     struct buffer *pdf, struct fault *fault)
{
    const struct filled_letter filled = {letter, *content};
    return letters_draw(fonts, &filled, 1, pdf, fault);
}
