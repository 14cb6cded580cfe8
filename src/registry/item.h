/* The items of a resident's record, as one table: name, shape, place in struct resident. The
 * columns of an import, the columns of the database and the changes of an event are these items. */
#pragma once

#include "registry/resident.h"

/* In the order of the columns, in the file and in the table `resident`. */
#define ITEM_LIST(X)                                                                               \
    X(ITEM_NUMBER, "number")                                                                       \
    X(ITEM_FAMILY, "family")                                                                       \
    X(ITEM_GIVEN, "given")                                                                         \
    X(ITEM_FORMER, "former")                                                                       \
    X(ITEM_ALIAS, "alias")                                                                         \
    X(ITEM_KANA, "kana")                                                                           \
    X(ITEM_BORN, "born")                                                                           \
    X(ITEM_SEX, "sex")                                                                             \
    X(ITEM_POSTCODE, "postcode")                                                                   \
    X(ITEM_ADDRESS, "address")                                                                     \
    X(ITEM_TELEPHONE, "telephone")                                                                 \
    X(ITEM_MUNICIPALITY, "municipality")                                                           \
    X(ITEM_RESIDENCE, "residence")                                                                 \
    X(ITEM_LEAVES_ON, "leaves_on")                                                                 \
    X(ITEM_STANDING, "standing")                                                                   \
    X(ITEM_REPRESENTATIVE, "representative")                                                       \
    X(ITEM_CARD_ID, "card_id")                                                                     \
    X(ITEM_CARD_STATE, "card_state")                                                               \
    X(ITEM_CARD_UNTIL, "card_until")                                                               \
    X(ITEM_OLD_CARD, "old_card")                                                                   \
    X(ITEM_STAY_UNTIL, "stay_until")                                                               \
    X(ITEM_SPECIAL_PERIOD, "special_period")                                                       \
    X(ITEM_LANGUAGE, "language")                                                                   \
    X(ITEM_PROTECTED, "protected")                                                                 \
    X(ITEM_SAMPLE, "sample")                                                                       \
    X(ITEM_NOTE, "note")

enum item {
#define X(item, name) item,
    ITEM_LIST(X)
#undef X
        NUM_ITEMS
};

const char *item_name(enum item item);
enum err item_parse_name(const char *name, enum item *out) MUST_USE;

/* item_set reads a text into one item: dates YYYY-MM-DD, flags "1" or empty, words of their lists,
 * empty for none. ERR_MALFORMED, ERR_LIMIT; the rule is the item's name. */
enum err item_set(struct resident *resident, enum item item, const char *text,
                  struct fault *fault) MUST_USE;
/* item_put appends the text that item_set would read back. */
void item_put(const struct resident *resident, enum item item, struct buffer *out);

/* item_value gives the item for the database (borrowed from the resident), item_fetch takes it from
 * the column of the item's number. */
struct value item_value(const struct resident *resident, enum item item);
struct rows;
void item_fetch(struct resident *resident, enum item item, struct rows *rows);
