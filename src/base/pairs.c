#include "base/pairs.h"

#include <string.h>

struct pairs pairs_of(struct bytes text)
{
    return (struct pairs){.left = text};
}

enum err pairs_complain(const struct pairs *pairs, const char *rule, const char *text,
                        struct fault *fault)
{
    return fault_set(fault, ERR_MALFORMED, rule, "line %d: %s", pairs->line, text);
}

static enum err pair_split(const struct pairs *pairs, struct bytes line, struct bytes *key,
                           struct bytes *value, struct fault *fault)
{
    const uint8_t *sign = memmem(line.data, line.len, " = ", 3);
    if (!sign || sign == line.data || sign + 3 == line.data + line.len)
        return pairs_complain(pairs, "key = value", "not of this form", fault);
    *key = bytes_of(line.data, (size_t)(sign - line.data));
    *value = bytes_of(sign + 3, line.len - key->len - 3);
    return ERR_NONE;
}

enum err pairs_next(struct pairs *pairs, struct bytes *key, struct bytes *value,
                    struct fault *fault)
{
    while (pairs->left.len > 0) {
        const uint8_t *end = memchr(pairs->left.data, '\n', pairs->left.len);
        pairs->line++;
        if (!end)
            return pairs_complain(pairs, "line end", "the last line has no newline", fault);
        struct bytes line = bytes_of(pairs->left.data, (size_t)(end - pairs->left.data));
        pairs->left = bytes_of(end + 1, pairs->left.len - line.len - 1);
        if (line.len > 0 && line.data[0] != '#')
            return pair_split(pairs, line, key, value, fault);
    }
    return ERR_NOT_FOUND;
}
