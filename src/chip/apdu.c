#include "chip/apdu.h"

/* Le of one byte, or of two: zero means the most there is. */
static bool take_le(struct reader *reader, bool extended, struct apdu *apdu)
{
    uint8_t one = 0;
    uint16_t two = 0;
    if (extended ? !reader_u16(reader, &two) : !reader_u8(reader, &one))
        return false;
    size_t le = extended ? two : one;
    apdu->has_le = true;
    apdu->le = le ? le : extended ? 65536 : 256;
    return true;
}

/* Lc, the data, and Le if anything follows. Lc is never zero here (5.1, table 1). */
static bool take_data(struct reader *reader, bool extended, struct apdu *apdu)
{
    uint8_t one = 0;
    uint16_t two = 0;
    if (extended ? !reader_u16(reader, &two) : !reader_u8(reader, &one))
        return false;
    size_t lc = extended ? two : one;
    if (lc == 0 || !reader_take(reader, lc, &apdu->data))
        return false;
    return reader_is_done(reader) || take_le(reader, extended, apdu);
}

static bool take_body(struct reader *reader, struct apdu *apdu)
{
    if (reader_is_done(reader)) /* case 1 */
        return true;
    if (reader->left == 1) /* case 2, short */
        return take_le(reader, false, apdu);
    bool extended = *reader->at == 0;
    uint8_t mark;
    if (extended && !reader_u8(reader, &mark))
        return false;
    if (extended && reader->left == 2) /* case 2, extended */
        return take_le(reader, true, apdu);
    return take_data(reader, extended, apdu);
}

enum err apdu_parse(struct bytes input, struct apdu *out, struct fault *fault)
{
    struct apdu apdu = {0};
    struct reader reader = reader_of(input);
    fault_name_input(fault, "command APDU");
    if (!reader_u8(&reader, &apdu.cla) || !reader_u8(&reader, &apdu.ins) ||
        !reader_u8(&reader, &apdu.p1) || !reader_u8(&reader, &apdu.p2))
        return fault_set(fault, ERR_MALFORMED, "ISO 7816-4 5.1", "%zu bytes, less than a header",
                         input.len);
    if (!take_body(&reader, &apdu) || !reader_is_done(&reader))
        return fault_set(fault, ERR_MALFORMED, "ISO 7816-4 5.1",
                         "%zu bytes do not fit their Lc and Le", input.len);
    *out = apdu;
    return ERR_NONE;
}
