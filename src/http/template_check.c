/* Where the tags of a page's template stand in its HTML. A small machine reads the template's own
 * text, of which it takes less than HTML allows; variables are let through where escaping makes
 * them text and nothing else. */
#include <string.h>

#include "http/template_tree.h"

enum place {
    IN_TEXT,
    IN_TAG, /* behind a tag's name: between attributes, or in an attribute's name */
    BEFORE_VALUE,
    IN_VALUE,
};

/* How far the value of an address has come. */
enum address {
    ADDRESS_EMPTY,
    ADDRESS_SLASH, /* a second one would lead to another host */
    ADDRESS_URL,   /* a variable that is one */
    ADDRESS_SAFE,  /* what follows stays on its host */
};

#define NAME_LEN 16

struct name {
    char text[NAME_LEN + 1]; /* in lower case; a longer one is cut */
    size_t len;
};

struct position {
    enum place place;
    char quote;
    enum address address;
    struct name tag, attribute;
};

struct checker {
    const struct templates *templates;
    struct position now;
    struct position opened[TEMPLATE_DEPTH]; /* where each section began */
    size_t num_open;
    const struct node *node;
    int line;
    struct fault *fault;
};

static enum err refuse(const struct checker *checker, const char *rule, const char *what)
{
    return fault_set(checker->fault, ERR_MALFORMED, rule, "line %d: %s", checker->line, what);
}

static bool name_is(const struct name *name, const char *const *names, size_t num)
{
    for (size_t i = 0; i < num; i++)
        if (strcmp(name->text, names[i]) == 0)
            return true;
    return false;
}

static void name_add(struct name *name, uint8_t octet)
{
    if (name->len == NAME_LEN)
        return;
    bool is_upper = octet >= 'A' && octet <= 'Z';
    name->text[name->len++] = (char)(is_upper ? octet + ('a' - 'A') : octet);
    name->text[name->len] = '\0';
}

static bool is_letter(uint8_t octet)
{
    return (octet | 0x20) >= 'a' && (octet | 0x20) <= 'z';
}

static bool is_blank(uint8_t octet)
{
    return octet == ' ' || octet == '\t' || octet == '\n' || octet == '\r' || octet == '\f';
}

/* --- tags --- */

/* Elements whose content a browser reads in another way than this machine, or that change what
 * addresses mean. */
static bool is_refused(const struct name *tag)
{
    static const char *const names[] = {"script",    "style",   "base",     "iframe",
                                        "object",    "embed",   "noscript", "xmp",
                                        "plaintext", "noembed", "noframes"};
    return name_is(tag, names, COUNT_OF(names));
}

/* From '<' on, up to the end of the name: a tag, an end tag, !DOCTYPE. Nothing else begins so. */
static enum err open_tag(struct checker *checker, struct bytes text, size_t *taken)
{
    static const char doctype[] = "<!DOCTYPE";
    struct position *now = &checker->now;
    size_t at = text.len > 1 && text.data[1] == '/' ? 2 : 1;
    bool is_doctype =
        text.len >= strlen(doctype) && memcmp(text.data, doctype, strlen(doctype)) == 0;
    if (!is_doctype && (at >= text.len || !is_letter(text.data[at])))
        return refuse(checker, "tag", "behind < stands a letter, or / and a letter; else &lt;");
    now->tag = now->attribute = (struct name){0};
    while (at < text.len && !is_blank(text.data[at]) && !strchr("/>", text.data[at]))
        name_add(&now->tag, text.data[at++]);
    if (at == text.len)
        return refuse(checker, "tag", "its name ends with a Mustache tag, or not at all");
    if (is_refused(&now->tag))
        return refuse(checker, "element", "this one is not for pages");
    now->place = IN_TAG;
    *taken = at;
    return ERR_NONE;
}

static enum err within_tag(struct checker *checker, uint8_t octet)
{
    struct position *now = &checker->now;
    if (octet == '=') {
        if (now->attribute.len == 0)
            return refuse(checker, "attribute", "an equals sign that no name stands before");
        now->place = BEFORE_VALUE;
        return ERR_NONE;
    }
    if (octet == '>')
        now->place = IN_TEXT;
    if (octet == '>' || octet == '/' || is_blank(octet))
        now->attribute = (struct name){0};
    else
        name_add(&now->attribute, octet);
    return ERR_NONE;
}

/* --- values --- */

static bool is_address(const struct name *attribute)
{
    static const char *const names[] = {"href", "src", "action"};
    return name_is(attribute, names, COUNT_OF(names));
}

/* Attributes that a browser takes as text, whatever stands in them. */
static bool is_text(const struct name *attribute)
{
    static const char *const names[] = {"class", "id",  "lang",  "hreflang", "title", "alt",
                                        "name",  "for", "value", "datetime", "d",     "viewbox",
                                        "x",     "y",   "width", "height"};
    return name_is(attribute, names, COUNT_OF(names)) ||
           strncmp(attribute->text, "aria-", strlen("aria-")) == 0;
}

