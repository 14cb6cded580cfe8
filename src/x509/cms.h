/* CMS SignedData (RFC 5652) of one signer, over content of any kind. Signed attributes always:
 * content type, message digest, signing time, ESS signing-certificate-v2 (RFC 5035). The caller
 * hashes the content, signs what cms_encode_attributes gives, and assembles. */
#pragma once

#include "x509/cert.h"

#define CMS_MAX_CERTS 4

struct cms {
    bool is_detached;
    struct bytes content; /* when attached */
    size_t num_certs;
    struct bytes certs[CMS_MAX_CERTS]; /* DER */
    struct bytes signer_issuer;        /* Name, DER */
    struct bytes signer_serial;        /* magnitude */
    enum algorithm digest;             /* of the content and the attributes */
    struct bytes attributes;           /* content of signedAttrs, without a head */
    struct bytes message_digest;
    bool has_signing_time;
    int64_t signing_time;
    enum algorithm ess_hash;    /* of the certificate; ALGORITHM_UNKNOWN when ESS is absent */
    struct bytes ess_cert_hash; /* empty when ESS is absent */
    struct bytes ess_issuer, ess_serial; /* its issuerSerial, if any */
    enum algorithm algorithm; /* ALGORITHM_RSA is rsaEncryption beside the digest above */
    struct bytes signature;
};

/* cms_parse: DER throughout, content type data, one signer by issuer and serial (several, or by key
 * id: ERR_UNSUPPORTED), signed attributes with contentType and messageDigest once each and in the
 * order of DER. Unsigned attributes are well-formed and not looked at. Whether ESS is there is
 * reported, not judged. */
enum err cms_parse(struct bytes der, struct cms *out, struct fault *fault) MUST_USE;
/* cms_signed_attributes appends what the signature is over: the attributes as a SET. */
enum err cms_signed_attributes(const struct cms *cms, struct buffer *out) MUST_USE;
/* cms_find_signer gives the index of the certificate that the signer names; false if it is not
 * inside. */
bool cms_find_signer(const struct cms *cms, size_t *index);

struct cms_facts {
    const struct cert *signer;   /* parsed; its whole is put inside */
    struct bytes signer_sha256;  /* 32 bytes: SHA-256 of that certificate, for ESS */
    struct bytes authority;      /* DER of the authority's certificate to add; empty: none */
    struct bytes content_sha256; /* 32 bytes */
    int64_t signing_time;
};

/* cms_encode_attributes appends the SET of signed attributes: the bytes to sign. */
enum err cms_encode_attributes(const struct cms_facts *facts, struct buffer *out) MUST_USE;
/* cms_assemble appends the whole ContentInfo. attributes is what was signed, algorithm is
 * ALGORITHM_RSA_SHA256. content NULL: detached. ERR_LIMIT above LIMIT_CMS_ATTACHED. */
enum err cms_assemble(const struct cms_facts *facts, struct bytes attributes,
                      enum algorithm algorithm, struct bytes signature, const struct bytes *content,
                      struct buffer *out) MUST_USE;
