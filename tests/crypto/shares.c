#include "check.h"

#include <stdio.h>
#include <string.h>

#include "crypto/shares.h"

static bool is_same(const struct secret *a, const struct secret *b)
{
    return secret_equal(secret_bytes(a), secret_bytes(b));
}

/* The shares whose bit is set. */
static struct shares chosen(const struct shares *all, unsigned bits)
{
    struct shares out = {0};
    for (unsigned i = 0; i < all->num; i++)
        if (bits >> i & 1)
            out.all[out.num++] = all->all[i];
    return out;
}

static void any_m_of_n_give_it_back_and_fewer_do_not(void **state)
{
    (void)state;
    static const unsigned sizes[][2] = {{2, 2}, {2, 5}, {3, 5}, {5, 5}, {4, 7}, {2, 16}};
    for (size_t s = 0; s < COUNT_OF(sizes); s++) {
        struct shares all CLEANUP_SHARES;
        struct secret made, got;
        assert_ok(shares_make(sizes[s][0], sizes[s][1], &all, &made));
        assert_int_equal(made.len, SHARES_PASSPHRASE);
        for (unsigned bits = 0; bits < 1U << all.num; bits++) {
            struct shares some = chosen(&all, bits);
            struct fault fault = {0};
            if (some.num >= sizes[s][0]) {
                assert_ok(shares_combine(&some, &got, &fault));
                assert_true(is_same(&made, &got));
                continue;
            }
            assert_err(shares_combine(&some, &got, &fault), ERR_NOT_FOUND);
            /* and who says that fewer are enough gets another one */
            for (unsigned i = 0; i < some.num; i++)
                some.all[i].threshold = (uint8_t)some.num;
            if (some.num >= 2) {
                assert_ok(shares_combine(&some, &got, &fault));
                assert_false(is_same(&made, &got));
            }
        }
    }
}

/* One polynomial by hand: f(x) = 0x53 + 0xCA x, f(1) = 0x99, f(2) = 0x53 ^ 0x8F, and 0x53 · 0xCA =
 * 1 in this field (FIPS 197 4.2). */
static void computes_in_the_field_of_aes(void **state)
{
    (void)state;
    struct shares two = {.num = 2,
                         .all = {{.threshold = 2, .number = 1}, {.threshold = 2, .number = 2}}};
    memset(two.all[0].data, 0x53 ^ 0xCA, SHARES_SECRET);
    memset(two.all[1].data, 0x53 ^ 0x8F, SHARES_SECRET);
    struct secret got;
    assert_ok(shares_combine(&two, &got, NULL));
    for (size_t i = 0; i < got.len; i += 2)
        assert_memory_equal(got.data + i, "53", 2);
}

static void refuses_shares_that_do_not_belong_together(void **state)
{
    (void)state;
    struct shares one, other;
    struct secret made, got;
    struct fault fault = {0};
    assert_ok(shares_make(2, 3, &one, &made));
    assert_ok(shares_make(2, 3, &other, &made));
    struct shares mixed = {.num = 2, .all = {one.all[0], other.all[1]}};
    assert_err(shares_combine(&mixed, &got, &fault), ERR_DENIED);
    assert_string_equal(fault.text, "of another set than the first");
    struct shares twice = {.num = 2, .all = {one.all[0], one.all[0]}};
    assert_err(shares_combine(&twice, &got, &fault), ERR_DENIED);
    assert_string_equal(fault.text, "number 1 twice");
    static const unsigned bad[][2] = {{0, 3}, {1, 3}, {4, 3}, {2, 17}};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_err(shares_make(bad[i][0], bad[i][1], &one, &made), ERR_USAGE);
}

static void is_written_down_and_read_again(void **state)
{
    (void)state;
    struct shares all;
    struct secret made, text;
    assert_ok(shares_make(3, 16, &all, &made));
    for (unsigned i = 0; i < all.num; i++) {
        struct share read;
        share_print(&all.all[i], &text);
        assert_true(share_is(secret_bytes(&text)));
        assert_ok(share_parse(secret_bytes(&text), &read, NULL));
        assert_memory_equal(&read, &all.all[i], sizeof read);
    }
    assert_false(share_is(bytes_of_text("jpki-shares are nice")));
    assert_false(share_is(bytes_of_text("jpki-share")));
}

/* Each character changed, left out, doubled: never taken. */
static void finds_what_was_read_wrong(void **state)
{
    (void)state;
    struct shares all;
    struct secret made, text;
    struct share read;
    assert_ok(shares_make(2, 2, &all, &made));
    share_print(&all.all[0], &text);
    for (size_t i = 0; i < text.len; i++) {
        struct secret wrong = text;
        bool is_blank = text.data[i] == ' ';
        wrong.data[i] = text.data[i] == '7' ? '8' : '7';
        assert_err(share_parse(secret_bytes(&wrong), &read, NULL), ERR_MALFORMED);
        wrong = text;
        memmove(wrong.data + i, wrong.data + i + 1, wrong.len - i - 1);
        wrong.len--;
        assert_err(share_parse(secret_bytes(&wrong), &read, NULL), ERR_MALFORMED);
        wrong = text;
        memmove(wrong.data + i + 1, wrong.data + i, wrong.len - i);
        wrong.len++;
        assert_err(share_parse(secret_bytes(&wrong), &read, NULL),
                   is_blank ? ERR_NONE : ERR_MALFORMED);
    }
    assert_err(share_parse(bytes_of_text(""), &read, NULL), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_m_of_n_give_it_back_and_fewer_do_not),
        cmocka_unit_test(computes_in_the_field_of_aes),
        cmocka_unit_test(refuses_shares_that_do_not_belong_together),
        cmocka_unit_test(is_written_down_and_read_again),
        cmocka_unit_test(finds_what_was_read_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
