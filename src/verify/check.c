/* The whole check. Its order is the reason's order: the first thing that fails is told. */
#include "verify/check.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/login_message.h"
#include "crypto/mac.h"
#include "crypto/path.h"
#include "crypto/random.h"
#include "verify/algorithms.h"

#define ADDRESS_MAX 512

static void begin(const struct check *check, struct verdict *out)
{
    *out = (struct verdict){.at = check->at};
}

/* page:S03 rule:kind one kind is never accepted for the other's purpose */
static bool check_kind(const struct check *check, const struct cert *cert, struct verdict *out)
{
    enum kind kind;
    if (cert_kind(cert, &kind) && kind == check->kind)
        return true;
    verdict_set(out, REASON_KIND);
    (void)fault_set(&out->fault, ERR_DENIED, "certificate", "not of the kind %s",
                    kind_name(check->kind));
    return false;
}

static bool check_dates(const struct check *check, const struct cert *cert, struct verdict *out)
{
    bool is_early = check->at < cert->not_before;
    if (!is_early && check->at <= cert->not_after)
        return true;
    verdict_set(out, is_early ? REASON_NOT_YET : REASON_ENDED);
    (void)fault_set(&out->fault, ERR_DENIED, "RFC 5280 4.1.2.5", "%s",
                    is_early ? "before notBefore" : "after notAfter");
    return false;
}

/* libcrypto takes the second of notAfter for too late; it is the last good one (RFC 5280 4.1.2.5,
 * "inclusive"). check_dates has looked at both ends already. */
static int64_t path_time(const struct check *check, const struct cert *cert)
{
    bool is_last_second = check->at == cert->not_after && cert->not_before < cert->not_after;
    return is_last_second ? check->at - 1 : check->at;
}

static bool check_path(const struct check *check, const struct cert *cert,
                       const struct authority *authority, struct verdict *out)
{
    struct path_input anchor = {buffer_bytes(&authority->der), "authority"};
    struct path_request request = {
        .cert = {cert->whole, "certificate"},
        .anchors = &anchor,
        .num_anchors = 1,
        .without_status = true, /* asked afterwards, more strictly */
        .time = path_time(check, cert),
    };
    enum path_verdict verdict = PATH_NOT_VALID;
    if (path_check(&request, &verdict, &out->fault) == ERR_NONE && verdict == PATH_VALID)
        return true;
    verdict_set(out, REASON_AUTHORITY);
    return false;
}

static enum err ask_ocsp(const struct check *check, const struct cert_status_question *question,
                         struct cert_status *out, struct fault *fault)
{
    uint8_t nonce[CERT_STATUS_NONCE];
    char address[ADDRESS_MAX] = "";
    struct buffer request CLEANUP_BUFFER, response CLEANUP_BUFFER;
    buffer_init(&request, LIMIT_OCSP_REQUEST);
    buffer_init(&response, LIMIT_OCSP_RESPONSE);
    struct bytes ocsp = question->cert->ocsp;
    if (!check->source.ocsp)
        return ERR_NOT_FOUND;
    if (ocsp.len && ocsp.len < sizeof address && !memchr(ocsp.data, '\0', ocsp.len)) {
        memcpy(address, ocsp.data, ocsp.len);
        address[ocsp.len] = '\0';
    }
    random_bytes(nonce, sizeof nonce);
    enum err err = cert_status_ocsp_request(question, bytes_of(nonce, sizeof nonce), &request);
    if (err == ERR_NONE)
        err = check->source.ocsp(check->source.context, address, buffer_bytes(&request), &response,
                                 fault);
    if (err != ERR_NONE)
        return ERR_NOT_FOUND;
    return cert_status_from_ocsp(question, bytes_of(nonce, sizeof nonce), buffer_bytes(&response),
                                 out, fault);
}

