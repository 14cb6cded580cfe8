/* Between the centre and the card: nonces in, statements out; challenges out, permits in. */
#include "main/counter_terminal.h"

#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"

void terminal_done(struct terminal *terminal)
{
    for (int kind = 0; kind < NUM_KINDS; kind++)
        secret_done(&terminal->pins[kind]);
}

static bool fail(struct counter_answer *out, enum err err, const struct fault *fault,
                 const char *what)
{
    counter_answer_done(out);
    out->fault = fault && fault->text[0] ? *fault : (struct fault){.code = err};
    if (!out->fault.text[0])
        (void)fault_set(&out->fault, err, what, "%s", err_sentence(err, language_of_locale()));
    return false;
}

static json_t *json_hex(struct bytes value)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, 2 * value.len + 1);
    hex_encode(value, &text);
    return json_stringn((const char *)text.data, text.len);
}

static bool ask(struct terminal *terminal, const char *act, json_t *fields,
                struct counter_answer *out)
{
    counter_answer_done(out);
    counter_client_ask(terminal->client, act, fields, out);
    return out->outcome == COUNTER_DONE;
}

static json_t *fields_of(int64_t number, const enum kind *kind)
{
    json_t *fields = number ? json_pack("{s:I}", "number", (json_int_t)number) : json_object();
    if (kind)
        json_object_set_new(fields, "kind", json_string(kind_name(*kind)));
    return fields;
}

/* Adds to the fields what the card states over a nonce that the centre gives for it. */
static bool add_statement(struct terminal *terminal, struct card_session *session, int64_t number,
                          json_t *fields, struct counter_answer *out)
{
    uint8_t nonce[STATEMENT_NONCE_LEN], statement[STATEMENT_LEN];
    struct fault fault = {0};
    if (!ask(terminal, "nonce", fields_of(number, NULL), out))
        return false;
    enum err err = hex_decode_exactly(counter_text(out, "nonce"), nonce, sizeof nonce);
    if (err == ERR_NONE)
        err = card_statement(session, bytes_of(nonce, sizeof nonce), statement, &fault);
    if (err != ERR_NONE)
        return fail(out, err, &fault, "statement");
    json_object_set_new(fields, "nonce", json_hex(bytes_of(nonce, sizeof nonce)));
    json_object_set_new(fields, "statement", json_hex(bytes_of(statement, sizeof statement)));
    return true;
}

static bool begin(struct terminal *terminal, struct card_session *session,
                  struct counter_answer *out)
{
    struct fault fault = {0};
    enum err err = card_session_begin(terminal->channel, session, &fault);
    return err == ERR_NONE || fail(out, err, &fault, "card");
}

/* Takes the reference of the fields in every case. */
static bool ask_stated(struct terminal *terminal, struct card_session *session, const char *act,
                       int64_t number, json_t *fields, struct counter_answer *out)
{
    if (!add_statement(terminal, session, number, fields, out)) {
        json_decref(fields);
        return false;
    }
    return ask(terminal, act, fields, out);
}

/* -- the card itself -- */

static bool add_token(struct card_session *session, json_t *fields, struct counter_answer *out)
{
    struct card_description description;
    struct fault fault = {0};
    enum err err = card_describe(session, &description, &fault);
    if (err != ERR_NONE)
        return fail(out, err, &fault, "card");
    json_object_set_new(fields, "token", json_string(description.label));
    return true;
}

/* Does the centre's answer name this kind as lost? */
static bool is_lost(const struct counter_answer *answer, enum kind kind)
{
    size_t i;
    json_t *name;
    json_array_foreach (json_object_get(answer->detail, "lost"), i, name)
        if (strcmp(json_string_value(name), kind_name(kind)) == 0)
            return true;
    return false;
}

/* The centre's answer to the step stays in *out; only what went wrong takes its place. */
static void bring_back(struct terminal *terminal, enum kind kind, struct counter_answer *out)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (out->outcome != COUNTER_DONE || !is_lost(out, kind))
        return;
    terminal_reenter(terminal, kind, &answer);
    if (answer.outcome == COUNTER_DONE)
        return;
    counter_answer_done(out);
    *out = answer;
    answer = (struct counter_answer){0};
}

static void terminal_present(struct terminal *terminal, int64_t number, struct counter_answer *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    json_t *fields = fields_of(number, NULL);
    if (!begin(terminal, &session, out) || !add_token(&session, fields, out)) {
        json_decref(fields);
        return;
    }
    if (ask_stated(terminal, &session, "card-present", number, fields, out)) {
        card_session_end(&session);
        bring_back(terminal, KIND_AUTHENTICATION, out);
    }
}

void terminal_register(struct terminal *terminal, const uint8_t point[static PERMIT_POINT_LEN],
                       struct counter_answer *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    uint8_t id[CARD_ID_LEN];
    struct fault fault = {0};
    json_t *fields = fields_of(0, NULL);
    if (!begin(terminal, &session, out) || !add_token(&session, fields, out)) {
        json_decref(fields);
        return;
    }
    enum err err = card_read_id(&session, id, &fault);
    if (err != ERR_NONE) {
        fail(out, err, &fault, "card");
        json_decref(fields);
        return;
    }
    json_object_set_new(fields, "card", json_stringn((const char *)id, sizeof id));
    json_object_set_new(fields, "point", json_hex(bytes_of(point, PERMIT_POINT_LEN)));
    ask_stated(terminal, &session, "card-register", 0, fields, out);
}

