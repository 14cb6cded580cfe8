#include "paper/blocks.h"

#include <string.h>

#include "base/limits.h"

#define LABEL   88.0
#define HEADING 15.0
#define GAP     7.0 /* between blocks */
#define PADDING 4.0
#define STRETCH 1.3 /* at most, where a page has few rows */
#define LINE    0.6
#define QR_TOP  20.0

static const struct style heading_style = {HAND_PRINTED, 10.5, 8, PANGO_ALIGN_LEFT, false};
static const struct style label_style = {HAND_PRINTED, 9, 7, PANGO_ALIGN_LEFT, false};
static const struct style text_style = {HAND_PRINTED, 10, 8, PANGO_ALIGN_LEFT, false};
static const struct style filled_style = {HAND_FILLED, 13, 5, PANGO_ALIGN_LEFT, false};
static const struct style number_style = {HAND_FILLED, 7, 4, PANGO_ALIGN_CENTER, true};

/* --- what stands there --- */

/* Appends a paragraph with its items filled in; false when one of them is not known. */
static bool note_print(const struct content *content, const char *note, struct buffer *out)
{
    const char *begin, *end;
    for (; (begin = strchr(note, '{')) && (end = strchr(begin, '}')); note = end + 1) {
        struct bytes name = bytes_of(begin + 1, (size_t)(end - begin - 1));
        enum content_item item = content_item_of(name);
        if (!content_has(content, item))
            return false;
        buffer_put(out, note, (size_t)(begin - note));
        content_print(content, item, out);
    }
    buffer_put_text(out, note);
    return true;
}

static bool note_stands(const struct content *content, const char *note)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_PAPER_TEXT);
    return note_print(content, note, &text);
}

/* A box for a hand to write in always stands. */
static bool cell_stands(const struct content *content, const struct layout_cell *cell,
                        const struct blocks_look *look)
{
    return cell->label && (!look->leaves_out || cell->text || cell->item == ITEM_NONE ||
                           content_has(content, cell->item));
}

static bool row_stands(const struct content *content, const struct layout_row *row,
                       const struct blocks_look *look)
{
    if (row->note)
        return !look->leaves_out || note_stands(content, row->note);
    for (size_t i = 0; i < LAYOUT_CELLS; i++)
        if (cell_stands(content, &row->cells[i], look))
            return true;
    return false;
}

/* --- heights --- */

/* Of the rows that stand; 0: the block is left out. */
static double block_height(const struct content *content, const struct layout_block *block,
                           const struct blocks_look *look)
{
    double height = 0;
    for (size_t i = 0; i < block->num_rows; i++)
        if (row_stands(content, &block->rows[i], look))
            height += block->rows[i].height;
    return height;
}

static double block_heading(const struct layout_block *block)
{
    return block->heading ? HEADING : 0;
}

/* What rows are multiplied with, so that a paper fills its page; below 1 it does not fit. */
static double stretch_of(const struct content *content, const struct layout_block *const *blocks,
                         const struct blocks_look *look)
{
    double rows = 0, left = SHEET_HEIGHT - look->top - PAGE_BOTTOM;
    for (size_t i = 0; i < LAYOUT_BLOCKS && blocks[i]; i++) {
        double height = block_height(content, blocks[i], look);
        if (height > 0)
            left -= block_heading(blocks[i]) + GAP;
        rows += height;
    }
    return left / rows < STRETCH ? left / rows : STRETCH;
}

/* --- drawing --- */

static struct box inside(struct box box)
{
    return (struct box){box.x + PADDING, box.y + 1, box.width - 2 * PADDING, box.height - 2};
}

static void draw_value(struct sheet *sheet, const struct content *content, struct box box,
                       const struct layout_cell *cell)
{
    struct buffer known CLEANUP_BUFFER;
    buffer_init(&known, LIMIT_PAPER_TEXT);
    content_print(content, cell->item, &known);
    if (known.len)
        sheet_text(sheet, inside(box), buffer_bytes(&known), &filled_style);
    else if (cell->text)
        sheet_text(sheet, inside(box), bytes_of_text(cell->text), &text_style);
}

static void draw_cell(struct sheet *sheet, const struct content *content, struct box box,
                      const struct layout_cell *cell)
{
    struct box label = box, value = box;
    label.width = LABEL;
    value.x += LABEL;
    value.width -= LABEL;
    sheet_frame(sheet, label, LINE);
    sheet_frame(sheet, value, LINE);
    sheet_text(sheet, inside(label), bytes_of_text(cell->label), &label_style);
    draw_value(sheet, content, value, cell);
}

static void draw_note(struct sheet *sheet, const struct content *content, struct box box,
                      const char *note, const struct style *style)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_PAPER_TEXT);
    if (!note_print(content, note, &text) || buffer_check(&text) != ERR_NONE)
        sheet_fail(sheet, ERR_LIMIT, "paragraph", "an item is missing, or all is too long");
    else
        sheet_text(sheet, inside(box), buffer_bytes(&text), style);
}

static void draw_row(struct sheet *sheet, const struct content *content, struct box box,
                     const struct layout_row *row, const struct blocks_look *look)
{
    const struct layout_cell *cells[LAYOUT_CELLS];
    size_t num = 0;
    if (row->note) {
        draw_note(sheet, content, box, row->note, look->note);
        return;
    }
    for (size_t i = 0; i < LAYOUT_CELLS; i++)
        if (cell_stands(content, &row->cells[i], look))
            cells[num++] = &row->cells[i];
    box.width /= (double)num;
    for (size_t i = 0; i < num; i++, box.x += box.width)
        draw_cell(sheet, content, box, cells[i]);
}

static void draw_block(struct sheet *sheet, const struct content *content, struct box *at,
                       double stretch, const struct layout_block *block,
                       const struct blocks_look *look)
{
    if (block->heading) {
        at->height = HEADING;
        sheet_text(sheet, *at, bytes_of_text(block->heading), &heading_style);
        at->y += at->height;
    }
    for (size_t i = 0; i < block->num_rows; i++) {
        if (!row_stands(content, &block->rows[i], look))
            continue;
        at->height = block->rows[i].height * stretch;
        draw_row(sheet, content, *at, &block->rows[i], look);
        at->y += at->height;
    }
    at->y += GAP;
}

void blocks_draw(struct sheet *sheet, const struct content *content,
                 const struct layout_block *const *blocks, const struct blocks_look *look)
{
    struct box at = {PAGE_MARGIN, look->top, PAGE_WIDTH, 0};
    double stretch = stretch_of(content, blocks, look);
    if (stretch < 1)
        sheet_fail(sheet, ERR_LIMIT, "page", "it has more rows than one page holds");
    for (size_t i = 0; i < LAYOUT_BLOCKS && blocks[i]; i++)
        if (block_height(content, blocks[i], look) > 0)
            draw_block(sheet, content, &at, stretch, blocks[i], look);
}

void blocks_draw_number(struct sheet *sheet, const struct content *content)
{
    struct box qr = {SHEET_WIDTH - PAGE_MARGIN - PAGE_QR, QR_TOP, PAGE_QR, PAGE_QR};
    struct box below = {qr.x - 20, qr.y + qr.height - 4, qr.width + 40, 14};
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_FORM_ITEM + 1);
    content_print(content, ITEM_NUMBER, &text);
    if (!text.len)
        return;
    sheet_qr(sheet, qr, buffer_text(&text));
    sheet_text(sheet, below, buffer_bytes(&text), &number_style);
}
