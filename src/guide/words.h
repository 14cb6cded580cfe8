/* A language of the pages: a file of `key = text`. Where the file has no word for something that
 * the tables of law/ name, their own word in Japanese or English stands; so the files of these two
 * hold the pages' own phrases alone, and a further language is a file. */
#pragma once

#include "guide/questions.h"
#include "law/documents.h"

#define WORDS_MAX 512

struct word_pair {
    struct bytes key, text;
};

/* Every text is borrowed from the file's. */
struct words {
    struct bytes name; /* as its readers call it: 日本語 */
    struct bytes tag;  /* BCP 47, for the attribute lang: ja */
    enum language base;
    size_t num;
    struct word_pair pairs[WORDS_MAX]; /* in the order of their keys */
};

/* words_parse reads a file, which says name, tag and base (ja or en), too. The text must outlive
 * *out. ERR_MALFORMED: a key stands there twice, one of the three is missing, or there are too many
 * words. */
enum err words_parse(struct bytes text, struct words *out, struct fault *fault) MUST_USE;

/* words_find gives the text of "GROUP.NAME", such as paper and card; len 0 when there is none. */
struct bytes words_find(const struct words *words, const char *group, const char *name);

/* These fall back to the tables. */
struct bytes words_procedure(const struct words *words, enum procedure procedure);
struct bytes words_paper(const struct words *words, enum paper paper);
struct bytes words_document(const struct words *words, enum document document);
struct bytes words_form(const struct words *words, enum form form);
struct bytes words_typist(const struct words *words, enum pin_typist typist);
struct bytes words_reason(const struct words *words, const struct reason *reason);
struct bytes words_question(const struct words *words, const struct guide_question *question);
struct bytes words_choice(const struct words *words, const struct guide_question *question,
                          unsigned choice);
