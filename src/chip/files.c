#include "chip/files.h"

#include <string.h>

#define AID_MAX 10
#define AID_MIN 5 /* a registered identifier; any longer prefix of an AID selects, too */

static const struct {
    enum applet applet;
    uint8_t len;
    uint8_t aid[AID_MAX];
} applets[] = {
    {APPLET_JPKI, 10, {0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01}},
    {APPLET_COMMON, 10, {0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00}},
    {APPLET_ISSUER, 7, {0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00}},
};

static void put_leaf(const struct image *image, enum kind kind, struct buffer *out)
{
    buffer_put_bytes(out, image_part_bytes(&image->kinds[kind].leaf));
}

static void put_authority(const struct image *image, enum kind kind, struct buffer *out)
{
    buffer_put_bytes(out, image_part_bytes(&image->kinds[kind].authority));
}

static void put_padded(struct buffer *out, const char *text, size_t len)
{
    size_t have = strlen(text);
    buffer_put(out, text, have);
    for (size_t i = have; i < len; i++)
        buffer_put_u8(out, ' ');
}

/* A CK_TOKEN_INFO of 160 bytes, integers of 32 bits. Clients tell a My Number card from an old
 * resident card by the label. page:S13 */
static void put_token_info(const struct image *image, enum kind kind, struct buffer *out)
{
    static const uint32_t numbers[] = {
        0x40D,                                          /* flags */
        1,          0,          1,          0,          /* sessions: most, open; writing */
        16,         6,                                  /* length of a PIN: most, least */
        UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, /* memory: not said */
    };
    (void)kind;
    put_padded(out, image->is_old ? "JPKIAPICCTOKEN" : "JPKIAPICCTOKEN2", 32);
    put_padded(out, "OpenJPKI", 32);
    put_padded(out, "", 16); /* model */
    put_padded(out, "", 16); /* serial number */
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        buffer_put_u32(out, numbers[i]);
    buffer_put_text(out, "03");               /* hardware version */
    buffer_put_text(out, "01");               /* firmware version */
    buffer_put_text(out, "9999999999999999"); /* no clock */
}

/* Which of the two certificates is there, signature first. */
static void put_availability(const struct image *image, enum kind kind, struct buffer *out)
{
    (void)kind;
    buffer_put_u8(out, image->kinds[KIND_SIGNATURE].leaf.len ? 0x8F : 0x00);
    buffer_put_u8(out, image->kinds[KIND_AUTHENTICATION].leaf.len ? 0x8F : 0x00);
    buffer_put_u8(out, 0x00);
}

static void put_card_id(const struct image *image, enum kind kind, struct buffer *out)
{
    (void)kind;
    buffer_put_u8(out, 0x01);
    buffer_put_u8(out, CARD_ID_LEN);
    buffer_put(out, image->card_id, CARD_ID_LEN);
}

static const struct file files[] = {
    {APPLET_JPKI, 0x01, FILE_BYTES, KIND_SIGNATURE, true, put_leaf},
    {APPLET_JPKI, 0x02, FILE_BYTES, KIND_SIGNATURE, false, put_authority},
    {APPLET_JPKI, 0x06, FILE_BYTES, KIND_SIGNATURE, false, put_token_info},
    {APPLET_JPKI, 0x08, FILE_BYTES, KIND_SIGNATURE, false, put_availability},
    {APPLET_JPKI, 0x0A, FILE_BYTES, KIND_AUTHENTICATION, false, put_leaf},
    {APPLET_JPKI, 0x0B, FILE_BYTES, KIND_AUTHENTICATION, false, put_authority},
    {APPLET_JPKI, 0x17, FILE_KEY, KIND_AUTHENTICATION, false, NULL},
    {APPLET_JPKI, 0x18, FILE_PIN, KIND_AUTHENTICATION, false, NULL},
    {APPLET_JPKI, 0x1A, FILE_KEY, KIND_SIGNATURE, false, NULL},
    {APPLET_JPKI, 0x1B, FILE_PIN, KIND_SIGNATURE, false, NULL},
    {APPLET_COMMON, 0x01, FILE_RECORD, KIND_SIGNATURE, false, put_card_id},
};

const struct file *file_find(enum applet applet, unsigned id)
{
    for (size_t i = 0; i < COUNT_OF(files); i++)
        if (files[i].applet == applet && files[i].id == id)
            return &files[i];
    return NULL;
}

/* The template of SELECT with P2 = 00 (ISO/IEC 7816-4 5.3.3): only the name that was selected. */
static void put_control(struct buffer *answer, uint8_t tag, struct bytes name)
{
    buffer_put_u8(answer, 0x6F);
    buffer_put_u8(answer, (uint8_t)(name.len + 2));
    buffer_put_u8(answer, tag);
    buffer_put_u8(answer, (uint8_t)name.len);
    buffer_put_bytes(answer, name);
}

