#include "chip/keys.h"

#include <string.h>

#include "chip/files.h"
#include "crypto/key.h"
#include "crypto/sign.h"

#define MODULUS_LEN  256
#define MODULUS_AT   33 /* in the SPKI of an RSA-2048 key with e = 65537 */
#define RSA_SPKI_LEN 294
#define INPUT_MAX    245 /* RSA-2048, PKCS#1 v1.5: 256 - 11 */

enum err key_spki(const struct image_part *part, struct buffer *out)
{
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    enum err err = private_key_parse(image_part_bytes(part), &key);
    return err != ERR_NONE ? err : private_key_spki(key, out);
}

/* A new key, as PKCS#8. */
static enum err make_key(struct image_part *out)
{
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct secret pkcs8 CLEANUP_SECRET = {0};
    enum err err = private_key_generate(KEY_RSA, 2048, &key);
    if (err == ERR_NONE)
        err = private_key_encode(key, &pkcs8);
    return err != ERR_NONE ? err : image_part_set(out, secret_bytes(&pkcs8));
}

/* The same application gets the same key again: an answer lost on the way costs nothing. */
static enum status_word fill_spare(struct chip *chip, enum kind kind)
{
    const uint8_t *application = chip->taken.permit.application;
    const struct image_of_kind *now = &chip->image.kinds[kind];
    if (now->spare.len && memcmp(now->application, application, APPLICATION_LEN) == 0)
        return SW_DONE;
    struct image next CLEANUP_IMAGE = chip->image;
    memcpy(next.kinds[kind].application, application, APPLICATION_LEN);
    if (make_key(&next.kinds[kind].spare) != ERR_NONE)
        return SW_FAILED;
    return chip_commit(chip, &next);
}

enum status_word key_generate(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    enum kind kind;
    if (kind_of_key_file(apdu->p2, &kind) != ERR_NONE)
        return SW_WRONG_PARAMETERS;
    if (!session_allows(chip, STEP_GENERATE, kind))
        return SW_CONDITIONS;
    if (!session_has_pin(chip, kind))
        return SW_NOT_VERIFIED;
    enum status_word word = fill_spare(chip, kind);
    if (word != SW_DONE)
        return word;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, RSA_SPKI_LEN);
    if (key_spki(&chip->image.kinds[kind].spare, &spki) != ERR_NONE || spki.len != RSA_SPKI_LEN)
        return SW_FAILED;
    buffer_put(answer, spki.data + MODULUS_AT, MODULUS_LEN);
    session_continue(chip, STEP_SIGN);
    return SW_DONE;
}

/* What P1 says about the data (as real cards do; 04 and 05, PSS, are not offered):
 * 00 padded as it is, 01 its SHA-256 padded, 02 a SHA-256 put into a DigestInfo, 03 its SHA-256 put
 * into a DigestInfo. */
static const struct {
    size_t most; /* bytes of data; exactly that many with is_hash */
    bool is_hash, hashes, wraps;
} schemes[] = {
    {INPUT_MAX, false, false, false},
    {65535, false, true, false},
    {SHA256_LEN, true, false, true},
    {65535, false, true, true},
};

static enum err prepare_block(uint8_t scheme, struct bytes data, struct buffer *block)
{
    uint8_t hash[SHA256_LEN];
    if (schemes[scheme].hashes) {
        sha256(data, hash);
        data = bytes_of(hash, sizeof hash);
    }
    if (schemes[scheme].wraps)
        return digest_info_encode(HASH_SHA256, data, block);
    buffer_put_bytes(block, data);
    return buffer_check(block);
}

static enum status_word sign_with(const struct image_part *part, uint8_t scheme, struct bytes data,
                                  struct buffer *answer)
{
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct buffer block CLEANUP_BUFFER;
    buffer_init(&block, INPUT_MAX);
    if (private_key_parse(image_part_bytes(part), &key) != ERR_NONE ||
        prepare_block(scheme, data, &block) != ERR_NONE ||
        sign_pkcs1(key, buffer_bytes(&block), answer) != ERR_NONE)
        return SW_FAILED;
    return SW_DONE;
}

static bool is_sha256_digest_info(struct bytes data)
{
    static const uint8_t head[] = {0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                   0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    return data.len == sizeof head + SHA256_LEN && memcmp(data.data, head, sizeof head) == 0;
}

/* The spare signs the request for its own certificate and nothing more: once, a SHA-256, right
 * after it was made. */
static enum status_word sign_by_spare(struct chip *chip, enum kind kind, const struct apdu *apdu,
                                      struct buffer *answer)
{
    if (!session_allows(chip, STEP_SIGN, kind))
        return SW_CONDITIONS;
    if (apdu->p1 != 0x00 || !is_sha256_digest_info(apdu->data))
        return SW_WRONG_DATA;
    return sign_with(&chip->image.kinds[kind].spare, 0, apdu->data, answer);
}

static enum status_word sign_by_key(const struct chip *chip, const struct file *file,
                                    const struct apdu *apdu, struct buffer *answer)
{
    if (file->type != FILE_KEY)
        return SW_WRONG_FILE;
    if (!chip->session.verified[file->kind])
        return SW_NOT_VERIFIED;
    if (chip->image.kinds[file->kind].key.len == 0 || apdu->data.len > schemes[apdu->p1].most ||
        (schemes[apdu->p1].is_hash && apdu->data.len != schemes[apdu->p1].most))
        return SW_CONDITIONS;
    return sign_with(&chip->image.kinds[file->kind].key, apdu->p1, apdu->data, answer);
}

/* P2: 80 the current key file, 80|file that one, the bare number of a key file its spare. */
enum status_word key_sign(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    enum kind kind;
    if (apdu->p1 >= COUNT_OF(schemes))
        return SW_WRONG_PARAMETERS;
    if (kind_of_key_file(apdu->p2, &kind) == ERR_NONE)
        return sign_by_spare(chip, kind, apdu, answer);
    if (!(apdu->p2 & 0x80) || apdu->p2 & 0x60)
        return SW_WRONG_PARAMETERS;
    unsigned id = apdu->p2 & 0x1F;
    const struct file *file = id ? file_find(chip->session.applet, id) : chip->session.file;
    if (!file)
        return id ? SW_FILE_NOT_FOUND : SW_NO_FILE_SELECTED;
    chip->session.file = file;
    return sign_by_key(chip, file, apdu, answer);
}
