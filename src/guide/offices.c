/* Reading etc/offices. */
#include "guide/offices.h"

#include <stddef.h>
#include <string.h>

#include "base/office_code.h"
#include "base/pairs.h"

static const char *const places[] = {
    [PLACE_OFFICE] = "office",
    [PLACE_HOTLINE] = "hotline",
    [PLACE_LINK] = "link",
};

static const struct {
    const char *key;
    size_t offset;
} fields[] = {
    {"english", offsetof(struct office, english)},
    {"code", offsetof(struct office, code)},
    {"telephone", offsetof(struct office, telephone)},
    {"address", offsetof(struct office, address)},
    {"procedures", offsetof(struct office, procedures)},
};

static enum err add_entry(struct offices *offices, enum place place, struct bytes name,
                          const struct pairs *pairs, struct fault *fault)
{
    if (offices->num == OFFICES_MAX)
        return pairs_complain(pairs, places[place], "too many entries", fault);
    offices->entries[offices->num++] = (struct office){.place = place, .name = name};
    return ERR_NONE;
}

static enum err set_field(struct offices *offices, size_t i, struct bytes value,
                          const struct pairs *pairs, struct fault *fault)
{
    if (offices->num == 0)
        return pairs_complain(pairs, fields[i].key, "belongs to no entry", fault);
    struct bytes empty = {0};
    char *field = (char *)&offices->entries[offices->num - 1] + fields[i].offset;
    if (memcmp(field, &empty, sizeof empty) != 0)
        return pairs_complain(pairs, fields[i].key, "stands there twice", fault);
    memcpy(field, &value, sizeof value);
    return ERR_NONE;
}

static enum err pair_parse(struct offices *offices, struct bytes key, struct bytes value,
                           const struct pairs *pairs, struct fault *fault)
{
    if (bytes_equal_text(key, "sample")) {
        offices->is_sample = bytes_equal_text(value, "yes");
        bool is_known = offices->is_sample || bytes_equal_text(value, "no");
        return is_known ? ERR_NONE : pairs_complain(pairs, "sample", "yes or no", fault);
    }
    for (size_t i = 0; i < COUNT_OF(places); i++)
        if (bytes_equal_text(key, places[i]))
            return add_entry(offices, (enum place)i, value, pairs, fault);
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (bytes_equal_text(key, fields[i].key))
            return set_field(offices, i, value, pairs, fault);
    return pairs_complain(pairs, "known key", "there is no such key", fault);
}

/* A link stands in pages as it is: it is one, and by https. */
static bool is_address(struct bytes address)
{
    static const char begin[] = "https://";
    size_t len = sizeof begin - 1;
    if (address.len <= len || memcmp(address.data, begin, len) != 0)
        return false;
    for (size_t i = len; i < address.len; i++)
        if (address.data[i] <= ' ' || address.data[i] >= 0x7f)
            return false;
    return true;
}

static bool is_code_taken(const struct offices *offices, size_t num, struct bytes code)
{
    for (size_t i = 0; i < num; i++)
        if (bytes_equal(offices->entries[i].code, code))
            return true;
    return false;
}

static enum err check_codes(const struct offices *offices, struct fault *fault)
{
    for (size_t i = 0; i < offices->num; i++) {
        const struct office *office = &offices->entries[i];
        if (office->code.len == 0)
            continue;
        if (office->place != PLACE_OFFICE || !office_code_is_valid(office->code))
            return fault_set(fault, ERR_MALFORMED, "code", "%.*s: an office has one, of letters",
                             (int)office->name.len, (const char *)office->name.data);
        if (is_code_taken(offices, i, office->code))
            return fault_set(fault, ERR_MALFORMED, "code", "%.*s: another office has it",
                             (int)office->name.len, (const char *)office->name.data);
    }
    return ERR_NONE;
}

static enum err check_links(const struct offices *offices, struct fault *fault)
{
    for (size_t i = 0; i < offices->num; i++) {
        const struct office *office = &offices->entries[i];
        if (office->place == PLACE_LINK && !is_address(office->address))
            return fault_set(fault, ERR_MALFORMED, "address", "%.*s: a link leads to https://…",
                             (int)office->name.len, (const char *)office->name.data);
    }
    return ERR_NONE;
}

enum err offices_parse(struct bytes text, struct offices *out, struct fault *fault)
{
    struct offices offices = {0};
    struct pairs pairs = pairs_of(text);
    struct bytes key, value;
    for (;;) {
        enum err err = pairs_next(&pairs, &key, &value, fault);
        if (err == ERR_NOT_FOUND)
            break;
        if (!err)
            err = pair_parse(&offices, key, value, &pairs, fault);
        if (err)
            return err;
    }
    enum err err = check_codes(&offices, fault);
    if (err == ERR_NONE)
        err = check_links(&offices, fault);
    if (err == ERR_NONE)
        *out = offices;
    return err;
}

struct bytes office_label(const struct office *office, enum language language)
{
    return language == LANGUAGE_EN && office->english.len ? office->english : office->name;
}

bool office_number(const struct offices *offices, const struct office *office, struct bytes *out)
{
    *out = office->telephone;
    return office->telephone.len && !offices->is_sample;
}

bool office_is_about(const struct office *office, const char *procedure)
{
    size_t len = strlen(procedure);
    struct bytes left = office->procedures;
    if (left.len == 0)
        return true;
    while (left.len > 0) {
        const uint8_t *blank = memchr(left.data, ' ', left.len);
        size_t word = blank ? (size_t)(blank - left.data) : left.len;
        if (word == len && memcmp(left.data, procedure, len) == 0)
            return true;
        size_t taken = blank ? word + 1 : word;
        left = bytes_of(left.data + taken, left.len - taken);
    }
    return false;
}
