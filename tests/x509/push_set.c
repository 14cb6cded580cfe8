/* The push set as bytes: what is written is read again, every broken rule is refused. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "x509/push_set.h"
#include "x509/rice.h"

/* --- one block --- */

static unsigned long seed = 1;

static unsigned dice(unsigned sides)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % sides;
}

static void block_set(struct rice_block *block, unsigned position)
{
    block->words[position / 64] |= UINT64_C(1) << position % 64;
}

static size_t block_round(const struct rice_block *block)
{
    struct rice_block again;
    struct buffer coded CLEANUP_BUFFER;
    buffer_init(&coded, 65536);
    unsigned num = rice_encode(block, &coded);
    assert_int_equal(num, rice_members(block));
    assert_ok(rice_decode(buffer_bytes(&coded), block->num, &again));
    assert_memory_equal(again.words, block->words, sizeof block->words);
    for (int i = 0; i < 200; i++) {
        unsigned at = dice(block->num);
        assert_int_equal(rice_has(buffer_bytes(&coded), block->num, at),
                         block->words[at / 64] >> at % 64 & 1);
    }
    return coded.len;
}

/* From none to all of 1000, and every share of a whole block. */
static void reads_every_density_again(void **state)
{
    (void)state;
    static const unsigned lengths[] = {1, 2, 63, 64, 65, 1000, 65535, 65536};
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        for (unsigned share = 0; share <= 32; share++) {
            struct rice_block block = {.num = lengths[i]};
            for (unsigned at = 0; at < block.num; at++)
                if (dice(1u << 16) < share * share * 64)
                    block_set(&block, at);
            size_t len = block_round(&block);
            assert_true(len <= lengths[i] / 8 + 2); /* never more than the bits themselves */
        }
}

static void writes_none_and_all_in_a_byte(void **state)
{
    (void)state;
    struct rice_block block = {.num = 65536};
    assert_int_equal(block_round(&block), 0);
    memset(block.words, 0xff, sizeof block.words);
    assert_int_equal(block_round(&block), 1);
    block = (struct rice_block){.num = 65536};
    block_set(&block, 65535);
    assert_int_equal(block_round(&block), 4); /* k 15: 1 0, 15 bits: the gap is 65535 */
}

static void refuses_blocks_that_break_a_rule(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        unsigned num;
        struct bytes coded;
    } rows[] = {
        {"a bit that is zero", 8, {(const uint8_t *)"\x10\x7f", 2}},
        {"no code, not inverted", 8, {(const uint8_t *)"\x00", 1}},
        {"padding of a whole byte", 8, {(const uint8_t *)"\x00\x7f\xff", 3}},
        {"only padding", 8, {(const uint8_t *)"\x00\xff", 2}},
        {"outside of the block", 8, {(const uint8_t *)"\x00\xff\x7f", 3}},
        {"outside, by its remainder", 8, {(const uint8_t *)"\x04\x47", 2}},
        {"the remainder is cut", 65536, {(const uint8_t *)"\x0f\x7f", 2}},
        {"nine codes in eight places", 8, {(const uint8_t *)"\x00\x00\x7f", 3}},
        {"nine exceptions in eight places", 8, {(const uint8_t *)"\x80\x00\x7f", 3}},
        {"a run longer than any block",
         65536,
         {(const uint8_t *)"\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rice_block block;
        if (rice_decode(rows[i].coded, rows[i].num, &block) != ERR_MALFORMED)
            fail_msg("accepted: %s", rows[i].what);
    }
}

/* --- the set --- */

#define FIRST 1000
#define LAST  (FIRST + 3 * PUSH_SET_BLOCK + 77)

static bool is_listed(uint64_t serial)
{
    return serial % 101 == 0 || (serial > FIRST + 70000 && serial < FIRST + 120000);
}

static bool is_unknown(uint64_t serial)
{
    return !is_listed(serial) && (serial % 5003 == 0 || serial > LAST - 20);
}

static enum err fill(void *context, uint64_t first, unsigned num,
                     uint64_t *bits[static PUSH_SET_LAYERS])
{
    (void)context;
    for (unsigned i = 0; i < num; i++) {
        if (is_listed(first + i))
            bits[PUSH_SET_LISTED][i / 64] |= UINT64_C(1) << i % 64;
        if (is_unknown(first + i))
            bits[PUSH_SET_UNKNOWN][i / 64] |= UINT64_C(1) << i % 64;
    }
    return ERR_NONE;
}

static struct push_set_facts facts_right(void)
{
    return (struct push_set_facts){.authority = {1, 2, 3},
                                   .this_update = 1795309323,
                                   .next_update = 1795309323 + 3600,
                                   .epoch = 42,
                                   .first = FIRST,
                                   .last = LAST};
}

static void encode(const struct push_set_facts *facts, struct buffer *out)
{
    buffer_init(out, LIMIT_PUSH_SET);
    assert_ok(push_set_encode(facts, (struct push_set_source){fill, NULL},
                              bytes_of_text("certificate"), out));
    push_set_put_signature(out, bytes_of_text("signature"));
    assert_ok(buffer_check(out));
}

static void says_what_was_put_in(void **state)
{
    (void)state;
    struct buffer bytes CLEANUP_BUFFER;
    struct push_set_facts facts = facts_right();
    struct push_set set;
    encode(&facts, &bytes);
    assert_ok(push_set_parse(buffer_bytes(&bytes), &set, NULL));
    assert_memory_equal(&set.facts, &facts, sizeof facts);
    assert_true(bytes_equal_text(set.certificate, "certificate"));
    assert_true(bytes_equal_text(set.signature, "signature"));
    assert_int_equal(set.to_be_signed.len, bytes.len - 4 - strlen("signature"));
    for (uint64_t serial = FIRST - 5; serial < LAST + 5; serial += 1 + dice(20)) {
        enum push_set_answer wanted = is_listed(serial)    ? PUSH_SET_SAYS_LISTED
                                      : is_unknown(serial) ? PUSH_SET_SAYS_UNKNOWN
                                                           : PUSH_SET_SAYS_GOOD;
        if (serial < FIRST || serial > LAST)
            wanted = PUSH_SET_SAYS_UNKNOWN;
        assert_int_equal(push_set_find(&set, serial), wanted);
    }
    assert_int_equal(push_set_find(&set, 0), PUSH_SET_SAYS_UNKNOWN);
    assert_int_equal(push_set_find(&set, UINT64_MAX), PUSH_SET_SAYS_UNKNOWN);
}

static void writes_a_set_about_nobody(void **state)
{
    (void)state;
    struct buffer bytes CLEANUP_BUFFER;
    struct push_set_facts facts = facts_right();
    struct push_set set;
    facts.first = 1;
    facts.last = 0;
    encode(&facts, &bytes);
    assert_ok(push_set_parse(buffer_bytes(&bytes), &set, NULL));
    assert_int_equal(push_set_find(&set, 1), PUSH_SET_SAYS_UNKNOWN);
}

static void refuses_facts_that_cannot_be(void **state)
{
    (void)state;
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, LIMIT_PUSH_SET);
    struct push_set_facts rows[5];
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        rows[i] = facts_right();
    rows[0].next_update = rows[0].this_update;
    rows[1].first = 0;
    rows[2].last = FIRST - 2;
    rows[3].last = FIRST + PUSH_SET_SERIALS_MAX;
    rows[4].this_update = -1;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_err(push_set_encode(&rows[i], (struct push_set_source){fill, NULL},
                                   bytes_of_text(""), &out),
                   ERR_USAGE);
}

