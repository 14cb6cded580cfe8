#include "base/office_code.h"

static bool is_letter(uint8_t c)
{
    return c >= 'a' && c <= 'z';
}

bool office_code_is_valid(struct bytes code)
{
    if (code.len == 0 || code.len > OFFICE_CODE_LEN || !is_letter(code.data[0]))
        return false;
    for (size_t i = 1; i < code.len; i++) {
        uint8_t c = code.data[i];
        if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}
