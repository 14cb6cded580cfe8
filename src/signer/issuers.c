/* The authorities' own certificates: one file a generation, found by its key or by what a
 * certificate says of its issuer. */
#include <limits.h>
#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "signer/signer.h"
#include "signer/state.h"

static enum err issuer_path(const char *folder, enum kind kind, unsigned generation,
                            char path[static PATH_MAX], struct fault *fault)
{
    char name[64];
    snprintf(name, sizeof name, "authority-%s-%u.cer", kind_name(kind), generation);
    return path_join(folder, name, path, fault);
}

static bool is_made(const struct signer *signer, enum kind kind, unsigned generation)
{
    return signer->issuers[kind][generation - 1].cert.whole.len > 0;
}

unsigned signer_newest(const struct signer *signer, enum kind kind)
{
    unsigned generation = signer->keys.num_generations[kind];
    while (generation > 0 && !is_made(signer, kind, generation))
        generation--;
    return generation;
}

static enum err key_find(const struct signer *signer, enum kind kind, struct bytes spki,
                         unsigned *generation)
{
    for (unsigned g = 1; g <= signer->keys.num_generations[kind]; g++) {
        struct buffer own CLEANUP_BUFFER;
        buffer_init(&own, LIMIT_KEY_FILE);
        enum err err = private_key_spki(signer->keys.authority[kind][g - 1], &own);
        if (err != ERR_NONE)
            return err;
        if (bytes_equal(spki, buffer_bytes(&own))) {
            *generation = g;
            return ERR_NONE;
        }
    }
    return ERR_DENIED;
}

enum err signer_find_own(const struct signer *signer, enum kind kind, const struct cert *cert,
                         unsigned *generation, struct fault *fault)
{
    struct buffer name CLEANUP_BUFFER;
    buffer_init(&name, LIMIT_CERTIFICATE);
    profile_put_authority(&signer->site, kind, &name);
    enum err err = buffer_check(&name);
    if (err != ERR_NONE)
        return err;
    err = key_find(signer, kind, cert->spki, generation);
    if (err != ERR_NONE)
        return fault_set(fault, err, "own key", "an authority certifies its own key");
    if (!bytes_equal(cert->subject, buffer_bytes(&name)))
        return fault_set(fault, ERR_DENIED, "own name", "not the name that the profile gives");
    return ERR_NONE;
}

enum err signer_find_issuer(const struct signer *signer, enum kind kind, struct bytes key_id,
                            unsigned *generation, struct fault *fault)
{
    unsigned newest = signer_newest(signer, kind);
    if (newest == 0)
        return fault_set(fault, ERR_STATE, "authority", "it has no certificate yet");
    for (unsigned g = newest; g > 0; g--)
        if (is_made(signer, kind, g) &&
            bytes_equal(key_id, signer->issuers[kind][g - 1].cert.subject_key_id)) {
            *generation = g;
            return ERR_NONE;
        }
    return fault_set(fault, ERR_DENIED, "authorityKeyIdentifier", "of no authority of ours");
}

/* Takes over a certificate of that generation's own key. */
static enum err issuer_set(struct signer *signer, enum kind kind, unsigned generation,
                           struct bytes der, struct fault *fault)
{
    struct signer_issuer *issuer = &signer->issuers[kind][generation - 1];
    unsigned found = 0;
    buffer_done(&issuer->der);
    issuer->cert = (struct cert){0};
    buffer_put_bytes(&issuer->der, der);
    enum err err = buffer_check(&issuer->der);
    if (err == ERR_NONE)
        err = cert_parse(buffer_bytes(&issuer->der), &issuer->cert, fault);
    if (err == ERR_NONE)
        err = signer_find_own(signer, kind, &issuer->cert, &found, fault);
    if (err == ERR_NONE && found != generation)
        err = fault_set(fault, ERR_DENIED, "own key", "of another generation");
    if (err != ERR_NONE)
        issuer->cert = (struct cert){0};
    return err;
}

static enum err issuer_read(struct signer *signer, enum kind kind, unsigned generation,
                            struct fault *fault)
{
    char path[PATH_MAX];
    struct buffer der CLEANUP_BUFFER;
    buffer_init(&der, LIMIT_CERTIFICATE);
    enum err err = issuer_path(signer->folder, kind, generation, path, fault);
    if (err == ERR_NONE)
        err = file_read(path, &der, fault);
    if (err == ERR_NOT_FOUND)
        return ERR_NONE; /* not made yet */
    return err == ERR_NONE ? issuer_set(signer, kind, generation, buffer_bytes(&der), fault) : err;
}

enum err signer_issuers_read(struct signer *signer, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        for (unsigned g = 1; err == ERR_NONE && g <= signer->keys.num_generations[kind]; g++)
            err = issuer_read(signer, kind, g, fault);
    return err;
}

/* It stays here: everything else is held against it. */
enum err signer_issuer_keep(struct signer *signer, enum kind kind, unsigned generation,
                            struct bytes tbs, struct bytes signature, struct fault *fault)
{
    char path[PATH_MAX];
    struct buffer der CLEANUP_BUFFER;
    buffer_init(&der, LIMIT_CERTIFICATE);
    struct cert cert;
    if (is_made(signer, kind, generation))
        return ERR_NONE;
    enum err err = issuer_path(signer->folder, kind, generation, path, fault);
    if (err == ERR_NONE)
        err = cert_parse_tbs(tbs, &cert, fault);
    if (err == ERR_NONE)
        err = cert_assemble(tbs, cert.algorithm, signature, &der);
    if (err == ERR_NONE)
        err = file_replace(path, buffer_bytes(&der), 0644, fault);
    return err == ERR_NONE ? issuer_set(signer, kind, generation, buffer_bytes(&der), fault) : err;
}

static bool is_generation(const struct signer *signer, enum kind kind, unsigned generation)
{
    return generation > 0 && generation <= signer->keys.num_generations[kind];
}

enum err signer_authority_spki(const struct signer *signer, enum kind kind, unsigned generation,
                               struct buffer *spki)
{
    return is_generation(signer, kind, generation)
               ? private_key_spki(signer->keys.authority[kind][generation - 1], spki)
               : ERR_NOT_FOUND;
}

enum err signer_authority(const struct signer *signer, enum kind kind, unsigned generation,
                          struct bytes *out)
{
    if (!is_generation(signer, kind, generation) || !is_made(signer, kind, generation))
        return ERR_NOT_FOUND;
    *out = signer->issuers[kind][generation - 1].cert.whole;
    return ERR_NONE;
}
