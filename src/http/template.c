/* The set of templates, and the parser: one pass over the text, a node for each tag and for what
 * stands between. */
#include "http/template.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "http/template_tree.h"

#define DELIMITER_MAX 8

struct delimiter {
    char text[DELIMITER_MAX];
    size_t len;
};

struct parser {
    struct template *template;
    struct bytes text;
    size_t at;
    int line;
    struct delimiter open, close;
    size_t num_open;
    size_t sections[TEMPLATE_DEPTH];
    struct fault *fault;
};

/* --- the set --- */

enum err templates_new(struct templates **out)
{
    struct templates *templates = calloc(1, sizeof *templates);
    if (!templates)
        return ERR_MEMORY;
    *out = templates;
    return ERR_NONE;
}

static void template_done(struct template *template)
{
    free(template->nodes);
    buffer_done(&template->text);
    *template = (struct template){0};
}

void templates_free(struct templates *templates)
{
    if (!templates)
        return;
    for (size_t i = 0; i < templates->num; i++)
        template_done(&templates->of[i]);
    free(templates);
}

void templates_clean(struct templates **templates)
{
    templates_free(*templates);
}

const struct template *templates_find(const struct templates *templates, struct bytes name)
{
    for (size_t i = 0; i < templates->num; i++)
        if (bytes_equal_text(name, templates->of[i].name))
            return &templates->of[i];
    return NULL;
}

/* --- the parser --- */

static enum err complain(const struct parser *parser, const char *rule, const char *what)
{
    return fault_set(parser->fault, ERR_MALFORMED, rule, "line %d: %s", parser->line, what);
}

static enum err add_node(struct parser *parser, struct node node)
{
    struct template *template = parser->template;
    if (template->num_nodes == template->room) {
        size_t room = template->room ? 2 * template->room : 64;
        struct node *nodes = realloc(template->nodes, room * sizeof *nodes);
        if (!nodes)
            return fault_set(parser->fault, ERR_MEMORY, "memory", "there is none");
        template->nodes = nodes;
        template->room = room;
    }
    if (node.line == 0)
        node.line = parser->line;
    template->nodes[template->num_nodes++] = node;
    return ERR_NONE;
}

static bool is_blank(uint8_t octet)
{
    return octet == ' ' || octet == '\t';
}

static bool is_space(uint8_t octet)
{
    return is_blank(octet) || octet == '\n' || octet == '\r';
}

static struct bytes trim(struct bytes text)
{
    while (text.len && is_space(text.data[0]))
        text = bytes_of(text.data + 1, text.len - 1);
    while (text.len && is_space(text.data[text.len - 1]))
        text.len--;
    return text;
}

static bool find(struct bytes text, size_t from, const char *wanted, size_t len, size_t *at)
{
    const uint8_t *found =
        from > text.len ? NULL : memmem(text.data + from, text.len - from, wanted, len);
    if (found)
        *at = (size_t)(found - text.data);
    return found != NULL;
}

static void count_lines(struct parser *parser, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        parser->line += parser->text.data[i] == '\n';
}

/* Where the tag's line begins and where the next one does, when nothing but blanks stands beside
 * the tag. */
static bool is_alone(struct bytes text, size_t start, size_t end, size_t *before, size_t *behind)
{
    while (start > 0 && is_blank(text.data[start - 1]))
        start--;
    while (end < text.len && is_blank(text.data[end]))
        end++;
    if (start > 0 && text.data[start - 1] != '\n')
        return false;
    if (end < text.len && text.data[end] == '\r')
        end++;
    if (end < text.len && text.data[end] != '\n')
        return false;
    *before = start;
    *behind = end < text.len ? end + 1 : end;
    return true;
}

static enum err open_section(struct parser *parser, struct bytes name, bool is_inverted)
{
    if (parser->num_open == TEMPLATE_DEPTH)
        return complain(parser, "depth", "too many sections inside each other");
    parser->sections[parser->num_open++] = parser->template->num_nodes;
    return add_node(
        parser, (struct node){.kind = is_inverted ? NODE_INVERTED : NODE_SECTION, .text = name});
}

static enum err close_section(struct parser *parser, struct bytes name)
{
    if (parser->num_open == 0)
        return complain(parser, "section", "it ends here, and was not opened");
    struct node *opened = &parser->template->nodes[parser->sections[--parser->num_open]];
    if (!bytes_equal(opened->text, name))
        return complain(parser, "section", "another one ends here than was opened last");
    opened->end = parser->template->num_nodes;
    return add_node(parser, (struct node){.kind = NODE_END, .text = name});
}

static bool set_delimiter(struct delimiter *delimiter, struct bytes text)
{
    if (text.len == 0 || text.len > DELIMITER_MAX || memchr(text.data, '=', text.len))
        return false;
    memcpy(delimiter->text, text.data, text.len);
    delimiter->len = text.len;
    return true;
}

/* What stands between the two equals signs. */
static enum err set_delimiters(struct parser *parser, struct bytes content)
{
    size_t blank = 0;
    while (blank < content.len && !is_space(content.data[blank]))
        blank++;
    struct bytes close = trim(bytes_of(content.data + blank, content.len - blank));
    for (size_t i = 0; i < close.len; i++)
        if (is_space(close.data[i]))
            return complain(parser, "delimiters", "there are two");
    if (!set_delimiter(&parser->open, bytes_of(content.data, blank)) ||
        !set_delimiter(&parser->close, close))
        return complain(parser, "delimiters", "they are too long, or none");
    return ERR_NONE;
}

