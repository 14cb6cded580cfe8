#include "base/telephone.h"

bool telephone_is_valid(struct bytes number)
{
    size_t num_digits = 0;
    bool is_after_digit = false;
    if (number.len >= TELEPHONE_TEXT)
        return false;
    for (size_t i = 0; i < number.len; i++) {
        uint8_t c = number.data[i];
        bool is_digit = c >= '0' && c <= '9';
        if (!is_digit && !(c == '-' && is_after_digit) && !(c == '+' && i == 0))
            return false;
        num_digits += is_digit;
        is_after_digit = is_digit;
    }
    return is_after_digit && num_digits >= TELEPHONE_DIGITS_MIN &&
           num_digits <= TELEPHONE_DIGITS_MAX;
}
