/* What is known beforehand and stands on a paper: items, each by its name and of its type. What
 * comes in is checked here once; what is printed is in the words of the paper. */
#pragma once

#include "base/bytes.h"

enum content_item {
    ITEM_NONE,
    /* the holder, as the register has them */
    ITEM_NAME,
    ITEM_ALIAS,     /* 通称: below the name, a line of its own */
    ITEM_CERT_NAME, /* the name as it stands in the certificate */
    ITEM_FURIGANA,
    ITEM_POSTCODE,
    ITEM_ADDRESS,
    ITEM_BIRTH_DATE,
    ITEM_SEX,
    /* the town, and what this is about */
    ITEM_NUMBER, /* of the application; as a QR code, too */
    ITEM_DATE,   /* of the paper */
    ITEM_SENDER,
    ITEM_OFFICE, /* where to go and whom to call */
    ITEM_PROCEDURE,
    ITEM_KINDS,
    ITEM_DEADLINE,
    ITEM_PROXY,
    ITEM_PIN,     /* what goes into the sealed envelope */
    ITEM_CHANGED, /* which of the four */
    ITEM_WORKS,   /* what can still be used */
    ITEM_CARD,    /* is it stopped? */
    ITEM_FEE,
    /* when */
    ITEM_OPENS, /* first day of renewal */
    ITEM_CARD_UNTIL,
    ITEM_HELD,
    ITEM_REVOKED,
    ITEM_SIGNATURE_FROM,
    ITEM_SIGNATURE_UNTIL,
    ITEM_SIGNATURE_ENDED,
    ITEM_AUTHENTICATION_FROM,
    ITEM_AUTHENTICATION_UNTIL,
    ITEM_AUTHENTICATION_ENDED,
    NUM_ITEMS
};

/* Borrowed UTF-8; an item that is not given is empty. */
struct content {
    struct bytes items[NUM_ITEMS];
    bool is_sample; /* 見本／SAMPLE stands across the page */
};

const char *content_item_name(enum content_item item); /* "birth-date" */
enum content_item content_item_of(struct bytes name);  /* ITEM_NONE: there is none */

/* content_check: ERR_LIMIT: an item is too long. ERR_MALFORMED: it is no UTF-8, has a hidden
 * character, or is not of its type. ERR_UNSUPPORTED: a date before the first era. */
enum err content_check(const struct content *content, struct fault *fault) MUST_USE;

/* content_print appends an item of checked content as people read it; nothing when not given. */
void content_print(const struct content *content, enum content_item item, struct buffer *out);
bool content_has(const struct content *content, enum content_item item);
