#include "fixture.h"

#include <sqlite3.h>

static struct resident sample(void)
{
    return (struct resident){
        .number = 1,
        .name = {.family = "北栄", .given = "花子"},
        .born = {1986, 5, 14},
        .sex = SEX_FEMALE,
        .address = "鳥取県東伯郡北栄町見本１番地",
        .municipality = "31372",
        .language = "ja",
        .card_id = "0003720000000013137220340514",
        .card_until = {2034, 5, 14},
        .is_sample = true,
    };
}

static void reads_what_it_wrote(void **state)
{
    (void)state;
    struct resident written = sample(), read;
    assert_ok(resident_insert(store, &written, NULL));
    assert_ok(resident_find(store, 1, &read, NULL));
    assert_memory_equal(&read, &written, sizeof read);
    assert_ok(resident_find_by_card(store, written.card_id, &read, NULL));
    written.standing = STANDING_WARD;
    written.leaves_on = (struct date){2026, 12, 1};
    written.card_state = CARD_STOPPED;
    assert_ok(resident_update(store, &written, NULL));
    assert_ok(resident_next(store, 0, &read, NULL));
    assert_memory_equal(&read, &written, sizeof read);
    assert_ok(resident_next_born(store, written.born, 0, &read, NULL));
    assert_ok(resident_next_leaving(store, (struct date){2026, 12, 1}, 0, &read, NULL));
    assert_err(resident_next_leaving(store, (struct date){2026, 11, 30}, 0, &read, NULL),
               ERR_NOT_FOUND);
    assert_err(resident_next(store, 1, &read, NULL), ERR_NOT_FOUND);
    assert_err(resident_find(store, 2, &read, NULL), ERR_NOT_FOUND);
    assert_err(resident_find_by_card(store, "x", &read, NULL), ERR_NOT_FOUND);
}

static void refuses_to_write_twice_or_nobody(void **state)
{
    (void)state;
    struct resident resident = sample();
    assert_ok(resident_insert(store, &resident, NULL));
    assert_ok(store_savepoint(store, NULL));
    assert_err(resident_insert(store, &resident, NULL), ERR_EXISTS);
    assert_ok(store_rollback_to(store, NULL));
    assert_ok(store_savepoint(store, NULL));
    resident.number = 2; /* another resident, the same card */
    assert_err(resident_insert(store, &resident, NULL), ERR_EXISTS);
    assert_ok(store_rollback_to(store, NULL));
    assert_err(resident_update(store, &resident, NULL), ERR_NOT_FOUND);
}

static void refuses_rows_that_make_no_sense(void **state)
{
    (void)state;
    struct resident resident = sample();
    assert_ok(resident_insert(store, &resident, NULL));
    assert_ok(store_commit(store, NULL));
    static const char *const damage[] = {
        "born = 19860230",
        "born = -1",
        "residence = 9",
        "residence = -1",
        "standing = 4",
        "card_state = 99",
        "card_until = 9999999",
        "leaves_on = -9999999",
        "language = 'japanese'",
        "address = CAST(x'FF' AS TEXT)",
        "family = CAST(x'E58C9700' AS TEXT)",
    };
    char path[96], sql[128];
    snprintf(path, sizeof path, "%s/town.db", folder);
    sqlite3 *database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    for (size_t i = 0; i < COUNT_OF(damage); i++) {
        snprintf(sql, sizeof sql,
                 "CREATE TEMP TABLE good AS SELECT * FROM resident; UPDATE resident SET %s",
                 damage[i]);
        assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
        struct resident read = {.number = 77};
        assert_err(resident_find(store, 1, &read, NULL), ERR_MALFORMED);
        assert_int_equal(read.number, 77);
        assert_ok(store_begin(store, NULL));
        assert_err(resident_update(store, &resident, NULL), ERR_MALFORMED);
        store_rollback(store);
        assert_int_equal(sqlite3_exec(database,
                                      "DELETE FROM resident;"
                                      "INSERT INTO resident SELECT * FROM good; DROP TABLE good",
                                      NULL, NULL, NULL),
                         SQLITE_OK);
        assert_ok(resident_find(store, 1, &read, NULL));
    }
    sqlite3_close(database);
}

