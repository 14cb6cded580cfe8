#include "counter/terminal.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "counter/application.h"

static const struct reason reason_full = {"terminal", "", "terminals-full",
                                          "As many terminals as there may be are paired.",
                                          "登録できる端末の数の上限に達しています。"};
static const struct reason reason_code = {
    "terminal", "", "terminal-code",
    "No terminal shows this code, or it is older than ten minutes. The code that it shows now "
    "counts.",
    "このコードを表示している端末はありません。端末に現在表示されているコードを入力してください。"};
static const struct reason reason_name = {
    "terminal", "", "terminal-name",
    "Another terminal has this name, or it is too long: at most 63 bytes.",
    "この名前は別の端末が使用しているか、長すぎます（63バイト以内）。"};
static const struct reason reason_nobody = {"terminal", "", "no-terminal",
                                            "No paired terminal has this name.",
                                            "この名前の端末は登録されていません。"};
static const struct reason reason_busy = {
    "terminal", "", "terminal-busy",
    "Somebody else has called this terminal to an application that is not done.",
    "この端末は、ほかの職員が別の申請で使用中です。"};

bool terminal_act_begin(struct act_call *call)
{
    uint8_t id[TERMINAL_ID];
    char code[BOOKING_CODE_TEXT];
    if (!terminal_begin(&call->centre->terminals, clock_monotonic(), id, code))
        return act_refuse(call, &reason_full);
    act_answer_bytes(call, "terminal", bytes_of(id, sizeof id));
    act_answer(call, "code", json_string(code));
    return true;
}

static bool find_name(struct act_call *call, struct paired_terminal **out)
{
    *out = terminal_find_name(&call->centre->terminals, call->fields.name, clock_monotonic());
    return *out || act_refuse(call, &reason_nobody);
}

bool terminal_act_pair(struct act_call *call)
{
    struct terminals *terminals = &call->centre->terminals;
    int64_t now = clock_monotonic();
    struct paired_terminal *terminal = terminal_find_code(terminals, call->fields.code, now);
    if (!terminal)
        return act_refuse(call, &reason_code);
    if (strlen(call->fields.name) >= sizeof terminal->name ||
        terminal_find_name(terminals, call->fields.name, now))
        return act_refuse(call, &reason_name);
    snprintf(terminal->name, sizeof terminal->name, "%s", call->fields.name);
    return true;
}

bool terminal_act_part(struct act_call *call)
{
    struct paired_terminal *terminal;
    if (!find_name(call, &terminal))
        return false;
    *terminal = (struct paired_terminal){0};
    return true;
}

/* -- calling -- */

/* Is what it was called to still open? */
static bool is_open(struct act_call *call, const struct paired_terminal *terminal, bool *out)
{
    struct application application;
    *out = terminal_is_called(terminal, &call->centre->sessions, clock_monotonic());
    if (!*out)
        return true;
    if (!application_read(call, terminal->application, &application))
        return false;
    *out = application.state == APPLICATION_OPEN;
    return true;
}

static bool expect_free(struct act_call *call, const struct paired_terminal *terminal)
{
    bool is_busy;
    if (!is_open(call, terminal, &is_busy))
        return false;
    return !is_busy || strcmp(terminal->staff, call->actor.name) == 0 ||
           act_refuse(call, &reason_busy);
}

bool terminal_act_call(struct act_call *call)
{
    struct application application;
    struct paired_terminal *terminal;
    if (!find_name(call, &terminal) || !expect_free(call, terminal) ||
        !application_read_open(call, call->fields.number, &application))
        return false;
    act_is_about(call, application.resident);
    terminal_leave(terminal);
    terminal->application = application.number;
    session_digest(call->session, terminal->session);
    act_answer(call, "number", json_integer(application.number));
    snprintf(terminal->staff, sizeof terminal->staff, "%s", call->actor.name);
    return true;
}

bool terminal_act_leave(struct act_call *call)
{
    struct paired_terminal *terminal;
    if (!find_name(call, &terminal) || !expect_free(call, terminal))
        return false;
    call->application = terminal->application;
    act_answer(call, "number", json_integer(terminal->application));
    terminal_leave(terminal);
    return true;
}

/* -- looking -- */

static json_t *terminal_json(const struct paired_terminal *terminal, bool is_called, int64_t now)
{
    const struct terminal_screen *screen = &terminal->screen;
    json_t *json = json_pack("{s:s, s:I}", "name", terminal->name, "silent",
                             (json_int_t)((now - terminal->seen) / 1000));
    if (!is_called)
        return json;
    json_object_set_new(json, "application", json_integer(terminal->application));
    json_object_set_new(json, "called_by", json_string(terminal->staff));
    json_object_set_new(json, "screen", json_string(screen->word));
    json_object_set_new(json, "since", json_integer((now - screen->since) / 1000));
    if (screen->has_kind)
        json_object_set_new(json, "kind", json_string(kind_name(screen->kind)));
    if (screen->has_tries)
        json_object_set_new(json, "tries", json_integer(screen->tries));
    return json;
}

bool terminal_act_list(struct act_call *call)
{
    struct terminals *terminals = &call->centre->terminals;
    int64_t now = clock_monotonic();
    json_t *list = json_array();
    act_answer(call, "terminals", list);
    for (size_t i = 0; i < LIMIT_TERMINALS; i++) {
        const struct paired_terminal *row = &terminals->rows[i];
        bool is_called = false;
        if (!terminal_is_known(row, now) || !row->name[0])
            continue;
        if (!is_open(call, row, &is_called))
            return false;
        json_array_append_new(list, terminal_json(row, is_called, now));
    }
    return true;
}

static void take_screen(struct act_call *call, struct terminal_screen *screen)
{
    struct terminal_screen said = {.has_kind = act_has(call, FIELD_KIND),
                                   .has_tries = act_has(call, FIELD_COUNT),
                                   .kind = call->fields.kind,
                                   .tries = call->fields.count};
    snprintf(said.word, sizeof said.word, "%s", call->fields.screen);
    bool is_same = strcmp(said.word, screen->word) == 0 && said.has_kind == screen->has_kind &&
                   said.kind == screen->kind && said.has_tries == screen->has_tries &&
                   said.tries == screen->tries;
    said.since = is_same ? screen->since : clock_monotonic();
    *screen = said;
}

/* What it shows, for the staff; and the application that it is called to, for the resident. */
bool terminal_act_look(struct act_call *call)
{
    struct application application;
    struct paired_terminal *terminal = call->terminal;
    take_screen(call, &terminal->screen);
    act_answer(call, "paired", json_boolean(terminal->name[0] != '\0'));
    act_answer(call, "terminal", json_string(terminal->name));
    act_answer(call, "sample", json_boolean(call->centre->is_sample));
    if (!terminal_is_called(terminal, &call->centre->sessions, clock_monotonic()))
        return true;
    return application_read(call, terminal->application, &application) &&
           application_answer(call, &application);
}