static enum err ask_crl(const struct check *check, const struct cert_status_question *question,
                        struct cert_status *out, struct fault *fault)
{
    struct buffer crl CLEANUP_BUFFER;
    buffer_init(&crl, LIMIT_CRL);
    if (!check->source.crl)
        return ERR_NOT_FOUND;
    if (check->source.crl(check->source.context, &crl, fault) != ERR_NONE)
        return ERR_NOT_FOUND;
    return cert_status_from_crl(question, buffer_bytes(&crl), out, fault);
}

static enum err ask_push_set(const struct check *check, const struct cert_status_question *question,
                             struct cert_status *out, struct fault *fault)
{
    struct buffer set CLEANUP_BUFFER;
    buffer_init(&set, LIMIT_PUSH_SET);
    if (!check->source.push_set)
        return ERR_NOT_FOUND;
    if (check->source.push_set(check->source.context, &set, fault) != ERR_NONE)
        return ERR_NOT_FOUND;
    return cert_status_from_push_set(question, buffer_bytes(&set), out, fault);
}

/* The next is asked only when those before gave nothing that counts; of two that give nothing, the
 * fault of the first that came is told. ERR_NOT_FOUND: nothing came. */
static enum err ask_status(const struct check *check, const struct cert_status_question *question,
                           struct cert_status *out, struct fault *fault)
{
    static enum err (*const sources[])(const struct check *, const struct cert_status_question *,
                                       struct cert_status *,
                                       struct fault *) = {ask_ocsp, ask_crl, ask_push_set};
    enum err first = ERR_NOT_FOUND;
    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        struct fault other = {0};
        enum err err = sources[i](check, question, out, &other);
        if (err == ERR_NONE)
            return ERR_NONE;
        if (first == ERR_NOT_FOUND && (err != ERR_NOT_FOUND || other.code != ERR_NONE)) {
            *fault = other;
            first = err;
        }
    }
    return first;
}

/* profile.md 1.5: what J-LIS's reason codes mean; the cause itself is nobody's business. */
static const enum verdict_reason reasons[] = {
    [CRL_REASON_UNSPECIFIED] = REASON_ENDED,
    [CRL_REASON_KEY_COMPROMISE] = REASON_LOST_OR_HELD,
    [CRL_REASON_CA_COMPROMISE] = REASON_AUTHORITY,
    [CRL_REASON_AFFILIATION_CHANGED] = REASON_DATA_CHANGED,
    [CRL_REASON_SUPERSEDED] = REASON_RENEWED,
    [CRL_REASON_CESSATION] = REASON_ENDED,
    [CRL_REASON_HOLD] = REASON_LOST_OR_HELD,
    [CRL_REASON_PRIVILEGE_WITHDRAWN] = REASON_ENDED,
    [CRL_REASON_AA_COMPROMISE] = REASON_AUTHORITY,
};

/* page:S38 rule:status-held relying parties see a hold at once */
static void judge_status(const struct cert_status *status, struct verdict *out)
{
    out->source = status->source;
    out->source_time = status->this_update;
    out->source_until = status->next_update;
    out->is_revoked_or_held = status->answer == CERT_STATUS_REVOKED;
    out->has_since = out->is_revoked_or_held && !status->is_bare;
    out->since = out->has_since ? status->since : 0;
    if (status->answer == CERT_STATUS_UNKNOWN)
        verdict_set(out, REASON_STATUS_UNKNOWN);
    else if (out->is_revoked_or_held && status->is_bare)
        verdict_set(out, REASON_REVOKED_OR_HELD);
    else if (status->answer == CERT_STATUS_REVOKED && status->since <= out->at)
        verdict_set(out, (size_t)status->reason < COUNT_OF(reasons) ? reasons[status->reason]
                                                                    : REASON_ENDED);
    else
        verdict_set(out, REASON_GOOD);
}

