#include "x509/general_name.h"

void general_name_put_directory(struct buffer *out, struct bytes name)
{
    der_put(out, GENERAL_NAME_DIRECTORY, name);
}

struct bytes general_names_directory(struct der *names)
{
    struct bytes found = {NULL, 0};
    if (der_is_ok(names) && !der_has_more(names))
        der_refuse(names, "no name at all");
    while (der_has_more(names)) {
        uint8_t tag;
        if (der_next_is(names, GENERAL_NAME_DIRECTORY)) {
            struct der directory = der_enter(names, GENERAL_NAME_DIRECTORY);
            struct bytes name = name_take(&directory, NULL);
            if (der_end(&directory) == ERR_NONE && !found.data)
                found = name;
        } else {
            der_take_any(names, &tag);
            if (der_is_ok(names) && ((tag & 0xC0) != 0x80 || (tag & 0x1F) > 8))
                der_refuse(names, "tag %02X is no GeneralName", tag);
        }
    }
    return found;
}
