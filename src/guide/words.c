/* Reading a language's file, and looking words up. */
#include "guide/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pairs.h"

#define KEY_MAX 80

static int compare(struct bytes a, struct bytes b)
{
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_pairs(const void *a, const void *b)
{
    return compare(((const struct word_pair *)a)->key, ((const struct word_pair *)b)->key);
}

/* What says which language this is. */
struct head {
    struct bytes name, tag, base;
};

/* NULL: the key is none of the head's. */
static struct bytes *head_field(struct head *head, struct bytes key)
{
    return bytes_equal_text(key, "name")   ? &head->name
           : bytes_equal_text(key, "tag")  ? &head->tag
           : bytes_equal_text(key, "base") ? &head->base
                                           : NULL;
}

static enum err pair_take(struct words *words, struct head *head, struct bytes key,
                          struct bytes text, const struct pairs *pairs, struct fault *fault)
{
    struct bytes *field = head_field(head, key);
    if (field && field->len)
        return pairs_complain(pairs, "words", "it stands there twice", fault);
    if (field) {
        *field = text;
        return ERR_NONE;
    }
    if (words->num == WORDS_MAX)
        return pairs_complain(pairs, "words", "too many", fault);
    words->pairs[words->num++] = (struct word_pair){key, text};
    return ERR_NONE;
}

static enum err check_once(const struct words *words, struct fault *fault)
{
    for (size_t i = 1; i < words->num; i++)
        if (compare_pairs(&words->pairs[i - 1], &words->pairs[i]) == 0)
            return fault_set(fault, ERR_MALFORMED, "words", "%.*s stands there twice",
                             (int)words->pairs[i].key.len, (const char *)words->pairs[i].key.data);
    return ERR_NONE;
}

enum err words_parse(struct bytes text, struct words *out, struct fault *fault)
{
    out->num = 0;
    struct head head = {0};
    struct pairs pairs = pairs_of(text);
    struct bytes key, value;
    enum err err;
    while ((err = pairs_next(&pairs, &key, &value, fault)) == ERR_NONE) {
        err = pair_take(out, &head, key, value, &pairs, fault);
        if (err)
            return err;
    }
    if (err != ERR_NOT_FOUND)
        return err;
    bool is_japanese = bytes_equal_text(head.base, "ja");
    if (!head.name.len || !head.tag.len || (!is_japanese && !bytes_equal_text(head.base, "en")))
        return fault_set(fault, ERR_MALFORMED, "words", "it has a name, a tag, a base: ja or en");
    out->name = head.name;
    out->tag = head.tag;
    out->base = is_japanese ? LANGUAGE_JA : LANGUAGE_EN;
    qsort(out->pairs, out->num, sizeof out->pairs[0], compare_pairs);
    return check_once(out, fault);
}

struct bytes words_find(const struct words *words, const char *group, const char *name)
{
    char text[KEY_MAX];
    int len = snprintf(text, sizeof text, "%s.%s", group, name);
    struct word_pair wanted = {.key = bytes_of(text, (size_t)len)};
    if (len < 0 || (size_t)len >= sizeof text)
        return bytes_of("", 0);
    const struct word_pair *found =
        bsearch(&wanted, words->pairs, words->num, sizeof words->pairs[0], compare_pairs);
    return found ? found->text : bytes_of("", 0);
}

static struct bytes find_or(const struct words *words, const char *group, const char *name,
                            const char *fallback)
{
    struct bytes found = words_find(words, group, name);
    return found.len ? found : bytes_of_text(fallback);
}

struct bytes words_procedure(const struct words *words, enum procedure procedure)
{
    return find_or(words, "procedure", procedure_name(procedure),
                   procedure_label(procedure, words->base));
}

struct bytes words_paper(const struct words *words, enum paper paper)
{
    return find_or(words, "paper", paper_name(paper), paper_label(paper, words->base));
}

struct bytes words_document(const struct words *words, enum document document)
{
    return find_or(words, "document", document_name(document),
                   document_label(document, words->base));
}

struct bytes words_form(const struct words *words, enum form form)
{
    return find_or(words, "form", form_name(form), form_title(form, words->base));
}

struct bytes words_typist(const struct words *words, enum pin_typist typist)
{
    return find_or(words, "typist", pin_typist_name(typist), pin_typist_label(typist, words->base));
}

struct bytes words_reason(const struct words *words, const struct reason *reason)
{
    return find_or(words, "reason", reason->code, reason_sentence(reason, words->base));
}

struct bytes words_question(const struct words *words, const struct guide_question *question)
{
    return find_or(words, "question", question->name,
                   words->base == LANGUAGE_JA ? question->ja : question->en);
}

struct bytes words_choice(const struct words *words, const struct guide_question *question,
                          unsigned choice)
{
    char name[KEY_MAX];
    snprintf(name, sizeof name, "%s.%s", question->name, question->choices[choice].word);
    return find_or(words, "choice", name,
                   words->base == LANGUAGE_JA ? question->choices[choice].ja
                                              : question->choices[choice].en);
}
