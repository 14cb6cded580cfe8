/* A form is its title and its blocks. */
#include "paper/form.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"
#include "paper/blocks.h"

#define TOP        34.0
#define HEAD       72.0 /* title and QR code */
#define TITLE_LINE 24   /* characters of a title */

static const struct style title_style = {HAND_PRINTED, 15, 9, PANGO_ALIGN_CENTER, false};
static const struct style note_style = {HAND_PRINTED, 8.5, 7, PANGO_ALIGN_LEFT, false};

/* A title that is too long for one line breaks where it has the space that is nearest its middle.
 */
static void title_break(struct buffer *title)
{
    size_t found = 0, middle = title->len / 2;
    if (text_count(buffer_bytes(title)) <= TITLE_LINE)
        return;
    for (size_t i = 1; i < title->len; i++)
        if (title->data[i] == ' ' &&
            labs((long)i - (long)middle) < labs((long)found - (long)middle))
            found = i;
    if (found)
        title->data[found] = '\n';
}

static void draw_title(struct sheet *sheet, const char *title)
{
    struct box box = {PAGE_MARGIN + PAGE_QR, TOP, PAGE_WIDTH - 2 * PAGE_QR, HEAD - 18};
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_FORM_ITEM);
    buffer_put_text(&text, title);
    title_break(&text);
    sheet_text(sheet, box, buffer_bytes(&text), &title_style);
}

static void draw(struct sheet *sheet, enum form form, const struct content *content)
{
    static const struct blocks_look look = {.top = TOP + HEAD, .note = &note_style};
    if (content->is_sample)
        sheet_mark(sheet, PAGE_SAMPLE);
    draw_title(sheet, form_title(form, LANGUAGE_JA));
    blocks_draw_number(sheet, content);
    blocks_draw(sheet, content, layout_of(form), &look);
}

enum err form_draw(const struct fonts *fonts, enum form form, const struct content *content,
                   struct buffer *pdf, struct fault *fault)
{
    struct sheet sheet;
    if (form == FORM_NONE)
        return fault_set(fault, ERR_NOT_FOUND, "form", "there is none");
    enum err err = content_check(content, fault);
    if (err != ERR_NONE)
        return err;
    sheet_init(&sheet, fonts, form_title(form, LANGUAGE_JA), pdf, fault);
    draw(&sheet, form, content);
    return sheet_finish(&sheet);
}
