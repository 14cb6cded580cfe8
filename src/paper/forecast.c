/* From the top: what it is, the plot, the weeks in words, the table in two halves. */
#include "paper/forecast.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/era.h"
#include "base/limits.h"
#include "paper/blocks.h"

#define TITLE       "電子証明書の更新の見通しと窓口の余力"
#define COUNT_MOST  99999999 /* of anything in a week */
#define PLOT_TOP    118.0
#define PLOT_HEIGHT 150.0
#define PLOT_LEFT   (PAGE_MARGIN + 40)
#define PLOT_WIDTH  (PAGE_WIDTH - 40)
#define WORDS_TOP   328.0
#define WORDS_LINE  13.0
#define WORDS_MOST  6
#define TABLE_TOP   438.0
#define TABLE_ROW   12.6
#define TABLE_GAP   15.0
#define TABLE_HALF  ((PAGE_WIDTH - TABLE_GAP) / 2)
#define COLUMNS     5

/* greys of the plot */
#define OPENING 0.25
#define ENDING  0.65
#define GRID    0.85

static const struct style title_style = {HAND_PRINTED, 15, 10, PANGO_ALIGN_LEFT, false};
static const struct style small_style = {HAND_PRINTED, 8.5, 6, PANGO_ALIGN_LEFT, false};
static const struct style note_style = {HAND_PRINTED, 9, 7, PANGO_ALIGN_LEFT, true};
static const struct style heading_style = {HAND_PRINTED, 10.5, 8, PANGO_ALIGN_LEFT, false};
static const struct style number_style = {HAND_PRINTED, 8, 5, PANGO_ALIGN_RIGHT, false};

/* --- reading --- */

static bool take_day(const json_t *row, const char *name, struct date *out)
{
    const json_t *value = json_object_get(row, name);
    return json_is_string(value) && date_parse(json_string_value(value), out) == ERR_NONE;
}

static bool take_count(const json_t *row, const char *name, uint32_t *out)
{
    const json_t *value = json_object_get(row, name);
    json_int_t count = json_integer_value(value);
    *out = (uint32_t)count;
    return json_is_integer(value) && count >= 0 && count <= COUNT_MOST;
}

static bool take_flag(const json_t *row, const char *name, bool *out)
{
    const json_t *value = json_object_get(row, name);
    *out = json_is_true(value);
    return json_is_boolean(value);
}

static bool take_week(const json_t *row, struct forecast_figure *out)
{
    return json_is_object(row) && json_object_size(row) == 7 &&
           take_day(row, "first", &out->first) && take_day(row, "last", &out->last) &&
           take_count(row, "visits_opening", &out->opening) &&
           take_count(row, "visits_ending", &out->ending) &&
           take_count(row, "capacity", &out->capacity) &&
           take_flag(row, "is_known", &out->is_known) && take_flag(row, "is_over", &out->is_over);
}

enum err forecast_take(const json_t *weeks, struct forecast_figures *out, struct fault *fault)
{
    size_t num = json_array_size(weeks);
    if (num > FORECAST_MOST)
        return fault_set(fault, ERR_LIMIT, "weeks", "%zu of them", num);
    if (num == 0)
        return fault_set(fault, ERR_MALFORMED, "weeks", "there are none");
    for (size_t i = 0; i < num; i++)
        if (!take_week(json_array_get(weeks, i), &out->weeks[i]))
            return fault_set(fault, ERR_MALFORMED, "weeks", "number %zu is none", i + 1);
    out->num = num;
    return ERR_NONE;
}

/* --- words --- */

static void draw_text(struct sheet *sheet, struct box box, const struct style *style,
                      const char *format, ...) PRINTF_LIKE(4, 5);
static void draw_text(struct sheet *sheet, struct box box, const struct style *style,
                      const char *format, ...)
{
    char text[LIMIT_FORM_ITEM];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sheet_text(sheet, box, bytes_of_text(text), style);
}

static const char *day_in_words(struct sheet *sheet, struct date day, char text[static ERA_TEXT])
{
    if (era_print(day, text) == ERR_NONE)
        return text;
    sheet_fail(sheet, ERR_UNSUPPORTED, "date", "it lies before the first era");
    return "";
}

