/* cairo makes the PDF, pango sets the text. */
#include "paper/sheet.h"

#include <cairo-pdf.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "paper/qr.h"

#define LINE_HEIGHT 1.25 /* of the size: the two fonts have other ideas, each its own */
#define STEP        0.5  /* points, by which a text shrinks */
#define MARK_SIZE   96.0
#define MARK_GREY   0.88

void sheet_fail(struct sheet *sheet, enum err err, const char *rule, const char *text)
{
    if (sheet->err == ERR_NONE)
        sheet->err = fault_set(sheet->fault, err, rule, "%s", text);
}

/* --- the file --- */

static cairo_status_t take_bytes(void *pdf, const unsigned char *data, unsigned len)
{
    buffer_put(pdf, data, len);
    return buffer_check(pdf) == ERR_NONE ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

void sheet_init(struct sheet *sheet, const struct fonts *fonts, const char *title,
                struct buffer *pdf, struct fault *fault)
{
    *sheet = (struct sheet){.fonts = fonts, .pdf = pdf, .begun = pdf->len, .fault = fault};
    sheet->surface =
        cairo_pdf_surface_create_for_stream(take_bytes, pdf, SHEET_WIDTH, SHEET_HEIGHT);
    cairo_pdf_surface_set_metadata(sheet->surface, CAIRO_PDF_METADATA_TITLE, title);
    /* the same form is the same file, whenever it is drawn */
    cairo_pdf_surface_set_metadata(sheet->surface, CAIRO_PDF_METADATA_CREATE_DATE, "");
    sheet->cairo = cairo_create(sheet->surface);
    sheet->layout = pango_layout_new(fonts_context(fonts));
    pango_layout_set_wrap(sheet->layout, PANGO_WRAP_WORD_CHAR);
}

void sheet_next(struct sheet *sheet)
{
    cairo_show_page(sheet->cairo);
}

enum err sheet_finish(struct sheet *sheet)
{
    g_object_unref(sheet->layout);
    cairo_destroy(sheet->cairo);
    cairo_surface_finish(sheet->surface);
    cairo_status_t status = cairo_surface_status(sheet->surface);
    cairo_surface_destroy(sheet->surface);
    if (status != CAIRO_STATUS_SUCCESS)
        sheet_fail(sheet, status == CAIRO_STATUS_NO_MEMORY ? ERR_MEMORY : ERR_LIMIT, "cairo",
                   cairo_status_to_string(status));
    if (sheet->err != ERR_NONE)
        buffer_cut(sheet->pdf, sheet->begun);
    return sheet->err;
}

/* --- boxes --- */

static void rectangle(struct sheet *sheet, struct box box)
{
    cairo_rectangle(sheet->cairo, box.x, box.y, box.width, box.height);
}

void sheet_fill(struct sheet *sheet, struct box box, double grey)
{
    cairo_set_source_rgb(sheet->cairo, grey, grey, grey);
    rectangle(sheet, box);
    cairo_fill(sheet->cairo);
}

void sheet_frame(struct sheet *sheet, struct box box, double line_width)
{
    cairo_set_source_rgb(sheet->cairo, 0, 0, 0);
    cairo_set_line_width(sheet->cairo, line_width);
    rectangle(sheet, box);
    cairo_stroke(sheet->cairo);
}

/* --- text --- */

static bool text_choose(struct sheet *sheet, struct bytes text, enum hand hand)
{
    PangoAttrList *list = pango_attr_list_new();
    enum err err = fonts_choose(sheet->fonts, text, hand, list, sheet->fault);
    pango_layout_set_text(sheet->layout, (const char *)text.data, (int)text.len);
    pango_layout_set_attributes(sheet->layout, list);
    pango_attr_list_unref(list);
    if (err != ERR_NONE && sheet->err == ERR_NONE)
        sheet->err = err;
    return err == ERR_NONE;
}

static void text_size(struct sheet *sheet, double size)
{
    PangoAttrList *list = pango_layout_get_attributes(sheet->layout);
    PangoFontDescription *description = pango_font_description_new();
    pango_font_description_set_absolute_size(description, size * PANGO_SCALE);
    pango_layout_set_font_description(sheet->layout, description);
    pango_font_description_free(description);
    list = pango_attr_list_copy(list);
    pango_attr_list_change(
        list, pango_attr_line_height_new_absolute((int)(size * LINE_HEIGHT * PANGO_SCALE)));
    pango_layout_set_attributes(sheet->layout, list);
    pango_attr_list_unref(list);
}

/* What the text takes at this size, wrapped at the width. */
static struct box text_measure(struct sheet *sheet, double size, double width)
{
    PangoRectangle taken;
    text_size(sheet, size);
    pango_layout_set_width(sheet->layout, (int)(width * PANGO_SCALE));
    pango_layout_get_extents(sheet->layout, NULL, &taken);
    return (struct box){.width = (double)taken.width / PANGO_SCALE,
                        .height = (double)taken.height / PANGO_SCALE};
}

/* pango goes on without a font that cannot be used, and draws something else. */
static void text_check_fonts(struct sheet *sheet)
{
    PangoLayoutIter *at = pango_layout_get_iter(sheet->layout);
    do {
        const PangoLayoutRun *run = pango_layout_iter_get_run_readonly(at);
        PangoFont *font = run ? run->item->analysis.font : NULL;
        cairo_scaled_font_t *scaled =
            font ? pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font)) : NULL;
        if (run && (!scaled || cairo_scaled_font_status(scaled) != CAIRO_STATUS_SUCCESS))
            sheet_fail(sheet, ERR_IO, "fonts", "one cannot be used any more");
    } while (pango_layout_iter_next_run(at));
    pango_layout_iter_free(at);
}

