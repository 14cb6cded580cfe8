/* Pages from templates: Mustache as its specification has it (variables, sections, inverted
 * sections, partials, comments, delimiters; nothing that is called), filled with JSON. Templates
 * are parsed once, at the start, and do not change; rendering may go on in several threads.
 *
 * A page's template keeps to what makes escaping enough: see templates_check. */
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
 * ERR_MALFORMED with the line in the fault; ERR_EXISTS; ERR_LIMIT. After an error it is not there.
 */
enum err templates_add(struct templates *templates, const char *name, struct bytes text,
                       struct fault *fault) MUST_USE;

/* templates_check refuses templates for pages in which escaping would not be enough, once all are
 * there. It takes less than HTML allows:
 *  - no unescaped variable; none but in text, in quoted values of attributes that are text (class,
 *    id, title, value, aria-…: template_check.c has them), and in addresses;
 *  - an address (href, src, action) begins with a variable called url or ..._url, or with one
 * slash, ? or #: so that what follows stays on its host;
 *  - no script, style, base, iframe and the like, no comment (Mustache has its own), behind < only
 *    a tag;
 *  - a section stands in text, between attributes or in a value that is text, and ends where it
 *    began; a partial stands in text, and exists.
 * ERR_MALFORMED, the template's name, the rule and the line in the fault. */
enum err templates_check(const struct templates *templates, struct fault *fault) MUST_USE;
bool templates_has(const struct templates *templates, const char *name);

/* templates_render appends the page. A name that the data have not is empty; so is a partial that
 * does not exist. ERR_NOT_FOUND: no such template; ERR_LIMIT: by out's cap, or sections and
 * partials stand too deep in each other. What was appended before an error is to be thrown away. */
enum err templates_render(const struct templates *templates, const char *name, const json_t *data,
                          struct buffer *out) MUST_USE;