/* A tag as it stands in the text. */
struct tag {
    size_t start, end;
    char sigil; /* 0 for a variable */
    struct bytes content;
};

static enum err read_tag(struct parser *parser, size_t start, struct tag *out)
{
    struct bytes text = parser->text;
    struct tag tag = {.start = start};
    size_t inside = start + parser->open.len, close;
    bool is_default = parser->open.len == 2 && memcmp(parser->open.text, "{{", 2) == 0;
    if (inside < text.len && memchr("#^/>!=&{", text.data[inside], 8))
        tag.sigil = (char)text.data[inside++];
    if (tag.sigil == '{' && !is_default)
        return complain(parser, "tag", "three braces, where the delimiters are others");
    const char *closing = tag.sigil == '{' ? "}}}" : parser->close.text;
    size_t closing_len = tag.sigil == '{' ? 3 : parser->close.len;
    if (!find(text, inside, closing, closing_len, &close))
        return complain(parser, "tag", "it does not end");
    tag.content = trim(bytes_of(text.data + inside, close - inside));
    tag.end = close + closing_len;
    if (tag.sigil == '=') {
        if (tag.content.len < 2 || tag.content.data[tag.content.len - 1] != '=')
            return complain(parser, "delimiters", "they end with an equals sign");
        tag.content.len--;
        tag.content = trim(tag.content);
    }
    if (tag.content.len == 0 && tag.sigil != '!')
        return complain(parser, "tag", "it has no name");
    *out = tag;
    return ERR_NONE;
}

static enum err take_tag(struct parser *parser, const struct tag *tag, struct bytes indent)
{
    switch (tag->sigil) {
    case '#':
    case '^':
        return open_section(parser, tag->content, tag->sigil == '^');
    case '/':
        return close_section(parser, tag->content);
    case '>':
        return add_node(
            parser, (struct node){.kind = NODE_PARTIAL, .text = tag->content, .indent = indent});
    case '=':
        return set_delimiters(parser, tag->content);
    case '!':
        return ERR_NONE;
    default:
        return add_node(parser, (struct node){.kind = tag->sigil ? NODE_UNESCAPED : NODE_VARIABLE,
                                              .text = tag->content});
    }
}

static enum err add_text(struct parser *parser, size_t from, size_t to, int line)
{
    struct node node = {
        .kind = NODE_TEXT, .text = bytes_of(parser->text.data + from, to - from), .line = line};
    return node.text.len ? add_node(parser, node) : ERR_NONE;
}

/* The text before the next tag, and the tag. */
static enum err parse_next(struct parser *parser)
{
    size_t start, before, behind;
    int line = parser->line;
    struct tag tag = {0};
    if (!find(parser->text, parser->at, parser->open.text, parser->open.len, &start)) {
        enum err err = add_text(parser, parser->at, parser->text.len, line);
        parser->at = parser->text.len;
        return err;
    }
    count_lines(parser, parser->at, start);
    enum err err = read_tag(parser, start, &tag);
    if (err)
        return err;
    struct bytes indent = {0};
    before = start;
    behind = tag.end;
    bool can_be_alone = tag.sigil && tag.sigil != '{' && tag.sigil != '&';
    if (can_be_alone && is_alone(parser->text, start, tag.end, &before, &behind))
        indent = bytes_of(parser->text.data + before, start - before);
    err = add_text(parser, parser->at, before, line);
    if (err == ERR_NONE)
        err = take_tag(parser, &tag, indent);
    count_lines(parser, start, behind);
    parser->at = behind;
    return err;
}

static enum err parse(struct template *template, struct fault *fault)
{
    struct parser parser = {.template = template,
                            .text = buffer_bytes(&template->text),
                            .line = 1,
                            .open = {"{{", 2},
                            .close = {"}}", 2},
                            .fault = fault};
    enum err err = ERR_NONE;
    while (err == ERR_NONE && parser.at < parser.text.len)
        err = parse_next(&parser);
    if (err == ERR_NONE && parser.num_open) {
        parser.line = template->nodes[parser.sections[parser.num_open - 1]].line;
        err = complain(&parser, "section", "it does not end");
    }
    return err;
}

enum err templates_add(struct templates *templates, const char *name, struct bytes text,
                       struct fault *fault)
{
    fault_name_input(fault, name);
    if (strlen(name) >= TEMPLATE_NAME || templates->num == TEMPLATES_MAX)
        return fault_set(fault, ERR_LIMIT, "templates", "too long a name, or too many");
    if (templates_find(templates, bytes_of_text(name)))
        return fault_set(fault, ERR_EXISTS, "templates", "the name is taken");
    struct template *template = &templates->of[templates->num];
    memcpy(template->name, name, strlen(name) + 1);
    buffer_init(&template->text, LIMIT_PAGE_TEMPLATE);
    buffer_put_bytes(&template->text, text);
    enum err err = buffer_check(&template->text);
    if (err)
        fault_set(fault, err, "template", "it is too long");
    else
        err = parse(template, fault);
    if (err)
        template_done(template);
    else
        templates->num++;
    return err;
}

bool templates_has(const struct templates *templates, const char *name)
{
    return templates_find(templates, bytes_of_text(name)) != NULL;
}
