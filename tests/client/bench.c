#include "bench.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "reader/memory.h"

static enum err save(void *context, const struct image *image)
{
    return image_write(context, image, NULL);
}

static enum err read_key(const char *path, struct private_key **out)
{
    struct buffer text CLEANUP_BUFFER;
    struct buffer der CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_KEY_FILE);
    buffer_init(&der, LIMIT_KEY_FILE);
    enum err err = file_read(path, &text, NULL);
    if (err == ERR_NONE)
        err = pem_decode(buffer_bytes(&text), "PRIVATE KEY", &der, NULL);
    return err != ERR_NONE ? err : private_key_parse(buffer_bytes(&der), out);
}

enum err bench_make_permit_key(const char *path, struct buffer *spki)
{
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct secret pkcs8 CLEANUP_SECRET = {0};
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_KEY_FILE);
    enum err err = private_key_generate(KEY_P256, 0, &key);
    if (err == ERR_NONE)
        err = private_key_encode(key, &pkcs8);
    if (err == ERR_NONE)
        err = private_key_spki(key, spki);
    if (err != ERR_NONE)
        return err;
    pem_encode("PRIVATE KEY", secret_bytes(&pkcs8), &text);
    return file_create(path, buffer_bytes(&text), 0600, NULL);
}

enum err bench_open(struct bench *bench, const char *image_path, const char *permit_key_path)
{
    static struct image image;
    *bench = (struct bench){0};
    snprintf(bench->path, sizeof bench->path, "%s", image_path);
    enum err err = image_read(image_path, &image, NULL);
    if (err == ERR_NONE)
        err = read_key(permit_key_path, &bench->permit_key);
    if (err == ERR_NONE)
        err = chip_new(&image, (struct chip_store){save, bench->path}, &bench->chip);
    if (err != ERR_NONE)
        return err;
    bench->card = chip_card(bench->chip);
    return memory_open(&bench->card, &bench->channel);
}

void bench_done(struct bench *bench)
{
    card_channel_close(&bench->channel);
    chip_free(bench->chip);
    private_key_free(bench->permit_key);
}

static enum err fill_key_id(const struct private_key *key, uint8_t out[static PERMIT_KEY_ID_LEN])
{
    struct buffer spki CLEANUP_BUFFER;
    uint8_t hash[SHA256_LEN];
    buffer_init(&spki, 256);
    enum err err = private_key_spki(key, &spki);
    if (err != ERR_NONE)
        return err;
    sha256(bytes_of(spki.data + spki.len - PERMIT_POINT_LEN, PERMIT_POINT_LEN), hash);
    memcpy(out, hash, PERMIT_KEY_ID_LEN);
    return ERR_NONE;
}

enum err bench_permit(struct bench *bench, struct card_session *session,
                      enum permit_purpose purpose, enum kind kind, uint8_t application,
                      struct bytes digest)
{
    struct permit permit = {.purpose = purpose, .kind = kind};
    static const uint8_t nonce[STATEMENT_NONCE_LEN];
    uint8_t statement[STATEMENT_LEN], covered[PERMIT_SIGNED_LEN], wire[PERMIT_LEN];
    enum err err = card_statement(session, bytes_of(nonce, sizeof nonce), statement, NULL);
    if (err == ERR_NONE)
        err = card_challenge(session, kind, permit.challenge, NULL);
    if (err == ERR_NONE)
        err = fill_key_id(bench->permit_key, permit.key_id);
    if (err != ERR_NONE)
        return err;
    memcpy(permit.card_id, statement, CARD_ID_LEN);
    memset(permit.application, application, sizeof permit.application);
    if (digest.len == sizeof permit.digest)
        memcpy(permit.digest, digest.data, sizeof permit.digest);
    permit_encode_signed(&permit, covered);
    err = sign_raw_p256(bench->permit_key, bytes_of(covered, sizeof covered), permit.signature);
    if (err != ERR_NONE)
        return err;
    permit_encode(&permit, wire);
    return card_present_permit(session, bytes_of(wire, sizeof wire), NULL);
}

static enum err verify(struct card_session *session, enum kind kind, const char *pin)
{
    struct secret secret CLEANUP_SECRET = {0};
    enum err err = secret_set(&secret, bytes_of_text(pin));
    return err != ERR_NONE ? err : card_verify_pin(session, kind, &secret, NULL, NULL);
}

enum err bench_set_pin(struct bench *bench, enum kind kind, enum permit_purpose purpose,
                       const char *pin)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct secret secret CLEANUP_SECRET = {0};
    enum err err = secret_set(&secret, bytes_of_text(pin));
    if (err == ERR_NONE)
        err = card_session_begin(&bench->channel, &session, NULL);
    if (err == ERR_NONE)
        err = bench_permit(bench, &session, purpose, kind, 1, bytes_of(NULL, 0));
    return err != ERR_NONE ? err : card_set_pin(&session, kind, &secret, NULL);
}

enum err bench_make_key(struct bench *bench, enum kind kind, const char *pin, uint8_t application,
                        struct buffer *spki)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    enum err err = card_session_begin(&bench->channel, &session, NULL);
    if (err == ERR_NONE)
        err = verify(&session, kind, pin);
    if (err == ERR_NONE)
        err = bench_permit(bench, &session, PERMIT_MAKE_KEY, kind, application, bytes_of(NULL, 0));
    return err != ERR_NONE ? err : card_make_key(&session, kind, spki, NULL);
}

enum err bench_install(struct bench *bench, enum kind kind, const char *pin, uint8_t application,
                       struct bytes leaf, struct bytes authority)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct buffer both CLEANUP_BUFFER;
    uint8_t digest[SHA256_LEN];
    buffer_init(&both, 2 * LIMIT_CERTIFICATE);
    buffer_put_bytes(&both, leaf);
    buffer_put_bytes(&both, authority);
    sha256(buffer_bytes(&both), digest);
    enum err err = card_session_begin(&bench->channel, &session, NULL);
    if (err == ERR_NONE)
        err = verify(&session, kind, pin);
    if (err == ERR_NONE)
        err = bench_permit(bench, &session, PERMIT_INSTALL, kind, application,
                           bytes_of(digest, sizeof digest));
    return err != ERR_NONE ? err : card_install(&session, leaf, authority, NULL);
}