/* -- permits -- */

/* The card's challenge to the centre, the centre's permit to the card. */
static bool permit(struct terminal *terminal, struct card_session *session, int64_t number,
                   enum kind kind, enum permit_purpose purpose, struct counter_answer *out)
{
    uint8_t challenge[CHALLENGE_LEN], wire[PERMIT_LEN], id[CARD_ID_LEN];
    struct fault fault = {0};
    memcpy(id, terminal->card, sizeof id);
    enum err err = card_challenge(session, kind, challenge, &fault);
    if (err != ERR_NONE)
        return fail(out, err, &fault, "challenge");
    json_t *fields = fields_of(number, &kind);
    json_object_set_new(fields, "purpose", json_string(permit_purpose_name(purpose)));
    json_object_set_new(fields, "card", json_stringn((const char *)id, sizeof id));
    json_object_set_new(fields, "challenge", json_hex(bytes_of(challenge, sizeof challenge)));
    if (!ask(terminal, "permit", fields, out))
        return false;
    err = hex_decode_exactly(counter_text(out, "permit"), wire, sizeof wire);
    if (err == ERR_NONE)
        err = card_present_permit(session, bytes_of(wire, sizeof wire), &fault);
    return err == ERR_NONE || fail(out, err, &fault, "permit");
}

/* Which card lies in the reader; read first, since it leaves the application. */
static bool begin_with_id(struct terminal *terminal, struct card_session *session,
                          struct counter_answer *out)
{
    struct fault fault = {0};
    if (!begin(terminal, session, out))
        return false;
    enum err err = card_read_id(session, terminal->card, &fault);
    return err == ERR_NONE || fail(out, err, &fault, "card");
}

/* -- PINs -- */

static bool have_pin(struct terminal *terminal, enum kind kind, bool is_new,
                     struct counter_answer *out)
{
    if (terminal->pins[kind].len && !is_new)
        return true;
    return terminal->ask_pin(terminal->context, kind, is_new, &terminal->pins[kind]) ||
           fail(out, ERR_PIN, NULL, "pin");
}

static bool verify_pin(struct terminal *terminal, struct card_session *session, enum kind kind,
                       struct counter_answer *out)
{
    uint8_t tries = 0;
    struct fault fault = {0};
    if (!have_pin(terminal, kind, false, out))
        return false;
    enum err err = card_verify_pin(session, kind, &terminal->pins[kind], &tries, &fault);
    if (err == ERR_NONE)
        return true;
    secret_done(&terminal->pins[kind]);
    if (err == ERR_PIN)
        (void)fault_set(&fault, err, "pin", "%s (%u)", err_sentence(err, language_of_locale()),
                        tries);
    return fail(out, err, &fault, "pin");
}

static bool write_pin(struct terminal *terminal, struct card_session *session, int64_t number,
                      enum kind kind, enum permit_purpose purpose, struct counter_answer *out)
{
    struct fault fault = {0};
    if (!have_pin(terminal, kind, true, out) ||
        !permit(terminal, session, number, kind, purpose, out))
        return false;
    enum err err = card_set_pin(session, kind, &terminal->pins[kind], &fault);
    return err == ERR_NONE || fail(out, err, &fault, "pin");
}

/* A card that has a first PIN already took it when something stopped before the centre heard of it:
 * whoever knows the PIN goes on. */
static bool set_pin(struct terminal *terminal, struct card_session *session, int64_t number,
                    enum kind kind, enum permit_purpose purpose, struct counter_answer *out)
{
    uint8_t tries = 0;
    struct fault fault = {0};
    if (purpose == PERMIT_SET_PIN) {
        enum err err = card_tries(session, kind, &tries, &fault);
        if (err != ERR_NONE)
            return fail(out, err, &fault, "pin");
    }
    return tries ? verify_pin(terminal, session, kind, out)
                 : write_pin(terminal, session, number, kind, purpose, out);
}

static const struct {
    const char *step;
    enum permit_purpose purpose; /* 0: the PIN is known */
} pin_steps[] = {
    {"pin", 0},
    {"pin-set", PERMIT_SET_PIN},
    {"pin-reset", PERMIT_RESET_PIN},
};

static void terminal_pin(struct terminal *terminal, int64_t number, enum kind kind,
                         const char *step, struct counter_answer *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    if (!begin_with_id(terminal, &session, out))
        return;
    for (size_t i = 0; i < COUNT_OF(pin_steps); i++) {
        if (strcmp(pin_steps[i].step, step) != 0)
            continue;
        bool is_done = pin_steps[i].purpose
                           ? set_pin(terminal, &session, number, kind, pin_steps[i].purpose, out)
                           : verify_pin(terminal, &session, kind, out);
        if (is_done &&
            ask_stated(terminal, &session, "pin", number, fields_of(number, &kind), out)) {
            card_session_end(&session);
            bring_back(terminal, kind, out);
        }
        return;
    }
    fail(out, ERR_UNSUPPORTED, NULL, step);
}

