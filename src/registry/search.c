/* Terms: each text of a resident from each of its words on, folded. A search is a range of them. */
#include "registry/search.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "store/rows.h"

#define TERMS_MAX 24   /* of one resident; more words than that are not looked for */
#define TERM_END  0xFF /* behind every byte of UTF-8 */
#define ROWS_FOR_EACH                                                                              \
    3 /* rows read for each resident wanted: one may have several of a beginning */

/* --- folding --- */

static uint32_t fold(uint32_t c)
{
    c = text_narrow(c);
    if (c >= 0x30A1 && c <= 0x30F6) /* katakana */
        c -= 0x30A1 - 0x3041;
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

void search_fold(const char *text, char *out, size_t size)
{
    struct reader reader = reader_of(bytes_of_text(text));
    struct buffer folded CLEANUP_BUFFER;
    uint32_t c;
    buffer_init(&folded, size - 1);
    while (text_next(&reader, &c) && buffer_check(&folded) == ERR_NONE)
        if (!text_is_blank(c))
            text_put(&folded, fold(c));
    if (folded.len)
        memcpy(out, folded.data, folded.len);
    out[folded.len] = '\0';
}

/* --- the terms of a resident --- */

struct terms {
    size_t num;
    char of[TERMS_MAX][NAME_TEXT];
};

/* Where the next word begins behind one; NULL: it was the last. */
static const char *next_word(const char *text)
{
    struct reader reader = reader_of(bytes_of_text(text));
    bool was_blank = false;
    uint32_t c;
    for (const char *at = text; text_next(&reader, &c); at = (const char *)reader.at) {
        if (was_blank && !text_is_blank(c))
            return at;
        was_blank = text_is_blank(c);
    }
    return NULL;
}

static void add_text(struct terms *terms, const char *text)
{
    for (; text && *text && terms->num < TERMS_MAX; text = next_word(text)) {
        search_fold(text, terms->of[terms->num], NAME_TEXT);
        if (terms->of[terms->num][0])
            terms->num++;
    }
}

static void terms_of(const struct resident *resident, struct terms *terms)
{
    const struct person_name *name = &resident->name;
    const char *const firsts[] = {name->family, name->former};
    char whole[2 * NAME_TEXT + 1];
    terms->num = 0;
    for (size_t i = 0; i < COUNT_OF(firsts); i++)
        if (firsts[i][0]) {
            snprintf(whole, sizeof whole, "%s %s", firsts[i], name->given);
            add_text(terms, whole);
        }
    add_text(terms, name->alias);
    add_text(terms, resident->kana);
}

/* Terms of RESIDENT_TERMS_INSERT; where there are fewer, the last comes again. */
#define AT_ONCE 8

enum err search_add(struct store *store, const struct resident *resident, struct fault *fault)
{
    struct terms terms;
    enum err err = ERR_NONE;
    terms_of(resident, &terms);
    for (size_t i = 0; err == ERR_NONE && i < terms.num; i += AT_ONCE) {
        struct value values[1 + AT_ONCE] = {value_integer(resident->number)};
        for (size_t j = 0; j < AT_ONCE; j++) {
            size_t at = i + j < terms.num ? i + j : terms.num - 1;
            values[1 + j] = value_blob(bytes_of_text(terms.of[at]));
        }
        err = store_run(store, STATEMENT_RESIDENT_TERMS_INSERT, values, 1 + AT_ONCE, fault);
    }
    return err;
}

enum err search_remove(struct store *store, const struct resident *resident, struct fault *fault)
{
    struct terms terms;
    enum err err = ERR_NONE;
    terms_of(resident, &terms);
    for (size_t i = 0; err == ERR_NONE && i < terms.num; i++)
        err = store_run(
            store, STATEMENT_RESIDENT_TERM_DELETE,
            VALUES(value_blob(bytes_of_text(terms.of[i])), value_integer(resident->number)), fault);
    return err;
}

static enum err add_all(struct store *store, struct fault *fault)
{
    struct resident resident = {0};
    enum err err;
    while ((err = resident_next(store, resident.number, &resident, fault)) == ERR_NONE)
        if ((err = search_add(store, &resident, fault)) != ERR_NONE)
            return err;
    return err == ERR_NOT_FOUND ? ERR_NONE : err;
}

enum err search_begin(struct store *store, struct fault *fault)
{
    int64_t is_missing;
    enum err err =
        store_ask_integer(store, STATEMENT_RESIDENT_TERMS_MISSING, NO_VALUES, &is_missing, fault);
    if (err != ERR_NONE || !is_missing)
        return err;
    err = store_begin(store, fault);
    if (err == ERR_NONE)
        err = add_all(store, fault);
    if (err == ERR_NONE)
        return store_commit(store, fault);
    store_rollback(store);
    return err;
}

/* --- searching --- */

struct found {
    int64_t *numbers;
    size_t num, max;
    bool has_more;
};

static void found_add(struct found *found, int64_t number)
{
    for (size_t i = 0; i < found->num; i++)
        if (found->numbers[i] == number)
            return;
    if (found->num < found->max)
        found->numbers[found->num++] = number;
    else
        found->has_more = true;
}

static enum err find_by_text(struct store *store, const char *term, struct found *found,
                             struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct buffer end CLEANUP_BUFFER;
    size_t num = 0, limit = ROWS_FOR_EACH * found->max + 1;
    buffer_init(&end, NAME_TEXT);
    buffer_put_text(&end, term);
    buffer_put_u8(&end, TERM_END);
    store_query(store, STATEMENT_RESIDENT_TERM_FIND,
                VALUES(value_blob(bytes_of_text(term)), value_blob(buffer_bytes(&end)),
                       value_integer((int64_t)limit)),
                &rows, fault);
    for (; rows_next(&rows); num++)
        found_add(found, row_integer(&rows, 0));
    found->has_more = found->has_more || num == limit;
    return rows_end(&rows);
}

static bool has_term(const struct resident *resident, const char *term)
{
    struct terms terms;
    terms_of(resident, &terms);
    for (size_t i = 0; i < terms.num; i++)
        if (strncmp(terms.of[i], term, strlen(term)) == 0)
            return true;
    return term[0] == '\0';
}

/* Few are born on one day: each of them is looked at. */
static enum err find_by_walk(struct store *store, const struct resident_search *search,
                             const char *term, struct found *found, struct fault *fault)
{
    struct resident resident = {0};
    enum err err = ERR_NONE;
    while (err == ERR_NONE && !found->has_more) {
        err = search->born.year
                  ? resident_next_born(store, search->born, resident.number, &resident, fault)
                  : resident_next(store, resident.number, &resident, fault);
        if (err == ERR_NONE && has_term(&resident, term))
            found_add(found, resident.number);
    }
    return err == ERR_NOT_FOUND ? ERR_NONE : err;
}

enum err resident_search(struct store *store, const struct resident_search *search, size_t max,
                         int64_t numbers[], size_t *num, bool *has_more, struct fault *fault)
{
    char term[NAME_TEXT];
    struct found found = {.numbers = numbers, .max = max};
    search_fold(search->text, term, sizeof term);
    enum err err = term[0] && !search->born.year ? find_by_text(store, term, &found, fault)
                                                 : find_by_walk(store, search, term, &found, fault);
    *num = found.num;
    *has_more = found.has_more;
    return err;
}
