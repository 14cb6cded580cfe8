/* The table of items and its four walks: from text, to text, to the database, from it. */
#include "registry/item.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/rows.h"

/* TEXT: UTF-8 without control characters. DIGITS: exactly size - 1 of them, or none. NUMBER: from
 * 1, empty is 0. DATE: a whole one, or none. BIRTH: may be incomplete. WORD: one of words, kept as
 * its place; the empty text is place 0. FLAG: "1" or empty. */
enum shape { TEXT, DIGITS, NUMBER, DATE, BIRTH, WORD, FLAG };

static const char *const sexes[] = {"", "male", "female", "unknown", NULL};
static const char *const residences[] = {"here", "moved-out",    "abroad",
                                         "died", "deregistered", NULL};
static const char *const standings[] = {"", "ward", "curatee", "assisted", NULL};
static const char *const card_states[] = {"good", "stopped", "void", "expired", NULL};
_Static_assert(CARD_GOOD == 0 && CARD_EXPIRED == 3, "card_states has law's order");

#define AT(member) offsetof(struct resident, member), sizeof((struct resident *)0)->member
static const struct {
    enum shape shape;
    size_t offset, size;
    const char *const *words;
} shapes[] = {
    [ITEM_NUMBER] = {NUMBER, AT(number), NULL},
    [ITEM_FAMILY] = {TEXT, AT(name.family), NULL},
    [ITEM_GIVEN] = {TEXT, AT(name.given), NULL},
    [ITEM_FORMER] = {TEXT, AT(name.former), NULL},
    [ITEM_ALIAS] = {TEXT, AT(name.alias), NULL},
    [ITEM_KANA] = {TEXT, AT(kana), NULL},
    [ITEM_BORN] = {BIRTH, AT(born), NULL},
    [ITEM_SEX] = {WORD, AT(sex), sexes},
    [ITEM_POSTCODE] = {TEXT, AT(postcode), NULL},
    [ITEM_ADDRESS] = {TEXT, AT(address), NULL},
    [ITEM_TELEPHONE] = {TEXT, AT(telephone), NULL},
    [ITEM_MUNICIPALITY] = {DIGITS, AT(municipality), NULL},
    [ITEM_RESIDENCE] = {WORD, AT(residence), residences},
    [ITEM_LEAVES_ON] = {DATE, AT(leaves_on), NULL},
    [ITEM_STANDING] = {WORD, AT(standing), standings},
    [ITEM_REPRESENTATIVE] = {NUMBER, AT(representative), NULL},
    [ITEM_CARD_ID] = {DIGITS, AT(card_id), NULL},
    [ITEM_CARD_STATE] = {WORD, AT(card_state), card_states},
    [ITEM_CARD_UNTIL] = {DATE, AT(card_until), NULL},
    [ITEM_OLD_CARD] = {FLAG, AT(has_old_card), NULL},
    [ITEM_STAY_UNTIL] = {DATE, AT(stay_until), NULL},
    [ITEM_SPECIAL_PERIOD] = {FLAG, AT(is_special_period), NULL},
    [ITEM_LANGUAGE] = {TEXT, AT(language), NULL},
    [ITEM_PROTECTED] = {FLAG, AT(is_protected), NULL},
    [ITEM_SAMPLE] = {FLAG, AT(is_sample), NULL},
    [ITEM_NOTE] = {TEXT, AT(note), NULL},
};
#undef AT

static const char *const names[] = {
#define X(item, name) [item] = name,
    ITEM_LIST(X)
#undef X
};

const char *item_name(enum item item)
{
    return (size_t)item < NUM_ITEMS ? names[item] : "unknown";
}

enum err item_parse_name(const char *name, enum item *out)
{
    for (size_t i = 0; i < NUM_ITEMS; i++)
        if (strcmp(names[i], name) == 0) {
            *out = (enum item)i;
            return ERR_NONE;
        }
    return ERR_NOT_FOUND;
}

/* The member, by type: the only places that walk by offset. */
static void *member(struct resident *resident, enum item item)
{
    return (char *)resident + shapes[item].offset;
}

static const void *member_of(const struct resident *resident, enum item item)
{
    return (const char *)resident + shapes[item].offset;
}

static unsigned word_of(const struct resident *resident, enum item item)
{
    unsigned word;
    memcpy(&word, member_of(resident, item), sizeof word);
    return word;
}

static unsigned num_words(enum item item)
{
    unsigned num = 0;
    while (shapes[item].words[num])
        num++;
    return num;
}

static void set_word(struct resident *resident, enum item item, unsigned word)
{
    _Static_assert(sizeof(enum sex) == sizeof(unsigned), "an enum is kept as an unsigned");
    memcpy(member(resident, item), &word, sizeof word);
}

static const char *check_text(struct bytes text)
{
    struct reader reader = reader_of(text);
    uint32_t c;
    while (text_next(&reader, &c))
        if (text_is_hidden(c))
            return "has a hidden or control character";
    return reader_is_done(&reader) ? NULL : "is not UTF-8";
}

static const char *set_text(struct resident *resident, enum item item, const char *text)
{
    size_t len = strlen(text);
    const char *wrong = check_text(bytes_of(text, len));
    if (wrong)
        return wrong;
    if (len >= shapes[item].size)
        return "is too long";
    memcpy(member(resident, item), text, len + 1);
    return NULL;
}

static const char *set_digits(struct resident *resident, enum item item, const char *text)
{
    size_t len = strlen(text);
    if (strspn(text, "0123456789") != len || (len && len != shapes[item].size - 1))
        return "has not that many digits";
    memcpy(member(resident, item), text, len + 1);
    return NULL;
}

