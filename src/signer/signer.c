/* Opening and closing, and the public parts. What is signed, and when, is in sign_*.c. */
#include "signer/signer.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "signer/state.h"

static enum key_type authority_key_type(const struct profile_site *site)
{
    return profile_authority_key(site) == SPKI_P256 ? KEY_P256 : KEY_RSA;
}

enum err signer_create(const char *folder, const struct profile_site *site,
                       const struct signer_token *token, const struct secret *passphrase,
                       struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = path_join(folder, "signed.log", path, fault);
    if (err == ERR_NONE)
        err = signer_keys_create(folder, authority_key_type(site), token, passphrase, fault);
    return err == ERR_NONE ? signed_log_create(path, fault) : err;
}

/* What the index says is believed if the log has it too; else the whole log is read. */
static enum err index_open(struct signer *signer, struct fault *fault)
{
    char path[PATH_MAX];
    struct index_state state = {0};
    enum err err = path_join(signer->folder, "signed.index", path, fault);
    if (err != ERR_NONE)
        return err;
    err = signed_index_open(path, &signer->index, &state, fault);
    if (err == ERR_NONE && state.floors.sequence)
        err = signed_log_skip(signer->log, state.floors.sequence, state.chain, fault);
    if (err == ERR_NONE)
        signer->floors = state.floors;
    if (err != ERR_MALFORMED && err != ERR_NOT_FOUND)
        return err;
    signed_index_free(signer->index);
    signer->index = NULL;
    signer->is_index_new = true;
    return signed_index_create(path, &signer->index, fault);
}

static enum err log_read(struct signer *signer, struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = path_join(signer->folder, "signed.log", path, fault);
    if (err == ERR_NONE)
        err = signed_log_open(path, &signer->log, fault);
    if (err == ERR_NONE)
        err = index_open(signer, fault);
    fault_name_input(fault, path);
    if (err == ERR_NONE)
        err = signed_log_read(signer->log, signer_note, signer, &signer->was_torn, fault);
    signer->is_log_read = err == ERR_NONE;
    return err;
}

static enum err signer_read(struct signer *signer, const struct secret *passphrase,
                            struct fault *fault)
{
    enum err err = signer_keys_open(signer->folder, authority_key_type(&signer->site), passphrase,
                                    &signer->keys, fault);
    if (err == ERR_NONE)
        err = log_read(signer, fault);
    return err == ERR_NONE ? signer_issuers_read(signer, fault) : err;
}

enum err signer_open(const char *folder, const struct profile_site *site,
                     const struct secret *passphrase, struct signer **out, struct fault *fault)
{
    struct signer *signer CLEANUP_SIGNER = calloc(1, sizeof *signer);
    if (!signer)
        return fault_set(fault, ERR_MEMORY, "signer", "out of memory");
    signer->site = *site;
    signer->lists_fd = -1;
    pthread_mutex_init(&signer->lock, NULL);
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        for (size_t i = 0; i < SIGNER_GENERATIONS_MAX; i++)
            buffer_init(&signer->issuers[kind][i].der, LIMIT_CERTIFICATE);
    signer->folder = strdup(folder);
    if (!signer->folder)
        return fault_set(fault, ERR_MEMORY, "signer", "out of memory");
    enum err err = signer_read(signer, passphrase, fault);
    if (err == ERR_NONE)
        *out = steal(&signer);
    return err;
}

enum err signer_add_generation(struct signer *signer, enum kind kind,
                               const struct secret *passphrase, struct fault *fault)
{
    if (signer_newest(signer, kind) < signer->keys.num_generations[kind])
        return ERR_NONE;
    return signer_keys_add(signer->folder, kind, authority_key_type(&signer->site), passphrase,
                           &signer->keys, fault);
}

enum err signer_add_permit_key(struct signer *signer, unsigned generation,
                               const struct secret *passphrase, struct fault *fault)
{
    if (generation == signer->keys.num_permits)
        return ERR_NONE;
    if (generation != signer->keys.num_permits + 1)
        return fault_set(fault, ERR_DENIED, "permit key", "there are %u, and not %u",
                         signer->keys.num_permits, generation - 1);
    return signer_keys_add_permit(signer->folder, passphrase, &signer->keys, fault);
}

void signer_free(struct signer *signer)
{
    if (!signer)
        return;
    workers_free(signer->workers);
    pthread_mutex_destroy(&signer->lock);
    signer_keys_done(&signer->keys);
    signed_log_free(signer->log);
    signed_index_free(signer->index);
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        for (size_t i = 0; i < SIGNER_GENERATIONS_MAX; i++)
            buffer_done(&signer->issuers[kind][i].der);
    free(signer->folder);
    free(signer);
}

void signer_cleanup(struct signer **signer)
{
    signer_free(*signer);
}

const char *signer_token_files(const struct signer *signer)
{
    return signer->keys.token_files[0] ? signer->keys.token_files : NULL;
}

bool signer_was_torn(const struct signer *signer)
{
    return signer->was_torn;
}

bool signer_is_index_new(const struct signer *signer)
{
    return signer->is_index_new;
}

enum err signer_prove(struct signer *signer, struct fault *fault)
{
    return signer_keys_prove(&signer->keys, fault);
}

enum err signer_check(const struct signer *signer, struct fault *fault)
{
    return signer_keys_check(&signer->keys, fault);
}

enum err signer_not_signed(const struct signer *signer, enum err err, struct fault *fault)
{
    return signer_check(signer, fault) == ERR_NONE
               ? fault_set(fault, err, "key", "it could not be used")
               : err;
}

void signer_get_floors(const struct signer *signer, struct signer_floors *out)
{
    *out = signer->floors;
}

static enum err restored_put(struct signer *signer, enum kind kind,
                             const struct signer_floors_of_kind *floors, struct fault *fault)
{
    struct signed_record record = {.type = SIGNED_RESTORED,
                                   .kind = kind,
                                   .number = floors->serial,
                                   .crl_number = floors->crl_number,
                                   .when = floors->this_update};
    return signer_admit(signer, &record, fault);
}

enum err signer_restore(struct signer *signer, const struct signer_floors *floors,
                        struct fault *fault)
{
    enum err err = ERR_NONE;
    for (enum kind kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        err = restored_put(signer, kind, &floors->of[kind], fault);
    struct signed_record record = {.type = SIGNED_JOURNAL_AGAIN,
                                   .number = floors->checkpoint.number,
                                   .when = floors->checkpoint.time};
    memcpy(record.head, floors->checkpoint.head, SIGNER_HEAD_LEN);
    if (err == ERR_NONE)
        err = signer_admit(signer, &record, fault);
    return err == ERR_NONE ? signer_admitted(signer, fault) : err;
}

enum err signer_permit_key(const struct signer *signer, unsigned generation,
                           uint8_t point[static SIGNER_POINT_LEN])
{
    if (generation == 0 || generation > signer->keys.num_permits)
        return ERR_NOT_FOUND;
    return signer_key_point(signer->keys.permit[generation - 1], point);
}

enum err signer_journal_key(const struct signer *signer, uint8_t point[static SIGNER_POINT_LEN])
{
    return signer_key_point(signer->keys.journal, point);
}
