/* Permits for cards and checkpoints of the journal: fixed layouts, signed raw by P-256. */
#include <inttypes.h>
#include <string.h>

#include "base/permit.h"
#include "crypto/permit_key.h"
#include "crypto/sign.h"
#include "signer/state.h"

/* permit_parse wants a signature behind the signed part: zeros stand for the one to come. */
static enum err permit_read(struct bytes input, struct permit *out, struct fault *fault)
{
    uint8_t whole[PERMIT_LEN] = {0};
    if (input.len != PERMIT_SIGNED_LEN)
        return fault_set(fault, ERR_MALFORMED, "length of a permit", "%zu bytes, not %d", input.len,
                         PERMIT_SIGNED_LEN);
    memcpy(whole, input.data, PERMIT_SIGNED_LEN);
    return permit_parse(bytes_of(whole, sizeof whole), out, fault);
}

/* The generation of the permit key that the permit names. */
static enum err permit_find_key(const struct signer *signer, const struct permit *permit,
                                unsigned *generation, struct fault *fault)
{
    for (unsigned g = 1; g <= signer->keys.num_permits; g++) {
        uint8_t point[SIGNER_POINT_LEN], id[PERMIT_KEY_ID_LEN];
        enum err err = signer_permit_key(signer, g, point);
        if (err != ERR_NONE)
            return err;
        permit_key_id(point, id);
        if (memcmp(permit->key_id, id, sizeof id) == 0) {
            *generation = g;
            return ERR_NONE;
        }
    }
    return fault_set(fault, ERR_DENIED, "key id", "not a permit key of this signer");
}

/* A card is led from an older key to the newest one, and to no other: who has taken commit cannot
 * give cards a key of their own, or lead them back. */
static enum err new_key_check(const struct signer *signer, const struct permit *permit,
                              unsigned generation, struct fault *fault)
{
    uint8_t newest[SIGNER_POINT_LEN];
    if (permit->purpose != PERMIT_NEW_PERMIT_KEY)
        return ERR_NONE;
    if (generation == signer->keys.num_permits)
        return fault_set(fault, ERR_DENIED, "new permit key", "this card has the newest one");
    enum err err = signer_permit_key(signer, signer->keys.num_permits, newest);
    if (err != ERR_NONE || permit_key_is_digest(newest, permit->digest))
        return err;
    return fault_set(fault, ERR_DENIED, "new permit key", "the digest is not the newest one's");
}

enum err signer_sign_permit(struct signer *signer, struct bytes input,
                            uint8_t signature[static SIGNER_RAW_LEN], struct fault *fault)
{
    struct permit permit;
    unsigned generation = 0;
    enum err err = permit_read(input, &permit, fault);
    if (err == ERR_NONE)
        err = permit_find_key(signer, &permit, &generation, fault);
    if (err == ERR_NONE)
        err = new_key_check(signer, &permit, generation, fault);
    if (err != ERR_NONE)
        return err;
    struct signed_record record = {.type = SIGNED_PERMIT, .kind = permit.kind};
    memcpy(record.card_id, permit.card_id, CARD_ID_LEN);
    memcpy(record.challenge, permit.challenge, CHALLENGE_LEN);
    sha256(input, record.digest);
    err = signer_admit(signer, &record, fault);
    if (err == ERR_NONE)
        err = signer_admitted(signer, fault);
    if (err != ERR_NONE)
        return err;
    err = sign_raw_p256(signer->keys.permit[generation - 1], input, signature);
    return err == ERR_NONE ? ERR_NONE : signer_not_signed(signer, err, fault);
}

/* --- checkpoints --- */

/* Does the head of the last checkpoint lead, link by link, to the new one? */
static enum err links_check(const struct signer_checkpoint *last,
                            const struct signer_checkpoint *checkpoint, struct bytes links,
                            struct fault *fault)
{
    uint8_t head[SIGNER_HEAD_LEN];
    uint64_t num = links.len / SIGNER_HEAD_LEN;
    if (links.len % SIGNER_HEAD_LEN || num > SIGNER_LINKS_MAX ||
        checkpoint->number < last->number || checkpoint->number - last->number != num)
        return fault_set(fault, ERR_DENIED, "checkpoint extends the last",
                         "%" PRIu64 " links do not lead from entry %" PRIu64 " to %" PRIu64, num,
                         last->number, checkpoint->number);
    memcpy(head, last->head, sizeof head);
    for (uint64_t i = 0; i < num; i++)
        signer_checkpoint_link(head, links.data + i * SIGNER_HEAD_LEN);
    if (memcmp(head, checkpoint->head, sizeof head) != 0)
        return fault_set(fault, ERR_DENIED, "checkpoint extends the last",
                         "the links lead to another head");
    return ERR_NONE;
}

enum err signer_sign_checkpoint(struct signer *signer, const struct signer_checkpoint *checkpoint,
                                struct bytes links, uint8_t signature[static SIGNER_RAW_LEN],
                                struct fault *fault)
{
    struct signed_record record = {
        .type = SIGNED_CHECKPOINT, .number = checkpoint->number, .when = checkpoint->time};
    struct buffer message CLEANUP_BUFFER;
    buffer_init(&message, 256);
    signer_checkpoint_encode(checkpoint, &message);
    enum err err = buffer_check(&message);
    if (err != ERR_NONE)
        return err;
    memcpy(record.head, checkpoint->head, SIGNER_HEAD_LEN);
    sha256(buffer_bytes(&message), record.digest);
    bool was_signed = false;
    err = signer_was_signed(signer, record.digest, &was_signed, fault);
    if (err == ERR_NONE && !was_signed)
        err = links_check(&signer->floors.checkpoint, checkpoint, links, fault);
    if (err == ERR_NONE)
        err = signer_admit(signer, &record, fault);
    if (err == ERR_NONE)
        err = signer_admitted(signer, fault);
    if (err != ERR_NONE)
        return err;
    err = sign_raw_p256(signer->keys.journal, buffer_bytes(&message), signature);
    return err == ERR_NONE ? ERR_NONE : signer_not_signed(signer, err, fault);
}
