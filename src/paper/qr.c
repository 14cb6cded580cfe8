/* libqrencode finds the modules. */
#include "paper/qr.h"

#include <qrencode.h>
#include <stdlib.h>

#define QUIET 4 /* ISO/IEC 18004 5.3.8 */

struct qr {
    QRcode *code;
};

struct qr *qr_new(const char *text)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    struct qr *qr = code ? malloc(sizeof *qr) : NULL;
    if (qr)
        qr->code = code;
    else
        QRcode_free(code);
    return qr;
}

void qr_free(struct qr *qr)
{
    if (!qr)
        return;
    QRcode_free(qr->code);
    free(qr);
}

int qr_size(const struct qr *qr)
{
    return qr->code->width + 2 * QUIET;
}

static bool is_dark(const struct qr *qr, int x, int y)
{
    int width = qr->code->width;
    x -= QUIET;
    y -= QUIET;
    return x >= 0 && y >= 0 && x < width && y < width && (qr->code->data[y * width + x] & 1);
}

bool qr_next(const struct qr *qr, struct qr_run *run)
{
    int size = qr_size(qr);
    for (int at = run->y * size + run->x + run->len; at < size * size; at++) {
        struct qr_run found = {.x = at % size, .y = at / size};
        while (is_dark(qr, found.x + found.len, found.y))
            found.len++;
        if (found.len) {
            *run = found;
            return true;
        }
    }
    return false;
}
