#include "status/responder.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/sign.h"
#include "crypto/verify.h"
#include "status/responder_parts.h"
#include "x509/ocsp.h"

#define KEEP_FOR ((int64_t)300) /* seconds that a kept answer is given out; it lives longer */

static enum err authority_init(struct authority *authority, const struct status_map *map,
                               struct bytes der, struct fault *fault)
{
    authority->map = map;
    enum err err = cert_parse(der, &authority->cert, fault);
    if (err != ERR_NONE)
        return err;
    sha256(authority->cert.spki, authority->key);
    static const struct issuer_hash hashes[NUM_HASHES] = {
        {.algorithm = ALGORITHM_SHA1, .hash = HASH_SHA1},
        {.algorithm = ALGORITHM_SHA256, .hash = HASH_SHA256}};
    for (size_t i = 0; i < NUM_HASHES && err == ERR_NONE; i++) {
        authority->hashes[i] = hashes[i];
        err = hash_once(hashes[i].hash, authority->cert.subject, authority->hashes[i].name);
        if (err == ERR_NONE)
            err = hash_once(hashes[i].hash, authority->cert.key.key, authority->hashes[i].key);
    }
    return err;
}

static unsigned generations_of(const struct responder *responder, enum kind kind)
{
    unsigned num = 0;
    for (size_t i = 0; i < responder->num_authorities; i++)
        num += responder->authorities[i].kind == kind;
    return num;
}

static enum err authority_add(struct responder *responder, enum kind kind,
                              const struct status_map *map, struct bytes der, struct fault *fault)
{
    struct authority *authority = &responder->authorities[responder->num_authorities];
    unsigned generation = generations_of(responder, kind) + 1;
    if (generation > STATUS_GENERATIONS_MAX)
        return fault_set(fault, ERR_LIMIT, "authority", "too many generations");
    authority->kind = kind;
    authority->generation = generation;
    enum err err = authority_init(authority, map, der, fault);
    if (err == ERR_NONE)
        responder->num_authorities++;
    return err;
}

enum err responder_add(struct responder *responder, enum kind kind, struct bytes authority,
                       struct fault *fault)
{
    return authority_add(responder, kind, responder->authorities[kind].map, authority, fault);
}

size_t responder_num_authorities(const struct responder *responder)
{
    return responder->num_authorities;
}

const char *responder_published_name(const struct responder *responder, size_t authority,
                                     char name[static STATUS_NAME])
{
    const struct authority *found = &responder->authorities[authority];
    return status_published_name(found->kind, found->generation, name);
}

bool responder_find(const struct responder *responder, enum kind kind, unsigned generation,
                    size_t *authority)
{
    for (size_t i = 0; i < responder->num_authorities; i++)
        if (responder->authorities[i].kind == kind &&
            responder->authorities[i].generation == generation) {
            *authority = i;
            return true;
        }
    return false;
}

enum err responder_name_key(struct responder *responder)
{
    buffer_cut(&responder->spki, 0);
    enum err err = private_key_spki(responder->key, &responder->spki);
    return err == ERR_NONE ? key_identifier(buffer_bytes(&responder->spki), responder->key_id)
                           : err;
}

static enum err key_make(struct responder *responder)
{
    enum err err = private_key_generate(KEY_P256, 0, &responder->key);
    return err == ERR_NONE ? responder_name_key(responder) : err;
}

enum err responder_new(const struct status_map *const maps[static NUM_KINDS],
                       const struct bytes authorities[static NUM_KINDS], struct responder **out,
                       struct fault *fault)
{
    struct responder *made CLEANUP(responder_cleanup) = calloc(1, sizeof *made);
    if (!made)
        return ERR_MEMORY;
    pthread_mutex_init(&made->lock, NULL);
    buffer_init(&made->spki, STATUS_SPKI_MAX);
    for (size_t i = 0; i < RESPONDER_AUTHORITIES_MAX; i++)
        buffer_init(&made->delegations[i].der, LIMIT_CERTIFICATE);
    enum err err = answers_new(&made->answers);
    if (err == ERR_NONE)
        err = key_make(made);
    for (enum kind kind = 0; kind < NUM_KINDS && err == ERR_NONE; kind++)
        err = authority_add(made, kind, maps[kind], authorities[kind], fault);
    if (err == ERR_NONE)
        *out = steal(&made);
    return err;
}

void responder_free(struct responder *responder)
{
    if (!responder)
        return;
    private_key_free(responder->key);
    answers_free(responder->answers);
    buffer_done(&responder->spki);
    for (size_t i = 0; i < RESPONDER_AUTHORITIES_MAX; i++)
        buffer_done(&responder->delegations[i].der);
    pthread_mutex_destroy(&responder->lock);
    free(responder);
}

void responder_cleanup(struct responder **responder)
{
    responder_free(*responder);
}

