#include "x509/rice.h"

#include <string.h>

/* --- writing --- */

struct bit_writer {
    struct buffer *out;
    uint64_t bits; /* the lowest num are waiting */
    unsigned num;  /* under 8 between two puts */
};

static void bits_put(struct bit_writer *writer, uint64_t bits, unsigned num)
{
    writer->bits = writer->bits << num | bits;
    writer->num += num;
    for (; writer->num >= 8; writer->num -= 8)
        buffer_put_u8(writer->out, (uint8_t)(writer->bits >> (writer->num - 8)));
}

static void code_put(struct bit_writer *writer, unsigned gap, unsigned k)
{
    unsigned ones = gap >> k;
    for (; ones >= 32; ones -= 32)
        bits_put(writer, UINT32_MAX, 32);
    bits_put(writer, ((UINT64_C(1) << ones) - 1) << 1, ones + 1);
    bits_put(writer, gap & ((1u << k) - 1), k);
}

unsigned rice_members(const struct rice_block *block)
{
    unsigned num = 0;
    for (unsigned i = 0; i < (block->num + 63) / 64; i++)
        num += (unsigned)__builtin_popcountll(block->words[i]);
    return num;
}

/* The gaps before each coded position; returns how many. */
static unsigned gaps_list(const struct rice_block *block, bool is_inverted,
                          uint16_t gaps[static RICE_BLOCK])
{
    unsigned num = 0, next = 0;
    for (unsigned i = 0; i * 64 < block->num; i++) {
        uint64_t word = is_inverted ? ~block->words[i] : block->words[i];
        for (; word; word &= word - 1) {
            unsigned position = i * 64 + (unsigned)__builtin_ctzll(word);
            if (position >= block->num)
                break;
            gaps[num++] = (uint16_t)(position - next);
            next = position + 1;
        }
    }
    return num;
}

static uint64_t cost(const uint16_t *gaps, unsigned num, unsigned k)
{
    uint64_t bits = (uint64_t)num * (k + 1);
    for (unsigned i = 0; i < num; i++)
        bits += (unsigned)gaps[i] >> k;
    return bits;
}

/* Costs fall, then rise. */
static unsigned k_best(const uint16_t *gaps, unsigned num)
{
    unsigned k = 0;
    uint64_t least = cost(gaps, num, 0);
    for (; k < RICE_K_MAX; k++) {
        uint64_t next = cost(gaps, num, k + 1);
        if (next >= least)
            break;
        least = next;
    }
    return k;
}

unsigned rice_encode(const struct rice_block *block, struct buffer *out)
{
    uint16_t gaps[RICE_BLOCK];
    unsigned members = rice_members(block);
    bool is_inverted = members > block->num / 2;
    if (members == 0)
        return 0;
    unsigned num = gaps_list(block, is_inverted, gaps), k = k_best(gaps, num);
    struct bit_writer writer = {.out = out};
    buffer_put_u8(out, (uint8_t)(k | (is_inverted ? RICE_INVERTED : 0)));
    for (unsigned i = 0; i < num; i++)
        code_put(&writer, gaps[i], k);
    if (writer.num)
        bits_put(&writer, 0xff >> writer.num, 8 - writer.num);
    return members;
}

/* --- reading --- */

void rice_begin(struct rice *rice, struct bytes coded, unsigned num)
{
    *rice = (struct rice){.num = num};
    if (coded.len == 0)
        return;
    uint8_t parameters = coded.data[0];
    rice->bits = bytes_of(coded.data + 1, coded.len - 1);
    rice->k = parameters & 0x0f;
    rice->is_inverted = parameters & RICE_INVERTED;
    rice->is_broken = (parameters & 0x70) || (!rice->is_inverted && coded.len == 1);
}

/* The 57 bits or more from `at` on, at the top of a word; 1 bits behind the end. */
static uint64_t bits_peek(const struct rice *rice)
{
    uint64_t word = 0;
    size_t from = rice->at / 8;
    if (rice->bits.len - from >= 8) {
        memcpy(&word, rice->bits.data + from, 8);
        word = __builtin_bswap64(word);
    } else
        for (size_t i = from; i < from + 8; i++)
            word = word << 8 | (i < rice->bits.len ? rice->bits.data[i] : 0xff);
    unsigned skip = rice->at % 8;
    return skip ? word << skip | ((UINT64_C(1) << skip) - 1) : word;
}

#define PEEK_SURE 57

static size_t bits_left(const struct rice *rice)
{
    return rice->bits.len * 8 - rice->at;
}

/* False when the run of 1 bits reaches the end. */
static bool ones_take(struct rice *rice, unsigned *out)
{
    unsigned ones = 0;
    for (;;) {
        size_t left = bits_left(rice);
        uint64_t zeros = ~bits_peek(rice);
        unsigned run = zeros ? (unsigned)__builtin_clzll(zeros) : 64;
        unsigned sure = left < PEEK_SURE ? (unsigned)left : PEEK_SURE;
        if (run < sure) {
            rice->at += run + 1;
            *out = ones + run;
            return true;
        }
        ones += sure;
        rice->at += sure;
        if (sure == left || ones > rice->num) {
            rice->is_broken |= ones > 7;
            return false;
        }
    }
}

static bool remainder_take(struct rice *rice, unsigned *out)
{
    *out = 0;
    if (rice->k == 0)
        return true;
    if (bits_left(rice) < rice->k)
        return false;
    *out = (unsigned)(bits_peek(rice) >> (64 - rice->k));
    rice->at += rice->k;
    return true;
}

bool rice_next(struct rice *rice, unsigned *position)
{
    unsigned ones, rest;
    if (rice->is_broken || rice->bits.len == 0 || !ones_take(rice, &ones))
        return false;
    if (!remainder_take(rice, &rest) || ones > rice->num) {
        rice->is_broken = true;
        return false;
    }
    uint64_t found = rice->next + ((uint64_t)ones << rice->k) + rest;
    if (found >= rice->num) {
        rice->is_broken = true;
        return false;
    }
    *position = (unsigned)found;
    rice->next = (unsigned)found + 1;
    return true;
}

bool rice_has(struct bytes coded, unsigned num, unsigned position)
{
    struct rice rice;
    unsigned found;
    rice_begin(&rice, coded, num);
    while (rice_next(&rice, &found))
        if (found >= position)
            return (found == position) != rice.is_inverted;
    return !rice.is_broken && rice.is_inverted;
}

static void block_invert(struct rice_block *block)
{
    for (unsigned i = 0; i * 64 < block->num; i++) {
        unsigned used = block->num - i * 64;
        block->words[i] = ~block->words[i];
        if (used < 64)
            block->words[i] &= (UINT64_C(1) << used) - 1;
    }
}

enum err rice_decode(struct bytes coded, unsigned num, struct rice_block *out)
{
    struct rice rice;
    unsigned position;
    *out = (struct rice_block){.num = num};
    rice_begin(&rice, coded, num);
    while (rice_next(&rice, &position))
        out->words[position / 64] |= UINT64_C(1) << position % 64;
    if (rice.is_inverted)
        block_invert(out);
    return rice.is_broken ? ERR_MALFORMED : ERR_NONE;
}
