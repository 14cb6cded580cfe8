#include "web/cookie.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_LEN 64

static void name_print(const struct page *page, const char *name, char out[static NAME_MAX_LEN])
{
    snprintf(out, NAME_MAX_LEN, "%s%s", page_is_secure(page) ? "__Host-" : "", name);
}

bool cookie_read(const struct page *page, const char *name, size_t len, char *out)
{
    char whole[NAME_MAX_LEN];
    const char *cookie = http_request_header(page->request, "Cookie");
    bool is_found = false;
    name_print(page, name, whole);
    size_t name_len = strlen(whole);
    for (const char *at = cookie ? cookie : ""; *at; at += strspn(at, "; ")) {
        size_t size = strcspn(at, ";");
        if (size == name_len + 1 + len && strncmp(at, whole, name_len) == 0 &&
            at[name_len] == '=') {
            memcpy(out, at + name_len + 1, len);
            out[len] = '\0';
            is_found = true;
        }
        at += size;
    }
    return is_found;
}

void cookie_write(const struct page *page, const char *name, const char *value,
                  enum cookie_site site, int seconds)
{
    char whole[NAME_MAX_LEN], age[32] = "";
    name_print(page, name, whole);
    if (!value[0] || seconds)
        snprintf(age, sizeof age, "; Max-Age=%d", value[0] ? seconds : 0);
    http_response_header(page->response, "Set-Cookie", "%s=%s; Path=/; HttpOnly; SameSite=%s%s%s",
                         whole, value, site == COOKIE_STRICT ? "Strict" : "Lax",
                         page_is_secure(page) ? "; Secure" : "", age);
}
