/* Names: as the record has them, and the string for a certificate with its flags, kept apart. The
 * same for addresses. facts: profile, 1.4. */
#pragma once

#include "registry/substitutes.h"

#define NAME_CHARACTERS    100 /* of the whole name, joined */
#define ADDRESS_CHARACTERS 200
#define NAME_TEXT          (NAME_CHARACTERS * 4 + 1)
#define ADDRESS_TEXT       (ADDRESS_CHARACTERS * 4 + 1)

/* A name of the record. given is empty for a name that has no such part (a foreign name). */
struct person_name {
    char family[NAME_TEXT];
    char given[NAME_TEXT];
    char former[NAME_TEXT]; /* 旧氏, or empty */
    char alias[NAME_TEXT];  /* 通称, or empty */
};

/* name_join writes family, full-width space, given; a former family name stands in ［］ behind the
 * family name, an alias in （） at the end (both *ours*, as on the face of the card). ERR_LIMIT
 * above NAME_CHARACTERS. */
enum err name_join(const struct person_name *name, char out[static NAME_TEXT],
                   struct fault *fault) MUST_USE;

/* A text as it stands in a certificate: flags has '0' or '1' for each character of text, '1' where
 * it is not the record's own character. */
struct certificate_text {
    char text[ADDRESS_TEXT];
    char flags[ADDRESS_CHARACTERS + 1];
};

/* certificate_text_make substitutes what may not stand in a certificate. A variation selector is
 * dropped, its base character kept and flagged. ERR_MALFORMED: not UTF-8, empty, a control
 * character, a selector without a base. ERR_LIMIT above ADDRESS_CHARACTERS. */
enum err certificate_text_make(const struct substitutes *substitutes, const char *original,
                               struct certificate_text *out, struct fault *fault) MUST_USE;
