/* Requests for papers: what is one, and everything beside it. */
#include "paper/request.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "check.h"

static void takes_forms_and_letters(void **state)
{
    (void)state;
    struct paper_request request CLEANUP_PAPER_REQUEST = {0};
    struct fault fault = {0};
    assert_ok(paper_request_parse(
        bytes_of_text("{\"paper\": \"hold-letter\", \"items\": {\"name\": \"𠮷田\", \"number\": "
                      "\"42\"}, \"sample\": true}"),
        &request, &fault));
    assert_int_equal(request.letter, LETTER_HOLD);
    assert_int_equal(request.form, FORM_NONE);
    assert_true(request.content.is_sample);
    assert_true(bytes_equal_text(request.content.items[ITEM_NAME], "𠮷田"));
    assert_true(bytes_equal_text(request.content.items[ITEM_NUMBER], "42"));
    assert_false(content_has(&request.content, ITEM_ADDRESS));
    paper_request_done(&request);
    assert_ok(paper_request_parse(
        bytes_of_text("{\"sample\":false,\"items\":{},\"paper\":\"card-pin\"}"), &request, &fault));
    assert_int_equal(request.form, FORM_CARD_PIN);
    assert_int_equal(request.letter, LETTER_NONE);
    assert_false(request.content.is_sample);
}

#define WEEK                                                                                       \
    "{\"first\":\"2026-12-01\",\"last\":\"2026-12-06\",\"visits_opening\":1,\"visits_ending\":2,"  \
    "\"capacity\":3,\"is_known\":true,\"is_over\":false}"
#define FORECAST(weeks) "{\"paper\":\"forecast\",\"items\":{},\"sample\":true,\"weeks\":" weeks "}"

static void takes_a_forecast(void **state)
{
    (void)state;
    struct paper_request request CLEANUP_PAPER_REQUEST = {0};
    struct fault fault = {0};
    assert_ok(
        paper_request_parse(bytes_of_text(FORECAST("[" WEEK "," WEEK "]")), &request, &fault));
    assert_int_equal(request.form, FORM_NONE);
    assert_int_equal(request.letter, LETTER_NONE);
    assert_int_equal(request.forecast.num, 2);
    assert_int_equal(request.forecast.weeks[1].ending, 2);
    assert_true(request.forecast.weeks[1].is_known && !request.forecast.weeks[1].is_over);
    assert_int_equal(request.forecast.weeks[0].last.day, 6);
}

#define LETTERS(rows) "{\"paper\":\"letters\",\"items\":{},\"sample\":true,\"letters\":" rows "}"
#define LETTER        "{\"paper\":\"card-notice\",\"items\":{\"name\":\"見本\"}}"

static void takes_several_letters(void **state)
{
    (void)state;
    struct paper_request request CLEANUP_PAPER_REQUEST = {0};
    struct fault fault = {0};
    assert_ok(
        paper_request_parse(bytes_of_text(LETTERS("[" LETTER "," LETTER "]")), &request, &fault));
    assert_int_equal(request.num_letters, 2);
    assert_int_equal(request.letters[1].letter, LETTER_CARD);
    assert_true(bytes_equal_text(request.letters[1].content.items[ITEM_NAME], "見本"));
    assert_true(request.letters[1].content.is_sample);
    assert_int_equal(request.letter, LETTER_NONE);
}

