#include "client/login_sign.h"

#include "base/limits.h"
#include "crypto/sign.h"

void login_proof_init(struct login_proof *proof)
{
    buffer_init(&proof->cert, LIMIT_CERTIFICATE);
    buffer_init(&proof->signature, SIGNATURE_MAX);
}

void login_proof_done(struct login_proof *proof)
{
    buffer_done(&proof->cert);
    buffer_done(&proof->signature);
}

struct login_token login_proof_token(const struct login_proof *proof)
{
    return (struct login_token){buffer_bytes(&proof->cert), buffer_bytes(&proof->signature)};
}

static enum err question_encode(const struct login_page *page, struct buffer *digest_info)
{
    uint8_t digest[SHA256_LEN];
    login_page_digest(page, digest);
    return digest_info_encode(HASH_SHA256, bytes_of(digest, sizeof digest), digest_info);
}

/* The SELECT is card_session_end's. */
void login_sign(struct card_channel *channel, const struct pin_use *use, const struct secret *pin,
                const struct login_page *page, struct login_proof *proof, struct pin_result *out)
{
    struct card_session session CLEANUP_CARD_SESSION = {NULL};
    struct buffer digest_info CLEANUP_BUFFER;
    buffer_init(&digest_info, 64);
    *out = (struct pin_result){.answer = PIN_CANNOT_TELL};
    enum err err = question_encode(page, &digest_info);
    if (err != ERR_NONE)
        fault_set(&out->fault, err, "PROTOCOL.login 3", "it could not be encoded");
    if (err != ERR_NONE || card_session_begin(channel, &session, &out->fault) != ERR_NONE ||
        card_read_certificate(&session, use->kind, CARD_LEAF, &proof->cert, &out->fault) !=
            ERR_NONE)
        return;
    card_pin_verify(&session, use, pin, out);
    if (out->answer == PIN_IS_VERIFIED && card_sign(&session, use->kind, buffer_bytes(&digest_info),
                                                    &proof->signature, &out->fault) != ERR_NONE)
        out->answer = PIN_CANNOT_TELL;
}
