/* Joining names, and making the strings of certificates. */
#include "registry/name.h"

#include <string.h>

#include "base/text.h"

enum err name_join(const struct person_name *name, char out[static NAME_TEXT], struct fault *fault)
{
    struct buffer joined CLEANUP_BUFFER;
    buffer_init(&joined, NAME_TEXT - 1);
    buffer_put_text(&joined, name->family);
    if (name->former[0])
        buffer_put_format(&joined, "［%s］", name->former);
    if (name->given[0])
        buffer_put_format(&joined, "　%s", name->given);
    if (name->alias[0])
        buffer_put_format(&joined, "（%s）", name->alias);
    enum err err = buffer_check(&joined);
    if (err == ERR_NONE && text_count(buffer_bytes(&joined)) > NAME_CHARACTERS)
        err = ERR_LIMIT;
    if (err != ERR_NONE)
        return fault_set(fault, err, "name", "longer than %d characters", NAME_CHARACTERS);
    memcpy(out, joined.data ? joined.data : (const uint8_t *)"", joined.len);
    out[joined.len] = '\0';
    return ERR_NONE;
}

/* Appends one character of the original, or flags the last one for its dropped selector. */
static const char *append(const struct substitutes *substitutes, uint32_t c, struct buffer *text,
                          struct buffer *flags)
{
    if (text_is_hidden(c))
        return "a hidden or control character";
    if (text_is_variation_selector(c)) {
        if (flags->len == 0)
            return "a variation selector without its character";
        flags->data[flags->len - 1] = '1';
        return NULL;
    }
    uint32_t written = substitutes_apply(substitutes, c);
    text_put(text, written);
    buffer_put_u8(flags, written == c ? '0' : '1');
    return NULL;
}

enum err certificate_text_make(const struct substitutes *substitutes, const char *original,
                               struct certificate_text *out, struct fault *fault)
{
    struct buffer text CLEANUP_BUFFER, flags CLEANUP_BUFFER;
    buffer_init(&text, ADDRESS_TEXT - 1);
    buffer_init(&flags, ADDRESS_CHARACTERS);
    struct reader reader = reader_of(bytes_of_text(original));
    uint32_t c;
    const char *wrong = original[0] ? NULL : "empty";
    while (!wrong && buffer_check(&flags) == ERR_NONE && text_next(&reader, &c))
        wrong = append(substitutes, c, &text, &flags);
    if (buffer_check(&flags) != ERR_NONE)
        return fault_set(fault, buffer_check(&flags), "text", "longer than %d characters",
                         ADDRESS_CHARACTERS);
    if (!wrong && !reader_is_done(&reader))
        wrong = "not UTF-8";
    if (wrong)
        return fault_set(fault, ERR_MALFORMED, "text", "%s", wrong);
    const char *made = buffer_text(&text), *made_flags = buffer_text(&flags);
    if (!made || !made_flags)
        return fault_set(fault, ERR_MEMORY, "text", "out of memory");
    memcpy(out->text, made, text.len + 1);
    memcpy(out->flags, made_flags, flags.len + 1);
    return ERR_NONE;
}
