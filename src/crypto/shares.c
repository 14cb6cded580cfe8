#include "crypto/shares.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "crypto/random.h"

#define WORD      "jpki-share"
#define CHECK_LEN 4
#define GROUP     8 /* digits */

void shares_done(struct shares *shares)
{
    explicit_bzero(shares, sizeof *shares);
}

/* --- GF(2^8), x^8 + x^4 + x^3 + x + 1 --- */

static uint8_t multiply(uint8_t a, uint8_t b)
{
    uint8_t product = 0;
    for (int i = 0; i < 8; i++) {
        product ^= (uint8_t)(-(b & 1) & a);
        a = (uint8_t)((a << 1) ^ (-(a >> 7) & 0x1B));
        b >>= 1;
    }
    return product;
}

/* a^254; of 0 it is 0. */
static uint8_t invert(uint8_t a)
{
    uint8_t power = a;
    for (int i = 0; i < 6; i++)
        power = multiply(multiply(power, power), a);
    return multiply(power, power);
}

/* --- splitting and joining --- */

/* coefficients[0] is the secret. */
static void evaluate(const uint8_t coefficients[static SHARES_MAX][SHARES_SECRET],
                     struct share *share)
{
    for (size_t at = 0; at < SHARES_SECRET; at++) {
        uint8_t value = 0;
        for (unsigned i = share->threshold; i > 0; i--)
            value = multiply(value, share->number) ^ coefficients[i - 1][at];
        share->data[at] = value;
    }
}

static enum err passphrase_of(const uint8_t value[static SHARES_SECRET], struct secret *out)
{
    char text[SHARES_PASSPHRASE + 1];
    enum err err = secret_set(out, bytes_of_text(hex_print(value, SHARES_SECRET, text)));
    explicit_bzero(text, sizeof text);
    return err;
}

enum err shares_make(unsigned threshold, unsigned num, struct shares *out,
                     struct secret *passphrase)
{
    uint8_t coefficients[SHARES_MAX][SHARES_SECRET], set[SHARES_SET];
    if (threshold < 2 || threshold > num || num > SHARES_MAX)
        return ERR_USAGE;
    random_bytes(coefficients, sizeof coefficients);
    random_bytes(set, sizeof set);
    out->num = num;
    for (unsigned i = 0; i < num; i++) {
        out->all[i] = (struct share){.threshold = (uint8_t)threshold, .number = (uint8_t)(i + 1)};
        memcpy(out->all[i].set, set, sizeof set);
        evaluate(coefficients, &out->all[i]);
    }
    enum err err = passphrase_of(coefficients[0], passphrase);
    explicit_bzero(coefficients, sizeof coefficients);
    return err;
}

static enum err are_of_one_set(const struct shares *shares, struct fault *fault)
{
    const struct share *first = &shares->all[0];
    for (unsigned i = 1; i < shares->num; i++) {
        const struct share *share = &shares->all[i];
        if (memcmp(share->set, first->set, SHARES_SET) != 0 || share->threshold != first->threshold)
            return fault_set(fault, ERR_DENIED, "share", "of another set than the first");
        for (unsigned j = 0; j < i; j++)
            if (shares->all[j].number == share->number)
                return fault_set(fault, ERR_DENIED, "share", "number %u twice", share->number);
    }
    return ERR_NONE;
}

/* What a share counts for at 0: the product of x_j / (x_j - x_i), where minus is plus. */
static uint8_t weight(const struct shares *shares, unsigned i, unsigned num)
{
    uint8_t out = 1;
    for (unsigned j = 0; j < num; j++)
        if (j != i)
            out = multiply(out, multiply(shares->all[j].number,
                                         invert(shares->all[j].number ^ shares->all[i].number)));
    return out;
}

enum err shares_combine(const struct shares *shares, struct secret *passphrase, struct fault *fault)
{
    uint8_t value[SHARES_SECRET] = {0};
    enum err err = are_of_one_set(shares, fault);
    if (err != ERR_NONE)
        return err;
    unsigned needed = shares->num ? shares->all[0].threshold : 2;
    if (shares->num < needed)
        return fault_set(fault, ERR_NOT_FOUND, "share", "%u of %u", shares->num, needed);
    for (unsigned i = 0; i < needed; i++) {
        uint8_t counts = weight(shares, i, needed);
        for (size_t at = 0; at < SHARES_SECRET; at++)
            value[at] ^= multiply(shares->all[i].data[at], counts);
    }
    err = passphrase_of(value, passphrase);
    explicit_bzero(value, sizeof value);
    return err;
}

