/* Open addressing. The digests are SHA-256, so their first bytes are as good as any hash of them.
 */
#include "signer/seen.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROWS 1024

static const uint8_t free_row[SEEN_LEN];

void seen_init(struct seen *seen)
{
    *seen = (struct seen){0};
}

void seen_done(struct seen *seen)
{
    free(seen->rows);
    seen_init(seen);
}

/* The row that holds the digest, or the free one where it would go. There is always a free one. */
static size_t row_of(const struct seen *seen, const uint8_t digest[static SEEN_LEN])
{
    uint64_t start;
    memcpy(&start, digest, sizeof start);
    size_t row = (size_t)start & (seen->num_rows - 1);
    while (memcmp(seen->rows[row], free_row, SEEN_LEN) != 0 &&
           memcmp(seen->rows[row], digest, SEEN_LEN) != 0)
        row = (row + 1) & (seen->num_rows - 1);
    return row;
}

static enum err seen_grow(struct seen *seen)
{
    struct seen larger = {.num_rows = seen->num_rows ? 2 * seen->num_rows : FIRST_ROWS};
    larger.rows = calloc(larger.num_rows, SEEN_LEN);
    if (!larger.rows)
        return ERR_MEMORY;
    larger.num_used = seen->num_used;
    for (size_t i = 0; i < seen->num_rows; i++)
        if (memcmp(seen->rows[i], free_row, SEEN_LEN) != 0)
            memcpy(larger.rows[row_of(&larger, seen->rows[i])], seen->rows[i], SEEN_LEN);
    free(seen->rows);
    *seen = larger;
    return ERR_NONE;
}

bool seen_has(const struct seen *seen, const uint8_t digest[static SEEN_LEN])
{
    return seen->num_rows && memcmp(seen->rows[row_of(seen, digest)], digest, SEEN_LEN) == 0;
}

enum err seen_reserve(struct seen *seen, size_t more)
{
    enum err err = ERR_NONE;
    while (err == ERR_NONE && 2 * (seen->num_used + more) > seen->num_rows)
        err = seen_grow(seen);
    return err;
}

void seen_add(struct seen *seen, const uint8_t digest[static SEEN_LEN])
{
    size_t row = row_of(seen, digest);
    if (memcmp(seen->rows[row], digest, SEEN_LEN) == 0)
        return;
    memcpy(seen->rows[row], digest, SEEN_LEN);
    seen->num_used++;
}
