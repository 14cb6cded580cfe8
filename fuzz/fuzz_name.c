/* A name as it comes, made into the string of a certificate: as many flags as characters, nothing
 * in it that may not stand in a certificate, and made again from itself it stays as it is. */
#include "registry/name.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct substitutes *substitutes, const struct certificate_text *made)
{
    struct bytes text = bytes_of_text(made->text);
    struct reader reader = reader_of(text);
    uint32_t c;
    while (text_next(&reader, &c))
        if (!charset_has(&substitutes->charset, c))
            abort();
    struct certificate_text again;
    if (!reader_is_done(&reader) || text_count(text) != strlen(made->flags) ||
        certificate_text_make(substitutes, made->text, &again, NULL) != ERR_NONE ||
        strcmp(again.text, made->text) != 0 || strchr(again.flags, '1'))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct substitutes substitutes;
    if (!substitutes.num &&
        substitutes_parse(bytes_of_text("髙 高\n𠮷 吉\n"), &substitutes, NULL) != ERR_NONE)
        abort();
    char text[2048];
    size_t len = size < sizeof text ? size : sizeof text - 1;
    if (len)
        memcpy(text, data, len);
    text[len] = '\0';
    struct certificate_text made;
    if (certificate_text_make(&substitutes, text, &made, NULL) == ERR_NONE)
        check(&substitutes, &made);
    return 0;
}
