/* Municipalities: what certificates and addresses say about them, from the file etc/municipalities.
 */
#pragma once

#include "base/bytes.h"

#define MUNICIPALITIES_MAX 2047 /* the row number has 11 bits in the status map */

struct municipality {
    char code[6];           /* five digits, no check digit: "31372" */
    char prefecture[32];    /* romaji as in a certificate: "Tottori-ken" */
    char name[64];          /* "Hokuei-cho" */
    char prefecture_ja[16]; /* "鳥取県" */
    char name_ja[64];       /* as an address has it, with the district: "東伯郡北栄町" */
    uint16_t row;           /* place in the file, from 1: stands in the status map */
};

struct municipalities {
    size_t num;
    struct municipality *rows;
    uint16_t *by_code; /* the row of each code, as a number; 0: none */
};

/* municipalities_parse reads lines of five words (code, prefecture, name, both in Japanese). A new
 * municipality goes at the end: the place of a row is its number. ERR_MALFORMED with the line. The
 * caller ends it with municipalities_done. */
enum err municipalities_parse(struct bytes file, struct municipalities *out,
                              struct fault *fault) MUST_USE;
void municipalities_done(struct municipalities *municipalities);
#define CLEANUP_MUNICIPALITIES CLEANUP(municipalities_done)

/* municipalities_find: NULL for a code that is not in the file. Borrowed. */
const struct municipality *municipalities_find(const struct municipalities *municipalities,
                                               const char *code);
/* The same for the code as a number. */
const struct municipality *municipalities_find_number(const struct municipalities *municipalities,
                                                      int64_t number);
int64_t municipality_number(const struct municipality *municipality);
