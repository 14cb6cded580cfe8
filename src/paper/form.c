/* The one way to draw a form: title, blocks, rows, boxes. */
#include "paper/form.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"
#include "paper/layout.h"
#include "paper/sheet.h"

#define MARGIN     48.0
#define TOP        34.0
#define BOTTOM     34.0
#define WIDTH      (SHEET_WIDTH - 2 * MARGIN)
#define QR_SIDE    66.0
#define HEAD       72.0 /* title and QR code */
#define LABEL      88.0
#define HEADING    15.0
#define GAP        7.0 /* between blocks */
#define PADDING    4.0
#define STRETCH    1.3 /* at most, where a form has few rows */
#define LINE       0.6
#define TITLE_LINE 24 /* characters of a title */
#define SAMPLE     "見本／SAMPLE"

static const struct style title_style = {HAND_PRINTED, 15, 9, PANGO_ALIGN_CENTER, false};
static const struct style heading_style = {HAND_PRINTED, 10.5, 8, PANGO_ALIGN_LEFT, false};
static const struct style label_style = {HAND_PRINTED, 9, 7, PANGO_ALIGN_LEFT, false};
static const struct style text_style = {HAND_PRINTED, 10, 8, PANGO_ALIGN_LEFT, false};
static const struct style note_style = {HAND_PRINTED, 8.5, 7, PANGO_ALIGN_LEFT, false};
static const struct style filled_style = {HAND_FILLED, 13, 5, PANGO_ALIGN_LEFT, false};
static const struct style number_style = {HAND_FILLED, 7, 4, PANGO_ALIGN_CENTER, true};

/* --- what is given --- */

static enum err item_check(struct bytes item, struct fault *fault)
{
    if (item.len > LIMIT_FORM_ITEM)
        return fault_set(fault, ERR_LIMIT, "length", "an item of %zu bytes", item.len);
    if (!text_is_utf8(item))
        return fault_set(fault, ERR_MALFORMED, "UTF-8", "an item is none");
    if (text_has_hidden(item))
        return fault_set(fault, ERR_MALFORMED, "text", "an item has a hidden character");
    return ERR_NONE;
}

static enum err content_check(const struct form_content *content, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < NUM_ITEMS; i++)
        err = item_check(content->items[i], fault);
    return err;
}

/* --- heights --- */

static double block_height(const struct layout_block *block)
{
    double height = 0;
    for (size_t i = 0; i < block->num_rows; i++)
        height += block->rows[i].height;
    return height;
}

static double block_heading(const struct layout_block *block)
{
    return block->heading ? HEADING : 0;
}

/* What rows are multiplied with, so that a form fills its page; below 1 it would not fit. */
static double stretch_of(const struct layout_block *const *blocks)
{
    double rows = 0, left = SHEET_HEIGHT - TOP - HEAD - BOTTOM;
    for (size_t i = 0; i < LAYOUT_BLOCKS && blocks[i]; i++) {
        rows += block_height(blocks[i]);
        left -= block_heading(blocks[i]) + GAP;
    }
    return left / rows < STRETCH ? left / rows : STRETCH;
}

/* --- drawing --- */

/* A title that is too long for one line breaks where it has the space that is nearest its middle.
 */
static void title_break(struct buffer *title)
{
    size_t found = 0, middle = title->len / 2;
    if (text_count(buffer_bytes(title)) <= TITLE_LINE)
        return;
    for (size_t i = 1; i < title->len; i++)
        if (title->data[i] == ' ' &&
            labs((long)i - (long)middle) < labs((long)found - (long)middle))
            found = i;
    if (found)
        title->data[found] = '\n';
}

static void draw_title(struct sheet *sheet, const char *title)
{
    struct box box = {MARGIN + QR_SIDE, TOP, WIDTH - 2 * QR_SIDE, HEAD - 18};
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_FORM_ITEM);
    buffer_put_text(&text, title);
    title_break(&text);
    sheet_text(sheet, box, buffer_bytes(&text), &title_style);
}

static struct box inside(struct box box)
{
    return (struct box){box.x + PADDING, box.y + 1, box.width - 2 * PADDING, box.height - 2};
}

static void draw_cell(struct sheet *sheet, const struct form_content *content, struct box box,
                      const struct layout_cell *cell)
{
    struct box label = box, value = box;
    struct bytes known = content->items[cell->item];
    label.width = LABEL;
    value.x += LABEL;
    value.width -= LABEL;
    sheet_frame(sheet, label, LINE);
    sheet_frame(sheet, value, LINE);
    sheet_text(sheet, inside(label), bytes_of_text(cell->label), &label_style);
    if (known.len)
        sheet_text(sheet, inside(value), known, &filled_style);
    else if (cell->text)
        sheet_text(sheet, inside(value), bytes_of_text(cell->text), &text_style);
}

static void draw_row(struct sheet *sheet, const struct form_content *content, struct box box,
                     const struct layout_row *row)
{
    size_t num = 0;
    if (row->note) {
        sheet_text(sheet, inside(box), bytes_of_text(row->note), &note_style);
        return;
    }
    while (num < LAYOUT_CELLS && row->cells[num].label)
        num++;
    for (size_t i = 0; i < num; i++) {
        struct box cell = box;
        cell.width = box.width / (double)num;
        cell.x += (double)i * cell.width;
        draw_cell(sheet, content, cell, &row->cells[i]);
    }
}

/* Returns where the next block begins. */
static double draw_block(struct sheet *sheet, const struct form_content *content, double y,
                         double stretch, const struct layout_block *block)
{
    struct box box = {MARGIN, y, WIDTH, block_heading(block)};
    if (block->heading) {
        sheet_text(sheet, box, bytes_of_text(block->heading), &heading_style);
        box.y += box.height;
    }
    for (size_t i = 0; i < block->num_rows; i++, box.y += box.height) {
        box.height = block->rows[i].height * stretch;
        draw_row(sheet, content, box, &block->rows[i]);
    }
    return box.y + GAP;
}

static void draw_number(struct sheet *sheet, struct bytes number)
{
    struct box qr = {SHEET_WIDTH - MARGIN - QR_SIDE, TOP - 14, QR_SIDE, QR_SIDE};
    struct box below = {qr.x - 20, qr.y + qr.height - 4, qr.width + 40, 14};
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_FORM_ITEM + 1);
    buffer_put_bytes(&text, number);
    sheet_qr(sheet, qr, buffer_text(&text));
    sheet_text(sheet, below, number, &number_style);
}

static void draw(struct sheet *sheet, enum form form, const struct form_content *content)
{
    const struct layout_block *const *blocks = layout_of(form);
    double y = TOP + HEAD, stretch = stretch_of(blocks);
    if (content->is_sample)
        sheet_mark(sheet, SAMPLE);
    draw_title(sheet, form_title(form, LANGUAGE_JA));
    if (content->items[ITEM_NUMBER].len)
        draw_number(sheet, content->items[ITEM_NUMBER]);
    for (size_t i = 0; i < LAYOUT_BLOCKS && blocks[i]; i++)
        y = draw_block(sheet, content, y, stretch, blocks[i]);
}

enum err form_draw(const struct fonts *fonts, enum form form, const struct form_content *content,
                   struct buffer *pdf, struct fault *fault)
{
    struct sheet sheet;
    if (form == FORM_NONE)
        return fault_set(fault, ERR_NOT_FOUND, "form", "there is none");
    enum err err = content_check(content, fault);
    if (err != ERR_NONE)
        return err;
    sheet_init(&sheet, fonts, form_title(form, LANGUAGE_JA), pdf, fault);
    draw(&sheet, form, content);
    return sheet_finish(&sheet);
}
