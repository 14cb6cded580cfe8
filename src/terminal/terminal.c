/* The steps that need the card, one after the other. */
#include "terminal/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"

void terminal_ask_socket(void *centre, const char *act, json_t *fields, struct counter_answer *out)
{
    counter_client_ask(centre, act, fields, out);
}

void terminal_done(struct terminal *terminal)
{
    for (int kind = 0; kind < NUM_KINDS; kind++)
        secret_done(&terminal->pins[kind]);
}

/* -- the card itself -- */

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

void terminal_register(struct terminal *terminal, const uint8_t point[static PERMIT_POINT_LEN],
                       struct counter_answer *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    if (!exchange_begin_with_id(terminal, &session, out))
        return;
    json_t *fields = exchange_fields(0, NULL);
    json_object_set_new(fields, "card",
                        json_stringn((const char *)terminal->card, sizeof terminal->card));
    json_object_set_new(fields, "point", exchange_hex(bytes_of(point, PERMIT_POINT_LEN)));
    exchange_introduced(terminal, &session, "card-register", 0, fields, out);
}

/* -- the permit key -- */

/* Answers with the application as it stands when the card obeys the newest key. */
static bool renew_permit_key(struct terminal *terminal, int64_t number, struct counter_answer *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    uint8_t point[PERMIT_POINT_LEN];
    if (!exchange_begin_with_id(terminal, &session, out) ||
        !exchange_permit(terminal, &session, number, KIND_SIGNATURE, PERMIT_NEW_PERMIT_KEY, out))
        return false;
    return hex_decode_exactly(counter_text(out, "point"), point, sizeof point) == ERR_NONE &&
           card_new_permit_key(&session, bytes_of(point, sizeof point), NULL) == ERR_NONE &&
           exchange_introduced(terminal, &session, "card-present", number,
                               exchange_fields(number, NULL), out);
}

static bool has_old_key(const struct counter_answer *application)
{
    return json_is_true(json_object_get(application->detail, "new_permit_key"));
}

/* The resident did not come for it: where it goes wrong, the card goes on with the key that it has,
 * and gets the new one another time. *application stays, or is as it stands then. */
static void lead_to_newest_key(struct terminal *terminal, int64_t number,
                               struct counter_answer *application)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (!renew_permit_key(terminal, number, &answer))
        return;
    counter_answer_done(application);
    *application = answer;
    answer = (struct counter_answer){0};
}

static void terminal_present(struct terminal *terminal, int64_t number, struct counter_answer *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    if (!exchange_begin(terminal, &session, out) ||
        !exchange_introduced(terminal, &session, "card-present", number,
                             exchange_fields(number, NULL), out))
        return;
    card_session_end(&session);
    bring_back(terminal, KIND_AUTHENTICATION, out);
    if (out->outcome == COUNTER_DONE && has_old_key(out))
        lead_to_newest_key(terminal, number, out);
}

/* -- PINs -- */

static bool have_pin(struct terminal *terminal, enum kind kind, bool is_new,
                     struct counter_answer *out)
{
    if (terminal->pins[kind].len && !is_new)
        return true;
    return terminal->ask_pin(terminal->context, kind, is_new, &terminal->pins[kind]) ||
           exchange_fail(out, ERR_PIN, NULL, "pin");
}

/* Nobody's PIN goes to another card than theirs. */
static bool is_expected(const struct terminal *terminal)
{
    return !terminal->expected[0] ||
           memcmp(terminal->card, terminal->expected, sizeof terminal->card) == 0;
}

static bool verify_pin(struct terminal *terminal, struct card_session *session, enum kind kind,
                       struct counter_answer *out)
{
    uint8_t tries = 0;
    struct fault fault = {0};
    if (!is_expected(terminal))
        return exchange_fail(out, ERR_DENIED, NULL, "another card");
    if (!have_pin(terminal, kind, false, out))
        return false;
    enum err err = card_verify_pin(session, kind, &terminal->pins[kind], &tries, &fault);
    if (err == ERR_NONE)
        return true;
    secret_done(&terminal->pins[kind]);
    if (err == ERR_PIN)
        (void)fault_set(&fault, err, "pin", "%s (%u)", err_sentence(err, language_of_locale()),
                        tries);
    return exchange_fail(out, err, &fault, "pin");
}