static enum err within_address(struct checker *checker, uint8_t octet)
{
    enum address *address = &checker->now.address;
    bool is_begin = octet == '/' || octet == '?' || octet == '#';
    bool is_ok = *address == ADDRESS_SAFE ||
                 (*address == ADDRESS_SLASH ? octet != '/' && octet != '\\' : is_begin);
    if (!is_ok)
        return refuse(checker, "address", "it begins with a url, or with one slash, ? or #");
    *address = *address == ADDRESS_EMPTY && octet == '/' ? ADDRESS_SLASH : ADDRESS_SAFE;
    return ERR_NONE;
}

static enum err within_value(struct checker *checker, uint8_t octet)
{
    struct position *now = &checker->now;
    if (octet == (uint8_t)now->quote) {
        now->place = IN_TAG;
        now->attribute = (struct name){0};
        return ERR_NONE;
    }
    return is_address(&now->attribute) ? within_address(checker, octet) : ERR_NONE;
}

static enum err begin_value(struct checker *checker, uint8_t octet)
{
    if (octet != '"' && octet != '\'')
        return refuse(checker, "quotes", "an attribute's value without them");
    checker->now.place = IN_VALUE;
    checker->now.quote = (char)octet;
    checker->now.address = ADDRESS_EMPTY;
    return ERR_NONE;
}

/* --- the text between the template's own tags --- */

static enum err read_octet(struct checker *checker, struct bytes text, size_t *taken)
{
    *taken = 1;
    switch (checker->now.place) {
    case IN_TEXT:
        return text.data[0] == '<' ? open_tag(checker, text, taken) : ERR_NONE;
    case IN_TAG:
        return within_tag(checker, text.data[0]);
    case BEFORE_VALUE:
        return begin_value(checker, text.data[0]);
    case IN_VALUE:
        return within_value(checker, text.data[0]);
    }
    return ERR_NONE;
}

static enum err read_text(struct checker *checker, struct bytes text)
{
    enum err err = ERR_NONE;
    while (err == ERR_NONE && text.len) {
        size_t taken;
        checker->line += text.data[0] == '\n';
        err = read_octet(checker, text, &taken);
        if (err == ERR_NONE)
            text = bytes_of(text.data + taken, text.len - taken);
    }
    return err;
}

/* --- the template's own tags --- */

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
    if (now->place == IN_TEXT || (now->place == IN_VALUE && is_text(&now->attribute)))
        return ERR_NONE;
    if (now->place != IN_VALUE || !is_address(&now->attribute))
        return refuse(checker, "place", "a variable outside of text and of attributes for text");
    if (now->address == ADDRESS_SAFE)
        return ERR_NONE;
    if (now->address != ADDRESS_EMPTY || !is_called_url(checker->node->text))
        return refuse(checker, "address", "a variable begins it that is not called url");
    now->address = ADDRESS_URL;
    return ERR_NONE;
}

static enum err open_section(struct checker *checker)
{
    const struct position *now = &checker->now;
    bool is_between = now->place == IN_TAG && now->attribute.len == 0;
    bool is_in_text = now->place == IN_VALUE && is_text(&now->attribute);
    if (now->place != IN_TEXT && !is_between && !is_in_text)
        return refuse(checker, "place", "a section within a name or an address");
    checker->opened[checker->num_open++] = *now;
    return ERR_NONE;
}

static enum err close_section(struct checker *checker)
{
    const struct position *opened = &checker->opened[--checker->num_open], *now = &checker->now;
    bool is_same = opened->place == now->place &&
                   (now->place == IN_TEXT || strcmp(opened->tag.text, now->tag.text) == 0) &&
                   strcmp(opened->attribute.text, now->attribute.text) == 0 &&
                   (now->place != IN_VALUE || opened->quote == now->quote);
    return is_same ? ERR_NONE
                   : refuse(checker, "section", "it ends in another place than where it begins");
}

static enum err check_partial(struct checker *checker)
{
    if (checker->now.place != IN_TEXT)
        return refuse(checker, "place", "a partial outside of text");
    return templates_find(checker->templates, checker->node->text)
               ? ERR_NONE
               : refuse(checker, "partial", "there is no such template");
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
        return check_partial(checker);
    case NODE_SECTION:
    case NODE_INVERTED:
        return open_section(checker);
    case NODE_END:
        return close_section(checker);
    }
    return ERR_NONE;
}

static enum err check_one(const struct templates *templates, const struct template *template,
                          struct fault *fault)
{
    struct checker checker = {.templates = templates, .fault = fault, .line = 1};
    enum err err = ERR_NONE;
    fault_name_input(fault, template->name);
    for (size_t i = 0; err == ERR_NONE && i < template->num_nodes; i++) {
        checker.node = &template->nodes[i];
        checker.line = checker.node->line;
        err = check_node(&checker);
    }
    if (err == ERR_NONE && checker.now.place != IN_TEXT)
        err = refuse(&checker, "end", "it ends inside a tag");
    return err;
}

enum err templates_check(const struct templates *templates, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < templates->num; i++)
        err = check_one(templates, &templates->of[i], fault);
    return err;
}
