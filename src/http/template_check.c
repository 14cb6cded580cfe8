/* Where the tags of a page's template stand in its HTML. A small machine reads the template's own
 * text; variables are let through where escaping makes them text and nothing else. */
#include <string.h>

#include "http/template_tree.h"

enum place {
    IN_TEXT,
    IN_TAG,       /* behind a tag's name, between attributes, or in an attribute's name */
    BEFORE_VALUE, /* behind the equals sign */
    IN_VALUE,
    IN_SCRIPT, /* or style: what ends only with its own end tag */
    IN_COMMENT,
};

#define NAME_MAX_LEN 16

struct word {
    char text[NAME_MAX_LEN + 1]; /* in lower case; longer ones are cut */
    size_t len;
};

struct position {
    enum place place;
    char quote;
    bool is_value_begun;
    struct word tag, attribute;
};

struct checker {
    struct position now;
    struct position opened[TEMPLATE_DEPTH]; /* where each section began */
    size_t num_open;
    const struct node *node;
    struct fault *fault;
};

static enum err refuse(const struct checker *checker, const char *rule, const char *what)
{
    return fault_set(checker->fault, ERR_MALFORMED, rule, "line %d: %.*s: %s", checker->node->line,
                     (int)(checker->node->kind == NODE_TEXT ? 0 : checker->node->text.len),
                     (const char *)checker->node->text.data, what);
}

static void word_add(struct word *word, uint8_t octet)
{
    if (word->len == NAME_MAX_LEN)
        return;
    bool is_upper = octet >= 'A' && octet <= 'Z';
    word->text[word->len++] = (char)(is_upper ? octet + ('a' - 'A') : octet);
    word->text[word->len] = '\0';
}

static bool word_is(const struct word *word, const char *const *words, size_t num)
{
    for (size_t i = 0; i < num; i++)
        if (strcmp(word->text, words[i]) == 0)
            return true;
    return false;
}

static bool is_script(const struct word *tag)
{
    static const char *const names[] = {"script", "style"};
    return word_is(tag, names, COUNT_OF(names));
}

static bool begins(struct bytes text, const char *with)
{
    size_t len = strlen(with);
    return text.len >= len && memcmp(text.data, with, len) == 0;
}

/* From '<' on: a comment, an end tag, a tag. Gives how much was taken. */
static size_t open_tag(struct position *now, struct bytes text)
{
    if (begins(text, "<!--")) {
        now->place = IN_COMMENT;
        return 4;
    }
    size_t len = 1;
    now->tag = (struct word){0};
    while (len < text.len && !strchr(" \t\r\n/>", text.data[len]))
        word_add(&now->tag, text.data[len++]);
    now->place = IN_TAG;
    now->attribute = (struct word){0};
    return len;
}

static void within_tag(struct position *now, uint8_t octet)
{
    if (octet == '>')
        now->place = is_script(&now->tag) ? IN_SCRIPT : IN_TEXT;
    else if (octet == '=')
        now->place = BEFORE_VALUE;
    else if (octet == ' ' || octet == '\n' || octet == '\t' || octet == '/')
        now->attribute = (struct word){0};
    else
        word_add(&now->attribute, octet);
}

static size_t leave(struct position *now, struct bytes text, const char *end, enum place to)
{
    if (!begins(text, end))
        return 1;
    now->place = to;
    return strlen(end);
}

