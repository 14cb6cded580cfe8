/* Path validation: the inputs read, their syntax held to RFC 5280, libcrypto asked. */
#include "crypto/path.h"

#include <limits.h>

#include "base/limits.h"
#include "crypto/evp.h"

/* Each of these is needed for a right answer: without them libcrypto accepts 44 of NIST's invalid
 * paths. */
#define PATH_STATUS_FLAGS                                                                          \
    (X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_EXTENDED_CRL_SUPPORT |        \
     X509_V_FLAG_USE_DELTAS)

static void free_certs(STACK_OF(X509) * stack)
{
    sk_X509_pop_free(stack, X509_free);
}

static void free_crls(STACK_OF(X509_CRL) * stack)
{
    sk_X509_CRL_pop_free(stack, X509_CRL_free);
}

EVP_CLEANUP(x509, X509, X509_free)
EVP_CLEANUP(x509_crl, X509_CRL, X509_CRL_free)
EVP_CLEANUP(certs, STACK_OF(X509), free_certs)
EVP_CLEANUP(crls, STACK_OF(X509_CRL), free_crls)
EVP_CLEANUP(store, X509_STORE, X509_STORE_free)
EVP_CLEANUP(store_ctx, X509_STORE_CTX, X509_STORE_CTX_free)
EVP_CLEANUP(object, ASN1_OBJECT, ASN1_OBJECT_free)
EVP_CLEANUP(idp, ISSUING_DIST_POINT, ISSUING_DIST_POINT_free)

static enum err refuse_input(struct fault *fault, const struct path_input *input, const char *rule,
                             const char *text)
{
    if (input->name)
        fault_name_input(fault, input->name);
    return fault_set(fault, ERR_MALFORMED, rule, "%s", text);
}

/* RFC 5280 4.2, 5.2: no two extensions of one kind. */
static bool has_duplicates(const STACK_OF(X509_EXTENSION) * extensions)
{
    for (int i = 0; i < sk_X509_EXTENSION_num(extensions); i++) {
        const ASN1_OBJECT *kind = X509_EXTENSION_get_object(sk_X509_EXTENSION_value(extensions, i));
        if (X509v3_get_ext_by_OBJ(extensions, kind, i) >= 0)
            return true;
    }
    return false;
}

static enum err read_cert(const struct path_input *input, X509 **out, struct fault *fault)
{
    const uint8_t *at = input->der.data;
    X509 *cert CLEANUP_EVP(x509) =
        input->der.len > LONG_MAX ? NULL : d2i_X509(NULL, &at, (long)input->der.len);
    if (!cert)
        return refuse_input(fault, input, "certificate", "not DER of a certificate");
    if (at != input->der.data + input->der.len)
        return refuse_input(fault, input, "certificate", "bytes after the end");
    const STACK_OF(X509_EXTENSION) *extensions = X509_get0_extensions(cert);
    if (extensions && X509_get_version(cert) != X509_VERSION_3)
        return refuse_input(fault, input, "RFC 5280 4.1.2.1", "extensions, but not version 3");
    if (has_duplicates(extensions))
        return refuse_input(fault, input, "RFC 5280 4.2", "two extensions of one kind");
    *out = steal(&cert);
    return ERR_NONE;
}

static bool is_indirect(const X509_CRL *crl)
{
    ISSUING_DIST_POINT *idp CLEANUP_EVP(idp) =
        X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, NULL, NULL);
    return idp && idp->indirectCRL > 0;
}

