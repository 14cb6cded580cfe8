#include "x509/basic_four.h"

#include "base/date.h"
#include "base/text.h"
#include "x509/general_name.h"

/* The order in the certificate; JPKI profile 1.4. */
static const struct {
    enum oid oid;
    size_t offset;
} items[] = {
    {OID_JPKI_NAME, offsetof(struct basic_four, name)},
    {OID_JPKI_BIRTH_DATE, offsetof(struct basic_four, birth_date)},
    {OID_JPKI_SEX, offsetof(struct basic_four, sex)},
    {OID_JPKI_ADDRESS, offsetof(struct basic_four, address)},
    {OID_JPKI_NAME_FLAGS, offsetof(struct basic_four, name_flags)},
    {OID_JPKI_ADDRESS_FLAGS, offsetof(struct basic_four, address_flags)},
};

static const char rule[] = "basic four";

#define ADDRESS_MAX 200
#define NAME_MAX    200 /* ours: the real limit is not public */

/* A text of 1…most characters, and beside it one 0 or 1 for each of them. */
static enum err check_text(const char *what, struct bytes text, struct bytes flags, size_t most,
                           struct fault *fault)
{
    if (text.len == 0 || !text_is_utf8(text))
        return fault_set(fault, ERR_MALFORMED, rule, "%s is empty or not UTF-8", what);
    struct reader reader = reader_of(text);
    uint32_t c;
    while (text_next(&reader, &c))
        if (c < 0x20 || c == 0x7F || text_is_variation_selector(c))
            return fault_set(fault, ERR_MALFORMED, rule, "%s has the character U+%04X", what,
                             (unsigned)c);
    size_t num = text_count(text);
    if (num > most)
        return fault_set(fault, ERR_MALFORMED, rule, "%s has %zu characters", what, num);
    if (flags.len != num)
        return fault_set(fault, ERR_MALFORMED, rule, "%s: %zu flags for %zu characters", what,
                         flags.len, num);
    for (size_t i = 0; i < flags.len; i++)
        if (flags.data[i] != '0' && flags.data[i] != '1')
            return fault_set(fault, ERR_MALFORMED, rule, "%s: a flag is neither 0 nor 1", what);
    return ERR_NONE;
}

/* The Gregorian years that an era's digit may stand before; 0: the era is unknown. */
static bool is_year_of_era(char era, int year)
{
    static const int first[] = {0, 1868, 1912, 1926, 1989, 2019, 9999};
    return year == 0 || (year >= first[era - '0'] && (era == '0' || year <= first[era - '0' + 1]));
}

/* EYYYYMMDD; parts that are unknown are zeros, from the day upwards. */
static enum err check_birth_date(struct bytes text, struct fault *fault)
{
    bool is_right = text.len == 9 && text.data[0] <= '5';
    for (size_t i = 0; i < text.len; i++)
        is_right = is_right && text.data[i] >= '0' && text.data[i] <= '9';
    if (is_right) {
        const char *digits = (const char *)text.data;
        char dashed[] = {digits[1], digits[2], digits[3], digits[4], '-', digits[5],
                         digits[6], '-',       digits[7], digits[8], 0};
        struct date date;
        is_right =
            date_parse_birth(dashed, &date) == ERR_NONE && is_year_of_era(digits[0], date.year);
    }
    if (!is_right)
        return fault_set(fault, ERR_MALFORMED, rule, "the birth date is not EYYYYMMDD");
    return ERR_NONE;
}

enum err basic_four_check(const struct basic_four *four, struct fault *fault)
{
    enum err err = check_text("the name", four->name, four->name_flags, NAME_MAX, fault);
    if (err == ERR_NONE)
        err = check_text("the address", four->address, four->address_flags, ADDRESS_MAX, fault);
    if (err == ERR_NONE)
        err = check_birth_date(four->birth_date, fault);
    if (err == ERR_NONE &&
        (four->sex.len != 1 || four->sex.data[0] < '1' || four->sex.data[0] > '3'))
        err = fault_set(fault, ERR_MALFORMED, rule, "the sex is none of 1, 2, 3");
    return err;
}

/* The table's offset leads to a struct bytes by construction. */
static struct bytes *item_of(struct basic_four *four, size_t i)
{
    return (struct bytes *)(void *)((char *)four + items[i].offset);
}

void basic_four_put(struct buffer *out, const struct basic_four *four)
{
    struct basic_four copy = *four;
    size_t names = der_begin(out, DER_SEQUENCE);
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        size_t name = der_begin(out, GENERAL_NAME_OTHER);
        oid_put(out, items[i].oid);
        size_t value = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
        der_put(out, DER_UTF8_STRING, *item_of(&copy, i));
        der_close(out, value);
        der_close(out, name);
    }
    der_close(out, names);
}

void basic_four_take(struct der *der, struct basic_four *out)
{
    struct der names = der_enter(der, DER_SEQUENCE);
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        struct der name = der_enter(&names, GENERAL_NAME_OTHER);
        if (oid_take(&name) != items[i].oid)
            der_refuse(&name, "%s is missing or not in its place", oid_name(items[i].oid));
        struct der value = der_enter(&name, DER_CONTEXT_CONSTRUCTED(0));
        *item_of(out, i) = der_take(&value, DER_UTF8_STRING);
        if (der_is_ok(&value) && !text_is_utf8(*item_of(out, i)))
            der_refuse(&value, "%s is not UTF-8", oid_name(items[i].oid));
        (void)der_end(&value);
        (void)der_end(&name);
    }
    (void)der_end(&names);
}
