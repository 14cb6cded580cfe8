#include "chip/image.h"

#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/hash.h"

static const char image_label[] = "JPKI card image 1\n";

void image_done(struct image *image)
{
    explicit_bzero(image, sizeof *image);
}

struct bytes image_part_bytes(const struct image_part *part)
{
    return bytes_of(part->data, part->len);
}

enum err image_part_set(struct image_part *part, struct bytes content)
{
    if (content.len > sizeof part->data)
        return ERR_LIMIT;
    explicit_bzero(part, sizeof *part);
    if (content.len)
        memcpy(part->data, content.data, content.len);
    part->len = content.len;
    return ERR_NONE;
}

static bool take_part(struct reader *reader, struct image_part *part)
{
    struct bytes content;
    return reader_sized(reader, &content) && image_part_set(part, content) == ERR_NONE;
}

static bool take_kind(struct reader *reader, struct image_of_kind *kind, enum kind which)
{
    return reader_u8(reader, &kind->pin_len) && reader_copy(reader, kind->pin, sizeof kind->pin) &&
           reader_u8(reader, &kind->tries) &&
           reader_copy(reader, kind->application, sizeof kind->application) &&
           take_part(reader, &kind->spare) && take_part(reader, &kind->key) &&
           take_part(reader, &kind->leaf) && take_part(reader, &kind->authority) &&
           kind->pin_len <= sizeof kind->pin &&
           kind->tries <= (kind->pin_len ? kind_most_tries(which) : 0);
}

static bool take_image(struct reader *reader, struct image *image)
{
    struct bytes label;
    uint8_t is_old;
    bool taken = reader_take(reader, sizeof image_label - 1, &label) &&
                 bytes_equal_text(label, image_label) && reader_u8(reader, &is_old) &&
                 is_old <= 1 && reader_copy(reader, image->card_id, sizeof image->card_id) &&
                 card_id_is_valid(bytes_of(image->card_id, sizeof image->card_id)) &&
                 reader_copy(reader, image->permit_point, sizeof image->permit_point) &&
                 take_part(reader, &image->card_key);
    for (size_t i = 0; i < NUM_KINDS; i++)
        taken = taken && take_kind(reader, &image->kinds[i], (enum kind)i);
    if (taken)
        image->is_old = is_old;
    return taken && reader_is_done(reader);
}

enum err image_parse(struct bytes input, struct image *out, struct fault *fault)
{
    struct reader reader = reader_of(input);
    struct bytes content, sum;
    uint8_t wanted[SHA256_LEN];
    fault_name_input(fault, "card image");
    if (input.len < SHA256_LEN || !reader_take(&reader, input.len - SHA256_LEN, &content) ||
        !reader_take(&reader, SHA256_LEN, &sum))
        return fault_set(fault, ERR_MALFORMED, "length", "only %zu bytes", input.len);
    sha256(content, wanted);
    if (!bytes_equal(sum, bytes_of(wanted, sizeof wanted)))
        return fault_set(fault, ERR_MALFORMED, "checksum", "the image is damaged");
    struct image image CLEANUP_IMAGE = {0};
    reader = reader_of(content);
    if (!take_image(&reader, &image))
        return fault_set(fault, ERR_MALFORMED, "layout", "not a card image of version 1");
    *out = image;
    return ERR_NONE;
}

static void put_kind(const struct image_of_kind *kind, struct buffer *out)
{
    buffer_put_u8(out, kind->pin_len);
    buffer_put(out, kind->pin, sizeof kind->pin);
    buffer_put_u8(out, kind->tries);
    buffer_put(out, kind->application, sizeof kind->application);
    buffer_put_sized(out, image_part_bytes(&kind->spare));
    buffer_put_sized(out, image_part_bytes(&kind->key));
    buffer_put_sized(out, image_part_bytes(&kind->leaf));
    buffer_put_sized(out, image_part_bytes(&kind->authority));
}

void image_encode(const struct image *image, struct buffer *out)
{
    size_t start = out->len;
    uint8_t sum[SHA256_LEN];
    buffer_put_text(out, image_label);
    buffer_put_u8(out, image->is_old);
    buffer_put(out, image->card_id, sizeof image->card_id);
    buffer_put(out, image->permit_point, sizeof image->permit_point);
    buffer_put_sized(out, image_part_bytes(&image->card_key));
    for (size_t i = 0; i < NUM_KINDS; i++)
        put_kind(&image->kinds[i], out);
    if (buffer_check(out) != ERR_NONE)
        return;
    sha256(bytes_of(out->data + start, out->len - start), sum);
    buffer_put(out, sum, sizeof sum);
}

enum err image_read(const char *path, struct image *out, struct fault *fault)
{
    struct buffer content CLEANUP_BUFFER;
    buffer_init(&content, LIMIT_CARD_IMAGE);
    enum err err = file_read(path, &content, fault);
    return err != ERR_NONE ? err : image_parse(buffer_bytes(&content), out, fault);
}

enum err image_write(const char *path, const struct image *image, struct fault *fault)
{
    struct buffer content CLEANUP_BUFFER;
    buffer_init(&content, LIMIT_CARD_IMAGE);
    image_encode(image, &content);
    enum err err = buffer_check(&content);
    return err != ERR_NONE ? err : file_replace(path, buffer_bytes(&content), 0600, fault);
}

enum err image_create(const char *path, const struct image *image, struct fault *fault)
{
    struct buffer content CLEANUP_BUFFER;
    buffer_init(&content, LIMIT_CARD_IMAGE);
    image_encode(image, &content);
    enum err err = buffer_check(&content);
    return err != ERR_NONE ? err : file_create(path, buffer_bytes(&content), 0600, fault);
}
