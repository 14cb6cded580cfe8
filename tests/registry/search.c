/* Finding residents: by the beginning of what they are called, however it is typed. */
#include "registry/search.h"

#include "fixture.h"

static void put(int64_t number, const char *family, const char *given, const char *kana,
                struct date born)
{
    struct resident resident = {
        .number = number,
        .born = born,
        .sex = SEX_FEMALE,
        .address = "鳥取県東伯郡北栄町見本１番地",
        .municipality = "31372",
        .language = "ja",
        .is_sample = true,
    };
    snprintf(resident.name.family, sizeof resident.name.family, "%s", family);
    snprintf(resident.name.given, sizeof resident.name.given, "%s", given);
    snprintf(resident.kana, sizeof resident.kana, "%s", kana);
    assert_ok(resident_insert(store, &resident, NULL));
}

static const struct date day = {1986, 5, 14}, other_day = {1990, 0, 0};

static void fill(void)
{
    put(1, "北栄", "花子", "ほくえい　はなこ", day);
    put(2, "北栄", "太郎", "ほくえい　たろう", other_day);
    put(3, "ＳＭＩＴＨ　ＪＯＨＮ", "", "スミス　ジョン", day);
    put(4, "𠮷野", "花", "よしの　はな", other_day);
}

/* The numbers in a line, "…" behind them when there are more. */
static void finds(const char *text, struct date born, size_t max, const char *wanted)
{
    int64_t numbers[8];
    size_t num;
    bool has_more;
    char line[64] = "";
    const struct resident_search search = {text, born};
    assert_ok(resident_search(store, &search, max, numbers, &num, &has_more, NULL));
    for (size_t i = 0; i < num; i++)
        snprintf(line + strlen(line), sizeof line - strlen(line), "%lld ", (long long)numbers[i]);
    if (has_more)
        snprintf(line + strlen(line), sizeof line - strlen(line), "…");
    assert_string_equal(line, wanted);
}

static const struct date any;

static void finds_by_the_beginning_of_a_name(void **state)
{
    (void)state;
    fill();
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        {"北栄", "2 1 "},
        {"北", "2 1 "},
        {"北栄花子", "1 "},
        {"北栄 花子", "1 "},
        {"北栄　花", "1 "},
        {"花子", "1 "},
        {"花", "4 1 "},
        {"太郎", "2 "},
        {"ほくえい", "2 1 "},
        {"ホクエイ", "2 1 "},
        {"はな", "4 1 "},
        {"ハナコ", "1 "},
        {"smith", "3 "},
        {"SMITH JOHN", "3 "},
        {"ｊｏｈｎ", "3 "},
        {"すみす", "3 "},
        {"じょん", "3 "},
        {"𠮷", "4 "},
        {"吉", ""},
        {"栄", ""},
        {"子", ""},
        {"北栄花子子", ""},
        {"mith", ""},
        {"%", ""},
        {"_", ""},
        {"'; DROP TABLE resident; --", ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        finds(rows[i].text, any, 8, rows[i].wanted);
}

static void finds_by_birth_date(void **state)
{
    (void)state;
    fill();
    finds("", day, 8, "1 3 ");
    finds("北", day, 8, "1 ");
    finds("", other_day, 8, "2 4 ");
    finds("", (struct date){1990, 1, 1}, 8, "");
    finds("花子", other_day, 8, "");
    finds("　", day, 8, "1 3 "); /* blanks are no text */
}

static void finds_at_most_so_many(void **state)
{
    (void)state;
    fill();
    finds("", any, 8, "1 2 3 4 ");
    finds("", any, 4, "1 2 3 4 ");
    finds("", any, 3, "1 2 3 …");
    finds("北", any, 1, "2 …");
    finds("北", any, 2, "2 1 ");
    finds("", day, 1, "1 …");
}

static void follows_a_change_of_name(void **state)
{
    (void)state;
    fill();
    struct resident resident;
    assert_ok(resident_find(store, 1, &resident, NULL));
    snprintf(resident.name.former, sizeof resident.name.former, "北栄");
    snprintf(resident.name.family, sizeof resident.name.family, "鳥取");
    snprintf(resident.name.alias, sizeof resident.name.alias, "Hana Tottori");
    snprintf(resident.kana, sizeof resident.kana, "とっとり　はなこ");
    assert_ok(resident_update(store, &resident, NULL));
    finds("鳥取花子", any, 8, "1 ");
    finds("北栄花子", any, 8, "1 "); /* as they were called before: the register keeps it */
    finds("tottori", any, 8, "1 ");
    finds("ほくえい", any, 8, "2 ");
    resident.name.former[0] = resident.name.alias[0] = '\0';
    assert_ok(resident_update(store, &resident, NULL));
    finds("北栄", any, 8, "2 ");
    finds("hana", any, 8, "");
}

/* A database that is older than the rows. */
static void makes_the_rows_that_are_missing(void **state)
{
    (void)state;
    fill();
    assert_ok(store_commit(store, NULL));
    assert_ok(store_begin(store, NULL));
    for (int64_t number = 1; number <= 4; number++) {
        struct resident resident;
        assert_ok(resident_find(store, number, &resident, NULL));
        assert_ok(search_remove(store, &resident, NULL));
    }
    assert_ok(store_commit(store, NULL));
    finds("北栄", any, 8, "");
    assert_ok(search_begin(store, NULL));
    finds("北栄", any, 8, "2 1 ");
    assert_ok(search_begin(store, NULL));
    assert_ok(store_begin(store, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_by_the_beginning_of_a_name, open_register,
                                        close_register),
        cmocka_unit_test_setup_teardown(finds_by_birth_date, open_register, close_register),
        cmocka_unit_test_setup_teardown(finds_at_most_so_many, open_register, close_register),
        cmocka_unit_test_setup_teardown(follows_a_change_of_name, open_register, close_register),
        cmocka_unit_test_setup_teardown(makes_the_rows_that_are_missing, open_register,
                                        close_register),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