static void refuses_every_cut(void **state)
{
    (void)state;
    struct buffer bytes CLEANUP_BUFFER;
    struct push_set_facts facts = facts_right();
    struct push_set set;
    facts.last = FIRST + 999;
    encode(&facts, &bytes);
    for (size_t len = 0; len < bytes.len; len++)
        assert_err(push_set_parse(bytes_of(bytes.data, len), &set, NULL), ERR_MALFORMED);
    assert_ok(push_set_parse(buffer_bytes(&bytes), &set, NULL));
    buffer_put_u8(&bytes, 0);
    assert_err(push_set_parse(buffer_bytes(&bytes), &set, NULL), ERR_MALFORMED);
}

#define HEAD (16 + 32 + 7 * 8) /* the ends of the first layer follow */

static void refuses_heads_and_layers_that_do_not_fit(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t value;
        const char *text;
    } rows[] = {
        {0, 'j', "not the head of a push set"},
        {14, '2', "not the head of a push set"},
        {48, 0x80, "not the head of a push set"},
        {60, 0, "nextUpdate is not after thisUpdate"},
        {72, 1, "no such range of serials"},
        {80, 1, "more serials than a set may have"},
        {103 - 8, 1, "not as many members as it says"},
        {103, 1, "not as many members as it says"},
        {HEAD, 1, "the ends of the blocks do not fit"},
        {HEAD + 4, 1, "the ends of the blocks do not fit"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer bytes CLEANUP_BUFFER;
        struct push_set_facts facts = facts_right();
        struct push_set set;
        struct fault fault = {0};
        encode(&facts, &bytes);
        assert_int_not_equal(bytes.data[rows[i].at], rows[i].value);
        bytes.data[rows[i].at] = rows[i].value;
        assert_err(push_set_parse(buffer_bytes(&bytes), &set, &fault), ERR_MALFORMED);
        assert_string_equal(fault.text, rows[i].text);
    }
}

static enum err fill_both(void *context, uint64_t first, unsigned num,
                          uint64_t *bits[static PUSH_SET_LAYERS])
{
    (void)context;
    (void)first;
    (void)num;
    bits[PUSH_SET_LISTED][0] = bits[PUSH_SET_UNKNOWN][0] = 4;
    return ERR_NONE;
}

static void refuses_a_serial_in_both_layers(void **state)
{
    (void)state;
    struct buffer bytes CLEANUP_BUFFER;
    struct push_set_facts facts = facts_right();
    struct push_set set;
    struct fault fault = {0};
    buffer_init(&bytes, LIMIT_PUSH_SET);
    assert_ok(push_set_encode(&facts, (struct push_set_source){fill_both, NULL},
                              bytes_of_text("certificate"), &bytes));
    push_set_put_signature(&bytes, bytes_of_text("signature"));
    assert_err(push_set_parse(buffer_bytes(&bytes), &set, &fault), ERR_MALFORMED);
    assert_string_equal(fault.text, "block 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_density_again),
        cmocka_unit_test(writes_none_and_all_in_a_byte),
        cmocka_unit_test(refuses_blocks_that_break_a_rule),
        cmocka_unit_test(says_what_was_put_in),
        cmocka_unit_test(writes_a_set_about_nobody),
        cmocka_unit_test(refuses_facts_that_cannot_be),
        cmocka_unit_test(refuses_every_cut),
        cmocka_unit_test(refuses_heads_and_layers_that_do_not_fit),
        cmocka_unit_test(refuses_a_serial_in_both_layers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
