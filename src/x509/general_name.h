/* GeneralName (RFC 5280 4.2.1.6): the four forms that our profiles use. A GeneralNames is a
 * SEQUENCE of them, under its own or a context tag. */
#pragma once

#include "x509/der.h"
#include "x509/name.h"

enum {
    GENERAL_NAME_OTHER = DER_CONTEXT_CONSTRUCTED(0),
    GENERAL_NAME_DIRECTORY = DER_CONTEXT_CONSTRUCTED(4),
    GENERAL_NAME_URI = DER_CONTEXT(6),
};

/* general_name_put_directory writes [4] around a Name given as DER. */
void general_name_put_directory(struct buffer *out, struct bytes name);
/* general_names_directory reads the content of a GeneralNames: every element must be well-formed
 * and there must be one; the answer is the first directoryName's Name as DER, empty if there is
 * none. */
struct bytes general_names_directory(struct der *names);