static bool write_pin(struct terminal *terminal, struct card_session *session, int64_t number,
                      enum kind kind, enum permit_purpose purpose, struct counter_answer *out)
{
    struct fault fault = {0};
    if (!have_pin(terminal, kind, true, out) ||
        !exchange_permit(terminal, session, number, kind, purpose, out))
        return false;
    enum err err = card_set_pin(session, kind, &terminal->pins[kind], &fault);
    return err == ERR_NONE || exchange_fail(out, err, &fault, "pin");
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
            return exchange_fail(out, err, &fault, "pin");
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
    if (!exchange_begin_with_id(terminal, &session, out))
        return;
    for (size_t i = 0; i < COUNT_OF(pin_steps); i++) {
        if (strcmp(pin_steps[i].step, step) != 0)
            continue;
        bool is_done = pin_steps[i].purpose
                           ? set_pin(terminal, &session, number, kind, pin_steps[i].purpose, out)
                           : verify_pin(terminal, &session, kind, out);
        if (is_done && exchange_stated(terminal, &session, "pin", number,
                                       exchange_fields(number, &kind), out)) {
            card_session_end(&session);
            bring_back(terminal, kind, out);
        }
        return;
    }
    exchange_fail(out, ERR_UNSUPPORTED, NULL, step);
}

/* -- certificates -- */

void terminal_issue(struct terminal *terminal, int64_t number, enum kind kind,
                    struct counter_answer *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct buffer request CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&request, LIMIT_REQUEST);
    if (!exchange_begin_with_id(terminal, &session, out) ||
        !verify_pin(terminal, &session, kind, out) ||
        !exchange_permit(terminal, &session, number, kind, PERMIT_MAKE_KEY, out))
        return;
    enum err err = card_make_request(&session, kind, &request, &fault);
    if (err != ERR_NONE) {
        exchange_fail(out, err, &fault, "key");
        return;
    }
    json_t *fields = exchange_fields(number, &kind);
    json_object_set_new(fields, "request", exchange_hex(buffer_bytes(&request)));
    exchange_stated(terminal, &session, "issue", number, fields, out);
}

static bool fetch_certificate(struct terminal *terminal, int64_t number, enum kind kind,
                              struct buffer *leaf, struct buffer *authority,
                              struct counter_answer *out)
{
    if (!exchange_ask(terminal, "certificate", exchange_fields(number, &kind), out))
        return false;
    enum err err = hex_decode(bytes_of_text(counter_text(out, "certificate")), leaf);
    if (err == ERR_NONE)
        err = hex_decode(bytes_of_text(counter_text(out, "authority")), authority);
    return err == ERR_NONE || exchange_fail(out, ERR_PEER, NULL, "certificate");
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
    if (!exchange_permit(terminal, session, number, kind, PERMIT_INSTALL, out))
        return false;
    enum err err = card_install(session, buffer_bytes(&leaf), buffer_bytes(&authority), &fault);
    return err == ERR_NONE || exchange_fail(out, err, &fault, "install");
}

static void terminal_install(struct terminal *terminal, int64_t number, enum kind kind,
                             struct counter_answer *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    if (exchange_begin_with_id(terminal, &session, out) &&
        verify_pin(terminal, &session, kind, out) && install(terminal, &session, number, kind, out))
        exchange_stated(terminal, &session, "receipt", number, exchange_fields(number, &kind), out);
}

void terminal_reenter(struct terminal *terminal, enum kind kind, struct counter_answer *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct buffer leaf CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&leaf, LIMIT_CERTIFICATE);
    if (!exchange_begin(terminal, &session, out) ||
        (kind == KIND_SIGNATURE && !verify_pin(terminal, &session, kind, out)))
        return;
    enum err err = card_read_certificate(&session, kind, CARD_LEAF, &leaf, &fault);
    if (err != ERR_NONE) {
        exchange_fail(out, err, &fault, "certificate");
        return;
    }
    json_t *fields = exchange_fields(0, &kind);
    json_object_set_new(fields, "certificate", exchange_hex(buffer_bytes(&leaf)));
    exchange_stated(terminal, &session, "certificate-reenter", 0, fields, out);
}

void terminal_journal(struct terminal *terminal, struct counter_answer *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    if (exchange_begin(terminal, &session, out))
        exchange_stated(terminal, &session, "journal-about", 0, json_object(), out);
}

/* It was present at an earlier visit, before there was a newer key. */
static void lead_before_step(struct terminal *terminal, const struct counter_answer *application,
                             const char *step)
{
    struct counter_answer unused CLEANUP_COUNTER_ANSWER = {0};
    if (strcmp(step, "card-present") != 0 && has_old_key(application))
        lead_to_newest_key(terminal, counter_number(application, "number"), &unused);
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
    snprintf(terminal->expected, sizeof terminal->expected, "%s",
             counter_text(application, "card"));
    lead_before_step(terminal, application, step);
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
