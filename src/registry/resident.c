/* Records of residents: read, written, checked, compared. */
#include "registry/resident.h"

#include <string.h>

#include "registry/item.h"
#include "registry/search.h"
#include "store/rows.h"

static enum err read_one(struct store *store, enum statement statement, const struct value *values,
                         size_t num_values, struct resident *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct resident resident = {0};
    store_query(store, statement, values, num_values, &rows, fault);
    if (rows_next(&rows))
        for (size_t i = 0; i < NUM_ITEMS; i++)
            item_fetch(&resident, (enum item)i, &rows);
    enum err err = rows_end_one(&rows);
    if (err == ERR_NONE)
        *out = resident;
    return err;
}

enum err resident_find(struct store *store, int64_t number, struct resident *out,
                       struct fault *fault)
{
    return read_one(store, STATEMENT_RESIDENT_BY_NUMBER, VALUES(value_integer(number)), out, fault);
}

enum err resident_find_by_card(struct store *store, const char *card_id, struct resident *out,
                               struct fault *fault)
{
    return read_one(store, STATEMENT_RESIDENT_BY_CARD, VALUES(value_text(card_id)), out, fault);
}

enum err resident_next(struct store *store, int64_t after, struct resident *out,
                       struct fault *fault)
{
    return read_one(store, STATEMENT_RESIDENT_NEXT, VALUES(value_integer(after)), out, fault);
}

enum err resident_next_born(struct store *store, struct date born, int64_t after,
                            struct resident *out, struct fault *fault)
{
    return read_one(store, STATEMENT_RESIDENT_NEXT_BORN,
                    VALUES(value_integer(birth_date_number(born)), value_integer(after)), out,
                    fault);
}

enum err resident_next_leaving(struct store *store, struct date day, int64_t after,
                               struct resident *out, struct fault *fault)
{
    return read_one(store, STATEMENT_RESIDENT_NEXT_LEAVING,
                    VALUES(value_integer(date_to_days(day)), value_integer(after)), out, fault);
}

static void fill_values(const struct resident *resident, struct value values[static NUM_ITEMS])
{
    for (size_t i = 0; i < NUM_ITEMS; i++)
        values[i] = item_value(resident, (enum item)i);
}

enum err resident_insert(struct store *store, const struct resident *resident, struct fault *fault)
{
    struct value values[NUM_ITEMS];
    fill_values(resident, values);
    enum err err = store_run(store, STATEMENT_RESIDENT_INSERT, values, NUM_ITEMS, fault);
    return err == ERR_NONE ? search_add(store, resident, fault) : err;
}

enum err resident_update(struct store *store, const struct resident *resident, struct fault *fault)
{
    struct value values[NUM_ITEMS];
    struct resident before;
    enum err err = resident_find(store, resident->number, &before, fault);
    if (err == ERR_NONE)
        err = search_remove(store, &before, fault);
    if (err != ERR_NONE)
        return err;
    fill_values(resident, values);
    err = store_run_one(store, STATEMENT_RESIDENT_UPDATE, values, NUM_ITEMS, fault);
    return err == ERR_NONE ? search_add(store, resident, fault) : err;
}

/* From the prefecture on. Whoever lives abroad is written as the town writes them. */
static bool address_belongs(const struct resident *resident,
                            const struct municipality *municipality)
{
    size_t prefecture = strlen(municipality->prefecture_ja), name = strlen(municipality->name_ja);
    return resident->residence == RESIDENCE_ABROAD ||
           (strncmp(resident->address, municipality->prefecture_ja, prefecture) == 0 &&
            strncmp(resident->address + prefecture, municipality->name_ja, name) == 0);
}

