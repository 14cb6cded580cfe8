#include "client/card_record.h"

#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"

static const char head[] = "card-id: ";

static bool take_id(struct reader *reader, struct card_record *out)
{
    struct bytes label;
    uint8_t newline;
    return reader_take(reader, sizeof head - 1, &label) && bytes_equal_text(label, head) &&
           reader_copy(reader, out->id, CARD_ID_LEN) && reader_u8(reader, &newline) &&
           newline == '\n' && card_id_is_valid(bytes_of(out->id, CARD_ID_LEN));
}

/* DER of an uncompressed P-256 key is its 27 first bytes and two coordinates (RFC 5480 2). */
static bool is_p256(struct bytes spki)
{
    static const uint8_t start[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48,
                                    0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
                                    0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
    return spki.len == CARD_KEY_LEN && memcmp(spki.data, start, sizeof start) == 0;
}

enum err card_record_parse(struct bytes text, struct card_record *out, struct fault *fault)
{
    struct card_record record;
    struct reader reader = reader_of(text);
    struct buffer spki CLEANUP_BUFFER;
    struct bytes rest = {0};
    buffer_init(&spki, LIMIT_KEY_FILE);
    if (!take_id(&reader, &record))
        return fault_set(fault, ERR_MALFORMED, "card-id", "the first line is not \"%sDIGITS\"",
                         head);
    enum err err = pem_decode(bytes_of(reader.at, reader.left), "PUBLIC KEY", &spki, &rest);
    bool is_end = rest.len == 0 || (rest.len == 1 && *rest.data == '\n');
    if (err != ERR_NONE || !is_end || !is_p256(buffer_bytes(&spki)))
        return fault_set(fault, ERR_MALFORMED, "PUBLIC KEY", "no P-256 key follows, or more");
    memcpy(record.spki, spki.data, sizeof record.spki);
    *out = record;
    return ERR_NONE;
}

void card_record_encode(const struct card_record *record, struct buffer *out)
{
    buffer_put_text(out, head);
    buffer_put(out, record->id, CARD_ID_LEN);
    buffer_put_u8(out, '\n');
    pem_encode("PUBLIC KEY", bytes_of(record->spki, sizeof record->spki), out);
}
