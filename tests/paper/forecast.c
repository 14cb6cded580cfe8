/* The forecast's page: drawn whole, or not at all. What the PDF says, web-notices reads. */
#include "paper/forecast.h"

#include "base/limits.h"
#include "check.h"
#include "paper/leaks.h"

static struct fonts *fonts;

static int open_fonts(void **state)
{
    (void)state;
    struct fault fault = {0};
    return fonts_open(&fonts, &fault) == ERR_NONE ? 0 : -1;
}

static int close_fonts(void **state)
{
    (void)state;
    fonts_close(fonts);
    return 0;
}

static struct forecast_figures year(uint32_t opening, uint32_t capacity)
{
    struct forecast_figures figures = {.num = FORECAST_MOST};
    for (int i = 0; i < FORECAST_MOST; i++)
        figures.weeks[i] =
            (struct forecast_figure){.first = date_add_days((struct date){2026, 12, 7}, 7 * i),
                                     .last = date_add_days((struct date){2026, 12, 13}, 7 * i),
                                     .opening = opening,
                                     .capacity = capacity,
                                     .is_known = i<4, .is_over = opening> capacity};
    return figures;
}

static struct content content(void)
{
    struct content content = {.is_sample = true};
    content.items[ITEM_SENDER] = bytes_of_text("見本町");
    content.items[ITEM_DATE] = bytes_of_text("2026-12-07");
    return content;
}

static enum err draw(const struct forecast_figures *figures, const struct content *with)
{
    struct fault fault = {0};
    struct buffer pdf CLEANUP_BUFFER;
    buffer_init(&pdf, LIMIT_FORM);
    enum err err = forecast_draw(fonts, figures, with, &pdf, &fault);
    assert_int_equal(err == ERR_NONE, pdf.len > 0);
    return err;
}

/* Nothing due, no room, every week over, the greatest numbers that are taken. */
static void every_year_fits_on_its_page(void **state)
{
    (void)state;
    static const uint32_t rows[][2] = {{0, 0}, {0, 440}, {1, 0}, {99999999, 99999998}};
    const struct content with = content();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct forecast_figures figures = year(rows[i][0], rows[i][1]);
        assert_ok(draw(&figures, &with));
    }
}

static void none_without_sender_and_date(void **state)
{
    (void)state;
    struct forecast_figures figures = year(1, 2);
    static const enum content_item items[] = {ITEM_SENDER, ITEM_DATE};
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        struct content with = content();
        with.items[items[i]] = bytes_of("", 0);
        assert_err(draw(&figures, &with), ERR_NOT_FOUND);
    }
    struct content with = content();
    with.items[ITEM_DATE] = bytes_of_text("tomorrow");
    assert_err(draw(&figures, &with), ERR_MALFORMED);
    figures.weeks[7].first = (struct date){1800, 1, 1};
    const struct content whole = content();
    assert_err(draw(&figures, &whole), ERR_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_year_fits_on_its_page),
        cmocka_unit_test(none_without_sender_and_date),
    };
    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
