/* Cookies of the pages: no script reads one, no other host or path has one. With https the name has
 * the prefix that makes a browser insist on that. */
#pragma once

#include "web/page.h"

enum cookie_site { COOKIE_LAX, COOKIE_STRICT }; /* SameSite */

/* cookie_read: false when there is none of exactly that length. out has room for len and a zero. */
bool cookie_read(const struct page *page, const char *name, size_t len, char *out) MUST_USE;
/* cookie_write has the browser keep a value until it ends, or for so many seconds; "" has it forget
 * the cookie. */
void cookie_write(const struct page *page, const char *name, const char *value,
                  enum cookie_site site, int seconds);
