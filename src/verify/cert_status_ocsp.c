/* OCSP from the relying party's side (RFC 6960): the question, and every check of the answer. */
#include <string.h>

#include "base/limits.h"
#include "verify/algorithms.h"
#include "verify/cert_status_parts.h"

#define INPUT "OCSP answer"

/* A CertID with its hashes; id borrows from them. */
struct wanted_id {
    uint8_t name_hash[HASH_MAX], key_hash[HASH_MAX];
    struct ocsp_id id;
};

/* RFC 6960 4.1.1: hashes of the issuer's name and of its key bits. False for an unknown hash. */
static bool id_make(const struct cert_status_question *question, enum algorithm algorithm,
                    struct wanted_id *out)
{
    enum hash hash;
    const struct cert *issuer = &question->authority->cert;
    if (!hash_of_algorithm(algorithm, &hash) ||
        hash_once(hash, issuer->subject, out->name_hash) != ERR_NONE ||
        hash_once(hash, issuer->key.key, out->key_hash) != ERR_NONE)
        return false;
    out->id = (struct ocsp_id){
        .hash = algorithm,
        .name_hash = bytes_of(out->name_hash, hash_len(hash)),
        .key_hash = bytes_of(out->key_hash, hash_len(hash)),
        .serial = question->cert->serial,
    };
    return true;
}

enum err cert_status_ocsp_request(const struct cert_status_question *question, struct bytes nonce,
                                  struct buffer *out)
{
    struct wanted_id wanted;
    /* SHA-1: every responder knows it, and it only names the issuer here */
    if (!id_make(question, ALGORITHM_SHA1, &wanted))
        return ERR_CRYPTO;
    struct ocsp_request request = {.num = 1, .nonce = nonce};
    request.ids[0] = wanted.id;
    return ocsp_request_encode(&request, out);
}

/* The one statement about the certificate. Two under different hashes could contradict each other:
 * refused as well. */
static enum err find_single(const struct cert_status_question *question,
                            const struct ocsp_response *response, const struct ocsp_single **out,
                            struct fault *fault)
{
    const struct ocsp_single *found = NULL;
    for (size_t i = 0; i < response->num; i++) {
        struct wanted_id wanted;
        const struct ocsp_single *single = &response->singles[i];
        if (!id_make(question, single->id.hash, &wanted) || !ocsp_id_equal(&wanted.id, &single->id))
            continue;
        if (found)
            return cert_status_refuse(fault, INPUT, "SingleResponse",
                                      "more than one about the certificate");
        found = single;
    }
    if (!found)
        return cert_status_refuse(fault, INPUT, "SingleResponse", "none about the certificate");
    *out = found;
    return ERR_NONE;
}

/* RFC 6960 4.2.2.3: named by its key, or by its name. */
static bool is_named(const struct ocsp_response *response, const struct cert *cert)
{
    uint8_t key_id[SHA1_LEN];
    if (response->responder_key_id.len == 0)
        return bytes_equal(response->responder_name, cert->subject);
    return hash_once(HASH_SHA1, cert->key.key, key_id) == ERR_NONE &&
           bytes_equal(response->responder_key_id, bytes_of(key_id, sizeof key_id));
}

static enum err check_delegated(const struct cert_status_question *question,
                                const struct ocsp_response *response, struct fault *fault)
{
    struct cert responder;
    fault_name_input(fault, "certificate of the OCSP responder");
    enum err err = cert_parse(response->cert, &responder, fault);
    if (err != ERR_NONE)
        return err;
    const char *text =
        is_named(response, &responder)
            ? cert_status_responder_fault(question, &responder, response->produced_at)
            : "not the responder that the answer names";
    if (text)
        return cert_status_refuse(fault, INPUT, "responder", text);
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    err = public_key_parse(responder.spki, &key);
    if (err != ERR_NONE ||
        !is_signed_by(key, response->tbs, response->algorithm, response->signature))
        return cert_status_refuse(fault, INPUT, "signature", "not the responder's");
    return ERR_NONE;
}

