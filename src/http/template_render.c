/* Writing a page: the nodes in their order, each name looked up in the data, innermost first. */
#include <string.h>

#include "http/template_tree.h"

#define CONTEXTS_MAX 48
#define PARTIALS_MAX 16
#define INDENT_MAX   256

struct writer {
    const struct templates *templates;
    struct buffer *out;
    const json_t *contexts[CONTEXTS_MAX]; /* the innermost last */
    size_t num_contexts, num_partials;
    struct bytes indent; /* before each line of a partial's own text */
    bool is_line_start;
};

static const json_t *lookup(const struct writer *writer, struct bytes name)
{
    if (bytes_equal_text(name, "."))
        return writer->contexts[writer->num_contexts - 1];
    const json_t *value = NULL;
    const uint8_t *dot = memchr(name.data, '.', name.len);
    size_t len = dot ? (size_t)(dot - name.data) : name.len;
    for (size_t i = writer->num_contexts; !value && i > 0; i--)
        value = json_object_getn(writer->contexts[i - 1], (const char *)name.data, len);
    while (value && dot) {
        name = bytes_of(dot + 1, name.len - len - 1);
        dot = memchr(name.data, '.', name.len);
        len = dot ? (size_t)(dot - name.data) : name.len;
        value = json_object_getn(value, (const char *)name.data, len);
    }
    return value;
}

/* An empty text is false, as an empty list is: a template asks "is there any". */
static bool is_true(const json_t *value)
{
    if (json_is_array(value))
        return json_array_size(value) > 0;
    if (json_is_string(value))
        return json_string_length(value) > 0;
    return value && !json_is_false(value) && !json_is_null(value);
}

static void put_indent(struct writer *writer)
{
    if (writer->is_line_start)
        buffer_put_bytes(writer->out, writer->indent);
    writer->is_line_start = false;
}

static void put_text(struct writer *writer, struct bytes text)
{
    if (writer->indent.len == 0) {
        buffer_put_bytes(writer->out, text);
        return;
    }
    while (text.len) {
        const uint8_t *end = memchr(text.data, '\n', text.len);
        size_t len = end ? (size_t)(end - text.data) + 1 : text.len;
        put_indent(writer);
        buffer_put(writer->out, text.data, len);
        writer->is_line_start = end != NULL;
        text = bytes_of(text.data + len, text.len - len);
    }
}

static void put_escaped(struct buffer *out, const char *text, size_t len)
{
    static const char *const escapes[256] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
    };
    size_t from = 0;
    for (size_t i = 0; i < len; i++) {
        const char *escape = escapes[(uint8_t)text[i]];
        if (!escape)
            continue;
        buffer_put(out, text + from, i - from);
        buffer_put_text(out, escape);
        from = i + 1;
    }
    buffer_put(out, text + from, len - from);
}

static void put_value(struct writer *writer, const json_t *value, bool is_escaped)
{
    put_indent(writer);
    if (json_is_string(value) && is_escaped)
        put_escaped(writer->out, json_string_value(value), json_string_length(value));
    else if (json_is_string(value))
        buffer_put(writer->out, json_string_value(value), json_string_length(value));
    else if (json_is_integer(value))
        buffer_put_format(writer->out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        buffer_put_format(writer->out, "%.15g", json_real_value(value));
    else if (json_is_boolean(value))
        buffer_put_text(writer->out, json_is_true(value) ? "true" : "false");
}

static enum err write_nodes(struct writer *writer, const struct template *template, size_t from,
                            size_t to);

static enum err write_within(struct writer *writer, const struct template *template, size_t section,
                             const json_t *context)
{
    if (writer->num_contexts == CONTEXTS_MAX)
        return ERR_LIMIT;
    writer->contexts[writer->num_contexts++] = context;
    enum err err = write_nodes(writer, template, section + 1, template->nodes[section].end);
    writer->num_contexts--;
    return err;
}

static enum err write_section(struct writer *writer, const struct template *template, size_t at)
{
    const struct node *node = &template->nodes[at];
    const json_t *value = lookup(writer, node->text);
    if (node->kind == NODE_INVERTED)
        return is_true(value) ? ERR_NONE : write_nodes(writer, template, at + 1, node->end);
    if (!is_true(value))
        return ERR_NONE;
    if (!json_is_array(value))
        return write_within(writer, template, at, value);
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < json_array_size(value); i++)
        err = write_within(writer, template, at, json_array_get(value, i));
    return err;
}

/* Each line of the partial's own text is moved to where the partial's tag stands. */
static enum err write_partial(struct writer *writer, const struct node *node)
{
    const struct template *partial = templates_find(writer->templates, node->text);
    uint8_t room[INDENT_MAX];
    struct bytes outer = writer->indent;
    bool was_line_start = writer->is_line_start;
    if (!partial)
        return ERR_NONE;
    if (writer->num_partials == PARTIALS_MAX || outer.len + node->indent.len > INDENT_MAX)
        return ERR_LIMIT;
    if (node->indent.len) {
        if (outer.len)
            memcpy(room, outer.data, outer.len);
        memcpy(room + outer.len, node->indent.data, node->indent.len);
        writer->indent = bytes_of(room, outer.len + node->indent.len);
        writer->is_line_start = true;
    }
    writer->num_partials++;
    enum err err = write_nodes(writer, partial, 0, partial->num_nodes);
    writer->num_partials--;
    writer->indent = outer;
    writer->is_line_start = node->indent.len ? was_line_start : writer->is_line_start;
    return err;
}

static enum err write_nodes(struct writer *writer, const struct template *template, size_t from,
                            size_t to)
{
    enum err err = ERR_NONE;
    for (size_t i = from; err == ERR_NONE && i < to; i++) {
        const struct node *node = &template->nodes[i];
        if (node->kind == NODE_TEXT)
            put_text(writer, node->text);
        else if (node->kind == NODE_VARIABLE || node->kind == NODE_UNESCAPED)
            put_value(writer, lookup(writer, node->text), node->kind == NODE_VARIABLE);
        else if (node->kind == NODE_PARTIAL)
            err = write_partial(writer, node);
        else if (node->kind != NODE_END) {
            err = write_section(writer, template, i);
            i = node->end;
        }
    }
    return err ? err : buffer_check(writer->out);
}

enum err templates_render(const struct templates *templates, const char *name, const json_t *data,
                          struct buffer *out)
{
    const struct template *template = templates_find(templates, bytes_of_text(name));
    if (!template)
        return ERR_NOT_FOUND;
    struct writer writer = {
        .templates = templates, .out = out, .contexts = {data}, .num_contexts = 1};
    return write_nodes(&writer, template, 0, template->num_nodes);
}