static void knows_who_lives_here(void **state)
{
    (void)state;
    struct resident resident = sample();
    struct date today = {2026, 12, 1};
    const struct {
        enum residence residence;
        struct date leaves_on;
        const char *municipality;
        bool lives_here;
    } rows[] = {
        {RESIDENCE_HERE, {0}, "31372", true},
        {RESIDENCE_HERE, {2026, 12, 2}, "31372", true},
        {RESIDENCE_HERE, {2026, 12, 1}, "31372", false},
        {RESIDENCE_ABROAD, {2026, 12, 2}, "31372", true}, /* departs tomorrow */
        {RESIDENCE_ABROAD, {2026, 12, 1}, "31372", false},
        {RESIDENCE_MOVED_OUT, {0}, "31372", false},
        {RESIDENCE_DIED, {0}, "31372", false},
        {RESIDENCE_HERE, {0}, "31371", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        resident.residence = rows[i].residence;
        resident.leaves_on = rows[i].leaves_on;
        snprintf(resident.municipality, sizeof resident.municipality, "%s", rows[i].municipality);
        bool lives_here = resident_lives_in(&resident, "31372", today);
        assert_int_equal(lives_here, rows[i].lives_here);
        page_saw("S14", "resident-of-this-town", lives_here);
    }
}

static void compares_the_four_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        enum item item;
        const char *value;
        bool same;
    } rows[] = {
        {ITEM_KANA, "ほくえい", true}, {ITEM_POSTCODE, "000-0009", true},
        {ITEM_TELEPHONE, "0", true},   {ITEM_CARD_UNTIL, "2030-01-01", true},
        {ITEM_STANDING, "ward", true}, {ITEM_FAMILY, "北榮", false},
        {ITEM_GIVEN, "華子", false},   {ITEM_FORMER, "由良", false},
        {ITEM_ALIAS, "花", false},     {ITEM_BORN, "1986-05-00", false},
        {ITEM_SEX, "unknown", false},  {ITEM_ADDRESS, "鳥取県東伯郡北栄町見本２番地", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct resident before = sample(), after = sample();
        assert_ok(item_set(&after, rows[i].item, rows[i].value, NULL));
        bool same = resident_has_same_four(&before, &after);
        assert_int_equal(same, rows[i].same);
        page_saw("S09", "basic-four-unchanged", same);
    }
}

static void refuses_contradictions(void **state)
{
    (void)state;
    static const struct {
        enum item item;
        const char *value, *rule;
    } rows[] = {
        {ITEM_FAMILY, "", "family"},
        {ITEM_SEX, "", "sex"},
        {ITEM_ADDRESS, "", "address"},
        {ITEM_ADDRESS, "鳥取県東伯郡北栄町１番地", "address"},     /* no 見本 */
        {ITEM_ADDRESS, "鳥取県東伯郡琴浦町見本１番地", "address"}, /* of another town */
        {ITEM_ADDRESS, "東伯郡北栄町見本１番地", "address"},       /* no prefecture */
        {ITEM_MUNICIPALITY, "99999", "municipality"},
        {ITEM_MUNICIPALITY, "", "municipality"},
        {ITEM_LANGUAGE, "j", "language"},
        {ITEM_REPRESENTATIVE, "1", "representative"},
        {ITEM_CARD_UNTIL, "", "card_until"},
        {ITEM_SPECIAL_PERIOD, "1", "special_period"},
        {ITEM_RESIDENCE, "died", "leaves_on"},
    };
    struct resident resident = sample();
    assert_ok(resident_check(&resident, &municipalities, NULL));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fault fault = {0};
        resident = sample();
        assert_ok(item_set(&resident, rows[i].item, rows[i].value, NULL));
        assert_err(resident_check(&resident, &municipalities, &fault), ERR_MALFORMED);
        assert_string_equal(fault.rule, rows[i].rule);
    }
    resident = sample();
    resident.card_id[0] = '\0';
    resident.card_until.year = 0;
    assert_ok(resident_check(&resident, &municipalities, NULL));
    resident.card_state = CARD_VOID;
    assert_err(resident_check(&resident, &municipalities, NULL), ERR_MALFORMED);
}

static void refuses_items_out_of_shape(void **state)
{
    (void)state;
    static const struct {
        enum item item;
        const char *value;
    } rows[] = {
        {ITEM_NUMBER, "01"},
        {ITEM_NUMBER, "-1"},
        {ITEM_NUMBER, "1234567890123456"},
        {ITEM_NUMBER, "x"},
        {ITEM_FAMILY, "a\nb"},
        {ITEM_FAMILY, "\xFF"},
        {ITEM_BORN, ""},
        {ITEM_BORN, "1955-00-12"},
        {ITEM_BORN, "1955/02/01"},
        {ITEM_SEX, "F"},
        {ITEM_SEX, "Female"},
        {ITEM_POSTCODE, "000-00001"},
        {ITEM_MUNICIPALITY, "3137"},
        {ITEM_MUNICIPALITY, "31372 "},
        {ITEM_RESIDENCE, "gone"},
        {ITEM_LEAVES_ON, "2026-12-00"},
        {ITEM_LEAVES_ON, "0000-00-00"},
        {ITEM_STANDING, "none"},
        {ITEM_CARD_ID, "123"},
        {ITEM_CARD_ID, "00037200000000131372203405140"},
        {ITEM_CARD_STATE, "lost"},
        {ITEM_CARD_UNTIL, "2026-02-29"},
        {ITEM_OLD_CARD, "0"},
        {ITEM_PROTECTED, "yes"},
        {ITEM_SAMPLE, "11"},
        {ITEM_LANGUAGE, "jpn"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct resident before = sample(), after = sample();
        struct fault fault = {0};
        assert_err(item_set(&after, rows[i].item, rows[i].value, &fault), ERR_MALFORMED);
        assert_string_equal(fault.rule, item_name(rows[i].item));
        assert_memory_equal(&before, &after, sizeof before);
    }
    enum item item;
    assert_err(item_parse_name("Family", &item), ERR_NOT_FOUND);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_register, close_register)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_what_it_wrote),
        TEST(refuses_to_write_twice_or_nobody),
        TEST(refuses_rows_that_make_no_sense),
        TEST(knows_who_lives_here),
        TEST(compares_the_four_and_nothing_else),
        TEST(refuses_contradictions),
        TEST(refuses_items_out_of_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