struct bytes responder_spki(const struct responder *responder)
{
    return buffer_bytes(&responder->spki);
}

/* --- answers --- */

static bool id_is_of(const struct ocsp_id *id, const struct authority *authority)
{
    for (size_t i = 0; i < NUM_HASHES; i++) {
        const struct issuer_hash *hash = &authority->hashes[i];
        size_t len = hash_len(hash->hash);
        if (id->hash == hash->algorithm)
            return bytes_equal(id->name_hash, bytes_of(hash->name, len)) &&
                   bytes_equal(id->key_hash, bytes_of(hash->key, len));
    }
    return false;
}

/* Is the serial inside what this authority's key signed? */
static bool is_in_generation(const struct authority *authority, uint64_t serial)
{
    struct status_generation all[STATUS_GENERATIONS_MAX];
    size_t num = status_map_generations(authority->map, all);
    for (size_t i = 0; i < num; i++)
        if (memcmp(all[i].key, authority->key, SHA256_LEN) == 0)
            return serial >= all[i].first && serial <= all[i].last;
    return false;
}

/* What a state in the map is in an answer. Only STATUS_GOOD is good. */
static const enum ocsp_status answers_of[] = {
    [STATUS_NEVER] = OCSP_STATUS_UNKNOWN,   [STATUS_RESERVED] = OCSP_STATUS_UNKNOWN,
    [STATUS_GOOD] = OCSP_STATUS_GOOD,       [STATUS_HELD] = OCSP_STATUS_REVOKED,
    [STATUS_REVOKED] = OCSP_STATUS_REVOKED,
};

/* Of an answer about one certificate, from the word that it was made from. */
static enum responder_outcome outcome_of(const struct answer_basis *basis)
{
    static const enum responder_outcome outcomes[] = {[OCSP_STATUS_GOOD] = RESPONDER_GOOD,
                                                      [OCSP_STATUS_REVOKED] = RESPONDER_REVOKED,
                                                      [OCSP_STATUS_UNKNOWN] = RESPONDER_UNKNOWN};
    struct status_entry entry;
    return status_word_decode(basis->word, &entry) == ERR_NONE ? outcomes[answers_of[entry.state]]
                                                               : RESPONDER_INTERNAL_ERROR;
}

static enum err single_fill(const struct authority *authority, struct ocsp_single *single,
                            struct answer_basis *basis)
{
    struct status_entry entry;
    single->status = OCSP_STATUS_UNKNOWN;
    if (!id_is_of(&single->id, authority) || !serial_decode(single->id.serial, &basis->serial) ||
        !is_in_generation(authority, basis->serial))
        return ERR_NONE;
    basis->word = status_map_word(authority->map, basis->serial);
    enum err err = status_word_decode(basis->word, &entry);
    if (err != ERR_NONE)
        return err;
    single->status = answers_of[entry.state];
    single->revoked_at = entry.since;
    single->reason = entry.state == STATUS_HELD ? CRL_REASON_HOLD : (enum crl_reason)entry.reason;
    return ERR_NONE;
}

/* The one authority that is asked about. An answer is signed under one authority, so that a request
 * about two, or about none of ours, has no answer. */
static bool authority_of_request(const struct responder *responder,
                                 const struct ocsp_request *request, size_t *out)
{
    size_t num_asked = 0;
    for (size_t a = 0; a < responder->num_authorities; a++) {
        bool is_asked = false;
        for (size_t i = 0; i < request->num; i++)
            is_asked = is_asked || id_is_of(&request->ids[i], &responder->authorities[a]);
        if (is_asked)
            *out = a;
        num_asked += is_asked;
    }
    return num_asked == 1;
}

static enum err answer_sign(const struct responder *responder, const struct ocsp_facts *facts,
                            struct bytes certificate, struct buffer *out)
{
    struct buffer tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&tbs, LIMIT_OCSP_RESPONSE);
    buffer_init(&signature, SIGNATURE_MAX);
    enum err err = ocsp_encode_tbs(facts, &tbs);
    if (err == ERR_NONE)
        err = sign_message(responder->key, HASH_SHA256, buffer_bytes(&tbs), &signature);
    if (err == ERR_NONE)
        err = ocsp_assemble(buffer_bytes(&tbs), ALGORITHM_ECDSA_SHA256, buffer_bytes(&signature),
                            certificate, out);
    return err;
}

/* The basis comes with authority and made; what is true of the last id alone is kept of a request
 * about one only. */
