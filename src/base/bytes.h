/* Bytes: a borrowed slice, a bounded reader over one, and a buffer that grows up to a cap given at
 * birth. The only places of the program that advance a pointer through outside bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/* A borrowed view; owns nothing, frees nothing. */
struct bytes {
    const uint8_t *data;
    size_t len;
};

struct bytes bytes_of(const void *data, size_t len);
struct bytes bytes_of_text(const char *text); /* without the terminating zero */
bool bytes_equal(struct bytes a, struct bytes b);
bool bytes_equal_text(struct bytes a, const char *text);

/* Reader: every call returns false, and reads nothing, when fewer bytes are left than asked for.
 * Integers are big-endian. */
struct reader {
    const uint8_t *at;
    size_t left;
};

struct reader reader_of(struct bytes input);
bool reader_u8(struct reader *reader, uint8_t *out) MUST_USE;
bool reader_u16(struct reader *reader, uint16_t *out) MUST_USE;
bool reader_u32(struct reader *reader, uint32_t *out) MUST_USE;
bool reader_u64(struct reader *reader, uint64_t *out) MUST_USE;
bool reader_take(struct reader *reader, size_t len, struct bytes *out) MUST_USE;
bool reader_copy(struct reader *reader, void *out, size_t len) MUST_USE;
/* reader_sized takes a u32 length and that many bytes: what buffer_put_sized wrote. */
bool reader_sized(struct reader *reader, struct bytes *out) MUST_USE;
bool reader_is_done(const struct reader *reader);

/* Buffer: owns its bytes. A put that would pass the cap, or finds no memory, marks the buffer as
 * failed and every later put does nothing, so that a writer checks once, at its end, with
 * buffer_check. A failed or secret buffer is wiped when freed. */
struct buffer {
    uint8_t *data;
    size_t len;
    size_t room;
    size_t cap;
    enum err failed;
};

void buffer_init(struct buffer *buffer, size_t cap);
void buffer_done(struct buffer *buffer); /* wipes and frees; the buffer is empty and usable again */
/* buffer_reserve makes room for so many more bytes at once, for whoever knows that many will come.
 */
void buffer_reserve(struct buffer *buffer, size_t len);
void buffer_put(struct buffer *buffer, const void *data, size_t len);
void buffer_put_bytes(struct buffer *buffer, struct bytes bytes);
void buffer_put_u8(struct buffer *buffer, uint8_t value);
void buffer_put_u16(struct buffer *buffer, uint16_t value);
void buffer_put_u32(struct buffer *buffer, uint32_t value);
void buffer_put_u64(struct buffer *buffer, uint64_t value);
void buffer_put_sized(struct buffer *buffer, struct bytes bytes); /* u32 length, then the bytes */
void buffer_put_text(struct buffer *buffer, const char *text);
void buffer_put_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
/* buffer_insert moves what follows `at` up and puts the bytes there. */
void buffer_insert(struct buffer *buffer, size_t at, const void *data, size_t len);
void buffer_cut(struct buffer *buffer, size_t len);          /* keeps the first len bytes */
enum err buffer_check(const struct buffer *buffer) MUST_USE; /* ERR_NONE, ERR_LIMIT, ERR_MEMORY */
struct bytes buffer_bytes(const struct buffer *buffer);      /* borrowed */
/* buffer_text makes sure of a zero behind the bytes and returns them; NULL when failed. Borrowed.
 */
const char *buffer_text(struct buffer *buffer);

#define CLEANUP_BUFFER CLEANUP(buffer_done)
