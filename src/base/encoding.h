/* Bytes as text: hexadecimal and base64 (RFC 4648). Decoding is strict: no white space, no missing
 * padding, no stray bits. */
#pragma once

#include "base/bytes.h"

/* hex_value gives the value of one digit, of either case; -1 if it is none. */
int hex_value(uint8_t digit);
void hex_encode(struct bytes in, struct buffer *out); /* lower case */
enum err hex_decode(struct bytes text, struct buffer *out) MUST_USE;
/* hex_decode_exactly wants len bytes, no more and no fewer. */
enum err hex_decode_exactly(const char *text, uint8_t *out, size_t len) MUST_USE;
/* hex_print writes len bytes as 2*len digits and a zero into text, and returns text. */
char *hex_print(const uint8_t *data, size_t len, char *text);

void base64_encode(struct bytes in, struct buffer *out);
enum err base64_decode(struct bytes text, struct buffer *out) MUST_USE;

/* pem_encode wraps DER under -----BEGIN label-----; 64 characters a line. */
void pem_encode(const char *label, struct bytes der, struct buffer *out);
/* pem_decode finds the first block of that label. ERR_NOT_FOUND if there is none. If rest is given,
 * it is what follows the block, so that a caller can walk a file of several. */
enum err pem_decode(struct bytes text, const char *label, struct buffer *der,
                    struct bytes *rest) MUST_USE;