static enum err answer_make(struct responder *responder, const struct ocsp_request *request,
                            struct answer_basis *basis, struct buffer *certificate,
                            struct buffer *out)
{
    const struct authority *authority = &responder->authorities[basis->authority];
    struct ocsp_single singles[OCSP_MAX_IDS] = {0};
    enum err err = delegation_copy(responder, basis, certificate);
    if (err == ERR_NONE && basis->end > basis->made + PROFILE_OCSP_LIFE)
        basis->end = basis->made + PROFILE_OCSP_LIFE;
    for (size_t i = 0; i < request->num && err == ERR_NONE; i++) {
        singles[i] = (struct ocsp_single){
            .id = request->ids[i], .this_update = basis->made, .next_update = basis->end};
        err = single_fill(authority, &singles[i], basis);
    }
    if (err != ERR_NONE)
        return err;
    struct ocsp_facts facts = {.responder_key_id = bytes_of(responder->key_id, SHA1_LEN),
                               .produced_at = basis->made,
                               .singles = singles,
                               .num = request->num,
                               .nonce = request->nonce};
    return answer_sign(responder, &facts, buffer_bytes(certificate), out);
}

/* --- what was answered before --- */

/* Is everything that the answer was made from still as it was? */
static bool basis_holds(const struct responder *responder, const struct answer_basis *basis,
                        int64_t now)
{
    return now >= basis->made && now < basis->made + KEEP_FOR && now < basis->end &&
           basis->word ==
               status_map_word(responder->authorities[basis->authority].map, basis->serial);
}

static bool answer_again(struct responder *responder, struct bytes input, int64_t now,
                         struct buffer *out, struct answer_basis *basis)
{
    size_t before = out->len;
    if (!answers_find(responder->answers, input, out, basis))
        return false;
    if (basis_holds(responder, basis, now) && delegation_put(responder, basis, out))
        return true;
    buffer_cut(out, before);
    return false;
}

static enum err answer_anew(struct responder *responder, struct bytes input,
                            const uint64_t epochs[static NUM_KINDS], struct answer_basis *basis,
                            struct buffer *out, struct responder_answer *answer)
{
    struct ocsp_request request;
    struct buffer certificate CLEANUP_BUFFER;
    buffer_init(&certificate, LIMIT_CERTIFICATE);
    size_t before = out->len;
    answer->outcome = RESPONDER_MALFORMED;
    if (ocsp_request_parse(input, &request, NULL) != ERR_NONE)
        return ocsp_encode_error(OCSP_MALFORMED_REQUEST, out);
    answer->outcome = RESPONDER_UNAUTHORIZED;
    if (!authority_of_request(responder, &request, &basis->authority))
        return ocsp_encode_error(OCSP_UNAUTHORIZED, out);
    enum err err = answer_make(responder, &request, basis, &certificate, out);
    if (err != ERR_NONE) {
        buffer_cut(out, before);
        answer->outcome = err == ERR_NOT_FOUND ? RESPONDER_TRY_LATER : RESPONDER_INTERNAL_ERROR;
        return ocsp_encode_error(err == ERR_NOT_FOUND ? OCSP_TRY_LATER : OCSP_INTERNAL_ERROR, out);
    }
    answer->outcome = request.num == 1 ? outcome_of(basis) : RESPONDER_SEVERAL;
    answer->epoch = epochs[responder->authorities[basis->authority].kind];
    answer->may_be_stored = request.nonce.len == 0;
    if (answer->may_be_stored && request.num == 1)
        answers_keep(responder->answers, input,
                     bytes_of(out->data + before, out->len - before - certificate.len), basis);
    return ERR_NONE;
}

/* The epoch is read before the words: it never says too much. So is the feed's age: what is
 * answered is at most so old. */
/* In the place of whatever was written. */
static enum err answer_later(struct buffer *out, size_t before, struct responder_answer *answer)
{
    buffer_cut(out, before);
    *answer = (struct responder_answer){.outcome = RESPONDER_TRY_LATER};
    return ocsp_encode_error(OCSP_TRY_LATER, out);
}

enum err responder_answer(struct responder *responder, struct bytes input, int64_t now,
                          struct buffer *out, struct responder_answer *answer)
{
    struct answer_basis basis = {.made = now};
    uint64_t epochs[NUM_KINDS];
    struct responder_moment moment;
    size_t before = out->len;
    *answer = (struct responder_answer){0};
    if (!responder_begin(responder, &moment))
        return answer_later(out, before, answer);
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        epochs[kind] = status_map_epoch(responder->authorities[kind].map);
    if (answer_again(responder, input, now, out, &basis)) {
        answer->may_be_stored = true;
        answer->outcome = outcome_of(&basis);
        answer->epoch = epochs[responder->authorities[basis.authority].kind];
    } else {
        basis = (struct answer_basis){.made = now};
        enum err err = answer_anew(responder, input, epochs, &basis, out, answer);
        if (err != ERR_NONE)
            return err;
    }
    if (!responder_holds(responder, &moment))
        return answer_later(out, before, answer);
    answer->max_age = answer->may_be_stored ? basis.end - now : 0;
    return buffer_check(out);
}
