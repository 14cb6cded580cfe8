/* Forms that become acts: one table for all of them. */
#pragma once

#include "web/page.h"

#define ACT_FORM_FIELDS 10

enum value_type {
    VALUE_NONE,
    VALUE_WORD,
    VALUE_WHOLE,
    VALUE_FLAG,
    VALUE_TELEPHONE,
    VALUE_BIRTH_DATE,
    VALUE_CODE,
};

struct act_form {
    const char *path, *act;
    const char *next; /* the page that shows what the act was about, by its number if it has one */
    struct {
        const char *name;
        enum value_type type;
    } fields[ACT_FORM_FIELDS];
};

/* act_form_find: the form that is posted to a path of the table. */
const struct act_form *act_form_find(const char *path);
/* act_form_fields makes the fields of the act from what was posted; the caller's. */
json_t *act_form_fields(const struct page *page, const struct act_form *form);
/* act_form_once makes the field "once" of a form: sent twice, the act is done once; the caller's.
 */
json_t *act_form_once(void);