/* What is wrong with the list of a CRL, or NULL. */
static const char *list_fault(X509_CRL *crl)
{
    const STACK_OF(X509_REVOKED) *list = X509_CRL_get_REVOKED(crl);
    bool version_2 = X509_CRL_get_version(crl) == X509_CRL_VERSION_2, indirect = is_indirect(crl);
    if (list && sk_X509_REVOKED_num(list) == 0)
        return "an empty list of revoked certificates"; /* RFC 5280 5.1.2.6 */
    for (int i = 0; i < sk_X509_REVOKED_num(list); i++) {
        const X509_REVOKED *entry = sk_X509_REVOKED_value(list, i);
        const STACK_OF(X509_EXTENSION) *extensions = X509_REVOKED_get0_extensions(entry);
        if (extensions && !version_2)
            return "entry extensions, but not version 2"; /* 5.1.2.1 */
        if (has_duplicates(extensions))
            return "an entry with two extensions of one kind";
        if (!indirect && X509_REVOKED_get_ext_by_NID(entry, NID_certificate_issuer, -1) >= 0)
            return "an entry of another issuer, but not indirect"; /* 5.3.3 */
    }
    return NULL;
}

/* What is wrong with a CRL, or NULL. */
static const char *crl_fault(X509_CRL *crl)
{
    const STACK_OF(X509_EXTENSION) *extensions = X509_CRL_get0_extensions(crl);
    long version = X509_CRL_get_version(crl);
    int days, seconds;
    if (version != X509_CRL_VERSION_1 && version != X509_CRL_VERSION_2)
        return "neither version 1 nor 2";
    if (extensions && version != X509_CRL_VERSION_2)
        return "extensions, but not version 2"; /* RFC 5280 5.1.2.1 */
    if (has_duplicates(extensions))
        return "two extensions of one kind"; /* 5.2 */
    if (!X509_CRL_get0_nextUpdate(crl))
        return "no nextUpdate"; /* 5.1.2.5 */
    if (!ASN1_TIME_diff(&days, &seconds, X509_CRL_get0_lastUpdate(crl),
                        X509_CRL_get0_nextUpdate(crl)) ||
        days < 0 || seconds < 0)
        return "nextUpdate before thisUpdate";
    return list_fault(crl);
}

static enum err read_crl(const struct path_input *input, X509_CRL **out, struct fault *fault)
{
    const uint8_t *at = input->der.data;
    X509_CRL *crl CLEANUP_EVP(x509_crl) =
        input->der.len > LONG_MAX ? NULL : d2i_X509_CRL(NULL, &at, (long)input->der.len);
    if (!crl)
        return refuse_input(fault, input, "CRL", "not DER of a CRL");
    if (at != input->der.data + input->der.len)
        return refuse_input(fault, input, "CRL", "bytes after the end");
    const char *text = crl_fault(crl);
    if (text)
        return refuse_input(fault, input, "RFC 5280 5", text);
    *out = steal(&crl);
    return ERR_NONE;
}

static enum err read_certs(const struct path_input *inputs, size_t num, STACK_OF(X509) * *out,
                           struct fault *fault)
{
    STACK_OF(X509) * certs CLEANUP_EVP(certs) = sk_X509_new_null();
    if (!certs || num > LIMIT_PATH_FILES)
        return fault_set(fault, certs ? ERR_LIMIT : ERR_MEMORY, "path", "too many certificates");
    for (size_t i = 0; i < num; i++) {
        X509 *cert CLEANUP_EVP(x509) = NULL;
        enum err err = read_cert(&inputs[i], &cert, fault);
        if (err != ERR_NONE)
            return err;
        if (!sk_X509_push(certs, cert))
            return ERR_MEMORY;
        cert = NULL; /* the stack's now */
    }
    *out = steal(&certs);
    return ERR_NONE;
}

static enum err read_crls(const struct path_request *request, STACK_OF(X509_CRL) * *out,
                          struct fault *fault)
{
    STACK_OF(X509_CRL) * crls CLEANUP_EVP(crls) = sk_X509_CRL_new_null();
    if (!crls || request->num_crls > LIMIT_PATH_FILES)
        return fault_set(fault, crls ? ERR_LIMIT : ERR_MEMORY, "path", "too many CRLs");
    for (size_t i = 0; i < request->num_crls; i++) {
        X509_CRL *crl CLEANUP_EVP(x509_crl) = NULL;
        enum err err = read_crl(&request->crls[i], &crl, fault);
        if (err != ERR_NONE)
            return err;
        if (!sk_X509_CRL_push(crls, crl))
            return ERR_MEMORY;
        crl = NULL; /* the stack's now */
    }
    *out = steal(&crls);
    return ERR_NONE;
}

