#include "chip/pin.h"

#include <string.h>

#include "chip/files.h"

/* What the card itself accepts as a new PIN: the least that its readers rely on. Whether a PIN may
 * be chosen is decided by law before it comes here. */
static const struct {
    uint8_t least, most;
    bool has_letters;
} forms[NUM_KINDS] = {
    [KIND_SIGNATURE] = {6, IMAGE_PIN_MAX, true},
    [KIND_AUTHENTICATION] = {4, 4, false},
};

static bool form_is_right(enum kind kind, struct bytes pin)
{
    if (pin.len < forms[kind].least || pin.len > forms[kind].most)
        return false;
    for (size_t i = 0; i < pin.len; i++) {
        bool is_digit = pin.data[i] >= '0' && pin.data[i] <= '9';
        bool is_letter = pin.data[i] >= 'A' && pin.data[i] <= 'Z';
        if (!is_digit && !(is_letter && forms[kind].has_letters))
            return false;
    }
    return true;
}

static bool pin_equals(const struct image_of_kind *kind, struct bytes given)
{
    uint8_t padded[IMAGE_PIN_MAX + 1] = {0}, stored[IMAGE_PIN_MAX + 1] = {0};
    memcpy(padded, given.data, given.len);
    memcpy(stored, kind->pin, kind->pin_len);
    padded[IMAGE_PIN_MAX] = (uint8_t)given.len;
    stored[IMAGE_PIN_MAX] = kind->pin_len;
    bool equal = secret_equal(bytes_of(padded, sizeof padded), bytes_of(stored, sizeof stored));
    explicit_bzero(padded, sizeof padded);
    explicit_bzero(stored, sizeof stored);
    return equal;
}

static void pin_store(struct image_of_kind *kind, enum kind which, struct bytes pin)
{
    memset(kind->pin, 0, sizeof kind->pin);
    memcpy(kind->pin, pin.data, pin.len);
    kind->pin_len = (uint8_t)pin.len;
    kind->tries = kind_most_tries(which);
}

static enum status_word tries_left(const struct chip *chip, enum kind kind)
{
    return (enum status_word)(SW_TRIES_LEFT | chip->image.kinds[kind].tries);
}

/* The counter is lowered, and that is durable, before the comparison: a power cut gives no try
 * back. */
static enum status_word verify_kind(struct chip *chip, enum kind kind, struct bytes pin)
{
    struct image next CLEANUP_IMAGE = chip->image;
    next.kinds[kind].tries--;
    enum status_word word = chip_commit(chip, &next);
    if (word != SW_DONE)
        return word;
    if (!pin_equals(&chip->image.kinds[kind], pin))
        return tries_left(chip, kind);
    next.kinds[kind].tries = kind_most_tries(kind);
    word = chip_commit(chip, &next);
    chip->session.verified[kind] = word == SW_DONE;
    return word;
}

/* An empty VERIFY asks for the tries left: never 9000, and it never costs one. */
enum status_word pin_verify(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    (void)answer;
    const struct file *file = chip->session.file;
    if (file->type != FILE_PIN)
        return SW_WRONG_FILE;
    if (apdu->data.len == 0)
        return tries_left(chip, file->kind);
    if (apdu->data.len > IMAGE_PIN_MAX)
        return SW_WRONG_LENGTH;
    chip->session.verified[file->kind] = false;
    if (chip->image.kinds[file->kind].tries == 0)
        return SW_LOCKED;
    return verify_kind(chip, file->kind, apdu->data);
}

static enum status_word pin_replace(struct chip *chip, enum kind kind, struct bytes pin)
{
    if (!form_is_right(kind, pin))
        return SW_WRONG_DATA;
    struct image next CLEANUP_IMAGE = chip->image;
    pin_store(&next.kinds[kind], kind, pin);
    return chip_commit(chip, &next);
}

/* The data is the new PIN alone; the old one was verified in this session. */
enum status_word pin_change(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    (void)answer;
    const struct file *file = chip->session.file;
    if (file->type != FILE_PIN)
        return SW_WRONG_FILE;
    if (!chip->session.verified[file->kind])
        return SW_NOT_VERIFIED;
    return pin_replace(chip, file->kind, apdu->data);
}

/* Under a permit, set-pin or reset-pin. A PIN that is there needs reset-pin, which asks for more
 * papers at the counter; so set-pin never replaces one. Nothing is left verified. */
enum status_word pin_reset(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    (void)answer;
    const struct file *file = chip->session.file;
    if (file->type != FILE_PIN)
        return SW_WRONG_FILE;
    if (!session_allows(chip, STEP_PIN, file->kind))
        return SW_CONDITIONS;
    if (chip->taken.permit.purpose == PERMIT_SET_PIN && chip->image.kinds[file->kind].pin_len)
        return SW_CONDITIONS;
    chip->session.verified[file->kind] = false;
    return pin_replace(chip, file->kind, apdu->data);
}
