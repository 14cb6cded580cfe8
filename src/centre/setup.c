/* Authorities, staff, responders. */
#include "centre/setup.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "centre/crl.h"
#include "centre/journal.h"
#include "centre/signing.h"
#include "crypto/hash.h"

/* Each generation signed from its own certificate on, until the next one's. */
static enum err generation_note(struct centre *centre, enum kind kind, unsigned i)
{
    const struct authorities_of_kind *all = &centre->authorities[kind];
    struct status_generation generation = {.first = 1, .last = STATUS_SERIAL_MAX};
    uint64_t next;
    sha256(buffer_bytes(&all->generations[i].spki), generation.key);
    if (i > 0 && !serial_decode(all->generations[i].cert.serial, &generation.first))
        return ERR_MALFORMED;
    if (i + 1 < all->num && all->generations[i + 1].der.len > 0) {
        if (!serial_decode(all->generations[i + 1].cert.serial, &next))
            return ERR_MALFORMED;
        generation.last = next - 1;
    }
    return status_map_set_generation(centre->maps[kind], &generation);
}

static enum err authority_use(struct centre *centre, enum kind kind, unsigned i,
                              struct fault *fault)
{
    const struct authority *authority = &centre->authorities[kind].generations[i];
    if (authority->der.len == 0)
        return i > 0 ? ERR_NONE
                     : fault_set(fault, ERR_NOT_FOUND, "authority", "%s has no certificate",
                                 kind_name(kind));
    if (generation_note(centre, kind, i) != ERR_NONE)
        return fault_set(fault, ERR_LIMIT, "generation", "the map of %s takes none",
                         kind_name(kind));
    return status_authority_publish(centre->published, kind, authority->generation,
                                    buffer_bytes(&authority->der), fault);
}

enum err setup_show_authorities(struct centre *centre, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (int kind = 0; kind < NUM_KINDS; kind++)
        for (unsigned i = 0; err == ERR_NONE && i < centre->authorities[kind].num; i++)
            err = authority_use(centre, (enum kind)kind, i, fault);
    return err;
}

enum err setup_use_authorities(struct centre *centre, struct fault *fault)
{
    enum err err = authority_load(centre, fault);
    return err == ERR_NONE ? setup_show_authorities(centre, fault) : err;
}

enum err setup_staff(struct store *store, const struct staff *rows, size_t num_rows,
                     struct fault *fault)
{
    enum err err = store_begin(store, fault);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; err == ERR_NONE && i < num_rows; i++)
        err = staff_add(store, &rows[i], fault);
    if (err == ERR_NONE)
        return store_commit(store, fault);
    store_rollback(store);
    return err;
}

/* A certificate that is nobody's in town. */
struct own {
    enum kind kind;
    enum signer_certificate what;
    enum profile_id profile;
    const struct cert *issuer; /* NULL: itself */
    int64_t not_before, not_after;
    struct bytes spki, subject, subject_ja;
    const struct setup_follower *follower; /* whose it is, or NULL */
    unsigned generation;                   /* of the issuer, for a follower */
};

static enum err own_encode(struct centre *centre, const struct own *own, int64_t serial,
                           struct buffer *tbs, struct fault *fault)
{
    uint8_t key_id[20];
    enum err err = key_identifier(own->spki, key_id);
    if (err != ERR_NONE)
        return fault_set(fault, err, "setup", "the key cannot be read");
    const struct cert_facts facts = {
        .serial = (uint64_t)serial,
        .not_before = own->not_before,
        .not_after = own->not_after,
        .subject = own->subject,
        .spki = own->spki,
        .subject_key_id = bytes_of(key_id, sizeof key_id),
        .subject_ja = own->subject_ja,
    };
    return cert_encode_tbs(profile_get(own->profile), centre->site, own->issuer, &facts, tbs);
}

static enum err own_journal(struct centre *centre, const struct own *own, int64_t serial,
                            struct fault *fault)
{
    char data[128];
    int len = snprintf(data, sizeof data, "{\"kind\":\"%s\",\"serial\":%lld", kind_name(own->kind),
                       (long long)serial);
    if (own->follower)
        len += snprintf(data + len, sizeof data - (size_t)len, ",\"follower\":%lld",
                        (long long)own->follower->number);
    snprintf(data + len, sizeof data - (size_t)len, "}");
    struct chain_entry entry = {.time = clock_now(),
                                .kind = own->what == SIGNER_AUTHORITY ? "authority:done"
                                                                      : "responder:done",
                                .actor = "system",
                                .role = "system",
                                .second = ""};
    return journal_append(centre->store, &entry, bytes_of_text(data), fault);
}

/* From half of its life on the next one is due. */
static enum err own_note_follower(struct centre *centre, const struct own *own, int64_t serial,
                                  struct fault *fault)
{
    int64_t renewal = own->not_before + (own->not_after - own->not_before) / 2;
    return store_run(centre->store, STATEMENT_FOLLOWER_CERTIFICATE_INSERT,
                     VALUES(value_integer(own->kind), value_integer(serial),
                            value_integer(own->follower->number), value_integer(own->generation),
                            value_integer(renewal), value_integer(own->not_after)),
                     fault);
}

