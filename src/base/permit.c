#include "base/permit.h"

#include <assert.h>
#include <string.h>

static const char permit_label[] = "JPKI permit 1";

static const struct {
    const char *name;
    bool has_kind, has_digest;
} purposes[] = {
    [PERMIT_MAKE_KEY] = {"make-key", true, false},
    [PERMIT_INSTALL] = {"install", true, true},
    [PERMIT_SET_PIN] = {"set-pin", true, false},
    [PERMIT_RESET_PIN] = {"reset-pin", true, false},
    [PERMIT_NEW_PERMIT_KEY] = {"new-permit-key", false, true},
};

static const uint8_t key_files[NUM_KINDS] = {
    [KIND_SIGNATURE] = 0x1A,
    [KIND_AUTHENTICATION] = 0x17,
};

uint8_t kind_key_file(enum kind kind)
{
    return key_files[kind];
}

enum err kind_of_key_file(uint8_t file, enum kind *out)
{
    for (size_t i = 0; i < NUM_KINDS; i++)
        if (key_files[i] == file) {
            *out = (enum kind)i;
            return ERR_NONE;
        }
    return ERR_MALFORMED;
}

const char *permit_purpose_name(enum permit_purpose purpose)
{
    return purposes[purpose].name;
}

bool permit_purpose_has_digest(enum permit_purpose purpose)
{
    return purposes[purpose].has_digest;
}

static bool is_zero(const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (octets[i] != 0)
            return false;
    return true;
}

/* Reads the fields into *out and the purpose and kind as they stand on the wire. */
static bool permit_take(struct bytes input, struct permit *out, uint8_t *purpose, uint8_t *file)
{
    struct reader reader = reader_of(input);
    struct bytes label;
    return reader_take(&reader, sizeof permit_label - 1, &label) &&
           bytes_equal_text(label, permit_label) &&
           reader_copy(&reader, out->key_id, sizeof out->key_id) && reader_u8(&reader, purpose) &&
           reader_u8(&reader, file) &&
           reader_copy(&reader, out->application, sizeof out->application) &&
           reader_copy(&reader, out->card_id, sizeof out->card_id) &&
           reader_copy(&reader, out->challenge, sizeof out->challenge) &&
           reader_copy(&reader, out->digest, sizeof out->digest) &&
           reader_copy(&reader, out->signature, sizeof out->signature) && reader_is_done(&reader);
}

enum err permit_parse(struct bytes input, struct permit *out, struct fault *fault)
{
    struct permit permit = {0};
    uint8_t purpose, file;
    fault_name_input(fault, "permit");
    if (!permit_take(input, &permit, &purpose, &file))
        return fault_set(fault, ERR_MALFORMED, "layout", "not %d bytes that begin with \"%s\"",
                         PERMIT_LEN, permit_label);
    if (purpose >= COUNT_OF(purposes) || !purposes[purpose].name)
        return fault_set(fault, ERR_MALFORMED, "purpose", "%u is unknown", purpose);
    permit.purpose = (enum permit_purpose)purpose;
    if (purposes[purpose].has_kind ? kind_of_key_file(file, &permit.kind) != ERR_NONE : file != 0)
        return fault_set(fault, ERR_MALFORMED, "kind", "%02X with the purpose %s", file,
                         purposes[purpose].name);
    if (!card_id_is_valid(bytes_of(permit.card_id, sizeof permit.card_id)))
        return fault_set(fault, ERR_MALFORMED, "card id", "not %d digits", CARD_ID_LEN);
    if (!purposes[purpose].has_digest && !is_zero(permit.digest, sizeof permit.digest))
        return fault_set(fault, ERR_MALFORMED, "digest", "given with the purpose %s",
                         purposes[purpose].name);
    *out = permit;
    return ERR_NONE;
}

/* Writes field after field at *at. */
static void put(uint8_t **at, const void *field, size_t len)
{
    memcpy(*at, field, len);
    *at += len;
}

void permit_encode_signed(const struct permit *permit, uint8_t out[static PERMIT_SIGNED_LEN])
{
    const uint8_t purpose = (uint8_t)permit->purpose;
    const uint8_t file = purposes[purpose].has_kind ? key_files[permit->kind] : 0;
    uint8_t *at = out;
    put(&at, permit_label, sizeof permit_label - 1);
    put(&at, permit->key_id, sizeof permit->key_id);
    put(&at, &purpose, 1);
    put(&at, &file, 1);
    put(&at, permit->application, sizeof permit->application);
    put(&at, permit->card_id, sizeof permit->card_id);
    put(&at, permit->challenge, sizeof permit->challenge);
    put(&at, permit->digest, sizeof permit->digest);
    assert(at == out + PERMIT_SIGNED_LEN);
}

void permit_encode(const struct permit *permit, uint8_t out[static PERMIT_LEN])
{
    permit_encode_signed(permit, out);
    memcpy(out + PERMIT_SIGNED_LEN, permit->signature, sizeof permit->signature);
}
