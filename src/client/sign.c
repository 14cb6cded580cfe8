#include "client/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/sign.h"
#include "crypto/verify.h"
#include "x509/cms.h"

void sign_content_done(struct sign_content *content)
{
    buffer_done(&content->attached);
}

/* ---- the file ---- */

struct reading {
    struct sign_content *content;
    struct hash_stream *stream;
};

static enum err take_part(void *context, struct bytes part, struct fault *fault)
{
    struct reading *reading = context;
    struct sign_content *content = reading->content;
    content->len += part.len;
    if (content->is_attached)
        buffer_put_bytes(&content->attached, part);
    enum err err = buffer_check(&content->attached);
    if (err == ERR_LIMIT)
        return fault_set(fault, err, "attached", "more than %d bytes", LIMIT_CMS_ATTACHED);
    if (err == ERR_NONE)
        err = hash_stream_update(reading->stream, part);
    return err == ERR_NONE ? err
                           : fault_set(fault, err, "read", "%s", err_sentence(err, LANGUAGE_EN));
}

enum err sign_content_read(const char *path, bool is_attached, struct sign_content *out,
                           struct fault *fault)
{
    struct hash_stream *stream CLEANUP_HASH_STREAM = NULL;
    struct sign_content content CLEANUP_SIGN_CONTENT = {.is_attached = is_attached};
    buffer_init(&content.attached, LIMIT_CMS_ATTACHED);
    fault_name_input(fault, path);
    int fd CLEANUP_FD = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fault_set(fault, ERR_IO, "open", "%s", strerror(errno));
    enum err err = hash_stream_new(HASH_SHA256, &stream);
    if (err == ERR_NONE)
        err = fd_read_parts(fd, take_part, &(struct reading){&content, stream}, fault);
    if (err == ERR_NONE)
        err = hash_stream_finish(stream, content.sha256);
    if (err != ERR_NONE)
        return err;
    *out = content;
    content.attached = (struct buffer){0}; /* handed over */
    return ERR_NONE;
}

/* ---- the card ---- */

/* The card's two certificates; leaf borrows from leaf_der. */
struct signer {
    struct buffer leaf_der, authority_der;
    struct cert leaf;
};

static void signer_done(struct signer *signer)
{
    buffer_done(&signer->leaf_der);
    buffer_done(&signer->authority_der);
}

static enum err check_leaf(const struct cert *leaf, int64_t time, struct fault *fault)
{
    enum kind kind;
    if (!cert_kind(leaf, &kind) || kind != KIND_SIGNATURE)
        return fault_set(fault, ERR_STATE, "signature certificate", "the card's is none");
    if (time < leaf->not_before)
        return fault_set(fault, ERR_STATE, "signature certificate",
                         "it is not valid yet by this computer's clock");
    if (time > leaf->not_after)
        return fault_set(fault, ERR_STATE, "signature certificate", "it has ended");
    return ERR_NONE;
}

static enum err read_signer(struct card_session *session, int64_t time, struct signer *out,
                            struct fault *fault)
{
    enum err err = card_read_certificate(session, KIND_SIGNATURE, CARD_LEAF, &out->leaf_der, fault);
    if (err == ERR_NONE)
        err = card_read_certificate(session, KIND_SIGNATURE, CARD_AUTHORITY, &out->authority_der,
                                    fault);
    if (err != ERR_NONE)
        return err;
    fault_name_input(fault, "card");
    err = cert_parse(buffer_bytes(&out->leaf_der), &out->leaf, fault);
    return err == ERR_NONE ? check_leaf(&out->leaf, time, fault) : err;
}

/* The card's answer is not trusted: a signature that nobody accepts must not leave this program. */
static enum err check_signature(const struct cert *leaf, struct bytes attributes,
                                struct bytes signature, struct fault *fault)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    enum err err = public_key_parse(leaf->spki, &key);
    if (err == ERR_NONE)
        err = verify_message(key, HASH_SHA256, attributes, signature);
    if (err != ERR_NONE)
        return fault_set(fault, ERR_CARD, "signature", "it does not fit the certificate");
    return ERR_NONE;
}

static enum err sign_attributes(struct card_session *session, const struct cert *leaf,
                                struct bytes attributes, struct buffer *signature,
                                struct fault *fault)
{
    struct buffer digest_info CLEANUP_BUFFER;
    uint8_t digest[SHA256_LEN];
    buffer_init(&digest_info, 64);
    sha256(attributes, digest);
    enum err err = digest_info_encode(HASH_SHA256, bytes_of(digest, sizeof digest), &digest_info);
    if (err == ERR_NONE)
        err = card_sign(session, KIND_SIGNATURE, buffer_bytes(&digest_info), signature, fault);
    if (err != ERR_NONE)
        return err;
    return check_signature(leaf, attributes, buffer_bytes(signature), fault);
}

static enum err make_cms(struct card_session *session, const struct signer *signer,
                         const struct sign_content *content, int64_t time, struct buffer *cms,
                         struct fault *fault)
{
    struct buffer attributes CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    uint8_t cert_sha256[SHA256_LEN];
    const struct bytes attached = buffer_bytes(&content->attached);
    buffer_init(&attributes, LIMIT_CERTIFICATE);
    buffer_init(&signature, SIGNATURE_MAX);
    sha256(signer->leaf.whole, cert_sha256);
    const struct cms_facts facts = {.signer = &signer->leaf,
                                    .signer_sha256 = bytes_of(cert_sha256, SHA256_LEN),
                                    .authority = buffer_bytes(&signer->authority_der),
                                    .content_sha256 = bytes_of(content->sha256, SHA256_LEN),
                                    .signing_time = time};
    enum err err = cms_encode_attributes(&facts, &attributes);
    if (err == ERR_NONE)
        err = sign_attributes(session, &signer->leaf, buffer_bytes(&attributes), &signature, fault);
    if (err != ERR_NONE)
        return err;
    return cms_assemble(&facts, buffer_bytes(&attributes), ALGORITHM_RSA_SHA256,
                        buffer_bytes(&signature), content->is_attached ? &attached : NULL, cms);
}

enum err sign_content_by_card(struct card_session *session, const struct sign_content *content,
                              int64_t time, struct buffer *cms, struct fault *fault)
{
    struct signer signer CLEANUP(signer_done) = {0};
    buffer_init(&signer.leaf_der, LIMIT_CERTIFICATE);
    buffer_init(&signer.authority_der, LIMIT_CERTIFICATE);
    enum err err = read_signer(session, time, &signer, fault);
    return err == ERR_NONE ? make_cms(session, &signer, content, time, cms, fault) : err;
}
