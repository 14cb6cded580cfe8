/* The chip in the card: bytes in, bytes out. A pure state machine over an image; it opens no socket
 * and no file, and whoever owns it says when the power comes and goes and where the image is kept.
 * docs/PROTOCOL.card-administration; the JPKI application as OpenSC and others use it. */
#pragma once

#include "chip/image.h"

/* save makes the image durable before it returns ERR_NONE. Called before the chip acts on what
 * changed; if it fails, the chip answers 6581 and stays as it was. */
struct chip_store {
    enum err (*save)(void *context, const struct image *image);
    void *context;
};

struct chip;

/* chip_new copies the image; the chip is without power. *out is the caller's. */
enum err chip_new(const struct image *image, struct chip_store store, struct chip **out) MUST_USE;
void chip_free(struct chip *chip); /* wipes */
void chip_cleanup(struct chip **chip);
#define CLEANUP_CHIP CLEANUP(chip_cleanup)

/* Power on, and reset, forget what a session knew: the selected application, verified PINs,
 * challenge, open operation, staged bytes. The image stays. */
void chip_power_on(struct chip *chip);
void chip_power_off(struct chip *chip);
void chip_reset(struct chip *chip);
struct bytes chip_atr(const struct chip *chip); /* borrowed, lives as long as the program */

/* chip_transmit appends data and status word, at least two bytes; nothing without power. Fails only
 * through the response's own cap (LIMIT_APDU is enough). */
void chip_transmit(struct chip *chip, struct bytes apdu, struct buffer *response);
