/* The bytes of the floors: on the wire, and in signed.index. */
#include "signer/wire.h"

void floors_put(struct buffer *out, const struct signer_floors *floors)
{
    buffer_put_u64(out, floors->sequence);
    for (size_t kind = 0; kind < NUM_KINDS; kind++) {
        buffer_put_u64(out, floors->of[kind].serial);
        buffer_put_u64(out, floors->of[kind].crl_number);
        buffer_put_u64(out, (uint64_t)floors->of[kind].this_update);
        buffer_put_u64(out, floors->of[kind].signed_serial);
        buffer_put_u64(out, floors->of[kind].signed_crl);
    }
    checkpoint_put(out, &floors->checkpoint);
}

bool floors_take(struct reader *reader, struct signer_floors *out)
{
    struct signer_floors taken;
    if (!reader_u64(reader, &taken.sequence))
        return false;
    for (size_t kind = 0; kind < NUM_KINDS; kind++) {
        uint64_t time;
        struct signer_floors_of_kind *of = &taken.of[kind];
        if (!reader_u64(reader, &of->serial) || !reader_u64(reader, &of->crl_number) ||
            !reader_u64(reader, &time) || !reader_u64(reader, &of->signed_serial) ||
            !reader_u64(reader, &of->signed_crl))
            return false;
        of->this_update = (int64_t)time;
    }
    if (!checkpoint_take(reader, &taken.checkpoint))
        return false;
    *out = taken;
    return true;
}
