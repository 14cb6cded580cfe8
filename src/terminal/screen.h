/* The resident's screen at the counter: pages of `jpki agent --terminal`, on that computer alone.
 * They show the visit as it is, and take what the resident does (docs/PROTOCOL.terminal). */
#pragma once

#include "http/server.h"
#include "terminal/shown.h"

struct screen_settings {
    const char *pages; /* the folder of templates, styles and languages */
    uint16_t port;
};

struct terminal_screen;

/* screen_open reads templates, styles and languages; a fault names the file. What is shown outlives
 * it.
 */
enum err screen_open(const struct screen_settings *settings, struct shown *shown,
                     struct terminal_screen **out, struct fault *fault) MUST_USE;
void screen_close(struct terminal_screen *screen); /* takes NULL */

/* For http_server_start, with one thread and a struct terminal_screen. */
extern const struct http_route screen_routes[];
extern const size_t num_screen_routes;
extern const struct http_field screen_headers[];
extern const size_t num_screen_headers;
/* screen_admits: only connections of this user's programs. */
bool screen_admits(void *context, int fd);
