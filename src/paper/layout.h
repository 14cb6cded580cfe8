/* What stands on a paper: blocks of rows of boxes, and paragraphs. Data alone; how it looks is in
 * blocks.c. The forms' are in layout.c, the letters' in letters.c. */
#pragma once

#include "law/papers.h"
#include "paper/content.h"

#define LAYOUT_CELLS  2
#define LAYOUT_BLOCKS 8

struct layout_cell {
    const char *label; /* NULL: there is no such cell */
    const char *text;  /* in the box, unless the item is known */
    enum content_item item;
};

struct layout_row {
    double height;    /* points, at least */
    const char *note; /* a paragraph instead of boxes; {name} is the item of that name */
    struct layout_cell cells[LAYOUT_CELLS];
};

struct layout_block {
    const char *heading; /* NULL: none */
    size_t num_rows;
    const struct layout_row *rows;
};

/* Defines name_block of name_rows. */
#define LAYOUT_BLOCK(name, title)                                                                  \
    static const struct layout_block name##_block = {                                              \
        .heading = title, .num_rows = COUNT_OF(name##_rows), .rows = name##_rows}

/* layout_of gives the blocks of a form, ended by NULL where there are fewer. */
const struct layout_block *const *layout_of(enum form form);
