/* A parsed template: its nodes in the order of the text. Private to this room. */
#pragma once

#include "http/template.h"

enum node_kind {
    NODE_TEXT,
    NODE_VARIABLE,
    NODE_UNESCAPED,
    NODE_SECTION,
    NODE_INVERTED,
    NODE_END, /* of a section */
    NODE_PARTIAL,
};

struct node {
    enum node_kind kind;
    struct bytes text;   /* the text itself, or the name; borrowed from the template */
    struct bytes indent; /* of a partial that stands alone in its line */
    size_t end;          /* of a section: the place of its NODE_END */
    int line;
};

#define TEMPLATE_NAME  32
#define TEMPLATE_DEPTH 32 /* sections inside each other, of one template */

struct template
{
    char name[TEMPLATE_NAME];
    struct buffer text;
    struct node *nodes;
    size_t num_nodes, room;
};

struct templates {
    size_t num;
    struct template of[TEMPLATES_MAX];
};

/* NULL when there is none. */
const struct template *templates_find(const struct templates *templates, struct bytes name);
