#include "base/kind.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name, *en, *ja;
    uint8_t tries;
} kinds[] = {
    [KIND_SIGNATURE] = {"signature", "signature certificate", "署名用電子証明書", 5},
    [KIND_AUTHENTICATION] = {"authentication", "authentication certificate",
                             "利用者証明用電子証明書", 3},
};

const char *kind_name(enum kind kind)
{
    return kinds[kind].name;
}

const char *kind_label(enum kind kind, enum language language)
{
    return language == LANGUAGE_JA ? kinds[kind].ja : kinds[kind].en;
}

enum err kind_parse(const char *name, enum kind *out)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(name, kinds[i].name) == 0) {
            *out = (enum kind)i;
            return ERR_NONE;
        }
    return ERR_MALFORMED;
}

uint8_t kind_most_tries(enum kind kind)
{
    return kinds[kind].tries;
}
