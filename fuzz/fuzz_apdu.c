/* Command APDUs into the chip. The input is a list of steps: a byte that says what, a length byte,
 * and that many bytes. So a corpus file can hold a whole session, right permits included. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "chip/chip.h"
#include "chip/personalise.h"
#include "crypto/key.h"
#include "crypto/sign.h"

enum step { STEP_APDU, STEP_PERMIT, STEP_POWER, STEP_FAIL_SAVE, STEP_RESET, NUM_STEPS };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct private_key *permit_key;
static uint8_t key_id[PERMIT_KEY_ID_LEN];
static struct image personalised;
static bool fails;

/* Whatever is saved must be a card. */
static enum err save(void *context, const struct image *image)
{
    static struct image again;
    struct buffer content CLEANUP_BUFFER;
    (void)context;
    buffer_init(&content, LIMIT_CARD_IMAGE);
    image_encode(image, &content);
    if (image_parse(buffer_bytes(&content), &again, NULL) != ERR_NONE)
        abort();
    return fails ? ERR_IO : ERR_NONE;
}

static void start(void)
{
    struct buffer spki CLEANUP_BUFFER;
    uint8_t hash[SHA256_LEN];
    buffer_init(&spki, 256);
    if (private_key_generate(KEY_P256, 0, &permit_key) != ERR_NONE ||
        private_key_spki(permit_key, &spki) != ERR_NONE ||
        personalise((const uint8_t *)"4000000127198431322120350217", buffer_bytes(&spki), false,
                    &personalised, NULL) != ERR_NONE)
        abort();
    sha256(bytes_of(spki.data + spki.len - PERMIT_POINT_LEN, PERMIT_POINT_LEN), hash);
    memcpy(key_id, hash, sizeof key_id);
}

static void transmit(struct chip *chip, struct bytes apdu, struct buffer *response)
{
    buffer_done(response);
    chip_transmit(chip, apdu, response);
    if (buffer_check(response) != ERR_NONE || response->len == 1)
        abort();
}

/* A right permit: purpose, kind, application, and what the digest is of. */
static void present(struct chip *chip, struct bytes step, struct buffer *response)
{
    struct reader reader = reader_of(step);
    struct permit permit = {0};
    uint8_t purpose, kind, apdu[5 + PERMIT_LEN] = {0x00, 0x82, 0x00, 0x00, PERMIT_LEN};
    if (!reader_u8(&reader, &purpose) || !reader_u8(&reader, &kind) ||
        !reader_u8(&reader, permit.application) || purpose < 1 || purpose > 5)
        return;
    transmit(chip, bytes_of("\x00\x84\x00\x00\x10", 5), response);
    if (response->len != CHALLENGE_LEN + 2)
        return;
    memcpy(permit.challenge, response->data, CHALLENGE_LEN);
    memcpy(permit.key_id, key_id, sizeof key_id);
    memcpy(permit.card_id, personalised.card_id, CARD_ID_LEN);
    permit.purpose = (enum permit_purpose)purpose;
    permit.kind = (enum kind)(kind & 1);
    if (permit_purpose_has_digest(permit.purpose))
        sha256(bytes_of(reader.at, reader.left), permit.digest);
    permit_encode_signed(&permit, apdu + 5);
    if (sign_raw_p256(permit_key, bytes_of(apdu + 5, PERMIT_SIGNED_LEN), permit.signature) !=
        ERR_NONE)
        abort();
    permit_encode(&permit, apdu + 5);
    transmit(chip, bytes_of(apdu, sizeof apdu), response);
}

static void run_step(struct chip *chip, uint8_t what, struct bytes step, struct buffer *response)
{
    switch ((enum step)(what % NUM_STEPS)) {
    case STEP_APDU:
        transmit(chip, step, response);
        break;
    case STEP_PERMIT:
        present(chip, step, response);
        break;
    case STEP_POWER:
        chip_power_off(chip);
        chip_power_on(chip);
        break;
    case STEP_FAIL_SAVE:
        fails = !fails;
        break;
    case STEP_RESET:
    case NUM_STEPS:
        chip_reset(chip);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct chip *chip CLEANUP_CHIP = NULL;
    struct buffer response CLEANUP_BUFFER;
    struct reader reader = reader_of(bytes_of(data, size));
    uint8_t what, len;
    struct bytes step;
    buffer_init(&response, LIMIT_APDU);
    if (!permit_key)
        start();
    fails = false;
    if (chip_new(&personalised, (struct chip_store){save, NULL}, &chip) != ERR_NONE)
        abort();
    chip_power_on(chip);
    while (reader_u8(&reader, &what) && reader_u8(&reader, &len) &&
           reader_take(&reader, len, &step))
        run_step(chip, what, step, &response);
    return 0;
}
