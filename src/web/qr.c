/* A bar of an SVG path for each run of dark modules. */
#include "web/qr.h"

#include "base/bytes.h"
#include "base/limits.h"
#include "paper/qr.h"

json_t *qr_draw(const char *text)
{
    struct buffer path CLEANUP_BUFFER;
    struct qr *qr CLEANUP_QR = qr_new(text);
    struct qr_run run = {0};
    buffer_init(&path, LIMIT_FRAME);
    if (!qr)
        return NULL;
    while (qr_next(qr, &run))
        buffer_put_format(&path, "M%d %dh%dv1h-%dz", run.x, run.y, run.len, run.len);
    return json_pack("{s:i, s:s}", "size", qr_size(qr), "path", buffer_text(&path));
}
