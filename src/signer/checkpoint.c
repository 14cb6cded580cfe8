/* The bytes of a checkpoint: on the wire, under the signature, and the step of the chain. */
#include <string.h>

#include "crypto/hash.h"
#include "signer/wire.h"

void checkpoint_put(struct buffer *out, const struct signer_checkpoint *checkpoint)
{
    buffer_put_u64(out, checkpoint->number);
    buffer_put_u64(out, (uint64_t)checkpoint->time);
    buffer_put(out, checkpoint->head, SIGNER_HEAD_LEN);
}

bool checkpoint_take(struct reader *reader, struct signer_checkpoint *out)
{
    struct signer_checkpoint taken;
    uint64_t time;
    if (!reader_u64(reader, &taken.number) || !reader_u64(reader, &time) ||
        !reader_copy(reader, taken.head, SIGNER_HEAD_LEN))
        return false;
    taken.time = (int64_t)time;
    *out = taken;
    return true;
}

void signer_checkpoint_encode(const struct signer_checkpoint *checkpoint, struct buffer *out)
{
    buffer_put_text(out, "JPKI checkpoint 1");
    checkpoint_put(out, checkpoint);
}

void signer_checkpoint_link(uint8_t head[static SIGNER_HEAD_LEN],
                            const uint8_t link[static SIGNER_HEAD_LEN])
{
    uint8_t input[2 * SIGNER_HEAD_LEN];
    memcpy(input, head, SIGNER_HEAD_LEN);
    memcpy(input + SIGNER_HEAD_LEN, link, SIGNER_HEAD_LEN);
    sha256(bytes_of(input, sizeof input), head);
}