static enum err read_text(struct checker *checker, struct bytes text)
{
    struct position *now = &checker->now;
    while (text.len) {
        size_t len = 1;
        uint8_t octet = text.data[0];
        switch (now->place) {
        case IN_TEXT:
            len = octet == '<' ? open_tag(now, text) : 1;
            break;
        case IN_TAG:
            within_tag(now, octet);
            break;
        case BEFORE_VALUE:
            if (octet != '"' && octet != '\'')
                return refuse(checker, "quotes", "an attribute's value without them");
            now->place = IN_VALUE;
            now->quote = (char)octet;
            now->is_value_begun = false;
            break;
        case IN_VALUE:
            if (octet == (uint8_t)now->quote) {
                now->place = IN_TAG;
                now->attribute = (struct word){0};
            }
            now->is_value_begun = true;
            break;
        case IN_SCRIPT:
            len = leave(now, text, "</", IN_TAG);
            if (now->place == IN_TAG)
                now->tag = (struct word){0};
            break;
        case IN_COMMENT:
            len = leave(now, text, "-->", IN_TEXT);
            break;
        }
        text = bytes_of(text.data + len, text.len - len);
    }
    return ERR_NONE;
}

static bool is_address(const struct word *attribute)
{
    static const char *const names[] = {"href", "src", "action", "formaction"};
    return word_is(attribute, names, COUNT_OF(names));
}

static bool is_called_url(struct bytes name)
{
    static const char end[] = "_url";
    size_t len = sizeof end - 1;
    return bytes_equal_text(name, "url") ||
           (name.len >= len && memcmp(name.data + name.len - len, end, len) == 0);
}

static enum err check_variable(struct checker *checker)
{
    struct position *now = &checker->now;
    const struct word *attribute = &now->attribute;
    if (now->place == IN_TEXT)
        return ERR_NONE;
    if (now->place != IN_VALUE)
        return refuse(checker, "place", "a variable outside of text and quoted values");
    if (strncmp(attribute->text, "on", 2) == 0 || strcmp(attribute->text, "style") == 0)
        return refuse(checker, "place", "a variable in a handler or in style");
    if (is_address(attribute) && !now->is_value_begun && !is_called_url(checker->node->text))
        return refuse(checker, "address", "one begins with a variable that is not called url");
    now->is_value_begun = true;
    return ERR_NONE;
}

static bool is_same(const struct position *a, const struct position *b)
{
    return a->place == b->place && (a->place != IN_VALUE || a->quote == b->quote) &&
           (a->place != IN_SCRIPT || strcmp(a->tag.text, b->tag.text) == 0);
}

static enum err close_section(struct checker *checker)
{
    const struct position *opened = &checker->opened[--checker->num_open];
    if (!is_same(opened, &checker->now))
        return refuse(checker, "section", "it ends in another place than where it begins");
    /* the section may be left out: what it began is not begun */
    checker->now.is_value_begun = opened->is_value_begun;
    return ERR_NONE;
}

static enum err check_node(struct checker *checker)
{
    switch (checker->node->kind) {
    case NODE_TEXT:
        return read_text(checker, checker->node->text);
    case NODE_VARIABLE:
        return check_variable(checker);
    case NODE_UNESCAPED:
        return refuse(checker, "escaping", "an unescaped variable");
    case NODE_PARTIAL:
        return checker->now.place == IN_TEXT
                   ? ERR_NONE
                   : refuse(checker, "place", "a partial outside of text");
    case NODE_SECTION:
    case NODE_INVERTED:
        if (checker->now.place == BEFORE_VALUE || checker->now.place == IN_SCRIPT)
            return refuse(checker, "place", "a section there");
        checker->opened[checker->num_open++] = checker->now;
        return ERR_NONE;
    case NODE_END:
        return close_section(checker);
    }
    return ERR_NONE;
}

enum err template_check(const struct templates *templates, const char *name, struct fault *fault)
{
    const struct template *template = templates_find(templates, bytes_of_text(name));
    fault_name_input(fault, name);
    if (!template)
        return fault_set(fault, ERR_NOT_FOUND, "templates", "there is no such");
    struct checker checker = {.fault = fault};
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < template->num_nodes; i++) {
        checker.node = &template->nodes[i];
        err = check_node(&checker);
    }
    if (err == ERR_NONE && checker.now.place != IN_TEXT)
        err = refuse(&checker, "end", "it ends inside a tag");
    return err;
}