static void draw_head(struct sheet *sheet, const struct content *content)
{
    const struct box title = {PAGE_MARGIN, 36, PAGE_WIDTH, 24};
    const struct box from = {PAGE_MARGIN, 62, PAGE_WIDTH, 14};
    const struct box how = {PAGE_MARGIN, 78, PAGE_WIDTH, 30};
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_PAPER_TEXT);
    sheet_text(sheet, title, bytes_of_text(TITLE), &title_style);
    content_print(content, ITEM_SENDER, &text);
    buffer_put_text(&text, "　　");
    content_print(content, ITEM_DATE, &text);
    buffer_put_text(&text, "現在の電子証明書から計算");
    sheet_text(sheet, from, buffer_bytes(&text), &heading_style);
    draw_text(
        sheet, how, &note_style,
        "来庁: 更新のために必要な来庁の数（2つの電子証明書は1回で更新できるため、多い方の数）。"
        "余力: 予約の受付時間・席数・所要時間から計算した、その週に更新できる数。"
        "閉庁日が未定の週（*）は休みがないものとして計算。");
}

/* --- the plot --- */

static uint32_t highest(const struct forecast_figures *figures)
{
    uint32_t most = 1;
    for (size_t i = 0; i < figures->num; i++) {
        const struct forecast_figure *week = &figures->weeks[i];
        most = week->opening > most ? week->opening : most;
        most = week->ending > most ? week->ending : most;
        most = week->capacity > most ? week->capacity : most;
    }
    return most;
}

static double y_of(double count, double most)
{
    return PLOT_TOP + PLOT_HEIGHT * (1 - count / most);
}

static void draw_bar(struct sheet *sheet, double x, double width, uint32_t count, uint32_t most,
                     double grey)
{
    double y = y_of(count, most);
    sheet_fill(sheet, (struct box){x, y, width, PLOT_TOP + PLOT_HEIGHT - y}, grey);
}

static void draw_week(struct sheet *sheet, const struct forecast_figures *figures, size_t i,
                      uint32_t most)
{
    const struct forecast_figure *week = &figures->weeks[i];
    double width = PLOT_WIDTH / FORECAST_MOST, x = PLOT_LEFT + (double)i * width;
    double y = y_of(week->capacity, most);
    draw_bar(sheet, x + width * 0.1, width * 0.4, week->opening, most, OPENING);
    draw_bar(sheet, x + width * 0.5, width * 0.4, week->ending, most, ENDING);
    if (week->capacity)
        sheet_fill(sheet, (struct box){x, y - 0.6, width, 1.2}, 0);
    if (week->is_over)
        sheet_fill(sheet, (struct box){x + 1, PLOT_TOP + PLOT_HEIGHT + 3, width - 2, 5}, 0);
}

static void draw_scale(struct sheet *sheet, uint32_t most)
{
    for (int part = 0; part <= 4; part++) {
        double count = (double)most * part / 4, y = y_of(count, most);
        sheet_fill(sheet, (struct box){PLOT_LEFT, y - 0.2, PLOT_WIDTH, 0.4}, part ? GRID : 0);
        draw_text(sheet, (struct box){PAGE_MARGIN, y - 6, 36, 12}, &number_style, "%.0f", count);
    }
}

static void draw_key(struct sheet *sheet, double x, double height, double grey, const char *text)
{
    double y = PLOT_TOP + PLOT_HEIGHT + 30;
    sheet_fill(sheet, (struct box){x, y - height / 2, 10, height}, grey);
    draw_text(sheet, (struct box){x + 13, y - 6, 118, 12}, &small_style, "%s", text);
}

static void draw_plot(struct sheet *sheet, const struct forecast_figures *figures)
{
    char first[ERA_TEXT], last[ERA_TEXT];
    uint32_t most = highest(figures);
    double below = PLOT_TOP + PLOT_HEIGHT + 9;
    draw_scale(sheet, most);
    for (size_t i = 0; i < figures->num; i++)
        draw_week(sheet, figures, i, most);
    draw_text(sheet, (struct box){PLOT_LEFT, below, PLOT_WIDTH, 12}, &small_style,
              "%s から %s まで、週ごと", day_in_words(sheet, figures->weeks[0].first, first),
              day_in_words(sheet, figures->weeks[figures->num - 1].last, last));
    draw_key(sheet, PLOT_LEFT, 7, OPENING, "来庁（更新期間が始まる）");
    draw_key(sheet, PLOT_LEFT + 132, 7, ENDING, "来庁（有効期間が終わる）");
    draw_key(sheet, PLOT_LEFT + 264, 1.2, 0, "余力");
    draw_key(sheet, PLOT_LEFT + 320, 5, 0, "余力を超える週（図の下）");
}

