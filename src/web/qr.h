/* A QR code as a drawing. */
#pragma once

#include <jansson.h>

/* qr_draw answers {"size": modules of a side with the quiet zone, "path": an SVG path of the dark
 * ones, a module a unit}, or NULL when the text is too long. The caller's. */
json_t *qr_draw(const char *text);
