/* A push set from the relying party's side (PROTOCOL.push-set 3): every check of the set, then the
 * look for the certificate. */
#include <string.h>

#include "crypto/hash.h"
#include "verify/algorithms.h"
#include "verify/cert_status_parts.h"
#include "x509/push_set.h"
#include "x509/serial.h"

#define INPUT "push set"

static bool is_about(const struct push_set *set, const struct authority *authority)
{
    uint8_t key[SHA256_LEN];
    sha256(authority->cert.spki, key);
    return memcmp(set->facts.authority, key, sizeof key) == 0;
}

static const char *signature_fault(const struct push_set *set, const struct cert *responder)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    if (set->facts.next_update > responder->not_after)
        return "reaches beyond its certificate";
    if (public_key_parse(responder->spki, &key) != ERR_NONE ||
        !is_signed_by(key, set->to_be_signed, ALGORITHM_ECDSA_SHA256, set->signature))
        return "not the responder's";
    return NULL;
}

static enum err check_signer(const struct cert_status_question *question,
                             const struct push_set *set, struct fault *fault)
{
    struct cert responder;
    fault_name_input(fault, "certificate of the push set");
    if (!is_about(set, question->authority))
        return cert_status_refuse(fault, INPUT, "authority", "of another authority");
    enum err err = cert_parse(set->certificate, &responder, fault);
    if (err != ERR_NONE)
        return err;
    const char *text = cert_status_responder_fault(question, &responder, set->facts.this_update);
    if (text)
        return cert_status_refuse(fault, INPUT, "responder", text);
    text = signature_fault(set, &responder);
    return text ? cert_status_refuse(fault, INPUT, "signature", text) : ERR_NONE;
}

static struct cert_status status_find(const struct cert_status_question *question,
                                      const struct push_set *set)
{
    static const enum cert_status_answer answers[] = {
        [PUSH_SET_SAYS_UNKNOWN] = CERT_STATUS_UNKNOWN,
        [PUSH_SET_SAYS_GOOD] = CERT_STATUS_GOOD,
        [PUSH_SET_SAYS_LISTED] = CERT_STATUS_REVOKED,
    };
    uint64_t serial = 0; /* none of ours */
    bool is_number = serial_decode(question->cert->serial, &serial);
    enum push_set_answer says = is_number ? push_set_find(set, serial) : PUSH_SET_SAYS_UNKNOWN;
    return (struct cert_status){
        .answer = answers[says],
        .is_bare = says == PUSH_SET_SAYS_LISTED,
        .source = SOURCE_PUSH_SET,
        .this_update = set->facts.this_update,
        .next_update = set->facts.next_update,
    };
}

enum err cert_status_from_push_set(const struct cert_status_question *question, struct bytes set,
                                   struct cert_status *out, struct fault *fault)
{
    struct push_set read;
    fault_name_input(fault, INPUT);
    enum err err = push_set_parse(set, &read, fault);
    if (err == ERR_NONE)
        err = check_signer(question, &read, fault);
    if (err == ERR_NONE) {
        fault_name_input(fault, INPUT);
        err = cert_status_check_window(question, read.facts.this_update, read.facts.next_update,
                                       CERT_STATUS_PUSH_LONGEST, fault);
    }
    if (err != ERR_NONE)
        return err;
    struct cert_status status = status_find(question, &read);
    err = cert_status_check_later(question, &status, fault);
    if (err == ERR_NONE)
        *out = status;
    return err;
}
