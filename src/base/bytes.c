#include "base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct bytes bytes_of(const void *data, size_t len)
{
    return (struct bytes){data, len};
}

struct bytes bytes_of_text(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool bytes_equal_text(struct bytes a, const char *text)
{
    return bytes_equal(a, bytes_of_text(text));
}

struct reader reader_of(struct bytes input)
{
    return (struct reader){input.data, input.len};
}

bool reader_take(struct reader *reader, size_t len, struct bytes *out)
{
    if (len > reader->left)
        return false;
    *out = (struct bytes){reader->at, len};
    if (len) {
        reader->at += len;
        reader->left -= len;
    }
    return true;
}

bool reader_copy(struct reader *reader, void *out, size_t len)
{
    struct bytes taken;
    if (!reader_take(reader, len, &taken))
        return false;
    if (len)
        memcpy(out, taken.data, len);
    return true;
}

static bool reader_integer(struct reader *reader, size_t len, uint64_t *out)
{
    struct bytes taken;
    if (!reader_take(reader, len, &taken))
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++)
        value = value << 8 | taken.data[i];
    *out = value;
    return true;
}

bool reader_u8(struct reader *reader, uint8_t *out)
{
    return reader_copy(reader, out, 1);
}

bool reader_u16(struct reader *reader, uint16_t *out)
{
    uint64_t value;
    if (!reader_integer(reader, 2, &value))
        return false;
    *out = (uint16_t)value;
    return true;
}

bool reader_u32(struct reader *reader, uint32_t *out)
{
    uint64_t value;
    if (!reader_integer(reader, 4, &value))
        return false;
    *out = (uint32_t)value;
    return true;
}

bool reader_u64(struct reader *reader, uint64_t *out)
{
    return reader_integer(reader, 8, out);
}

bool reader_sized(struct reader *reader, struct bytes *out)
{
    struct reader copy = *reader;
    uint32_t len;
    if (!reader_u32(&copy, &len) || !reader_take(&copy, len, out))
        return false;
    *reader = copy;
    return true;
}

bool reader_is_done(const struct reader *reader)
{
    return reader->left == 0;
}

void buffer_init(struct buffer *buffer, size_t cap)
{
    *buffer = (struct buffer){.cap = cap};
}

/* A block this large is a mapping of its own: the kernel moves its pages when it grows and clears
 * them when it ends, so nothing has to be copied or wiped; and it is told to take large pages,
 * since touching small ones for the first time costs more than writing a list into them. */
#define LARGE_BLOCK (4UL * 1024 * 1024)

static uint8_t *block_new(size_t room)
{
    if (room < LARGE_BLOCK)
        return malloc(room);
    void *block = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED)
        return NULL;
    (void)madvise(block, room, MADV_HUGEPAGE);
    return block;
}

static void block_free(uint8_t *data, size_t room)
{
    if (data && room >= LARGE_BLOCK) {
        munmap(data, room);
    } else if (data) {
        explicit_bzero(data, room);
        free(data);
    }
}

void buffer_done(struct buffer *buffer)
{
    block_free(buffer->data, buffer->room);
    buffer_init(buffer, buffer->cap);
}

/* A small one moves by copy and wipe: realloc would leave secrets behind in freed memory. */
static uint8_t *block_move(const struct buffer *buffer, size_t room)
{
    if (buffer->room >= LARGE_BLOCK) {
        void *block = mremap(buffer->data, buffer->room, room, MREMAP_MAYMOVE);
        return block == MAP_FAILED ? NULL : block;
    }
    uint8_t *data = block_new(room);
    if (data && buffer->data) {
        memcpy(data, buffer->data, buffer->len);
        block_free(buffer->data, buffer->room);
    }
    return data;
}

static bool buffer_move(struct buffer *buffer, size_t room)
{
    uint8_t *data = block_move(buffer, room);
    if (!data) {
        buffer->failed = ERR_MEMORY;
        return false;
    }
    buffer->data = data;
    buffer->room = room;
    return true;
}

/* Makes room for len more bytes and one zero. */
static inline bool buffer_grow(struct buffer *buffer, size_t len)
{
    if (buffer->failed != ERR_NONE)
        return false;
    if (len > buffer->cap || buffer->len > buffer->cap - len) {
        buffer->failed = ERR_LIMIT;
        return false;
    }
    size_t needed = buffer->len + len + 1, room = buffer->room ? buffer->room : 64;
    while (room < needed)
        room *= 2;
    return room == buffer->room || buffer_move(buffer, room);
}

void buffer_reserve(struct buffer *buffer, size_t len)
{
    size_t needed = buffer->len + len + 1;
    if (buffer->failed == ERR_NONE && len < buffer->cap && needed > buffer->room)
        (void)buffer_move(buffer, needed);
}

void buffer_put(struct buffer *buffer, const void *data, size_t len)
{
    if (!buffer_grow(buffer, len) || len == 0)
        return;
    memcpy(buffer->data + buffer->len, data, len);
    buffer->len += len;
}

void buffer_put_bytes(struct buffer *buffer, struct bytes bytes)
{
    buffer_put(buffer, bytes.data, bytes.len);
}

static void buffer_put_integer(struct buffer *buffer, uint64_t value, size_t len)
{
    uint8_t octets[8];
    for (size_t i = 0; i < len; i++)
        octets[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
    buffer_put(buffer, octets, len);
}

void buffer_put_u8(struct buffer *buffer, uint8_t value)
{
    if (buffer_grow(buffer, 1))
        buffer->data[buffer->len++] = value;
}

void buffer_put_u16(struct buffer *buffer, uint16_t value)
{
    buffer_put_integer(buffer, value, 2);
}

void buffer_put_u32(struct buffer *buffer, uint32_t value)
{
    buffer_put_integer(buffer, value, 4);
}

void buffer_put_u64(struct buffer *buffer, uint64_t value)
{
    buffer_put_integer(buffer, value, 8);
}

void buffer_put_sized(struct buffer *buffer, struct bytes bytes)
{
    if (bytes.len > UINT32_MAX) {
        buffer->failed = ERR_LIMIT;
        return;
    }
    buffer_put_u32(buffer, (uint32_t)bytes.len);
    buffer_put_bytes(buffer, bytes);
}

void buffer_put_text(struct buffer *buffer, const char *text)
{
    buffer_put(buffer, text, strlen(text));
}

void buffer_put_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (len >= 0 && buffer_grow(buffer, (size_t)len)) {
        vsnprintf((char *)buffer->data + buffer->len, (size_t)len + 1, format, again);
        buffer->len += (size_t)len;
    }
    va_end(again);
}

void buffer_insert(struct buffer *buffer, size_t at, const void *data, size_t len)
{
    if (at > buffer->len || !buffer_grow(buffer, len) || len == 0)
        return;
    memmove(buffer->data + at + len, buffer->data + at, buffer->len - at);
    memcpy(buffer->data + at, data, len);
    buffer->len += len;
}

void buffer_cut(struct buffer *buffer, size_t len)
{
    if (len < buffer->len)
        buffer->len = len;
}

enum err buffer_check(const struct buffer *buffer)
{
    return buffer->failed;
}

struct bytes buffer_bytes(const struct buffer *buffer)
{
    return (struct bytes){buffer->data, buffer->len};
}

const char *buffer_text(struct buffer *buffer)
{
    if (!buffer_grow(buffer, 0))
        return NULL;
    buffer->data[buffer->len] = '\0';
    return (const char *)buffer->data;
}
