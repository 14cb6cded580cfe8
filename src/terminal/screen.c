#include "terminal/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/door.h"
#include "agent/page_files.h"
#include "agent/socket_owner.h"
#include "base/file.h"
#include "base/limits.h"
#include "http/form.h"
#include "terminal/view.h"

#define FORM_BODY    1024
#define FIELD_MAX    (2 * LIMIT_PIN_TYPED)
#define LOOK_SECONDS 1 /* until a page that asks nothing is shown anew */

static const char *const template_names[] = {"head", "foot", "screen"};
static const char *const language_names[] = {"ja", "en", "ja-easy"};
#define NUM_LANGUAGES COUNT_OF(language_names)

struct terminal_screen {
    struct screen_settings settings;
    struct shown *shown;
    struct page_files files;
    struct buffer texts[NUM_LANGUAGES];
    struct words languages[NUM_LANGUAGES];
    size_t language; /* what the resident chose; begins anew with each of them */
    enum screen last;
};

const struct http_field screen_headers[] = {
    {"Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; "
                                "base-uri 'none'; frame-ancestors 'none'"},
    {"Cache-Control", "no-store"},
    {"Referrer-Policy", "origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"X-Content-Type-Options", "nosniff"},
};
const size_t num_screen_headers = COUNT_OF(screen_headers);

bool screen_admits(void *context, int fd)
{
    (void)context;
    return socket_is_own(fd);
}

/* --- what is shown --- */

static void refuse(const struct refusal *refusal, struct http_response *response)
{
    http_response_text(response, refusal->status, refusal->sentence.en);
}

static void get_screen(void *context, const struct http_request *request,
                       struct http_response *response)
{
    struct terminal_screen *screen = context;
    struct view view CLEANUP_VIEW = {0};
    const struct refusal *refusal = door_check_host(request, screen->settings.port);
    if (refusal) {
        refuse(refusal, response);
        return;
    }
    shown_look(screen->shown, &view);
    if (view.screen == SCREEN_IDLE && screen->last != SCREEN_IDLE)
        screen->language = 0;
    screen->last = view.screen;
    const struct view_language language = {screen->languages, &screen->languages[screen->language],
                                           NUM_LANGUAGES};
    json_t *data = view_json(&language, &view);
    response->content_type = "text/html; charset=utf-8";
    enum err err = data ? templates_render(screen->files.templates, "screen", data, &response->body)
                        : ERR_MEMORY;
    json_decref(data);
    if (err != ERR_NONE)
        http_response_text(response, 500, err_sentence(err, LANGUAGE_EN));
    else if (!screen_wants_answer(view.screen))
        http_response_header(response, "Refresh", "%d", LOOK_SECONDS);
}

static void get_style(void *context, const struct http_request *request,
                      struct http_response *response)
{
    const struct terminal_screen *screen = context;
    response->content_type = "text/css; charset=utf-8";
    buffer_put_bytes(&response->body, page_files_style(&screen->files, request->path));
}

/* --- what the resident does --- */

static bool field_read(const struct http_request *request, const char *name, struct buffer *out)
{
    return http_form_find(request->body, name, out) == ERR_NONE;
}

static bool number_read(const struct http_request *request, const char *name, unsigned *out)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, FIELD_MAX);
    const char *digits = field_read(request, name, &text) ? buffer_text(&text) : NULL;
    if (!digits || !digits[0] || strspn(digits, "0123456789") != text.len || text.len > 9)
        return false;
    *out = (unsigned)atoi(digits);
    return true;
}

/* Back to what is shown now, whatever became of it. */
static void show_again(struct http_response *response)
{
    http_response_text(response, 303, "See there.");
    http_response_header(response, "Location", "/");
}

/* False: refused, and answered. */
static bool is_own(const struct terminal_screen *screen, const struct http_request *request,
                   struct http_response *response)
{
    const struct refusal *refusal = door_check_own(request, screen->settings.port);
    if (refusal)
        refuse(refusal, response);
    return !refusal;
}

static void post_go(void *context, const struct http_request *request,
                    struct http_response *response)
{
    struct terminal_screen *screen = context;
    unsigned turn;
    if (!is_own(screen, request, response))
        return;
    if (number_read(request, "turn", &turn))
        shown_go(screen->shown, turn);
    show_again(response);
}

/* What stands in the field counts too when a key is pressed. */
static void post_pin(void *context, const struct http_request *request,
                     struct http_response *response)
{
    struct terminal_screen *screen = context;
    struct buffer pin CLEANUP_BUFFER, key CLEANUP_BUFFER; /* wiped with their end */
    unsigned turn;
    buffer_init(&pin, FIELD_MAX);
    buffer_init(&key, FIELD_MAX);
    if (!is_own(screen, request, response))
        return;
    if (number_read(request, "turn", &turn) && field_read(request, "pin", &pin)) {
        shown_type(screen->shown, turn, buffer_bytes(&pin));
        if (!field_read(request, "key", &key))
            shown_enter(screen->shown, turn);
        else if (key.len == 1)
            shown_type(screen->shown, turn, buffer_bytes(&key));
        else
            shown_erase(screen->shown, turn);
    }
    show_again(response);
}

static void post_language(void *context, const struct http_request *request,
                          struct http_response *response)
{
    struct terminal_screen *screen = context;
    unsigned number;
    if (!is_own(screen, request, response))
        return;
    if (number_read(request, "language", &number) && number < NUM_LANGUAGES)
        screen->language = number;
    show_again(response);
}

const struct http_route screen_routes[] = {
    {HTTP_GET, "/", false, 0, get_screen},
    {HTTP_GET, "/tokens.css", false, 0, get_style},
    {HTTP_GET, "/style.css", false, 0, get_style},
    {HTTP_GET, "/agent.css", false, 0, get_style},
    {HTTP_POST, "/go", false, FORM_BODY, post_go},
    {HTTP_POST, "/pin", false, FORM_BODY, post_pin},
    {HTTP_POST, "/language", false, FORM_BODY, post_language},
};
const size_t num_screen_routes = COUNT_OF(screen_routes);

/* --- opening and closing --- */

static enum err language_read(struct terminal_screen *screen, size_t which, struct fault *fault)
{
    char file[64], path[PATH_MAX];
    struct buffer *text = &screen->texts[which];
    buffer_init(text, LIMIT_CONFIG_FILE);
    snprintf(file, sizeof file, "languages/%s", language_names[which]);
    enum err err = path_join(screen->settings.pages, file, path, fault);
    if (err == ERR_NONE)
        err = file_read(path, text, fault);
    return err == ERR_NONE ? words_parse(buffer_bytes(text), &screen->languages[which], fault)
                           : err;
}

enum err screen_open(const struct screen_settings *settings, struct shown *shown,
                     struct terminal_screen **out, struct fault *fault)
{
    struct terminal_screen *screen = calloc(1, sizeof *screen);
    if (!screen)
        return fault_set(fault, ERR_MEMORY, "memory", "there is none");
    screen->settings = *settings;
    screen->shown = shown;
    enum err err = page_files_read(&screen->files, settings->pages, "terminal", template_names,
                                   COUNT_OF(template_names), fault);
    for (size_t i = 0; err == ERR_NONE && i < NUM_LANGUAGES; i++)
        err = language_read(screen, i, fault);
    if (err == ERR_NONE)
        *out = screen;
    else
        screen_close(screen);
    return err;
}

void screen_close(struct terminal_screen *screen)
{
    if (!screen)
        return;
    for (size_t i = 0; i < NUM_LANGUAGES; i++)
        buffer_done(&screen->texts[i]);
    page_files_done(&screen->files);
    free(screen);
}
