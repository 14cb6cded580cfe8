#include "centre/authority.h"

#include "base/clock.h"
#include "base/limits.h"
#include "centre/centre.h"

static void authority_done(struct authority *authority)
{
    buffer_done(&authority->der);
    buffer_done(&authority->spki);
    public_key_free(authority->key);
    *authority = (struct authority){0};
}

void authority_unload(struct centre *centre)
{
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        struct authorities_of_kind *all = &centre->authorities[kind];
        for (unsigned i = 0; i < all->num; i++)
            authority_done(&all->generations[i]);
        all->num = 0;
    }
}

/* ERR_NOT_FOUND: the signer has no such generation. */
static enum err authority_read(struct centre *centre, enum kind kind, unsigned generation,
                               struct authority *out, struct fault *fault)
{
    *out = (struct authority){.generation = generation};
    buffer_init(&out->der, LIMIT_CERTIFICATE);
    buffer_init(&out->spki, LIMIT_CERTIFICATE);
    enum err err = signer_client_authority_spki(centre->signer, kind, generation, &out->spki);
    if (err == ERR_NONE)
        err = public_key_parse(buffer_bytes(&out->spki), &out->key);
    if (err != ERR_NONE)
        return err;
    err = signer_client_authority(centre->signer, kind, generation, &out->der);
    if (err == ERR_NOT_FOUND)
        return ERR_NONE;
    return err == ERR_NONE ? cert_parse(buffer_bytes(&out->der), &out->cert, fault) : err;
}

static enum err kind_load(struct centre *centre, enum kind kind, struct fault *fault)
{
    struct authorities_of_kind *all = &centre->authorities[kind];
    for (all->num = 0; all->num < SIGNER_GENERATIONS_MAX;) {
        struct authority *next = &all->generations[all->num];
        enum err err = authority_read(centre, kind, all->num + 1, next, fault);
        if (err != ERR_NONE)
            authority_done(next);
        if (err == ERR_NOT_FOUND && all->num > 0)
            break;
        if (err != ERR_NONE)
            return fault_set(fault, err, "authority", "the signer has none for %s",
                             kind_name(kind));
        all->num++;
    }
    return ERR_NONE;
}

enum err authority_load(struct centre *centre, struct fault *fault)
{
    enum err err = ERR_NONE;
    authority_unload(centre);
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        err = kind_load(centre, (enum kind)kind, fault);
    return err;
}

const struct authority *authority_newest(const struct centre *centre, enum kind kind)
{
    const struct authorities_of_kind *all = &centre->authorities[kind];
    unsigned i = all->num;
    while (i > 1 && all->generations[i - 1].der.len == 0)
        i--;
    return &all->generations[i > 0 ? i - 1 : 0];
}

const struct authority *authority_next(const struct centre *centre, enum kind kind)
{
    const struct authorities_of_kind *all = &centre->authorities[kind];
    const struct authority *last = all->num > 0 ? &all->generations[all->num - 1] : NULL;
    return last && last->der.len == 0 ? last : NULL;
}

const struct authority *authority_of_issued(const struct centre *centre, enum kind kind,
                                            const struct cert *cert)
{
    const struct authorities_of_kind *all = &centre->authorities[kind];
    for (unsigned i = all->num; i > 0; i--) {
        const struct authority *authority = &all->generations[i - 1];
        if (authority->der.len > 0 &&
            bytes_equal(cert->authority_key_id.key_id, authority->cert.subject_key_id))
            return authority;
    }
    return NULL;
}

static const struct authority *authority_of_key(const struct centre *centre, enum kind kind,
                                                struct bytes spki)
{
    const struct authorities_of_kind *all = &centre->authorities[kind];
    for (unsigned i = all->num; i > 0; i--)
        if (bytes_equal(spki, buffer_bytes(&all->generations[i - 1].spki)))
            return &all->generations[i - 1];
    return NULL;
}

const struct authority *authority_of_tbs(const struct centre *centre, enum kind kind,
                                         enum signer_certificate what, struct bytes tbs)
{
    struct cert cert;
    if (centre->authorities[kind].num == 1)
        return &centre->authorities[kind].generations[0];
    if (cert_parse_tbs(tbs, &cert, NULL) != ERR_NONE)
        return NULL;
    return what == SIGNER_AUTHORITY ? authority_of_key(centre, kind, cert.spki)
                                    : authority_of_issued(centre, kind, &cert);
}

bool authority_has_ended(const struct authority *authority, int64_t t)
{
    return authority->cert.not_after < t;
}

bool authority_is_current(const struct authority *authority)
{
    return authority->der.len > 0 && !authority_has_ended(authority, clock_now());
}
