/* libqrencode finds the modules; bars of an SVG path draw them. */
#include "web/qr.h"

#include <qrencode.h>

#include "base/bytes.h"
#include "base/limits.h"

#define QUIET 4 /* ISO/IEC 18004 5.3.8 */

/* Each run of dark modules in a row is one bar. */
static void draw_row(const unsigned char *row, int width, int y, struct buffer *path)
{
    for (int x = 0, end; x < width; x = end + 1) {
        for (end = x; end < width && (row[end] & 1); end++)
            continue;
        if (end > x)
            buffer_put_format(path, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, end - x, end - x);
    }
}

json_t *qr_draw(const char *text)
{
    struct buffer path CLEANUP_BUFFER;
    buffer_init(&path, LIMIT_FRAME);
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (!code)
        return NULL;
    int width = code->width;
    for (int y = 0; y < width; y++)
        draw_row(code->data + y * width, width, y, &path);
    QRcode_free(code);
    return json_pack("{s:i, s:s}", "size", width + 2 * QUIET, "path", buffer_text(&path));
}
