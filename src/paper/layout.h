/* What stands on each form: blocks of rows of boxes. Data alone; how it looks is in form.c. */
#pragma once

#include "paper/form.h"

#define LAYOUT_CELLS  2
#define LAYOUT_BLOCKS 8

struct layout_cell {
    const char *label; /* NULL: there is no such cell */
    const char *text;  /* in the box, unless the item is known */
    enum form_item item;
};

struct layout_row {
    double height;    /* points, at least */
    const char *note; /* instead of boxes */
    struct layout_cell cells[LAYOUT_CELLS];
};

struct layout_block {
    const char *heading; /* NULL: none */
    size_t num_rows;
    const struct layout_row *rows;
};

/* layout_of gives the blocks of a form, ended by NULL where there are fewer. */
const struct layout_block *const *layout_of(enum form form);
