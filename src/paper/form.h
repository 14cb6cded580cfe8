/* The page's forms as paper: one A4 page, blank or with what is known filled in. What a form has is
 * data (layout.h); there is one way to draw them all. page:S36 page:S41 page:S42 page:S46 page:S50
 */
#pragma once

#include "base/bytes.h"
#include "law/papers.h"
#include "paper/fonts.h"

/* What may be known beforehand. */
enum form_item {
    ITEM_NONE,
    ITEM_NAME,
    ITEM_CERT_NAME, /* the name as it stands in the certificate */
    ITEM_FURIGANA,
    ITEM_ADDRESS,
    ITEM_BIRTH_DATE,
    ITEM_SEX,
    ITEM_NUMBER, /* of the application; as a QR code, too */
    NUM_ITEMS
};

/* Borrowed UTF-8; an item that is not given is filled in by hand. */
struct form_content {
    struct bytes items[NUM_ITEMS];
    bool is_sample; /* 見本／SAMPLE stands across the page */
};

/* form_draw appends the PDF. ERR_MALFORMED: an item is no UTF-8 or has a hidden character.
 * ERR_LIMIT: it is too long. ERR_UNSUPPORTED: no font has one of its characters. */
enum err form_draw(const struct fonts *fonts, enum form form, const struct form_content *content,
                   struct buffer *pdf, struct fault *fault) MUST_USE;