static const char *set_number(struct resident *resident, enum item item, const char *text)
{
    size_t len = strlen(text);
    if (strspn(text, "0123456789") != len || len > 15 || text[0] == '0')
        return "is no number";
    int64_t number = strtoll(text, NULL, 10);
    memcpy(member(resident, item), &number, sizeof number);
    return NULL;
}

static const char *set_date(struct resident *resident, enum item item, const char *text)
{
    struct date date = {0};
    bool is_birth = shapes[item].shape == BIRTH;
    enum err err = is_birth  ? date_parse_birth(text, &date)
                   : text[0] ? date_parse(text, &date)
                             : ERR_NONE;
    if (err != ERR_NONE)
        return "is no date";
    memcpy(member(resident, item), &date, sizeof date);
    return NULL;
}

static const char *set_choice(struct resident *resident, enum item item, const char *text)
{
    unsigned word = 0;
    while (text[0] && shapes[item].words[word] && strcmp(shapes[item].words[word], text) != 0)
        word++;
    if (!shapes[item].words[word])
        return "is not a word of its list";
    set_word(resident, item, word);
    return NULL;
}

static const char *set_flag(struct resident *resident, enum item item, const char *text)
{
    bool flag = strcmp(text, "1") == 0;
    if (!flag && text[0])
        return "is neither 1 nor empty";
    memcpy(member(resident, item), &flag, sizeof flag);
    return NULL;
}

static const char *(*const setters[])(struct resident *, enum item, const char *) = {
    [TEXT] = set_text,  [DIGITS] = set_digits, [NUMBER] = set_number, [DATE] = set_date,
    [BIRTH] = set_date, [WORD] = set_choice,   [FLAG] = set_flag,
};

enum err item_set(struct resident *resident, enum item item, const char *text, struct fault *fault)
{
    const char *wrong = setters[shapes[item].shape](resident, item, text);
    return wrong ? fault_set(fault, ERR_MALFORMED, names[item], "%s", wrong) : ERR_NONE;
}

static void put_date(struct date date, bool is_birth, struct buffer *out)
{
    char text[DATE_TEXT];
    if (date.year || is_birth)
        buffer_put_text(out, date_print(date, text));
}

void item_put(const struct resident *resident, enum item item, struct buffer *out)
{
    struct value value = item_value(resident, item);
    struct date date;
    switch (shapes[item].shape) {
    case TEXT:
    case DIGITS:
        buffer_put_bytes(out, value.bytes);
        break;
    case NUMBER:
        if (value.integer)
            buffer_put_format(out, "%lld", (long long)value.integer);
        break;
    case DATE:
    case BIRTH:
        memcpy(&date, member_of(resident, item), sizeof date);
        put_date(date, shapes[item].shape == BIRTH, out);
        break;
    case WORD:
        buffer_put_text(out, shapes[item].words[word_of(resident, item)]);
        break;
    case FLAG:
        buffer_put_text(out, value.integer ? "1" : "");
        break;
    }
}

struct value item_value(const struct resident *resident, enum item item)
{
    const void *at = member_of(resident, item);
    struct date date;
    int64_t number;
    bool flag;
    switch (shapes[item].shape) {
    case TEXT:
    case DIGITS:
        return *(const char *)at ? value_text(at) : value_null();
    case NUMBER:
        memcpy(&number, at, sizeof number);
        return number ? value_integer(number) : value_null();
    case DATE:
        memcpy(&date, at, sizeof date);
        return date.year ? value_integer(date_to_days(date)) : value_null();
    case BIRTH:
        memcpy(&date, at, sizeof date);
        return value_integer(birth_date_number(date));
    case WORD:
        return value_integer(word_of(resident, item));
    case FLAG:
        memcpy(&flag, at, sizeof flag);
        return value_integer(flag);
    }
    return value_null();
}

/* Days of the years 1 to 9999. */
#define FIRST_DAY (-719162)
#define LAST_DAY  2932896

static struct date fetch_date(struct rows *rows, int column, bool is_birth)
{
    struct date date = {0};
    if (is_birth) {
        if (birth_date_of_number(row_integer(rows, column), &date) != ERR_NONE)
            (void)!row_refuse(rows, "born", "no date");
    } else if (!row_is_null(rows, column)) {
        date = date_of_days((int32_t)row_integer_within(rows, column, FIRST_DAY, LAST_DAY));
    }
    return date;
}

void item_fetch(struct resident *resident, enum item item, struct rows *rows)
{
    void *at = member(resident, item);
    int column = (int)item;
    size_t size = shapes[item].size;
    switch (shapes[item].shape) {
    case TEXT:
    case DIGITS:
        row_copy_text(rows, column, at, size);
        break;
    case NUMBER: {
        bool is_null = row_is_null(rows, column);
        int64_t number = is_null ? 0 : row_integer_within(rows, column, 1, INT64_MAX);
        memcpy(at, &number, sizeof number);
        break;
    }
    case DATE:
    case BIRTH: {
        struct date date = fetch_date(rows, column, shapes[item].shape == BIRTH);
        memcpy(at, &date, sizeof date);
        break;
    }
    case WORD:
        set_word(resident, item,
                 (unsigned)row_integer_within(rows, column, 0, num_words(item) - 1));
        break;
    case FLAG: {
        bool flag = row_bool(rows, column);
        memcpy(at, &flag, sizeof flag);
        break;
    }
    }
}
