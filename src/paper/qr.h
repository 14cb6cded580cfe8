/* A QR code as runs of dark modules; whoever shows it draws them. */
#pragma once

#include <stdbool.h>

#include "base/attr.h"

struct qr;

struct qr *qr_new(const char *text); /* NULL: too long, or no memory */
void qr_free(struct qr *qr);         /* takes NULL */
int qr_size(const struct qr *qr);    /* modules of a side, with the quiet zone */

/* So many dark modules from x to the right, in the row y. */
struct qr_run {
    int x, y, len;
};

/* qr_next gives the run behind *run, which begins as zeros; false when there is none. */
bool qr_next(const struct qr *qr, struct qr_run *run);

static inline void qr_free_pointer(struct qr **qr)
{
    qr_free(*qr);
}
#define CLEANUP_QR CLEANUP(qr_free_pointer)