static void refuses_everything_else(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err err;
    } rows[] = {
        {"", ERR_MALFORMED},
        {"{", ERR_MALFORMED},
        {"[]", ERR_MALFORMED},
        {"\"issue\"", ERR_MALFORMED},
        {"{\"paper\":\"issue\",\"items\":{}}", ERR_MALFORMED},
        {"{\"paper\":\"issue\",\"sample\":true}", ERR_MALFORMED},
        {"{\"items\":{},\"sample\":true}", ERR_MALFORMED},
        {"{\"paper\":\"issue\",\"items\":{},\"sample\":true,\"more\":1}", ERR_MALFORMED},
        {"{\"paper\":\"issue\",\"items\":{},\"sample\":true} x", ERR_MALFORMED},
        {"{\"paper\":\"issue\",\"paper\":\"pin\",\"items\":{},\"sample\":true}", ERR_MALFORMED},
        {"{\"paper\":\"issue\",\"items\":{\"sex\":\"女\",\"sex\":\"男\"},\"sample\":true}",
         ERR_MALFORMED},
        {"{\"paper\":1,\"items\":{},\"sample\":true}", ERR_MALFORMED},
        {"{\"paper\":\"issue\",\"items\":[],\"sample\":true}", ERR_MALFORMED},
        {"{\"paper\":\"issue\",\"items\":{},\"sample\":\"yes\"}", ERR_MALFORMED},
        {"{\"paper\":\"issue\",\"items\":{},\"sample\":null}", ERR_MALFORMED},
        {LETTERS("[]"), ERR_MALFORMED},
        {LETTERS("{}"), ERR_MALFORMED},
        {LETTERS("[" LETTER ",1]"), ERR_MALFORMED},
        {LETTERS("[{\"paper\":\"card-notice\"}]"), ERR_MALFORMED},
        {LETTERS("[{\"paper\":\"issue\",\"items\":{}}]"), ERR_NOT_FOUND},
        {LETTERS("[{\"paper\":\"card-notice\",\"items\":{\"x\":\"y\"}}]"), ERR_MALFORMED},
        {LETTERS("[{\"paper\":\"card-notice\",\"items\":{},\"sample\":true}]"), ERR_MALFORMED},
        {FORECAST("[]"), ERR_MALFORMED},
        {FORECAST("{}"), ERR_MALFORMED},
        {FORECAST("[{}]"), ERR_MALFORMED},
        {FORECAST("[" WEEK ",1]"), ERR_MALFORMED},
        {FORECAST("[{\"first\":\"2026-12-32\",\"last\":\"2026-12-06\",\"visits_opening\":1,"
                  "\"visits_ending\":2,\"capacity\":3,\"is_known\":true,\"is_over\":false}]"),
         ERR_MALFORMED},
        {FORECAST("[{\"first\":\"2026-12-01\",\"last\":\"2026-12-06\",\"visits_opening\":-1,"
                  "\"visits_ending\":2,\"capacity\":3,\"is_known\":true,\"is_over\":false}]"),
         ERR_MALFORMED},
        {FORECAST("[{\"first\":\"2026-12-01\",\"last\":\"2026-12-06\",\"visits_opening\":100000000,"
                  "\"visits_ending\":2,\"capacity\":3,\"is_known\":true,\"is_over\":false}]"),
         ERR_MALFORMED},
        {FORECAST("[{\"first\":\"2026-12-01\",\"last\":\"2026-12-06\",\"visits_opening\":1,"
                  "\"visits_ending\":2,\"capacity\":3,\"is_known\":1,\"is_over\":false}]"),
         ERR_MALFORMED},
        {"{\"paper\":\"forecast\",\"items\":{},\"sample\":true}", ERR_MALFORMED},
        {"{\"paper\":\"issue\",\"items\":{},\"sample\":true,\"weeks\":[" WEEK "]}", ERR_MALFORMED},
        {"{\"paper\":\"none\",\"items\":{},\"sample\":true}", ERR_NOT_FOUND},
        {"{\"paper\":\"\",\"items\":{},\"sample\":true}", ERR_NOT_FOUND},
        {"{\"paper\":\"../issue\",\"items\":{},\"sample\":true}", ERR_NOT_FOUND},
        {"{\"paper\":\"issue\",\"items\":{\"\":\"x\"},\"sample\":true}", ERR_MALFORMED},
        {"{\"paper\":\"issue\",\"items\":{\"pin-code\":\"1234\"},\"sample\":true}", ERR_MALFORMED},
        {"{\"paper\":\"issue\",\"items\":{\"number\":42},\"sample\":true}", ERR_MALFORMED},
        {"{\"paper\":\"issue\",\"items\":{\"name\":\"a\\u0000b\"},\"sample\":true}", ERR_MALFORMED},
        {"{\"paper\":\"issue\",\"items\":{\"name\":\"\xE5\x90\"},\"sample\":true}", ERR_MALFORMED},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct paper_request request = {0};
        struct fault fault = {0};
        assert_err(paper_request_parse(bytes_of_text(rows[i].text), &request, &fault), rows[i].err);
        assert_true(fault.text[0] && !request.json);
    }
}

static void refuses_more_letters_than_one_pdf_has(void **state)
{
    (void)state;
    struct paper_request request = {0};
    struct fault fault = {0};
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_PAPER_REQUEST);
    buffer_put_text(&text, "{\"paper\":\"letters\",\"items\":{},\"sample\":true,\"letters\":[");
    for (int i = 0; i <= LIMIT_PAPER_LETTERS; i++)
        buffer_put_format(&text, "%s%s", i ? "," : "", LETTER);
    buffer_put_text(&text, "]}");
    assert_err(paper_request_parse(buffer_bytes(&text), &request, &fault), ERR_LIMIT);
}

static void refuses_more_than_a_year(void **state)
{
    (void)state;
    struct paper_request request = {0};
    struct fault fault = {0};
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_PAPER_REQUEST);
    buffer_put_text(&text, "{\"paper\":\"forecast\",\"items\":{},\"sample\":true,\"weeks\":[");
    for (int i = 0; i <= FORECAST_MOST; i++)
        buffer_put_format(&text, "%s%s", i ? "," : "", WEEK);
    buffer_put_text(&text, "]}");
    assert_err(paper_request_parse(buffer_bytes(&text), &request, &fault), ERR_LIMIT);
}

static void refuses_what_is_too_long_or_too_deep(void **state)
{
    (void)state;
    char text[LIMIT_PAPER_REQUEST + 1], item[LIMIT_FORM_ITEM + 2] = "";
    struct paper_request request CLEANUP_PAPER_REQUEST = {0};
    memset(text, ' ', sizeof text);
    static const char whole[] = "{\"paper\":\"issue\",\"items\":{},\"sample\":true}";
    memcpy(text, whole, sizeof whole - 1);
    assert_ok(paper_request_parse(bytes_of(text, LIMIT_PAPER_REQUEST), &request, NULL));
    paper_request_done(&request);
    assert_err(paper_request_parse(bytes_of(text, sizeof text), &request, NULL), ERR_LIMIT);
    memset(text, '[', sizeof text);
    assert_err(paper_request_parse(bytes_of(text, LIMIT_PAPER_REQUEST), &request, NULL),
               ERR_MALFORMED);
    memset(item, 'i', LIMIT_FORM_ITEM);
    for (int more = 0; more < 2; more++) {
        snprintf(text, sizeof text,
                 "{\"paper\":\"issue\",\"items\":{\"address\":\"%s%s\"},\"sample\":true}", item,
                 more ? "i" : "");
        assert_err(paper_request_parse(bytes_of_text(text), &request, NULL),
                   more ? ERR_LIMIT : ERR_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_forms_and_letters),
        cmocka_unit_test(takes_a_forecast),
        cmocka_unit_test(takes_several_letters),
        cmocka_unit_test(refuses_more_letters_than_one_pdf_has),
        cmocka_unit_test(refuses_more_than_a_year),
        cmocka_unit_test(refuses_everything_else),
        cmocka_unit_test(refuses_what_is_too_long_or_too_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
