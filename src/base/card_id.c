#include "base/card_id.h"

#include <string.h>

bool card_id_is_valid(struct bytes id)
{
    if (id.len != CARD_ID_LEN)
        return false;
    for (size_t i = 0; i < id.len; i++)
        if (id.data[i] < '0' || id.data[i] > '9')
            return false;
    return true;
}

enum err card_id_parse(const char *text, uint8_t out[static CARD_ID_LEN], struct fault *fault)
{
    struct bytes id = bytes_of_text(text);
    fault_name_input(fault, "card id");
    if (!card_id_is_valid(id))
        return fault_set(fault, ERR_MALFORMED, "28 digits", "it has %zu characters or a non-digit",
                         id.len);
    memcpy(out, id.data, CARD_ID_LEN);
    return ERR_NONE;
}