/* -- certificates -- */

void terminal_issue(struct terminal *terminal, int64_t number, enum kind kind,
                    struct counter_answer *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct buffer request CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&request, LIMIT_REQUEST);
    if (!begin_with_id(terminal, &session, out) || !verify_pin(terminal, &session, kind, out) ||
        !permit(terminal, &session, number, kind, PERMIT_MAKE_KEY, out))
        return;
    enum err err = card_make_request(&session, kind, &request, &fault);
    if (err != ERR_NONE) {
        fail(out, err, &fault, "key");
        return;
    }
    json_t *fields = fields_of(number, &kind);
    json_object_set_new(fields, "request", json_hex(buffer_bytes(&request)));
    ask_stated(terminal, &session, "issue", number, fields, out);
}

static bool fetch_certificate(struct terminal *terminal, int64_t number, enum kind kind,
                              struct buffer *leaf, struct buffer *authority,
                              struct counter_answer *out)
{
    if (!ask(terminal, "certificate", fields_of(number, &kind), out))
        return false;
    enum err err = hex_decode(bytes_of_text(counter_text(out, "certificate")), leaf);
    if (err == ERR_NONE)
        err = hex_decode(bytes_of_text(counter_text(out, "authority")), authority);
    return err == ERR_NONE || fail(out, ERR_PEER, NULL, "certificate");
}

/* Installed already, when only the receipt was lost? Then the card has it as live. */
static bool is_live(struct card_session *session, enum kind kind, const struct buffer *leaf)
{
    struct buffer live CLEANUP_BUFFER;
    buffer_init(&live, LIMIT_CERTIFICATE);
    return card_read_certificate(session, kind, CARD_LEAF, &live, NULL) == ERR_NONE &&
           bytes_equal(buffer_bytes(&live), buffer_bytes(leaf));
}

static bool install(struct terminal *terminal, struct card_session *session, int64_t number,
                    enum kind kind, struct counter_answer *out)
{
    struct buffer leaf CLEANUP_BUFFER, authority CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&leaf, LIMIT_CERTIFICATE);
    buffer_init(&authority, LIMIT_CERTIFICATE);
    if (!fetch_certificate(terminal, number, kind, &leaf, &authority, out))
        return false;
    if (is_live(session, kind, &leaf))
        return true;
    if (!permit(terminal, session, number, kind, PERMIT_INSTALL, out))
        return false;
    enum err err = card_install(session, buffer_bytes(&leaf), buffer_bytes(&authority), &fault);
    return err == ERR_NONE || fail(out, err, &fault, "install");
}

static void terminal_install(struct terminal *terminal, int64_t number, enum kind kind,
                             struct counter_answer *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    if (begin_with_id(terminal, &session, out) && verify_pin(terminal, &session, kind, out) &&
        install(terminal, &session, number, kind, out))
        ask_stated(terminal, &session, "receipt", number, fields_of(number, &kind), out);
}

void terminal_reenter(struct terminal *terminal, enum kind kind, struct counter_answer *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct buffer leaf CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&leaf, LIMIT_CERTIFICATE);
    if (!begin(terminal, &session, out) ||
        (kind == KIND_SIGNATURE && !verify_pin(terminal, &session, kind, out)))
        return;
    enum err err = card_read_certificate(&session, kind, CARD_LEAF, &leaf, &fault);
    if (err != ERR_NONE) {
        fail(out, err, &fault, "certificate");
        return;
    }
    json_t *fields = fields_of(0, &kind);
    json_object_set_new(fields, "certificate", json_hex(buffer_bytes(&leaf)));
    ask_stated(terminal, &session, "certificate-reenter", 0, fields, out);
}

void terminal_journal(struct terminal *terminal, struct counter_answer *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    if (begin(terminal, &session, out))
        ask_stated(terminal, &session, "journal-about", 0, json_object(), out);
}

bool terminal_step(struct terminal *terminal, const struct counter_answer *application,
                   struct counter_answer *out)
{
    json_t *next = json_object_get(application->detail, "next");
    const char *step = json_string_value(json_object_get(next, "step"));
    const char *kind_text = json_string_value(json_object_get(next, "kind"));
    int64_t number = counter_number(application, "number");
    enum kind kind = KIND_SIGNATURE;
    if (!step || (kind_text && kind_parse(kind_text, &kind) != ERR_NONE))
        return false;
    if (strcmp(step, "card-present") == 0)
        terminal_present(terminal, number, out);
    else if (strcmp(step, "issue") == 0)
        terminal_issue(terminal, number, kind, out);
    else if (strcmp(step, "install") == 0 || strcmp(step, "supersede") == 0)
        terminal_install(terminal, number, kind, out);
    else if (strncmp(step, "pin", 3) == 0 && strcmp(step, "pin-change") != 0)
        terminal_pin(terminal, number, kind, step, out);
    else
        return false;
    return true;
}
