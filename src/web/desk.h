/* A page of the staff: whose session it is, and what commit answers them. Nothing is decided here.
 */
#pragma once

#include "web/line.h"
#include "web/page.h"

#define DESK_SESSION 65 /* 64 hexadecimal digits and a zero */

struct desk {
    struct page page;
    char session[DESK_SESSION]; /* "": nobody has logged in */
};

/* desk_begin begins the page and reads the cookie. */
struct desk desk_begin(const struct site *site, const char *path,
                       const struct http_request *request, struct http_response *response);
void desk_done(struct desk *desk);
#define CLEANUP_DESK CLEANUP(desk_done)

/* desk_ask asks an act and takes over the reference of its fields. False: the page is answered
 * already, with the way to the login, or with why not. */
bool desk_ask(struct desk *desk, const char *act, json_t *fields,
              struct counter_answer *out) MUST_USE;
/* desk_ask_list asks for all pages of a list. */
bool desk_ask_list(struct desk *desk, const char *act, json_t *fields, const char *list,
                   struct counter_answer *out) MUST_USE;
/* desk_tell_failure answers with what failed. */
void desk_tell_failure(struct desk *desk, const struct counter_answer *answer);
/* desk_session: whose it is; NULL: nobody's. */
const char *desk_session(const struct desk *desk);
/* desk_post turns the form that was posted to this path into its act, and leads to what it was
 * about. */
void desk_post(struct desk *desk);

/* desk_go answers that the browser is to ask for another page now, in the same language. */
void desk_go(struct desk *desk, const char *path, struct bytes query);
void desk_go_number(struct desk *desk, const char *path, int64_t number); /* as its query */
/* desk_cookie has the browser keep the session, or forget it: "". */
void desk_cookie(struct desk *desk, const char *session);