/* What a record lacks or contradicts, with the item; NULL if nothing. */
static const char *find_contradiction(const struct resident *resident, enum item *item)
{
    const struct {
        bool is_wrong;
        enum item item;
        const char *text;
    } checks[] = {
        {resident->number == 0, ITEM_NUMBER, "is missing"},
        {!resident->name.family[0], ITEM_FAMILY, "is missing"},
        {resident->sex == SEX_MISSING, ITEM_SEX, "is missing"},
        {!resident->address[0], ITEM_ADDRESS, "is missing"},
        {strlen(resident->language) != 2, ITEM_LANGUAGE, "is not of two letters"},
        {resident->representative && resident->representative == resident->number,
         ITEM_REPRESENTATIVE, "is the resident"},
        {(resident->card_id[0] != '\0') != (resident->card_until.year != 0), ITEM_CARD_UNTIL,
         "goes with a card_id, and with nothing else"},
        {!resident->card_id[0] && resident->card_state != CARD_GOOD, ITEM_CARD_STATE,
         "goes with a card_id"},
        {resident->is_special_period && !resident->stay_until.year, ITEM_SPECIAL_PERIOD,
         "goes with stay_until"},
        {resident->residence != RESIDENCE_HERE && !resident->leaves_on.year, ITEM_LEAVES_ON,
         "is missing for one who is not here"},
        {resident->is_sample && !strstr(resident->address, "見本"), ITEM_ADDRESS,
         "of sample data does not say 見本"},
    };
    for (size_t i = 0; i < COUNT_OF(checks); i++)
        if (checks[i].is_wrong) {
            *item = checks[i].item;
            return checks[i].text;
        }
    return NULL;
}

enum err resident_check(const struct resident *resident,
                        const struct municipalities *municipalities, struct fault *fault)
{
    enum item item;
    const char *wrong = find_contradiction(resident, &item);
    if (wrong)
        return fault_set(fault, ERR_MALFORMED, item_name(item), "%s", wrong);
    const struct municipality *municipality =
        municipalities_find(municipalities, resident->municipality);
    if (!municipality)
        return fault_set(fault, ERR_MALFORMED, "municipality", "%s is not in the list",
                         resident->municipality);
    if (!address_belongs(resident, municipality))
        return fault_set(fault, ERR_MALFORMED, "address", "does not begin with %s%s",
                         municipality->prefecture_ja, municipality->name_ja);
    char joined[NAME_TEXT];
    return name_join(&resident->name, joined, fault);
}

/* page:S14 rule:resident-of-this-town */
bool resident_lives_in(const struct resident *resident, const char *municipality, struct date on)
{
    bool is_here = resident->leaves_on.year ? date_compare(on, resident->leaves_on) < 0
                                            : resident->residence == RESIDENCE_HERE;
    return is_here && strcmp(resident->municipality, municipality) == 0;
}

/* page:S09 rule:basic-four-unchanged */
bool resident_has_same_four(const struct resident *a, const struct resident *b)
{
    return strcmp(a->name.family, b->name.family) == 0 &&
           strcmp(a->name.given, b->name.given) == 0 &&
           strcmp(a->name.former, b->name.former) == 0 &&
           strcmp(a->name.alias, b->name.alias) == 0 && date_compare(a->born, b->born) == 0 &&
           a->sex == b->sex && strcmp(a->address, b->address) == 0;
}

enum err resident_four(const struct resident *resident, const struct substitutes *substitutes,
                       struct resident_four *out, struct fault *fault)
{
    static const char digits[] = "0123";
    struct resident_four four = {.sex = {digits[resident->sex & 3]}};
    char joined[NAME_TEXT];
    enum err err = resident->sex == SEX_MISSING
                       ? fault_set(fault, ERR_MALFORMED, "sex", "is missing")
                       : name_join(&resident->name, joined, fault);
    if (err == ERR_NONE)
        err = certificate_text_make(substitutes, joined, &four.name, fault);
    if (err == ERR_NONE)
        err = certificate_text_make(substitutes, resident->address, &four.address, fault);
    if (err != ERR_NONE)
        return err;
    birth_date_print(resident->born, four.birth_date);
    *out = four;
    return ERR_NONE;
}
