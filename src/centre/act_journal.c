/* The journal entry of an act: its fields as they came, and what its function noted. */
#include <stdlib.h>

#include "base/encoding.h"
#include "centre/act.h"
#include "centre/journal.h"
#include "centre/term.h"
#include "crypto/hash.h"

static void put_digest(json_t *fields, const char *name, const uint8_t digest[static SHA256_LEN])
{
    char hex[2 * SHA256_LEN + 1];
    json_object_set_new(fields, name,
                        json_sprintf("SHA-256 %s", hex_print(digest, SHA256_LEN, hex)));
}

/* Of these the SHA-256: what a code is or is made of, and what is journalled briefly. */
static json_t *call_fields(const struct act_call *call)
{
    bool is_brief = call->act->trace == JOURNALLED_BRIEFLY;
    const struct {
        uint64_t field;
        bool is_digested;
        struct bytes value;
    } rows[] = {{FIELD_CODE, true, bytes_of_text(call->fields.code)},
                {FIELD_LOGIN_CODE, true, bytes_of_text(call->fields.login_code)},
                {FIELD_ONCE, true, bytes_of(call->fields.once, sizeof call->fields.once)},
                {FIELD_FILE, is_brief, call->fields.file},
                {FIELD_LOGIN, is_brief, bytes_of(call->fields.login, sizeof call->fields.login)},
                {FIELD_CERTIFICATE, is_brief, buffer_bytes(&call->fields.certificate)},
                {FIELD_SIGNATURE, is_brief, buffer_bytes(&call->fields.signature)}};
    json_t *fields = json_copy(call->request);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].is_digested && act_has(call, rows[i].field)) {
            uint8_t digest[SHA256_LEN];
            sha256(rows[i].value, digest);
            put_digest(fields, field_name(rows[i].field), digest);
        }
    return fields;
}

static char *call_data(const struct act_call *call)
{
    json_t *data = json_object();
    json_object_set_new(data, "fields", call_fields(call));
    json_object_update(data, call->notes);
    if (call->application)
        json_object_set_new(data, "application", json_integer(call->application));
    char *text = json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(data);
    return text;
}

void act_is_about(struct act_call *call, int64_t resident)
{
    for (size_t i = 0; i < call->num_residents; i++)
        if (call->residents[i] == resident)
            return;
    if (call->num_residents < LIMIT_ACT_RESIDENTS)
        call->residents[call->num_residents++] = resident;
}

bool act_journal(struct act_call *call, const char *outcome)
{
    char kind[128];
    snprintf(kind, sizeof kind, "%s:%s", call->act->name, outcome);
    struct buffer role CLEANUP_BUFFER;
    buffer_init(&role, 128);
    roles_print(call->actor.roles & call->act->roles, &role);
    char *data = call_data(call);
    if (!data || !buffer_text(&role))
        return act_fail(call, ERR_MEMORY);
    struct chain_entry entry = {.time = call->now,
                                .kind = kind,
                                .actor = call->actor.name,
                                .role = buffer_text(&role),
                                .second = call->second.name};
    enum err err = journal_append(call->centre->store, &entry, bytes_of_text(data), &call->fault);
    free(data);
    const struct term_subject subject = {.application = call->application,
                                         .residents = call->residents,
                                         .num_residents = call->num_residents};
    return act_ok(call, err) &&
           act_ok(call, term_add(call->centre->store, &entry, &subject, &call->fault));
}
