/* Style and fonts, read at the start and kept. Their address holds a digest of all of them, so that
 * a browser may keep each for ever. */
#pragma once

#include "http/server.h"

#define ASSETS_MAX     256
#define ASSET_NAME     64
#define ASSETS_VERSION 16 /* hexadecimal digits */

struct assets {
    char version[ASSETS_VERSION + 1];
    size_t num;
    struct asset {
        char name[ASSET_NAME]; /* as in the address: style.css, files/some.woff2 */
        const char *content_type;
        struct buffer content;
    } of[ASSETS_MAX];
};

/* assets_read reads them from the folder of the pages; packages that are not there are empty. *out
 * begins as zeros. */
enum err assets_read(const char *pages, struct assets *out, struct fault *fault) MUST_USE;
void assets_done(struct assets *assets);

/* assets_answer answers VERSION/NAME; a version that is not this one has nothing. */
void assets_answer(const struct assets *assets, const char *rest, struct http_response *response);
