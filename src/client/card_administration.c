/* The steps of card administration as the terminal takes them. The card judges permits; here is
 * only the carrying. docs/PROTOCOL.card-administration. */
#include "client/card_command.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "x509/cert_request.h"

#define MODULUS_LEN 256
#define STAGE_PART  255 /* bytes in one UPDATE BINARY */

enum err card_challenge(struct card_session *session, enum kind kind,
                        uint8_t out[static CHALLENGE_LEN], struct fault *fault)
{
    static const struct card_command ask = {
        .name = "GET CHALLENGE", .ins = 0x84, .le = CHALLENGE_LEN};
    struct buffer answer CLEANUP_BUFFER;
    buffer_init(&answer, CHALLENGE_LEN);
    enum err err = card_select_file(session, pin_file_of(kind), fault);
    if (err == ERR_NONE)
        err = card_ask(session, &ask, &answer, NULL, fault);
    if (err != ERR_NONE)
        return err;
    if (answer.len != CHALLENGE_LEN)
        return fault_set(fault, ERR_CARD, ask.name, "a challenge of %zu bytes", answer.len);
    memcpy(out, answer.data, CHALLENGE_LEN);
    return ERR_NONE;
}

enum err card_present_permit(struct card_session *session, struct bytes permit, struct fault *fault)
{
    const struct card_command present = {"EXTERNAL AUTHENTICATE", 0x00, 0x82, 0, 0, permit, NO_LE};
    return card_ask(session, &present, NULL, NULL, fault);
}

/* The SubjectPublicKeyInfo of an RSA-2048 key with e = 65537 around its modulus (RFC 3279 2.3.1).
 */
static void put_spki(struct bytes modulus, struct buffer *out)
{
    static const uint8_t head[] = {
        0x30, 0x82, 0x01, 0x22, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48,
        0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01,
        0x0F, 0x00, 0x30, 0x82, 0x01, 0x0A, 0x02, 0x82, 0x01, 0x01, 0x00,
    };
    static const uint8_t tail[] = {0x02, 0x03, 0x01, 0x00, 0x01};
    buffer_put(out, head, sizeof head);
    buffer_put_bytes(out, modulus);
    buffer_put(out, tail, sizeof tail);
}

enum err card_make_key(struct card_session *session, enum kind kind, struct buffer *spki,
                       struct fault *fault)
{
    const struct card_command generate = {
        .name = "GENERATE KEY PAIR", .ins = 0x47, .p2 = kind_key_file(kind)};
    struct buffer modulus CLEANUP_BUFFER;
    buffer_init(&modulus, MODULUS_LEN);
    enum err err = card_ask(session, &generate, &modulus, NULL, fault);
    if (err != ERR_NONE)
        return err;
    if (modulus.len != MODULUS_LEN || !(modulus.data[0] & 0x80))
        return fault_set(fault, ERR_CARD, generate.name, "this is no modulus of 2048 bits");
    put_spki(buffer_bytes(&modulus), spki);
    return buffer_check(spki);
}

static enum err stage(struct card_session *session, struct bytes content, struct fault *fault)
{
    for (size_t at = 0; at < content.len; at += STAGE_PART) {
        size_t left = content.len - at;
        const struct card_command update = {
            .name = "UPDATE BINARY",
            .ins = 0xD6,
            .p1 = (uint8_t)(at >> 8),
            .p2 = (uint8_t)at,
            .data = {content.data + at, left < STAGE_PART ? left : STAGE_PART},
            .le = NO_LE,
        };
        enum err err = card_ask(session, &update, NULL, NULL, fault);
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

static enum err activate(struct card_session *session, struct bytes content, struct fault *fault)
{
    static const struct card_command use = {.name = "ACTIVATE FILE", .ins = 0x44, .le = NO_LE};
    enum err err = stage(session, content, fault);
    return err == ERR_NONE ? card_ask(session, &use, NULL, NULL, fault) : err;
}

enum err card_install(struct card_session *session, struct bytes leaf, struct bytes authority,
                      struct fault *fault)
{
    struct buffer both CLEANUP_BUFFER;
    buffer_init(&both, 2 * LIMIT_CERTIFICATE);
    buffer_put_bytes(&both, leaf);
    buffer_put_bytes(&both, authority);
    enum err err = buffer_check(&both);
    return err == ERR_NONE ? activate(session, buffer_bytes(&both), fault) : err;
}

enum err card_new_permit_key(struct card_session *session, struct bytes point, struct fault *fault)
{
    return activate(session, point, fault);
}

enum err card_set_pin(struct card_session *session, enum kind kind, const struct secret *pin,
                      struct fault *fault)
{
    struct card_command reset = {.name = "RESET RETRY COUNTER",
                                 .ins = 0x2C,
                                 .p1 = 0x02,
                                 .p2 = (uint8_t)(0x80 | pin_file_of(kind)),
                                 .le = NO_LE};
    return card_ask_with_pin(session, &reset, kind, pin, NULL, fault);
}

enum err card_make_request(struct card_session *session, enum kind kind, struct buffer *out,
                           struct fault *fault)
{
    struct buffer spki CLEANUP_BUFFER, info CLEANUP_BUFFER, digest_info CLEANUP_BUFFER;
    struct buffer signature CLEANUP_BUFFER;
    uint8_t digest[SHA256_LEN];
    buffer_init(&spki, LIMIT_CERTIFICATE);
    buffer_init(&info, LIMIT_REQUEST);
    buffer_init(&digest_info, 64);
    buffer_init(&signature, SIGNATURE_MAX);
    enum err err = card_make_key(session, kind, &spki, fault);
    if (err == ERR_NONE)
        err = cert_request_encode_info(bytes_of(NULL, 0), buffer_bytes(&spki), &info);
    if (err != ERR_NONE)
        return err;
    sha256(buffer_bytes(&info), digest);
    err = digest_info_encode(HASH_SHA256, bytes_of(digest, sizeof digest), &digest_info);
    if (err == ERR_NONE)
        err = card_sign_request(session, kind, buffer_bytes(&digest_info), &signature, fault);
    return err != ERR_NONE ? err
                           : cert_request_assemble(buffer_bytes(&info), ALGORITHM_RSA_SHA256,
                                                   buffer_bytes(&signature), out);
}
