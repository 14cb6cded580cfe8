/* DER, in and out (X.690), and nothing else: no certificate is known here. Reading is strict
 * (definite and shortest lengths, minimal integers, canonical booleans, times only in the form of
 * RFC 5280) and sticky: after the first fault every read answers with nothing, so that a parser is
 * a straight list of fields with one check at its end. Writing goes into a struct buffer, which is
 * sticky already. */
#pragma once

#include "base/bytes.h"

enum {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_ENUMERATED = 0x0A,
    DER_UTF8_STRING = 0x0C,
    DER_PRINTABLE_STRING = 0x13,
    DER_T61_STRING = 0x14,
    DER_IA5_STRING = 0x16,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_UNIVERSAL_STRING = 0x1C,
    DER_BMP_STRING = 0x1E,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
};
#define DER_CONTEXT(n) (0x80 | (n)) /* [n] IMPLICIT of a primitive type */
#define DER_CONTEXT_CONSTRUCTED(n)                                                                 \
    (0xA0 | (n)) /* [n] EXPLICIT, or IMPLICIT of a constructed one                                 \
                  */

/* ---- reading ---- */

/* A place inside DER. Copies are cheap; all places of one input share its fault, which is never
 * NULL. All bytes that come out are borrowed from the input. */
struct der {
    struct reader reader;
    struct fault *fault;
    const char *rule; /* cited when something is refused here */
    unsigned depth;
};

/* der_of starts at the first byte of input. *fault is emptied except for the input's name; it must
 * live as long as the reading. rule is a string that lives as long, such as "RFC 5280 4.1". */
struct der der_of(struct bytes input, struct fault *fault, const char *rule);
/* der_refuse records the first fault (ERR_MALFORMED); later ones are not kept. */
void der_refuse(struct der *der, const char *format, ...) PRINTF_LIKE(2, 3);
/* der_refuse_as is der_refuse with another code, such as ERR_UNSUPPORTED or ERR_LIMIT. */
void der_refuse_as(struct der *der, enum err code, const char *format, ...) PRINTF_LIKE(3, 4);
bool der_is_ok(const struct der *der);
bool der_has_more(const struct der *der); /* bytes are left and nothing was refused */
bool der_next_is(const struct der *der, uint8_t tag);
/* der_end refuses bytes that are left, and answers what the whole reading came to. */
enum err der_end(struct der *der);

/* Each takes one element of that tag, or refuses. Bytes are the content without its head; after a
 * fault they are empty, numbers and times 0. */
struct bytes der_take(struct der *der, uint8_t tag);
struct bytes der_take_whole(struct der *der, uint8_t tag); /* head and content */
struct bytes der_take_any(struct der *der, uint8_t *tag);  /* head and content, whatever it is */
/* der_enter goes into a constructed element; its content is read from what it returns, ended with
 * der_end. Refuses more than LIMIT_DER_DEPTH levels. */
struct der der_enter(struct der *der, uint8_t tag);
/* der_inside reads DER that stands inside a string (an extension's value, a key). */
struct der der_inside(const struct der *der, struct bytes content);
bool der_boolean(struct der *der);
/* An INTEGER under that tag, not negative: big-endian, without a leading zero; 0 is one 00. */
struct bytes der_unsigned(struct der *der, uint8_t tag);
uint64_t der_number(struct der *der);     /* an INTEGER of 0…2^64-1 */
unsigned der_enumerated(struct der *der); /* 0…127 */
struct bytes der_oid(struct der *der);    /* content; every arc in its shortest form */
struct bytes der_octets(struct der *der);
struct bytes der_bit_octets(struct der *der); /* a BIT STRING of whole bytes */
/* der_named_bits reads a named bit list of at most 16 bits, without trailing zero bits: bit 0, the
 * first of the list, is 0x8000. */
uint16_t der_named_bits(struct der *der);
/* der_time reads UTCTime (1950…2049, with seconds, Z) or GeneralizedTime (2050 on, with seconds, Z,
 * no fraction): RFC 5280 4.1.2.5. Seconds since 1970. */
int64_t der_time(struct der *der);
/* der_generalized_time is for OCSP, where every time is one (RFC 6960 4.2.2.1). */
int64_t der_generalized_time(struct der *der);
void der_null(struct der *der);
/* der_is_text says whether content may stand under a string tag: UTF-8, or the letters of
 * PrintableString, or ASCII. BMPString and UniversalString: whole characters only. */
bool der_is_text(uint8_t tag, struct bytes content);

/* der_is_rising: may these two stand in a SET OF in this order? X.690 11.6: the shorter one is
 * padded with zeros. Equal ones may not. */
bool der_is_rising(struct bytes before, struct bytes after);

/* ---- writing ---- */

/* der_begin writes a tag and returns a mark; der_close puts the length there. They nest. One octet
 * is kept for the length, as most contents are short; der_begin_long keeps five, for 16 MiB and
 * more. What is longer or shorter is moved. */
size_t der_begin(struct buffer *out, uint8_t tag);
size_t der_begin_long(struct buffer *out, uint8_t tag);
void der_close(struct buffer *out, size_t mark);
void der_put(struct buffer *out, uint8_t tag, struct bytes content);
void der_put_text(struct buffer *out, uint8_t tag, const char *text);
void der_put_boolean(struct buffer *out, bool value);
void der_put_number(struct buffer *out, uint64_t value);
/* der_put_unsigned writes a big-endian magnitude of any length; leading zeros are dropped. */
void der_put_unsigned(struct buffer *out, uint8_t tag, struct bytes magnitude);
void der_put_enumerated(struct buffer *out, unsigned value);
void der_put_null(struct buffer *out);
void der_put_bit_octets(struct buffer *out, struct bytes octets);
void der_put_named_bits(struct buffer *out, uint16_t bits); /* as der_named_bits reads them */
void der_put_time(struct buffer *out, int64_t t); /* UTCTime before 2050, else GeneralizedTime */
void der_put_generalized_time(struct buffer *out, int64_t t);