/* Stored and journalled in a transaction of its own. */
static enum err own_store(struct centre *centre, const struct own *own, int64_t *serial,
                          struct fault *fault)
{
    struct buffer tbs CLEANUP_BUFFER;
    buffer_init(&tbs, LIMIT_CERTIFICATE);
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    err = signing_next_serial(centre, own->kind, serial, fault);
    if (err == ERR_NONE)
        err = own_encode(centre, own, *serial, &tbs, fault);
    if (err == ERR_NONE)
        err = signing_add(centre, own->kind, *serial, own->what, buffer_bytes(&tbs), fault);
    if (err == ERR_NONE && own->follower)
        err = own_note_follower(centre, own, *serial, fault);
    if (err == ERR_NONE)
        err = own_journal(centre, own, *serial, fault);
    if (err == ERR_NONE)
        return store_commit(centre->store, fault);
    store_rollback(centre->store);
    return err;
}

/* An authority lives ten years, to the end of the day in Japan before the anniversary. */
static int64_t authority_end(int64_t now)
{
    struct date end = date_add_months(date_of_time(now), 12 * PROFILE_AUTHORITY_YEARS);
    return date_last_second(date_add_days(end, -1));
}

static enum err authority_make(struct centre *centre, enum kind kind, struct fault *fault)
{
    struct buffer subject CLEANUP_BUFFER, subject_ja CLEANUP_BUFFER;
    const struct authority *authority = authority_next(centre, kind);
    buffer_init(&subject, LIMIT_CERTIFICATE);
    buffer_init(&subject_ja, LIMIT_CERTIFICATE);
    if (!authority)
        return fault_set(fault, ERR_EXISTS, "setup", "there is an authority already");
    profile_put_authority(centre->site, kind, &subject);
    profile_put_authority_ja(centre->site, kind, &subject_ja);
    const struct own own = {
        .kind = kind,
        .what = SIGNER_AUTHORITY,
        .profile = PROFILE_AUTHORITY,
        .not_before = clock_now(),
        .not_after = authority_end(clock_now()),
        .spki = buffer_bytes(&authority->spki),
        .subject = buffer_bytes(&subject),
        .subject_ja = buffer_bytes(&subject_ja),
    };
    int64_t serial;
    return own_store(centre, &own, &serial, fault);
}

enum err setup_authorities(struct centre *centre, struct fault *fault)
{
    enum err err = authority_load(centre, fault);
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        err = authority_make(centre, (enum kind)kind, fault);
    return err == ERR_NONE ? signing_settle(centre, fault) : err;
}

enum err setup_check_unfinished(struct centre *centre, struct fault *fault)
{
    int64_t num = 0;
    enum err err = store_ask_integer(centre->store, STATEMENT_SIGNING_AUTHORITIES_WAITING,
                                     NO_VALUES, &num, fault);
    if (err != ERR_NONE || num == 0)
        return err;
    return fault_set(
        fault, ERR_STATE, "authority",
        "its next generation was begun and not finished: run jpkid authority-new again");
}

/* What a run before could not finish was signed by centre_start. */
enum err setup_new_generation(struct centre *centre, enum kind kind, struct fault *fault)
{
    enum err err = ERR_NONE;
    if (authority_next(centre, kind)) {
        err = authority_make(centre, kind, fault);
        if (err == ERR_NONE)
            err = signing_settle(centre, fault);
        if (err == ERR_NONE)
            err = setup_use_authorities(centre, fault);
    }
    if (err == ERR_NONE && authority_next(centre, kind))
        err = fault_set(fault, ERR_DENIED, "authority", "the signer did not sign its certificate");
    return err == ERR_NONE ? crl_publish_due(centre, fault) : err;
}

/* Nothing outlives its authority. */
static int64_t responder_end(const struct authority *authority)
{
    int64_t end = clock_now() + PROFILE_RESPONDER_LIFE, last = authority->cert.not_after;
    return end < last ? end : last;
}

/* Stored and journalled, then signed; *serial is its own. */
static enum err responder_make(struct centre *centre, enum kind kind,
                               const struct authority *authority, struct bytes spki,
                               const struct setup_follower *follower, int64_t *serial,
                               struct fault *fault)
{
    struct buffer subject CLEANUP_BUFFER;
    buffer_init(&subject, LIMIT_CERTIFICATE);
    profile_put_responder(centre->site, kind, &subject);
    const struct own own = {
        .kind = kind,
        .what = SIGNER_RESPONDER,
        .profile = PROFILE_RESPONDER,
        .issuer = &authority->cert,
        .not_before = clock_now(),
        .not_after = responder_end(authority),
        .spki = spki,
        .subject = buffer_bytes(&subject),
        .follower = follower,
        .generation = authority->generation,
    };
    enum err err = own_store(centre, &own, serial, fault);
    return err == ERR_NONE ? signing_settle(centre, fault) : err;
}

enum err setup_responder(struct centre *centre, enum kind kind, const struct authority *authority,
                         struct bytes spki, struct buffer *out, struct fault *fault)
{
    int64_t serial = 0;
    enum err err = responder_make(centre, kind, authority, spki, NULL, &serial, fault);
    return err != ERR_NONE ? err : signing_certificate(centre, kind, serial, out, fault);
}

enum err setup_follower(struct centre *centre, enum kind kind, const struct authority *authority,
                        struct bytes spki, const struct setup_follower *follower,
                        struct fault *fault)
{
    int64_t serial = 0;
    return responder_make(centre, kind, authority, spki, follower, &serial, fault);
}
