#include "x509/serial.h"

struct bytes serial_take(struct der *der, uint8_t tag)
{
    struct bytes serial = der_unsigned(der, tag);
    if (!der_is_ok(der))
        return serial;
    if (serial.len > SERIAL_MAX || (serial.len == SERIAL_MAX && serial.data[0] >= 0x80))
        der_refuse(der, "a serial number of more than %d bytes", SERIAL_MAX);
    else if (serial.len == 1 && serial.data[0] == 0)
        der_refuse(der, "a serial number of zero");
    return serial;
}

void serial_put(struct buffer *out, uint8_t tag, struct bytes serial)
{
    der_put_unsigned(out, tag, serial);
}

struct bytes serial_encode(uint64_t number, uint8_t room[static 8])
{
    size_t len = 0;
    for (int shift = 56; shift >= 0; shift -= 8)
        if (len > 0 || number >> shift != 0 || shift == 0)
            room[len++] = (uint8_t)(number >> shift);
    return bytes_of(room, len);
}

bool serial_decode(struct bytes serial, uint64_t *out)
{
    uint64_t number = 0;
    if (serial.len == 0 || serial.len > 8)
        return false;
    for (size_t i = 0; i < serial.len; i++)
        number = number << 8 | serial.data[i];
    *out = number;
    return true;
}
