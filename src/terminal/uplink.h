/* The terminal's way to the centre: an act and its answer over HTTP (docs/PROTOCOL.terminal). One
 * thread. */
#pragma once

#include <limits.h>

#include "counter/counter_client.h"

#define UPLINK_ID   65 /* hexadecimal digits and a zero */
#define UPLINK_CODE 16

struct uplink {
    char url[512];          /* of the centre's pages, with "/terminal" behind it */
    char id[UPLINK_ID];     /* "": it has not begun */
    char code[UPLINK_CODE]; /* by which the staff pair it */
    char file[PATH_MAX];    /* that keeps the id from one start to the next; "": none */
    bool is_away;           /* the last question had no answer */
};

/* uplink_open takes the address of the centre's pages. ERR_USAGE: it is none of http or https, or
 * none of http but on this computer alone. */
enum err uplink_open(struct uplink *uplink, const char *url, struct fault *fault) MUST_USE;
/* uplink_keep names the file, and takes the id that it has of this address. */
void uplink_keep(struct uplink *uplink, const char *file);
/* uplink_begin gets an id and a code; false: not now. */
bool uplink_begin(struct uplink *uplink);
/* uplink_ask asks one act; as counter_client_ask, it takes over the reference of the fields. */
void uplink_ask(struct uplink *uplink, const char *act, json_t *fields, struct counter_answer *out);