/* --- the weeks without enough room --- */

static void draw_over(struct sheet *sheet, const struct forecast_figures *figures)
{
    char day[ERA_TEXT];
    size_t num = 0;
    struct box line = {PAGE_MARGIN, WORDS_TOP, PAGE_WIDTH, WORDS_LINE};
    for (size_t i = 0; i < figures->num; i++)
        num += figures->weeks[i].is_over;
    draw_text(sheet, line, &heading_style,
              num ? "余力を超える週: %zu週" : "余力を超える週はありません。", num);
    for (size_t i = 0, shown = 0; i < figures->num && shown < WORDS_MOST; i++) {
        const struct forecast_figure *week = &figures->weeks[i];
        if (!week->is_over)
            continue;
        shown++;
        line.y += WORDS_LINE;
        draw_text(sheet, line, &small_style,
                  "%s からの週: 余力 %u に対し、期間が始まる来庁 %u、終わる来庁 %u",
                  day_in_words(sheet, week->first, day), week->capacity, week->opening,
                  week->ending);
    }
    line.y += WORDS_LINE;
    if (num > WORDS_MOST)
        draw_text(sheet, line, &small_style, "ほか %zu週（下の表の「超過」）", num - WORDS_MOST);
}

/* --- the table --- */

static const double widths[COLUMNS] = {112, 36, 36, 36, 22};

static void draw_cells(struct sheet *sheet, double x, double y,
                       const char *const texts[static COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; x += widths[i++])
        if (texts[i][0])
            sheet_text(sheet, (struct box){x, y, widths[i] - 2, TABLE_ROW}, bytes_of_text(texts[i]),
                       i == 0 ? &small_style : &number_style);
    sheet_fill(sheet, (struct box){x - TABLE_HALF, y + TABLE_ROW - 0.3, TABLE_HALF, 0.3}, 0.6);
}

static void draw_row(struct sheet *sheet, const struct forecast_figure *week, double x, double y)
{
    char day[ERA_TEXT], opening[16], ending[16], capacity[16];
    snprintf(opening, sizeof opening, "%u", week->opening);
    snprintf(ending, sizeof ending, "%u", week->ending);
    snprintf(capacity, sizeof capacity, "%u%s", week->capacity, week->is_known ? "" : "*");
    const char *const texts[COLUMNS] = {day_in_words(sheet, week->first, day), opening, ending,
                                        capacity, week->is_over ? "超過" : ""};
    draw_cells(sheet, x, y, texts);
}

static void draw_table(struct sheet *sheet, const struct forecast_figures *figures)
{
    static const char *const heads[COLUMNS] = {"週の初めの日", "始まる", "終わる", "余力", ""};
    const size_t half = (FORECAST_MOST + 1) / 2;
    for (size_t i = 0; i < figures->num; i++) {
        double x = PAGE_MARGIN + (i / half ? TABLE_HALF + TABLE_GAP : 0);
        if (i % half == 0)
            draw_cells(sheet, x, TABLE_TOP, heads);
        draw_row(sheet, &figures->weeks[i], x, TABLE_TOP + TABLE_ROW * (double)(i % half + 1));
    }
}

/* --- the page --- */

enum err forecast_draw(const struct fonts *fonts, const struct forecast_figures *figures,
                       const struct content *content, struct buffer *pdf, struct fault *fault)
{
    struct sheet sheet;
    static const enum content_item needs[] = {ITEM_SENDER, ITEM_DATE};
    enum err err = content_check(content, fault);
    for (size_t i = 0; err == ERR_NONE && i < COUNT_OF(needs); i++)
        if (!content_has(content, needs[i]))
            err =
                fault_set(fault, ERR_NOT_FOUND, content_item_name(needs[i]), "the paper needs it");
    if (err != ERR_NONE)
        return err;
    sheet_init(&sheet, fonts, TITLE, pdf, fault);
    if (content->is_sample)
        sheet_mark(&sheet, PAGE_SAMPLE);
    draw_head(&sheet, content);
    draw_plot(&sheet, figures);
    draw_over(&sheet, figures);
    draw_table(&sheet, figures);
    return sheet_finish(&sheet);
}
