/* A CMS signature: signer, ESS, content, attributes, signature, in that order. */
#include "verify/signature.h"

#include "verify/algorithms.h"

/* RFC 5035 3: the attribute names the signer's certificate by its hash, so that no other
 * certificate of the same key can be put in its place. */
static enum err check_ess(const struct cms *cms, const struct cert *cert, struct fault *fault)
{
    static const char rule[] = "RFC 5035 3";
    enum hash hash;
    uint8_t digest[HASH_MAX];
    if (cms->ess_cert_hash.len == 0)
        return fault_set(fault, ERR_DENIED, rule, "signing-certificate-v2 is missing");
    if (!hash_of_algorithm(cms->ess_hash, &hash) || hash == HASH_SHA1)
        return fault_set(fault, ERR_UNSUPPORTED, rule, "a hash that does not count");
    enum err err = hash_once(hash, cert->whole, digest);
    if (err != ERR_NONE)
        return err;
    if (!bytes_equal(cms->ess_cert_hash, bytes_of(digest, hash_len(hash))))
        return fault_set(fault, ERR_DENIED, rule, "names another certificate");
    if (cms->ess_issuer.len && (!bytes_equal(cms->ess_issuer, cert->issuer) ||
                                !bytes_equal(cms->ess_serial, cert->serial)))
        return fault_set(fault, ERR_DENIED, rule, "names another issuer or serial");
    return ERR_NONE;
}

static enum err read_signer(struct signature *signature, struct fault *fault)
{
    size_t index;
    if (!cms_find_signer(&signature->cms, &index))
        return fault_set(fault, ERR_DENIED, "RFC 5652 5.3",
                         "the signer's certificate is not inside");
    enum err err = cert_parse(signature->cms.certs[index], &signature->cert, fault);
    return err == ERR_NONE ? check_ess(&signature->cms, &signature->cert, fault) : err;
}

enum err signature_begin(struct bytes der, struct signature *out, struct fault *fault)
{
    struct signature signature CLEANUP_SIGNATURE = {0};
    enum hash hash;
    enum err err = cms_parse(der, &signature.cms, fault);
    if (err == ERR_NONE)
        err = read_signer(&signature, fault);
    if (err != ERR_NONE)
        return err;
    if (!hash_of_algorithm(signature.cms.digest, &hash) || hash == HASH_SHA1)
        return fault_set(fault, ERR_UNSUPPORTED, "RFC 5652 5.3", "a hash that does not count");
    err = hash_stream_new(hash, &signature.content);
    if (err == ERR_NONE && !signature.cms.is_detached)
        err = hash_stream_update(signature.content, signature.cms.content);
    if (err != ERR_NONE)
        return err;
    *out = signature;
    signature.content = NULL; /* the caller's now */
    return ERR_NONE;
}

enum err signature_content(struct signature *signature, struct bytes part)
{
    if (!signature->cms.is_detached || !signature->content)
        return ERR_STATE;
    return hash_stream_update(signature->content, part);
}

/* RFC 5652 5.4: rsaEncryption takes the hash of the digest; anything else must have the same. */
static enum algorithm signature_algorithm(const struct cms *cms)
{
    static const struct {
        enum algorithm digest, signature;
    } rsa[] = {
        {ALGORITHM_SHA256, ALGORITHM_RSA_SHA256},
        {ALGORITHM_SHA384, ALGORITHM_RSA_SHA384},
        {ALGORITHM_SHA512, ALGORITHM_RSA_SHA512},
    };
    if (cms->algorithm != ALGORITHM_RSA)
        return algorithm_hash(cms->algorithm) == cms->digest ? cms->algorithm : ALGORITHM_UNKNOWN;
    for (size_t i = 0; i < COUNT_OF(rsa); i++)
        if (rsa[i].digest == cms->digest)
            return rsa[i].signature;
    return ALGORITHM_UNKNOWN;
}

static enum err check_attributes(const struct signature *signature, struct fault *fault)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    struct buffer attributes CLEANUP_BUFFER;
    buffer_init(&attributes, signature->cms.attributes.len + 16);
    enum err err = cms_signed_attributes(&signature->cms, &attributes);
    if (err != ERR_NONE)
        return err;
    if (public_key_parse(signature->cert.spki, &key) != ERR_NONE ||
        !is_signed_by(key, buffer_bytes(&attributes), signature_algorithm(&signature->cms),
                      signature->cms.signature))
        return fault_set(fault, ERR_CRYPTO, "RFC 5652 5.6", "the signature is not right");
    return ERR_NONE;
}

enum err signature_end(struct signature *signature, struct fault *fault)
{
    uint8_t digest[HASH_MAX];
    enum hash hash;
    if (!signature->content || !hash_of_algorithm(signature->cms.digest, &hash))
        return ERR_STATE;
    enum err err = hash_stream_finish(signature->content, digest);
    signature_done(signature);
    if (err != ERR_NONE)
        return err;
    if (!bytes_equal(signature->cms.message_digest, bytes_of(digest, hash_len(hash))))
        return fault_set(fault, ERR_CRYPTO, "RFC 5652 5.6", "the content is not what was signed");
    return check_attributes(signature, fault);
}

void signature_done(struct signature *signature)
{
    hash_stream_free(signature->content);
    signature->content = NULL;
}
