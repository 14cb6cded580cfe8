/* Between the centre and the card: nonces in, statements out; challenges out, permits in. */
#include "terminal/exchange.h"

#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"

bool exchange_fail(struct counter_answer *out, enum err err, const struct fault *fault,
                   const char *what)
{
    counter_answer_done(out);
    out->fault = fault && fault->text[0] ? *fault : (struct fault){.code = err};
    if (!out->fault.text[0])
        (void)fault_set(&out->fault, err, what, "%s", err_sentence(err, language_of_locale()));
    return false;
}

json_t *exchange_hex(struct bytes value)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, 2 * value.len + 1);
    hex_encode(value, &text);
    return json_stringn((const char *)text.data, text.len);
}

bool exchange_ask(struct terminal *terminal, const char *act, json_t *fields,
                  struct counter_answer *out)
{
    counter_answer_done(out);
    terminal->ask(terminal->centre, act, fields, out);
    return out->outcome == COUNTER_DONE;
}

json_t *exchange_fields(int64_t number, const enum kind *kind)
{
    json_t *fields = number ? json_pack("{s:I}", "number", (json_int_t)number) : json_object();
    if (kind)
        json_object_set_new(fields, "kind", json_string(kind_name(*kind)));
    return fields;
}

bool exchange_begin(struct terminal *terminal, struct card_session *session,
                    struct counter_answer *out)
{
    struct fault fault = {0};
    enum err err = card_session_begin(terminal->channel, session, &fault);
    return err == ERR_NONE || exchange_fail(out, err, &fault, "card");
}

/* It is read first, since that leaves the application. */
bool exchange_begin_with_id(struct terminal *terminal, struct card_session *session,
                            struct counter_answer *out)
{
    struct fault fault = {0};
    if (!exchange_begin(terminal, session, out))
        return false;
    enum err err = card_read_id(session, terminal->card, &fault);
    return err == ERR_NONE || exchange_fail(out, err, &fault, "card");
}

/* -- statements -- */

static bool ask_nonce(struct terminal *terminal, int64_t number,
                      uint8_t nonce[static STATEMENT_NONCE_LEN], struct counter_answer *out)
{
    if (!exchange_ask(terminal, "nonce", exchange_fields(number, NULL), out))
        return false;
    enum err err = hex_decode_exactly(counter_text(out, "nonce"), nonce, STATEMENT_NONCE_LEN);
    return err == ERR_NONE || exchange_fail(out, err, NULL, "nonce");
}

static bool add_statement(struct card_session *session, struct bytes nonce, json_t *fields,
                          struct counter_answer *out)
{
    uint8_t statement[STATEMENT_LEN];
    struct fault fault = {0};
    enum err err = card_statement(session, nonce, statement, &fault);
    if (err != ERR_NONE)
        return exchange_fail(out, err, &fault, "statement");
    json_object_set_new(fields, "nonce", exchange_hex(nonce));
    json_object_set_new(fields, "statement", exchange_hex(bytes_of(statement, sizeof statement)));
    return true;
}

/* A card of an earlier kind cannot say it; then it has the permit key that it was made with. */
static void add_permit_key(struct card_session *session, struct bytes nonce, json_t *fields)
{
    uint8_t statement[KEY_STATEMENT_LEN];
    if (card_key_statement(session, nonce, statement, NULL) == ERR_NONE)
        json_object_set_new(fields, "permit_key",
                            exchange_hex(bytes_of(statement, sizeof statement)));
}

static bool add_token(struct card_session *session, json_t *fields, struct counter_answer *out)
{
    struct card_description description;
    struct fault fault = {0};
    enum err err = card_describe(session, &description, &fault);
    if (err != ERR_NONE)
        return exchange_fail(out, err, &fault, "card");
    json_object_set_new(fields, "token", json_string(description.label));
    return true;
}

bool exchange_stated(struct terminal *terminal, struct card_session *session, const char *act,
                     int64_t number, json_t *fields, struct counter_answer *out)
{
    uint8_t nonce[STATEMENT_NONCE_LEN];
    if (ask_nonce(terminal, number, nonce, out) &&
        add_statement(session, bytes_of(nonce, sizeof nonce), fields, out))
        return exchange_ask(terminal, act, fields, out);
    json_decref(fields);
    return false;
}

bool exchange_introduced(struct terminal *terminal, struct card_session *session, const char *act,
                         int64_t number, json_t *fields, struct counter_answer *out)
{
    uint8_t nonce[STATEMENT_NONCE_LEN];
    if (add_token(session, fields, out) && ask_nonce(terminal, number, nonce, out) &&
        add_statement(session, bytes_of(nonce, sizeof nonce), fields, out)) {
        add_permit_key(session, bytes_of(nonce, sizeof nonce), fields);
        return exchange_ask(terminal, act, fields, out);
    }
    json_decref(fields);
    return false;
}

/* -- permits -- */

static json_t *permit_fields(const struct terminal *terminal, int64_t number, enum kind kind,
                             enum permit_purpose purpose, struct bytes challenge)
{
    bool has_kind = purpose != PERMIT_NEW_PERMIT_KEY;
    json_t *fields = exchange_fields(number, has_kind ? &kind : NULL);
    json_object_set_new(fields, "purpose", json_string(permit_purpose_name(purpose)));
    json_object_set_new(fields, "card",
                        json_stringn((const char *)terminal->card, sizeof terminal->card));
    json_object_set_new(fields, "challenge", exchange_hex(challenge));
    return fields;
}

/* *is_unknown: it is signed by another permit key than the card's. */
static bool permit_once(struct terminal *terminal, struct card_session *session, int64_t number,
                        enum kind kind, enum permit_purpose purpose, bool *is_unknown,
                        struct counter_answer *out)
{
    uint8_t challenge[CHALLENGE_LEN], wire[PERMIT_LEN];
    struct fault fault = {0};
    enum err err = card_challenge(session, kind, challenge, &fault);
    if (err != ERR_NONE)
        return exchange_fail(out, err, &fault, "challenge");
    json_t *fields =
        permit_fields(terminal, number, kind, purpose, bytes_of(challenge, sizeof challenge));
    if (!exchange_ask(terminal, "permit", fields, out))
        return false;
    err = hex_decode_exactly(counter_text(out, "permit"), wire, sizeof wire);
    if (err != ERR_NONE)
        return exchange_fail(out, err, NULL, "permit");
    err = card_present_permit(session, bytes_of(wire, sizeof wire), &fault);
    *is_unknown = err == ERR_NOT_FOUND;
    return err == ERR_NONE || exchange_fail(out, err, &fault, "permit");
}

bool exchange_permit(struct terminal *terminal, struct card_session *session, int64_t number,
                     enum kind kind, enum permit_purpose purpose, struct counter_answer *out)
{
    bool is_unknown = false;
    if (permit_once(terminal, session, number, kind, purpose, &is_unknown, out))
        return true;
    return is_unknown &&
           exchange_introduced(terminal, session, "card-present", number,
                               exchange_fields(number, NULL), out) &&
           permit_once(terminal, session, number, kind, purpose, &is_unknown, out);
}
