#include "chip/administration.h"

#include <string.h>

#include "crypto/permit_key.h"
#include "crypto/random.h"
#include "crypto/verify.h"

/* One challenge is outstanding at a time. Another length answers random bytes, and clears it. */
enum status_word challenge_get(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    uint8_t octets[256];
    if (apdu->le > sizeof octets)
        return SW_WRONG_LENGTH;
    random_bytes(octets, apdu->le);
    chip->session.has_challenge = apdu->le == CHALLENGE_LEN;
    if (chip->session.has_challenge)
        memcpy(chip->session.challenge, octets, CHALLENGE_LEN);
    buffer_put(answer, octets, apdu->le);
    return SW_DONE;
}

static bool key_is_ours(const struct image *image, const struct permit *permit)
{
    uint8_t id[PERMIT_KEY_ID_LEN];
    permit_key_id(image->permit_point, id);
    return memcmp(id, permit->key_id, sizeof id) == 0;
}

/* Signed by the centre, for this card, for this challenge. */
static bool permit_is_right(const struct chip *chip, const struct permit *permit)
{
    uint8_t covered[PERMIT_SIGNED_LEN];
    permit_encode_signed(permit, covered);
    return verify_raw_p256(bytes_of(chip->image.permit_point, PERMIT_POINT_LEN),
                           bytes_of(covered, sizeof covered), permit->signature) == ERR_NONE &&
           memcmp(permit->card_id, chip->image.card_id, CARD_ID_LEN) == 0 &&
           memcmp(permit->challenge, chip->session.challenge, CHALLENGE_LEN) == 0;
}

static const enum step first_steps[] = {
    [PERMIT_MAKE_KEY] = STEP_GENERATE,    [PERMIT_INSTALL] = STEP_STAGE,
    [PERMIT_SET_PIN] = STEP_PIN,          [PERMIT_RESET_PIN] = STEP_PIN,
    [PERMIT_NEW_PERMIT_KEY] = STEP_STAGE,
};

/* Always consumes the challenge. */
enum status_word permit_present(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    (void)answer;
    struct permit permit;
    bool had_challenge = chip->session.has_challenge;
    chip->session.has_challenge = false;
    if (apdu->data.len != PERMIT_LEN)
        return SW_WRONG_LENGTH;
    if (!had_challenge)
        return SW_CONDITIONS;
    if (permit_parse(apdu->data, &permit, NULL) != ERR_NONE)
        return SW_WRONG_DATA;
    if (!key_is_ours(&chip->image, &permit))
        return SW_DATA_NOT_FOUND;
    if (!permit_is_right(chip, &permit))
        return SW_NOT_VERIFIED;
    chip->taken = (struct operation){.permit = permit};
    session_continue(chip, first_steps[permit.purpose]);
    return SW_DONE;
}
