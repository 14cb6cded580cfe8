/* What stands in each letter. Data alone; how it looks is in letter.c. */
#pragma once

#include "paper/layout.h"
#include "paper/letter.h"

#define LETTER_NEEDS 10

struct letter_layout {
    const char *name, *title;
    bool is_posted; /* the address stands where the envelope has its window */
    enum content_item needs[LETTER_NEEDS];     /* all of them, up to the first ITEM_NONE */
    enum content_item needs_one[LETTER_NEEDS]; /* one of them, if there are any */
    const struct layout_block *blocks[LAYOUT_BLOCKS];
};

const struct letter_layout *letter_layout_of(enum letter letter);
