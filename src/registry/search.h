/* Finding residents by what somebody says or types: the beginning of a name, of a part of it, of
 * the kana, in any width, case and kana, with or without blanks; a birth date. In a register of a
 * million it takes no longer than in one of a thousand. */
#pragma once

#include "registry/resident.h"

/* search_fold makes of two texts that people take for the same one text: no blanks, no width, no
 * case, hiragana for katakana. What has no room in out is left off. */
void search_fold(const char *text, char *out, size_t size);

/* What is looked for; both, if both are given. */
struct resident_search {
    const char *text; /* "": any */
    struct date born; /* year 0: any. As written, with zeros for what is not known */
};

/* resident_search gives at most max numbers, each once, and in *has_more whether there are others.
 */
enum err resident_search(struct store *store, const struct resident_search *search, size_t max,
                         int64_t numbers[], size_t *num, bool *has_more,
                         struct fault *fault) MUST_USE;

/* For those who write residents: the rows by which they are found, in the open transaction. */
enum err search_add(struct store *store, const struct resident *resident,
                    struct fault *fault) MUST_USE;
enum err search_remove(struct store *store, const struct resident *resident,
                       struct fault *fault) MUST_USE;
/* search_begin makes the rows of a database that has none, in a transaction of its own. */
enum err search_begin(struct store *store, struct fault *fault) MUST_USE;
