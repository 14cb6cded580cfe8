#include "check.h"

#include <string.h>

#include "base/key_statement.h"

static struct key_statement sample(void)
{
    struct key_statement statement = {0};
    memset(statement.card_id, '7', sizeof statement.card_id);
    memset(statement.key_id, 2, sizeof statement.key_id);
    memset(statement.signature, 9, sizeof statement.signature);
    return statement;
}

static void keeps_every_field_at_its_place(void **state)
{
    (void)state;
    struct key_statement statement = sample(), again;
    uint8_t wire[KEY_STATEMENT_LEN];
    key_statement_encode(&statement, wire);
    assert_memory_equal(wire + 27, "7\x02", 2);
    assert_memory_equal(wire + 35, "\x02\x09", 2);
    assert_ok(key_statement_parse(bytes_of(wire, sizeof wire), &again, NULL));
    assert_memory_equal(&again, &statement, sizeof statement);
}

static void puts_its_own_label_and_the_nonce_before_the_body(void **state)
{
    (void)state;
    struct key_statement statement = sample();
    uint8_t nonce[STATEMENT_NONCE_LEN], wire[KEY_STATEMENT_LEN], covered[KEY_STATEMENT_SIGNED_LEN];
    memset(nonce, 0xA5, sizeof nonce);
    key_statement_encode(&statement, wire);
    key_statement_encode_signed(&statement, nonce, covered);
    assert_memory_equal(covered, "JPKI card key 1\xA5", 16);
    assert_int_equal(covered[30], 0xA5);
    assert_memory_equal(covered + 31, wire, CARD_ID_LEN + PERMIT_KEY_ID_LEN);
}

static void refuses_what_no_card_says(void **state)
{
    (void)state;
    struct key_statement statement = sample(), before = statement;
    struct fault fault = {0};
    uint8_t wire[KEY_STATEMENT_LEN + 1] = {0};
    key_statement_encode(&statement, wire);
    wire[3] = 'x';
    assert_err(key_statement_parse(bytes_of(wire, KEY_STATEMENT_LEN), &statement, &fault),
               ERR_MALFORMED);
    assert_string_equal(fault.rule, "card id");
    wire[3] = '7';
    for (size_t len = 0; len <= sizeof wire; len++)
        if (len != KEY_STATEMENT_LEN)
            assert_err(key_statement_parse(bytes_of(wire, len), &statement, NULL), ERR_MALFORMED);
    assert_memory_equal(&statement, &before, sizeof before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_every_field_at_its_place),
        cmocka_unit_test(puts_its_own_label_and_the_nonce_before_the_body),
        cmocka_unit_test(refuses_what_no_card_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