static void text_show(struct sheet *sheet, double x, double y, double grey)
{
    cairo_set_source_rgb(sheet->cairo, grey, grey, grey);
    cairo_move_to(sheet->cairo, x, y);
    text_check_fonts(sheet);
    pango_cairo_show_layout(sheet->cairo, sheet->layout);
}

void sheet_text(struct sheet *sheet, struct box box, struct bytes text, const struct style *style)
{
    if (!text_choose(sheet, text, style->hand))
        return;
    pango_layout_set_alignment(sheet->layout, style->align);
    for (double size = style->size; size >= style->least; size -= STEP) {
        struct box taken = text_measure(sheet, size, box.width);
        if (taken.width > box.width || taken.height > box.height)
            continue;
        double above = style->is_at_top ? 0 : (box.height - taken.height) / 2;
        text_show(sheet, box.x, box.y + above, 0);
        return;
    }
    sheet_fail(sheet, ERR_LIMIT, "text", "too long for its box");
}

void sheet_mark(struct sheet *sheet, const char *text)
{
    if (!text_choose(sheet, bytes_of_text(text), HAND_PRINTED))
        return;
    pango_layout_set_alignment(sheet->layout, PANGO_ALIGN_LEFT);
    struct box taken = text_measure(sheet, MARK_SIZE, 2 * SHEET_HEIGHT);
    cairo_save(sheet->cairo);
    cairo_translate(sheet->cairo, SHEET_WIDTH / 2, SHEET_HEIGHT / 2);
    cairo_rotate(sheet->cairo, -atan2(SHEET_HEIGHT, SHEET_WIDTH));
    text_show(sheet, -taken.width / 2, -taken.height / 2, MARK_GREY);
    cairo_restore(sheet->cairo);
}

/* --- QR code --- */

void sheet_qr(struct sheet *sheet, struct box box, const char *text)
{
    struct qr *qr CLEANUP_QR = qr_new(text);
    struct qr_run run = {0};
    if (!qr) {
        sheet_fail(sheet, ERR_LIMIT, "QR code", "too much for it");
        return;
    }
    double module = box.width / qr_size(qr);
    sheet_fill(sheet, box, 1);
    while (qr_next(qr, &run))
        cairo_rectangle(sheet->cairo, box.x + run.x * module, box.y + run.y * module,
                        run.len * module, module);
    cairo_set_source_rgb(sheet->cairo, 0, 0, 0);
    cairo_fill(sheet->cairo);
}
