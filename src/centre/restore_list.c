/* What the last published list says of a time that the database has lost: who was held or revoked
 * then is so again, whether the certificate itself is known or not. */
#include "base/clock.h"
#include "centre/certificate.h"
#include "centre/crl.h"
#include "centre/restore.h"
#include "crypto/hash.h"
#include "crypto/verify.h"
#include "x509/crl.h"

/* Reasons as the map has them. */
static enum status_state state_of(const struct crl_entry *entry)
{
    return entry->reason == CRL_REASON_HOLD ? STATUS_HELD : STATUS_REVOKED;
}

static enum err list_check(enum kind kind, struct bytes certificate, const struct crl *crl,
                           struct fault *fault)
{
    struct cert authority;
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    enum err err = cert_parse(certificate, &authority, fault);
    if (err == ERR_NONE)
        err = public_key_parse(authority.spki, &key);
    if (err != ERR_NONE)
        return err;
    bool is_ours = bytes_equal(crl->issuer, authority.subject) && !crl->has_issuing_point &&
                   crl->algorithm == authority.algorithm &&
                   verify_message(key, HASH_SHA256, crl->tbs, crl->signature) == ERR_NONE;
    return is_ours
               ? ERR_NONE
               : fault_set(fault, ERR_DENIED, "list",
                           "the list of %s is not the full one of this authority", kind_name(kind));
}

/* Nothing if the database says the same, or has it revoked already. */
static bool says_more(const struct certificate *row, enum status_state state)
{
    return row->state != STATUS_REVOKED && row->state != state;
}

static enum err entry_take(struct centre *centre, enum kind kind, int64_t serial,
                           const struct crl_entry *entry, struct restore_result *result,
                           struct fault *fault)
{
    struct certificate row;
    enum status_state state = state_of(entry);
    enum status_reason reason =
        state == STATUS_HELD ? STATUS_UNSPECIFIED : (enum status_reason)entry->reason;
    enum err err = certificate_find(centre, kind, serial, &row, fault);
    if (err == ERR_NONE && says_more(&row, state)) {
        result->num_changed++;
        return certificate_change(centre, &row, state, reason, entry->revoked_at, 0, fault);
    }
    if (err != ERR_NOT_FOUND)
        return err;
    const struct change change = {.kind = kind,
                                  .serial = serial,
                                  .state = state,
                                  .reason = reason,
                                  .time = entry->revoked_at};
    result->num_unknown++;
    return change_add(centre, &change, fault);
}

static enum err entries_take(struct centre *centre, enum kind kind, const struct crl *crl,
                             struct restore_result *result, struct fault *fault)
{
    struct reader entries = reader_of(crl->entries);
    enum err err = ERR_NONE;
    for (struct crl_entry entry; err == ERR_NONE && crl_next(&entries, &entry);) {
        uint64_t serial;
        if (!serial_decode(entry.serial, &serial) || serial == 0 || serial > STATUS_SERIAL_MAX)
            return fault_set(fault, ERR_MALFORMED, "list", "a serial that is none of ours");
        if (serial > result->floors.of[kind].serial)
            result->floors.of[kind].serial = serial;
        err = entry_take(centre, kind, (int64_t)serial, &entry, result, fault);
    }
    return err;
}

enum err restore_list(struct centre *centre, enum kind kind, unsigned generation,
                      const struct restore_facts *facts, struct restore_result *result,
                      struct fault *fault)
{
    struct crl crl;
    uint64_t number = 0;
    struct crl_row last = {0};
    struct signer_floors_of_kind *floors = &result->floors.of[kind];
    enum err err = crl_parse(facts->lists[kind][generation - 1], &crl, fault);
    if (err == ERR_NONE)
        err = list_check(kind, facts->authorities[kind][generation - 1], &crl, fault);
    if (err == ERR_NONE)
        err = crl_last_of(centre->store, kind, generation, NULL, &last, fault);
    if (err != ERR_NONE)
        return err;
    if (!serial_decode(crl.number, &number) || number > INT64_MAX)
        return fault_set(fault, ERR_MALFORMED, "list", "it has no number");
    if (crl.this_update < last.this_update)
        return fault_set(fault, ERR_DENIED, "list",
                         "the list of %s is older than the database: give the last one that was "
                         "published",
                         kind_name(kind));
    floors->crl_number = number > floors->crl_number ? number : floors->crl_number;
    floors->this_update =
        crl.this_update > floors->this_update ? crl.this_update : floors->this_update;
    return entries_take(centre, kind, &crl, result, fault);
}
