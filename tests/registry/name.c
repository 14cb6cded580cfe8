#include "fixture.h"

#include "base/text.h"

static int load(void **state)
{
    (void)state;
    load_files();
    return 0;
}

static int unload(void **state)
{
    (void)state;
    municipalities_done(&municipalities);
    return 0;
}

static void permits_the_standards_and_no_more(void **state)
{
    (void)state;
    const struct charset *charset = &substitutes.charset;
    size_t num = 0;
    for (uint32_t c = 0; c < 0x110000; c++)
        num += charset_has(charset, c);
    /* with 95 of ASCII, and seven code points that name the standard's characters otherwise */
    assert_int_equal(num, CHARSET_NUM_JIS_X_0208 + CHARSET_NUM_JIS_X_0212 + 95 + 6);
    static const uint32_t permitted[] = {0x9AD8, 0x5F45, 0x3042, 0xFF21, 0x3000,
                                         'A',    0x2212, 0xFF0D, 0x301C, 0x3013};
    static const uint32_t refused[] = {0x9AD9,  0xFA11, 0x20BB7, 0xE0100, 0xFE00, 0xFF76,  0x2460,
                                       0x1F600, 0x7F,   0x80,    0x0A,    0xA5,   0x10000, 0x3099};
    for (size_t i = 0; i < COUNT_OF(permitted); i++)
        assert_true(charset_has(charset, permitted[i]));
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_false(charset_has(charset, refused[i]));
}

static void makes_the_strings_of_certificates(void **state)
{
    (void)state;
    static const struct {
        const char *original, *text, *flags;
    } rows[] = {
        {"北栄　花子", "北栄　花子", "00000"},
        {"髙橋　一郎", "高橋　一郎", "10000"},
        {"山﨑　恵", "山崎　恵", "0100"},
        {"𠮷田　翔", "吉田　翔", "1000"},
        {"葛\U000E0100城　葵", "葛城　葵", "1000"},
        {"辻\uFE00　葵", "辻　葵", "100"},
        {"髙\U000E0101", "高", "1"},
        {"𡈽屋　学", "〓屋　学", "1000"},
        {"草彅　涼", "草彅　涼", "0000"},
        {"か\u3099", "か〓", "01"},
        {"MARIA SILVA", "MARIA SILVA", "00000000000"},
        {"１−２－３", "１−２－３", "00000"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct certificate_text made;
        assert_ok(certificate_text_make(&substitutes, rows[i].original, &made, NULL));
        assert_string_equal(made.text, rows[i].text);
        assert_string_equal(made.flags, rows[i].flags);
        assert_int_equal(text_count(bytes_of_text(made.text)), strlen(made.flags));
    }
}

static void refuses_what_is_no_name(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "\xFF", "北\n栄", "北\x7F", "\U000E0100葛", "\uFE00", "\xED\xA0\x80", "北\xC2\x85"};
    struct certificate_text made = {.text = "unchanged"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_err(certificate_text_make(&substitutes, bad[i], &made, NULL), ERR_MALFORMED);
    assert_string_equal(made.text, "unchanged");
}

static void refuses_what_is_too_long(void **state)
{
    (void)state;
    struct certificate_text made;
    char text[(ADDRESS_CHARACTERS + 1) * 4 + 1] = "";
    for (size_t i = 0; i < ADDRESS_CHARACTERS; i++)
        strcat(text, "𠮷");
    assert_ok(certificate_text_make(&substitutes, text, &made, NULL));
    assert_int_equal(strlen(made.flags), ADDRESS_CHARACTERS);
    strcat(text, "a");
    assert_err(certificate_text_make(&substitutes, text, &made, NULL), ERR_LIMIT);
}

static void joins_the_parts(void **state)
{
    (void)state;
    char out[NAME_TEXT];
    assert_ok(name_join(&(struct person_name){.family = "田中", .given = "久美"}, out, NULL));
    assert_string_equal(out, "田中　久美");
    assert_ok(name_join(&(struct person_name){"田中", "久美", "佐々木", ""}, out, NULL));
    assert_string_equal(out, "田中［佐々木］　久美");
    assert_ok(name_join(&(struct person_name){"NGUYEN VAN AN", "", "", "山本安"}, out, NULL));
    assert_string_equal(out, "NGUYEN VAN AN（山本安）");
    struct person_name name = {0};
    memset(name.family, 'a', NAME_CHARACTERS);
    assert_ok(name_join(&name, out, NULL));
    name.given[0] = 'b';
    assert_err(name_join(&name, out, NULL), ERR_LIMIT);
    memset(name.family, 'a', sizeof name.family - 1);
    assert_err(name_join(&name, out, NULL), ERR_LIMIT);
}

static void writes_birth_dates_with_their_era(void **state)
{
    (void)state;
    static const struct {
        struct date born;
        const char *text;
    } rows[] = {
        {{1990, 1, 2}, "419900102"}, /* as in the example of profile 1.4 */
        {{1912, 7, 29}, "119120729"},  {{1912, 7, 30}, "219120730"}, {{1926, 12, 24}, "219261224"},
        {{1926, 12, 25}, "319261225"}, {{1989, 1, 7}, "319890107"},  {{1989, 1, 8}, "419890108"},
        {{2019, 4, 30}, "420190430"},  {{2019, 5, 1}, "520190501"},  {{2019, 5, 0}, "520190500"},
        {{2019, 4, 0}, "420190400"},   {{1955, 2, 0}, "319550200"},  {{1989, 0, 0}, "019890000"},
        {{1989, 1, 0}, "019890100"},   {{0, 0, 0}, "000000000"},     {{1867, 1, 1}, "018670101"},
    };
    char text[BIRTH_DATE_TEXT];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(birth_date_print(rows[i].born, text), rows[i].text);
        struct date back;
        assert_ok(birth_date_of_number(birth_date_number(rows[i].born), &back));
        assert_int_equal(date_compare(back, rows[i].born), 0);
    }
    static const int64_t bad[] = {-1, 19550230, 19551300, 19550012, 1, 100000000, INT64_MAX};
    struct date date;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_err(birth_date_of_number(bad[i], &date), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permits_the_standards_and_no_more),
        cmocka_unit_test(makes_the_strings_of_certificates),
        cmocka_unit_test(refuses_what_is_no_name),
        cmocka_unit_test(refuses_what_is_too_long),
        cmocka_unit_test(joins_the_parts),
        cmocka_unit_test(writes_birth_dates_with_their_era),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