static enum err check_responder(const struct cert_status_question *question,
                                const struct ocsp_response *response, struct fault *fault)
{
    const struct authority *authority = question->authority;
    bool is_authority =
        response->cert.len == 0 || bytes_equal(response->cert, buffer_bytes(&authority->der));
    if (!is_authority)
        return check_delegated(question, response, fault);
    if (!is_named(response, &authority->cert))
        return cert_status_refuse(fault, INPUT, "responder", "neither the authority nor shown");
    if (!is_signed_by(authority->key, response->tbs, response->algorithm, response->signature))
        return cert_status_refuse(fault, INPUT, "signature", "not the authority's");
    return ERR_NONE;
}

/* RFC 6960 2.4, 4.2.2.1 */
static enum err check_times(const struct cert_status_question *question,
                            const struct ocsp_response *response, const struct ocsp_single *single,
                            struct fault *fault)
{
    if (response->produced_at > question->now + CERT_STATUS_SKEW)
        return cert_status_refuse(fault, INPUT, "producedAt", "in the future");
    if (response->produced_at < single->this_update)
        return cert_status_refuse(fault, INPUT, "producedAt", "before thisUpdate");
    if (response->produced_at > single->next_update)
        return cert_status_refuse(fault, INPUT, "producedAt", "after nextUpdate");
    if (single->status == OCSP_STATUS_REVOKED && single->revoked_at > single->this_update)
        return cert_status_refuse(fault, INPUT, "revocationTime", "after thisUpdate");
    fault_name_input(fault, INPUT);
    return cert_status_check_window(question, single->this_update, single->next_update,
                                    CERT_STATUS_OCSP_LONGEST, fault);
}

static enum err read_response(struct bytes der, struct ocsp_response *out, struct fault *fault)
{
    fault_name_input(fault, INPUT);
    enum err err = ocsp_response_parse(der, out, fault);
    if (err != ERR_NONE)
        return err;
    if (out->outcome == OCSP_SUCCESSFUL)
        return ERR_NONE;
    return fault_set(fault, ERR_PEER, "responseStatus", "the responder answers with error %d",
                     (int)out->outcome);
}

static struct cert_status status_of(const struct ocsp_single *single)
{
    static const enum cert_status_answer answers[] = {
        [OCSP_STATUS_UNKNOWN] = CERT_STATUS_UNKNOWN,
        [OCSP_STATUS_GOOD] = CERT_STATUS_GOOD,
        [OCSP_STATUS_REVOKED] = CERT_STATUS_REVOKED,
    };
    return (struct cert_status){
        .answer = answers[single->status],
        .reason = single->reason,
        .since = single->revoked_at,
        .source = SOURCE_OCSP,
        .this_update = single->this_update,
        .next_update = single->next_update,
    };
}

enum err cert_status_from_ocsp(const struct cert_status_question *question, struct bytes nonce,
                               struct bytes response, struct cert_status *out, struct fault *fault)
{
    struct ocsp_response read;
    const struct ocsp_single *single = NULL;
    enum err err = read_response(response, &read, fault);
    if (err == ERR_NONE)
        err = check_responder(question, &read, fault);
    if (err == ERR_NONE && nonce.len && !bytes_equal(nonce, read.nonce)) /* RFC 8954 */
        err = cert_status_refuse(fault, INPUT, "nonce",
                                 read.nonce.len ? "not the one that was sent" : "missing");
    if (err == ERR_NONE)
        err = find_single(question, &read, &single, fault);
    if (err == ERR_NONE)
        err = check_times(question, &read, single, fault);
    if (err != ERR_NONE)
        return err;
    struct cert_status status = status_of(single);
    err = cert_status_check_later(question, &status, fault);
    if (err == ERR_NONE)
        *out = status;
    return err;
}