/* SELECT of an application, even of the same, drops the security status. */
static enum status_word select_applet(struct chip *chip, const struct apdu *apdu,
                                      struct buffer *answer)
{
    for (size_t i = 0; i < COUNT_OF(applets); i++) {
        size_t len = apdu->data.len;
        if (len < AID_MIN || len > applets[i].len ||
            memcmp(apdu->data.data, applets[i].aid, len) != 0)
            continue;
        session_start(chip, applets[i].applet);
        if (apdu->p2 == 0x00 && apdu->has_le)
            put_control(answer, 0x84, bytes_of(applets[i].aid, applets[i].len));
        return SW_DONE;
    }
    return SW_FILE_NOT_FOUND;
}

static enum status_word select_file(struct chip *chip, const struct apdu *apdu,
                                    struct buffer *answer)
{
    struct reader reader = reader_of(apdu->data);
    uint16_t id;
    if (!reader_u16(&reader, &id) || !reader_is_done(&reader))
        return SW_WRONG_LENGTH;
    const struct file *file = file_find(chip->session.applet, id);
    if (!file)
        return SW_FILE_NOT_FOUND;
    chip->session.file = file;
    if (apdu->p2 == 0x00 && apdu->has_le)
        put_control(answer, 0x83, apdu->data);
    return SW_DONE;
}

/* Without a file: wrong parameters before an application is selected, no effect afterwards. There
 * is no master file. */
static enum status_word select_master(struct chip *chip, const struct apdu *apdu,
                                      struct buffer *answer)
{
    (void)answer;
    if (apdu->data.len)
        return SW_FILE_NOT_FOUND;
    return chip->session.applet == APPLET_ISSUER ? SW_WRONG_PARAMETERS : SW_DONE;
}

enum status_word file_select(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    static const struct {
        uint8_t p1;
        command_function *function;
    } ways[] = {{0x00, select_master}, {0x02, select_file}, {0x04, select_applet}};
    if (apdu->p2 != 0x00 && apdu->p2 != 0x0C)
        return SW_WRONG_PARAMETERS;
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (ways[i].p1 == apdu->p1)
            return ways[i].function(chip, apdu, answer);
    return SW_WRONG_PARAMETERS;
}

static void put_within(struct buffer *answer, struct bytes content, size_t le)
{
    buffer_put(answer, content.data, content.len < le ? content.len : le);
}

static enum status_word read_file(const struct chip *chip, size_t offset, size_t le,
                                  struct buffer *answer)
{
    const struct file *file = chip->session.file;
    if (!file)
        return SW_NO_FILE_SELECTED;
    if (file->type != FILE_BYTES)
        return SW_WRONG_FILE;
    if (file->is_guarded && !chip->session.verified[file->kind])
        return SW_NOT_VERIFIED;
    struct buffer content CLEANUP_BUFFER;
    buffer_init(&content, IMAGE_FILE_MAX);
    file->content(&chip->image, file->kind, &content);
    if (offset >= content.len)
        return SW_WRONG_OFFSET;
    put_within(answer, bytes_of(content.data + offset, content.len - offset), le);
    return SW_DONE;
}

/* P1 with bit 8: a short identifier, which becomes the current file, and 8 bits of offset; without:
 * 15 bits of offset into the current file. */
enum status_word file_read_binary(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    if (!(apdu->p1 & 0x80))
        return read_file(chip, (size_t)apdu->p1 << 8 | apdu->p2, apdu->le, answer);
    if (apdu->p1 & 0x60)
        return SW_WRONG_PARAMETERS;
    const struct file *file = file_find(chip->session.applet, apdu->p1 & 0x1F);
    if (!file)
        return SW_FILE_NOT_FOUND;
    chip->session.file = file;
    return read_file(chip, apdu->p2, apdu->le, answer);
}

/* P2: five bits of short identifier, 0 for the current file, then 100: P1 is the record's number.
 */
enum status_word file_read_record(struct chip *chip, const struct apdu *apdu, struct buffer *answer)
{
    if ((apdu->p2 & 0x07) != 0x04)
        return SW_WRONG_PARAMETERS;
    unsigned id = apdu->p2 >> 3;
    const struct file *file = id ? file_find(chip->session.applet, id) : chip->session.file;
    if (!file)
        return id ? SW_FILE_NOT_FOUND : SW_NO_FILE_SELECTED;
    if (file->type != FILE_RECORD)
        return SW_WRONG_FILE;
    chip->session.file = file;
    if (apdu->p1 != 1)
        return SW_RECORD_NOT_FOUND;
    struct buffer record CLEANUP_BUFFER;
    buffer_init(&record, IMAGE_FILE_MAX);
    file->content(&chip->image, file->kind, &record);
    put_within(answer, buffer_bytes(&record), apdu->le);
    return SW_DONE;
}
