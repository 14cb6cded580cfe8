/* The one way to draw a paper's blocks: their headings, rows, boxes and paragraphs, filled in with
 * what is known, from one height of the page down to its end. */
#pragma once

#include "paper/layout.h"
#include "paper/sheet.h"

#define PAGE_MARGIN 48.0
#define PAGE_BOTTOM 34.0
#define PAGE_WIDTH  (SHEET_WIDTH - 2 * PAGE_MARGIN)
#define PAGE_SAMPLE "見本／SAMPLE"
#define PAGE_QR     66.0 /* its side */

struct blocks_look {
    double top;
    const struct style *note;
    /* What is not known is left out: the row, and a block without rows. Else its box stays, for a
     * hand to fill. */
    bool leaves_out;
};

/* blocks_draw fails the sheet with ERR_LIMIT when they are higher than what the page has left. */
void blocks_draw(struct sheet *sheet, const struct content *content,
                 const struct layout_block *const *blocks, const struct blocks_look *look);

/* blocks_draw_number draws the QR code with the number below it, at the top right. */
void blocks_draw_number(struct sheet *sheet, const struct content *content);
