/* Authorities, staff, responders. */
#include "centre/setup.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "centre/journal.h"
#include "centre/signing.h"
#include "crypto/hash.h"
#include "crypto/key.h"

void authority_done(struct authority *authority)
{
    buffer_done(&authority->der);
    buffer_done(&authority->spki);
    public_key_free(authority->key);
    authority->key = NULL;
}

static enum err authority_read_key(struct centre *centre, enum kind kind)
{
    struct authority *authority = &centre->authorities[kind];
    enum err err = signer_client_authority_spki(centre->signer, kind, &authority->spki);
    return err == ERR_NONE ? public_key_parse(buffer_bytes(&authority->spki), &authority->key)
                           : err;
}

static enum err authority_load(struct centre *centre, enum kind kind, struct fault *fault)
{
    struct authority *authority = &centre->authorities[kind];
    authority_done(authority);
    buffer_init(&authority->der, LIMIT_CERTIFICATE);
    buffer_init(&authority->spki, LIMIT_CERTIFICATE);
    enum err err = signer_client_authority(centre->signer, kind, &authority->der);
    if (err == ERR_NONE)
        err = authority_read_key(centre, kind);
    if (err != ERR_NONE)
        return fault_set(fault, err, "setup", "the signer has no authority for %s",
                         kind_name(kind));
    return cert_parse(buffer_bytes(&authority->der), &authority->cert, fault);
}

enum err setup_load_authorities(struct centre *centre, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        err = authority_load(centre, (enum kind)kind, fault);
    return err;
}

/* The generation of the authority's key, which signs from its own certificate on. */
static enum err generation_ensure(struct status_map *map, struct bytes spki)
{
    struct status_generation all[STATUS_GENERATIONS_MAX];
    struct status_generation wanted = {.first = 1, .last = STATUS_SERIAL_MAX};
    sha256(spki, wanted.key);
    size_t num = status_map_generations(map, all);
    for (size_t i = 0; i < num; i++)
        if (memcmp(all[i].key, wanted.key, sizeof wanted.key) == 0 &&
            all[i].first == wanted.first && all[i].last == wanted.last)
            return ERR_NONE;
    return status_map_add_generation(map, &wanted);
}

enum err setup_generations(struct centre *centre, struct fault *fault)
{
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        enum err err =
            generation_ensure(centre->maps[kind], buffer_bytes(&centre->authorities[kind].spki));
        if (err != ERR_NONE)
            return fault_set(fault, err, "generation", "the map of %s takes none",
                             kind_name((enum kind)kind));
    }
    return ERR_NONE;
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
    char data[96];
    snprintf(data, sizeof data, "{\"kind\":\"%s\",\"serial\":%lld}", kind_name(own->kind),
             (long long)serial);
    struct chain_entry entry = {.time = clock_now(),
                                .kind = own->what == SIGNER_AUTHORITY ? "authority:done"
                                                                      : "responder:done",
                                .actor = "system",
                                .role = "system",
                                .second = ""};
    return journal_append(centre->store, &entry, bytes_of_text(data), fault);
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
    struct authority *authority = &centre->authorities[kind];
    buffer_init(&subject, LIMIT_CERTIFICATE);
    buffer_init(&subject_ja, LIMIT_CERTIFICATE);
    buffer_init(&authority->spki, LIMIT_CERTIFICATE);
    enum err err = authority_read_key(centre, kind);
    if (err != ERR_NONE)
        return fault_set(fault, err, "setup", "the signer has no key for %s", kind_name(kind));
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
    struct signer_floors floors;
    enum err err = signer_client_floors(centre->signer, &floors);
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++) {
        if (floors.of[kind].serial > 0)
            return fault_set(fault, ERR_EXISTS, "setup", "there is an authority already");
        err = authority_make(centre, (enum kind)kind, fault);
    }
    if (err == ERR_NONE)
        err = signing_settle(centre, fault);
    return err != ERR_NONE ? err : setup_load_authorities(centre, fault);
}

bool setup_has_ended(const struct centre *centre, enum kind kind)
{
    return centre->authorities[kind].cert.not_after < clock_now();
}

/* Nothing outlives its authority. */
static int64_t responder_end(const struct centre *centre, enum kind kind)
{
    int64_t end = clock_now() + PROFILE_RESPONDER_LIFE,
            last = centre->authorities[kind].cert.not_after;
    return end < last ? end : last;
}

enum err setup_responder(struct centre *centre, enum kind kind, struct bytes spki,
                         struct buffer *out, struct fault *fault)
{
    struct buffer subject CLEANUP_BUFFER;
    buffer_init(&subject, LIMIT_CERTIFICATE);
    profile_put_responder(centre->site, kind, &subject);
    const struct own own = {
        .kind = kind,
        .what = SIGNER_RESPONDER,
        .profile = PROFILE_RESPONDER,
        .issuer = &centre->authorities[kind].cert,
        .not_before = clock_now(),
        .not_after = responder_end(centre, kind),
        .spki = spki,
        .subject = buffer_bytes(&subject),
    };
    int64_t serial = 0;
    enum err err = own_store(centre, &own, &serial, fault);
    if (err == ERR_NONE)
        err = signing_settle(centre, fault);
    return err != ERR_NONE ? err : signing_certificate(centre, kind, serial, out, fault);
}
