/* Letters of the town: one A4 page each, filled in with what is known. What a letter says is data
 * (letters.c); there is one way to draw them all. page:S09 page:S11 page:S22 page:S29 page:S31
 * page:S38 */
#pragma once

#include "paper/content.h"
#include "paper/fonts.h"

enum letter {
    LETTER_NONE,
    LETTER_INQUIRY,    /* with its reply and the mandate, S31 to S34 */
    LETTER_EXPIRY,     /* with its numbered reply form, S11 and S29 */
    LETTER_CARD,       /* the card ends first: it is to be renewed, S14 */
    LETTER_REVOCATION, /* after a change of the basic four, S09 */
    LETTER_HOLD,       /* S38, S45 */
    LETTER_RECEIPT,    /* what works from when, S22 */
    NUM_LETTERS
};

const char *letter_name(enum letter letter); /* "inquiry" */
const char *letter_title(enum letter letter);

/* letter_draw appends the PDF. What content_check refuses; ERR_NOT_FOUND: there is no such letter,
 * or an item is missing without which it says nothing. ERR_LIMIT: an item does not fit its place.
 * ERR_UNSUPPORTED: no font has one of its characters. */
enum err letter_draw(const struct fonts *fonts, enum letter letter, const struct content *content,
                     struct buffer *pdf, struct fault *fault) MUST_USE;

struct filled_letter {
    enum letter letter;
    struct content content;
};

/* letters_draw appends one PDF that has a page for each, one or more; as letter_draw: one that is
 * refused refuses them all. */
enum err letters_draw(const struct fonts *fonts, const struct filled_letter *letters, size_t num,
                      struct buffer *pdf, struct fault *fault) MUST_USE;