static enum err add_policies(const struct path_request *request, X509_VERIFY_PARAM *parameters,
                             struct fault *fault)
{
    static const char *const any_policy = "2.5.29.32.0";
    bool constrained = request->num_policies != 0;
    const char *const *policies = constrained ? request->policies : &any_policy;
    for (size_t i = 0; i < (constrained ? request->num_policies : 1); i++) {
        ASN1_OBJECT *policy CLEANUP_EVP(object) = OBJ_txt2obj(policies[i], 1);
        if (!policy)
            return fault_set(fault, ERR_USAGE, "policy", "%s is no OID", policies[i]);
        if (!X509_VERIFY_PARAM_add0_policy(parameters, policy))
            return ERR_MEMORY;
        policy = NULL; /* the parameters' now */
    }
    return ERR_NONE;
}

static enum err set_parameters(const struct path_request *request, X509_STORE_CTX *context,
                               struct fault *fault)
{
    X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
    unsigned long flags = X509_V_FLAG_POLICY_CHECK;
    if (!request->without_status)
        flags |= PATH_STATUS_FLAGS;
    if (request->explicit_policy)
        flags |= X509_V_FLAG_EXPLICIT_POLICY;
    if (request->inhibit_map)
        flags |= X509_V_FLAG_INHIBIT_MAP;
    if (request->inhibit_any)
        flags |= X509_V_FLAG_INHIBIT_ANY;
    if (!X509_VERIFY_PARAM_set_flags(parameters, flags))
        return ERR_CRYPTO;
    X509_VERIFY_PARAM_set_time(parameters, (time_t)request->time);
    return add_policies(request, parameters, fault);
}

static enum path_verdict decide(X509_STORE_CTX *context, struct fault *fault)
{
    if (X509_verify_cert(context) == 1 && X509_STORE_CTX_get_error(context) == X509_V_OK)
        return PATH_VALID;
    (void)fault_set(fault, ERR_DENIED, "RFC 5280 6", "%s (%d above the end entity)",
                    X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)),
                    X509_STORE_CTX_get_error_depth(context));
    return PATH_NOT_VALID;
}

/* The path of a CRL's issuer is looked for in the store alone: the anchors must be in it. */
static X509_STORE *store_of(const STACK_OF(X509) * anchors)
{
    X509_STORE *store CLEANUP_EVP(store) = X509_STORE_new();
    for (int i = 0; store && i < sk_X509_num(anchors); i++)
        if (!X509_STORE_add_cert(store, sk_X509_value(anchors, i)))
            return NULL;
    return steal(&store);
}

enum err path_check(const struct path_request *request, enum path_verdict *out, struct fault *fault)
{
    X509 *cert CLEANUP_EVP(x509) = NULL;
    STACK_OF(X509) * anchors CLEANUP_EVP(certs) = NULL, *untrusted CLEANUP_EVP(certs) = NULL;
    STACK_OF(X509_CRL) * crls CLEANUP_EVP(crls) = NULL;
    enum err err = read_cert(&request->cert, &cert, fault);
    if (err == ERR_NONE)
        err = read_certs(request->anchors, request->num_anchors, &anchors, fault);
    if (err == ERR_NONE)
        err = read_certs(request->untrusted, request->num_untrusted, &untrusted, fault);
    if (err == ERR_NONE)
        err = read_crls(request, &crls, fault);
    if (err != ERR_NONE)
        return err;
    X509_STORE *store CLEANUP_EVP(store) = store_of(anchors);
    X509_STORE_CTX *context CLEANUP_EVP(store_ctx) = X509_STORE_CTX_new();
    if (!store || !context || !X509_STORE_CTX_init(context, store, cert, untrusted))
        return ERR_MEMORY;
    X509_STORE_CTX_set0_crls(context, crls);
    err = set_parameters(request, context, fault);
    if (err == ERR_NONE)
        *out = decide(context, fault);
    return err;
}
