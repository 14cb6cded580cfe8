/* Permits for cards and checkpoints of the journal: fixed layouts, signed raw by P-256. */
#include <inttypes.h>
#include <string.h>

#include "base/permit.h"
#include "crypto/sign.h"
#include "signer/state.h"

/* The purposes that may be signed. */
static const bool purposes[] = {
    [PERMIT_MAKE_KEY] = true,  [PERMIT_INSTALL] = true,         [PERMIT_SET_PIN] = true,
    [PERMIT_RESET_PIN] = true, [PERMIT_NEW_PERMIT_KEY] = false,
};

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

static enum err permit_check(const struct signer *signer, const struct permit *permit,
                             struct fault *fault)
{
    uint8_t point[SIGNER_POINT_LEN], id[SHA256_LEN];
    enum err err = signer_key_point(signer->keys.permit, point);
    if (err != ERR_NONE)
        return err;
    sha256(bytes_of(point, sizeof point), id);
    if (memcmp(permit->key_id, id, PERMIT_KEY_ID_LEN) != 0)
        return fault_set(fault, ERR_DENIED, "key id", "not the permit key of this signer");
    if ((size_t)permit->purpose >= COUNT_OF(purposes) || !purposes[permit->purpose])
        return fault_set(fault, ERR_DENIED, "purpose", "%s is not signed here",
                         permit_purpose_name(permit->purpose));
    return ERR_NONE;
}

enum err signer_sign_permit(struct signer *signer, struct bytes input,
                            uint8_t signature[static SIGNER_RAW_LEN], struct fault *fault)
{
    struct permit permit;
    enum err err = permit_read(input, &permit, fault);
    if (err == ERR_NONE)
        err = permit_check(signer, &permit, fault);
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
    err = sign_raw_p256(signer->keys.permit, input, signature);
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
