#include "fixture.h"

#define HEADER                                                                                     \
    "number,family,given,former,alias,kana,born,sex,postcode,address,telephone,municipality,"      \
    "residence,leaves_on,standing,representative,card_id,card_state,card_until,old_card,"          \
    "stay_until,special_period,language,protected,sample,note\n"
#define ADDRESS "鳥取県東伯郡北栄町見本１番地"
/* number, family, born, address, municipality, representative, card_id and card_until, sample */
#define LINE(number, family, born, address, municipality, representative, card, until, sample)     \
    number "," family ",花子,,,," born ",female,," address ",," municipality ",,,," representative \
           "," card ",," until ",,,,ja,," sample ",\n"
#define GOOD(number) LINE(number, "北栄", "1986-05-14", ADDRESS, "31372", "", "", "", "1")
#define CARD         "0003720000000013137220340514"

static struct import_report report;
static struct fault fault;

static enum err import(const char *text)
{
    import_report_done(&report);
    fault = (struct fault){0};
    return import_apply(store, bytes_of_text(text), "town.csv", &municipalities, &substitutes,
                        &report, &fault);
}

static int64_t count(void)
{
    int64_t num = -1;
    assert_ok(store_ask_integer(store, STATEMENT_RESIDENT_COUNT, NO_VALUES, &num, NULL));
    return num;
}

static void takes_all(void **state)
{
    (void)state;
    assert_ok(import(HEADER GOOD("1") LINE("2", "髙橋", "0000-00-00", ADDRESS, "31372", "3", CARD,
                                           "2034-05-14", "1") GOOD("3")));
    assert_int_equal(report.num_residents, 3);
    assert_int_equal(count(), 3);
    assert_string_equal(find(2).name.family, "髙橋");
    assert_int_equal(find(2).representative, 3); /* who comes later in the file */
    assert_ok(import(HEADER GOOD("4")));
    assert_int_equal(count(), 4);
    import_report_done(&report);
}

static void reports_every_bad_line_and_takes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *line, *rule;
    } bad[] = {
        {GOOD("1"), "number or card_id"}, /* a second time */
        {LINE("02", "北栄", "1986-05-14", ADDRESS, "31372", "", "", "", "1"), "number"},
        {LINE("3", "", "1986-05-14", ADDRESS, "31372", "", "", "", "1"), "family"},
        {LINE("4", "北栄", "1986-02-30", ADDRESS, "31372", "", "", "", "1"), "born"},
        {LINE("5", "北栄", "1986-05-14", "鳥取県見本", "31372", "", "", "", "1"), "address"},
        {LINE("6", "北栄", "1986-05-14", ADDRESS, "31999", "", "", "", "1"), "municipality"},
        {LINE("7", "北栄", "1986-05-14", ADDRESS, "31372", "", CARD, "2034-05-14", "1"),
         "number or card_id"}, /* the card of 100 */
        {LINE("8", "北栄", "1986-05-14", ADDRESS, "31372", "", "", "", ""), "sample"},
        {LINE("9", "\U000E0100", "1986-05-14", ADDRESS, "31372", "", "", "", "1"), "text"},
        {LINE("10", "北\xFF", "1986-05-14", ADDRESS, "31372", "", "", "", "1"), "csv"},
        {"11,北栄\n", "columns"},
        {"12,\"北栄\n", "csv"},
        {"\n", "columns"},
        {LINE("13", "北栄", "1986-05-14", ADDRESS, "31372", "99", "", "", "1"), "representative"},
    };
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_CSV_FILE);
    buffer_put_text(&text, HEADER GOOD("1"));
    buffer_put_text(
        &text, LINE("100", "北栄", "1986-05-14", ADDRESS, "31372", "", CARD, "2034-05-14", "1"));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        buffer_put_text(&text, bad[i].line);
    assert_err(import(buffer_text(&text)), ERR_MALFORMED);
    assert_int_equal(report.num_faults, COUNT_OF(bad));
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        char input[32];
        snprintf(input, sizeof input, "town.csv line %zu", i + 4);
        bool is_of_all = strcmp(bad[i].rule, "representative") == 0;
        assert_string_equal(report.faults[i].input, is_of_all ? "town.csv" : input);
        assert_string_equal(report.faults[i].rule, bad[i].rule);
        assert_true(report.faults[i].text[0]);
    }
    assert_string_equal(fault.rule, bad[0].rule);
    assert_int_equal(report.num_residents, 0);
    assert_int_equal(count(), 0);
    /* the transaction is as good as before */
    assert_ok(import(HEADER GOOD("1")));
    assert_int_equal(count(), 1);
    import_report_done(&report);
}

static void keeps_no_more_faults_than_the_limit(void **state)
{
    (void)state;
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_CSV_FILE);
    buffer_put_text(&text, HEADER);
    for (int i = 0; i < LIMIT_CSV_FAULTS + 5; i++)
        buffer_put_text(&text, "x\n");
    assert_err(import(buffer_text(&text)), ERR_MALFORMED);
    assert_int_equal(report.num_faults, LIMIT_CSV_FAULTS + 5);
    assert_string_equal(report.faults[LIMIT_CSV_FAULTS - 1].rule, "columns");
    import_report_done(&report);
}

static void refuses_a_file_without_its_header(void **state)
{
    (void)state;
    static const char *const bad[] = {"", GOOD("1"), "number,family\n", "\xFF\n"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_err(import(bad[i]), ERR_MALFORMED);
        assert_string_equal(fault.input, "town.csv");
        assert_int_equal(count(), 0);
    }
    import_report_done(&report);
}

static void keeps_real_and_sample_apart(void **state)
{
    (void)state;
    store_rollback(store);
    assert_ok(store_begin(store, NULL));
    assert_ok(store_mark_sample(store, false, NULL));
    assert_err(import(HEADER GOOD("1")), ERR_MALFORMED);
    assert_string_equal(fault.rule, "sample");
    assert_ok(import(HEADER LINE("1", "北栄", "1986-05-14", "鳥取県東伯郡北栄町１番地", "31372", "",
                                 "", "", "")));
    bool is_sample = true;
    assert_ok(store_is_sample(store, &is_sample, NULL));
    assert_false(is_sample);
    assert_err(store_mark_sample(store, true, NULL), ERR_DENIED);
    import_report_done(&report);
}

static void an_error_of_the_database_is_no_bad_line(void **state)
{
    (void)state;
    store_rollback(store);
    assert_err(import(HEADER GOOD("1")), ERR_STATE); /* no transaction is open */
    assert_int_equal(report.num_faults, 0);
    import_report_done(&report);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_register, close_register)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(takes_all),
        TEST(reports_every_bad_line_and_takes_nothing),
        TEST(keeps_no_more_faults_than_the_limit),
        TEST(refuses_a_file_without_its_header),
        TEST(keeps_real_and_sample_apart),
        TEST(an_error_of_the_database_is_no_bad_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
