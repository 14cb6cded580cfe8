/* What people bring, and the forms of the page by their titles. Which procedure asks for what is in
 * procedures.h, which identity documents there are in documents.h. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"

enum paper {
    PAPER_NONE,
    PAPER_CARD,
    PAPER_FORM,
    PAPER_DOCUMENT_A_OR_B, /* one of list A or list B, of the holder */
    PAPER_DOCUMENT_A_OR_TWO_B,
    PAPER_DOCUMENT_A, /* of the holder */
    PAPER_REPRESENTATIVE_A,
    PAPER_STANDING, /* proof of legal representation */
    PAPER_PROXY_A,
    PAPER_REPLY,        /* the inquiry letter, answered */
    PAPER_NOTICE_REPLY, /* the numbered reply form that came with the expiry notice */
    PAPER_MANDATE,
    PAPER_SEALED_PIN,
    PAPER_RESIDENCE_CARD,
    PAPER_POLICE_NUMBER,
    PAPER_OLD_CARD,
    PAPER_READER,
    PAPER_CLIENT,
};

/* The forms of the page, by their titles. */
enum form {
    FORM_NONE,
    FORM_ISSUE,        /* S36 */
    FORM_REVOKE,       /* S41 */
    FORM_CARD_LOST,    /* S42 */
    FORM_RELEASE,      /* S46, first: only the certificate was held */
    FORM_RELEASE_CARD, /* S46, second: the card was stopped as well */
    FORM_PIN,          /* S50, first */
    FORM_CARD_PIN,     /* S50, second: the card's own PINs as well */
    FORM_STAY,         /* the joint form of a stay that was extended */
    NUM_FORMS
};

/* paper_is_document: one of list A or list B is asked for; *takes_b: it may be one of list B. */
bool paper_is_document(enum paper paper, bool *takes_b);
const char *paper_name(enum paper paper); /* "proxy-document" */
enum err paper_parse(struct bytes name, enum paper *out) MUST_USE;
const char *paper_label(enum paper paper, enum language language);
const char *form_name(enum form form);                          /* "issue" */
const char *form_title(enum form form, enum language language); /* as the page names it */
