/* An A4 page, or several, that becomes a PDF: boxes, and texts that stay inside theirs. Points,
 * from the top left. Like a buffer it remembers the first failure; sheet_finish tells. */
#pragma once

#include <cairo.h>

#include "paper/fonts_choose.h"

#define SHEET_WIDTH  595.276
#define SHEET_HEIGHT 841.890

struct sheet {
    const struct fonts *fonts;
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoLayout *layout;
    struct buffer *pdf; /* the caller's, who gave it its cap */
    size_t begun;       /* where this page begins in it */
    struct fault *fault;
    enum err err;
};

struct box {
    double x, y, width, height;
};

/* A text begins at its size and shrinks, as far as the least one, until it fits. */
struct style {
    enum hand hand;
    double size, least;
    PangoAlignment align;
    bool is_at_top; /* else in the middle of its box */
};

/* sheet_init: fonts, pdf and fault must outlive the sheet. Always to be ended by sheet_finish. */
void sheet_init(struct sheet *sheet, const struct fonts *fonts, const char *title,
                struct buffer *pdf, struct fault *fault);
/* sheet_next goes on with a further page, behind those that are drawn. */
void sheet_next(struct sheet *sheet);
/* sheet_finish writes the PDF and ends the sheet; what was written is cut away on failure. */
enum err sheet_finish(struct sheet *sheet) MUST_USE;

/* sheet_fail: for whoever sees that the page cannot be right. */
void sheet_fail(struct sheet *sheet, enum err err, const char *rule, const char *text);

void sheet_fill(struct sheet *sheet, struct box box, double grey); /* 0 is black */
void sheet_frame(struct sheet *sheet, struct box box, double line_width);
/* sheet_text: ERR_LIMIT when it does not fit at its least size, ERR_UNSUPPORTED as fonts_choose. */
void sheet_text(struct sheet *sheet, struct box box, struct bytes text, const struct style *style);
void sheet_qr(struct sheet *sheet, struct box box, const char *text);
/* sheet_mark writes across the whole page, pale, below what is drawn later. */
void sheet_mark(struct sheet *sheet, const char *text);
