/* Pages from templates: Mustache as its specification has it (variables, sections, inverted
 * sections, partials, comments, delimiters; nothing that is called), filled with JSON. Templates
 * are parsed once, at the start, and do not change; rendering may go on in several threads.
 *
 * A page's template keeps to what makes escaping enough: see template_check. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

#define TEMPLATES_MAX 64

struct templates;

enum err templates_new(struct templates **out) MUST_USE;
void templates_free(struct templates *templates); /* takes NULL */
#define CLEANUP_TEMPLATES CLEANUP(templates_clean)
void templates_clean(struct templates **templates);

/* templates_add parses one and keeps its text. name is what partials call it: at most 31 octets.
 * ERR_MALFORMED with the line in the fault; ERR_EXISTS; ERR_LIMIT. */
enum err templates_add(struct templates *templates, const char *name, struct bytes text,
                       struct fault *fault) MUST_USE;

/* template_check refuses what escaping cannot make safe in HTML: an unescaped variable; one outside
 * of text and quoted values, in a comment, in script or style, in a handler or style attribute; one
 * that begins an address but is not called url or ..._url; a section or partial that would leave
 * the place where it stands. ERR_MALFORMED, the template's name and the rule in the fault. */
enum err template_check(const struct templates *templates, const char *name,
                        struct fault *fault) MUST_USE;

/* templates_render appends the page. A name that the data have not is empty; so is a partial that
 * does not exist. ERR_NOT_FOUND: no such template; ERR_LIMIT: by out's cap, or sections and
 * partials stand too deep in each other. What was appended before an error is to be thrown away. */
enum err templates_render(const struct templates *templates, const char *name, const json_t *data,
                          struct buffer *out) MUST_USE;