/* --- as text --- */

/* Of all that stands before it. */
static void check_of(const struct share *share, uint8_t out[static CHECK_LEN])
{
    uint8_t digest[SHA256_LEN];
    sha256(bytes_of(share, sizeof *share), digest);
    memcpy(out, digest, CHECK_LEN);
    explicit_bzero(digest, sizeof digest);
}
_Static_assert(sizeof(struct share) == SHARES_SET + 2 + SHARES_SECRET, "a share has no gaps");

void share_print(const struct share *share, struct secret *out)
{
    char digits[2 * SHARES_SECRET + 1], set[2 * SHARES_SET + 1], check[2 * CHECK_LEN + 1];
    char text[SHARE_TEXT];
    uint8_t sum[CHECK_LEN];
    check_of(share, sum);
    hex_print(share->data, SHARES_SECRET, digits);
    int len = snprintf(text, sizeof text, WORD " %s %u %u", hex_print(share->set, SHARES_SET, set),
                       share->threshold, share->number);
    for (size_t i = 0; i < sizeof digits - 1; i += GROUP)
        len += snprintf(text + len, sizeof text - (size_t)len, " %.*s", GROUP, digits + i);
    len +=
        snprintf(text + len, sizeof text - (size_t)len, " %s", hex_print(sum, sizeof sum, check));
    if (secret_set(out, bytes_of(text, (size_t)len)) != ERR_NONE)
        secret_init(out);
    explicit_bzero(text, sizeof text);
    explicit_bzero(digits, sizeof digits);
}

bool share_is(struct bytes text)
{
    static const char word[] = WORD " ";
    return text.len >= sizeof word - 1 && memcmp(text.data, word, sizeof word - 1) == 0;
}

static struct bytes word_next(struct bytes *left)
{
    size_t start = 0, end;
    while (start < left->len && left->data[start] == ' ')
        start++;
    for (end = start; end < left->len && left->data[end] != ' ';)
        end++;
    struct bytes word = bytes_of(left->data + start, end - start);
    *left = bytes_of(left->data + end, left->len - end);
    return word;
}

static bool take_hex(struct bytes *left, uint8_t *out, size_t len)
{
    struct bytes word = word_next(left);
    if (word.len != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        int high = hex_value(word.data[2 * i]), low = hex_value(word.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* 1 to SHARES_MAX, in at most two digits. */
static bool take_number(struct bytes *left, uint8_t *out)
{
    struct bytes word = word_next(left);
    unsigned number = 0;
    for (size_t i = 0; i < word.len; i++) {
        if (i == 2 || word.data[i] < '0' || word.data[i] > '9')
            return false;
        number = 10 * number + word.data[i] - '0';
    }
    *out = (uint8_t)number;
    return number >= 1 && number <= SHARES_MAX;
}

enum err share_parse(struct bytes text, struct share *out, struct fault *fault)
{
    struct share share = {0};
    uint8_t check[CHECK_LEN], wanted[CHECK_LEN];
    bool is_whole = share_is(text) && word_next(&text).len > 0 &&
                    take_hex(&text, share.set, SHARES_SET) &&
                    take_number(&text, &share.threshold) && take_number(&text, &share.number);
    for (size_t i = 0; is_whole && i < SHARES_SECRET; i += GROUP / 2)
        is_whole = take_hex(&text, share.data + i, GROUP / 2);
    is_whole = is_whole && take_hex(&text, check, CHECK_LEN) && word_next(&text).len == 0 &&
               share.threshold >= 2;
    if (is_whole) {
        check_of(&share, wanted);
        is_whole = memcmp(check, wanted, CHECK_LEN) == 0;
    }
    if (is_whole)
        *out = share;
    explicit_bzero(&share, sizeof share);
    return is_whole ? ERR_NONE
                    : fault_set(fault, ERR_MALFORMED, "share", "a digit is wrong or missing");
}
