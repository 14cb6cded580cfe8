/* Serial numbers: ours are numbers of 64 bits, small and counted up (発行番号); those of the world
 * outside are up to 20 bytes (RFC 5280 4.1.2.2). */
#pragma once

#include "x509/der.h"

#define SERIAL_MAX 20

/* serial_take reads a positive INTEGER of at most 20 bytes under that tag (DER_INTEGER, or a
 * context tag); the magnitude without leading zeros. */
struct bytes serial_take(struct der *der, uint8_t tag);
void serial_put(struct buffer *out, uint8_t tag, struct bytes serial);
/* serial_encode writes the shortest magnitude of a number into room and returns that slice. */
struct bytes serial_encode(uint64_t number, uint8_t room[static 8]);
/* serial_decode: false when the number has more than 64 bits. */
bool serial_decode(struct bytes serial, uint64_t *out);
