/* The basic four of the resident record (name, birth date, sex, address) as they stand in the
 * subjectAltName of a signature certificate: six otherNames, always all six, in this order.
 * page:S09 JPKI profile 1.4: 1.2.392.200149.8.5.5.{1,4,3,5,2,6}. */
#pragma once

#include "x509/der.h"

/* UTF-8, borrowed. */
struct basic_four {
    struct bytes name;          /* family, full-width space, given */
    struct bytes birth_date;    /* EYYYYMMDD: era 0…5, Gregorian year; unknown digits 0 */
    struct bytes sex;           /* 1 male, 2 female, 3 unknown */
    struct bytes address;       /* from the prefecture on, at most 200 characters */
    struct bytes name_flags;    /* one 0 or 1 for each character of the name; 1 = substituted */
    struct bytes address_flags; /* the same for the address */
};

/* basic_four_check holds the six values against the shapes above. ERR_MALFORMED with the fault. */
enum err basic_four_check(const struct basic_four *four, struct fault *fault) MUST_USE;
/* basic_four_put writes the GeneralNames (the content of the extension's OCTET STRING). */
void basic_four_put(struct buffer *out, const struct basic_four *four);
/* basic_four_take reads it back: the six in their order and nothing else, each UTF8String. The
 * shapes are not judged. */
void basic_four_take(struct der *der, struct basic_four *out);
