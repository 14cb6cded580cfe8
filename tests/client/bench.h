/* A card on the bench, seen through the client: a chip over an image file, in memory instead of a
 * reader, and the centre played by a permit key. Real permits, real statements. */
#pragma once

#include "client/card.h"
#include "crypto/key.h"
#include "main/chip_card.h"

struct bench {
    char path[4096];
    struct chip *chip;
    struct emulated_card card;
    struct private_key *permit_key;
    struct card_channel channel;
};

/* bench_make_permit_key writes a new key as PKCS#8 in PEM, and appends its SPKI. */
enum err bench_make_permit_key(const char *path, struct buffer *spki);

/* bench_open: the image exists; permit_key is PKCS#8 in PEM, the private half of what the card was
 * made with. */
enum err bench_open(struct bench *bench, const char *image_path, const char *permit_key_path);
void bench_done(struct bench *bench);

/* Has a permit signed for the card's next challenge and presents it; digest may be empty. */
enum err bench_permit(struct bench *bench, struct card_session *session,
                      enum permit_purpose purpose, enum kind kind, uint8_t application,
                      struct bytes digest);

/* Each is one session. bench_make_key appends the SPKI of the spare. */
enum err bench_set_pin(struct bench *bench, enum kind kind, enum permit_purpose purpose,
                       const char *pin);
enum err bench_make_key(struct bench *bench, enum kind kind, const char *pin, uint8_t application,
                        struct buffer *spki);
enum err bench_install(struct bench *bench, enum kind kind, const char *pin, uint8_t application,
                       struct bytes leaf, struct bytes authority);