static void check_status(const struct check *check, const struct cert *cert,
                         const struct authority *authority, struct verdict *out)
{
    struct cert_status_question question = {
        .cert = cert,
        .kind = check->kind,
        .authority = authority,
        .at = check->at,
        .now = check->now > check->at ? check->now : check->at,
    };
    struct cert_status status;
    struct fault fault = {0};
    enum err err = ask_status(check, &question, &status, &fault);
    if (err == ERR_NONE) {
        judge_status(&status, out);
        return;
    }
    out->fault = fault;
    verdict_set(out, err == ERR_NOT_FOUND || err == ERR_PEER ? REASON_NO_STATUS
                     : err == ERR_STATE                      ? REASON_STATUS_LATER
                                                             : REASON_STATUS_REFUSED);
}

/* Everything behind the signature and the kind. page:S01 page:S03 page:S04 page:S06 rule:verify */
static void check_rest(const struct check *check, const struct cert *cert, struct verdict *out)
{
    const struct authority *authority;
    fault_name_input(&out->fault, "certificate");
    if (authorities_find(check->authorities, check->kind, cert, &authority, &out->fault) !=
        ERR_NONE) {
        verdict_set(out, REASON_AUTHORITY);
        return;
    }
    if (check_dates(check, cert, out) && check_path(check, cert, authority, out))
        check_status(check, cert, authority, out);
}

static bool read_cert(struct bytes der, struct cert *cert, struct verdict *out)
{
    fault_name_input(&out->fault, "certificate");
    if (cert_parse(der, cert, &out->fault) == ERR_NONE)
        return true;
    verdict_set(out, REASON_MALFORMED);
    return false;
}

void check_cert(const struct check *check, struct bytes cert, struct verdict *out)
{
    struct cert read;
    begin(check, out);
    if (read_cert(cert, &read, out) && check_kind(check, &read, out))
        check_rest(check, &read, out);
}

static bool is_message_signed(const struct cert *cert, struct bytes message, struct bytes signature)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    return public_key_parse(cert->spki, &key) == ERR_NONE &&
           is_signed_by(key, message, ALGORITHM_RSA_SHA256, signature);
}

static void check_message(const struct check *check, struct bytes cert, struct bytes message,
                          struct bytes signature, struct verdict *out)
{
    struct cert read;
    begin(check, out);
    if (!read_cert(cert, &read, out) || !check_kind(check, &read, out))
        return;
    if (is_message_signed(&read, message, signature)) {
        check_rest(check, &read, out);
        return;
    }
    verdict_set(out, REASON_CHANGED);
    (void)fault_set(&out->fault, ERR_CRYPTO, "signature", "not the certificate's over this");
}

void check_login(const struct check *check, const struct login_token *token, const char *origin,
                 struct bytes nonce, struct verdict *out)
{
    uint8_t message[LOGIN_SIGNED_LEN];
    login_message(origin, nonce, message);
    check_message(check, token->cert, bytes_of(message, sizeof message), token->signature, out);
}

void check_signature(const struct check *check, struct signature *signature, struct verdict *out)
{
    begin(check, out);
    fault_name_input(&out->fault, "signature");
    if (signature_end(signature, &out->fault) != ERR_NONE)
        verdict_set(out, REASON_CHANGED);
    else if (check_kind(check, &signature->cert, out))
        check_rest(check, &signature->cert, out);
}

void check_refused(const struct check *check, const struct fault *fault, struct verdict *out)
{
    begin(check, out);
    out->fault = *fault;
    verdict_set(out, REASON_MALFORMED);
}

enum err check_pseudonym(struct bytes key, struct bytes cert, uint8_t out[static CHECK_PSEUDONYM])
{
    static const char label[] = "JPKI pseudonym 1";
    uint8_t input[sizeof label - 1 + SHA256_LEN];
    memcpy(input, label, sizeof label - 1);
    sha256(cert, input + sizeof label - 1);
    return mac_sha256(key, bytes_of(input, sizeof input), out);
}
