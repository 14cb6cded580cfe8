#include "check.h"

#include <string.h>

#include "base/statement.h"

static struct card_statement sample(void)
{
    struct card_statement statement = {0};
    memset(statement.card_id, '7', sizeof statement.card_id);
    memset(statement.kinds[KIND_SIGNATURE].application, 1, APPLICATION_LEN);
    memset(statement.kinds[KIND_SIGNATURE].spare, 2, 32);
    statement.kinds[KIND_SIGNATURE].tries = 5;
    memset(statement.kinds[KIND_AUTHENTICATION].application, 3, APPLICATION_LEN);
    memset(statement.kinds[KIND_AUTHENTICATION].live, 4, 32);
    statement.kinds[KIND_AUTHENTICATION].tries = 3;
    memset(statement.signature, 9, sizeof statement.signature);
    return statement;
}

static void keeps_every_field_at_its_place(void **state)
{
    (void)state;
    struct card_statement statement = sample(), again;
    uint8_t wire[STATEMENT_LEN];
    statement_encode(&statement, wire);
    assert_memory_equal(wire + 27, "7\x01", 2);
    assert_memory_equal(wire + 43, "\x01\x02", 2);
    assert_memory_equal(wire + 75, "\x02\x00", 2);
    assert_memory_equal(wire + 107, "\x00\x05\x03", 3);
    assert_memory_equal(wire + 188, "\x04\x03\x09", 3);
    assert_ok(statement_parse(bytes_of(wire, sizeof wire), &again, NULL));
    assert_memory_equal(&again, &statement, sizeof statement);
    assert_true(statement_has_spare(&again, KIND_SIGNATURE));
    assert_false(statement_has_spare(&again, KIND_AUTHENTICATION));
    assert_false(statement_has_live(&again, KIND_SIGNATURE));
    assert_true(statement_has_live(&again, KIND_AUTHENTICATION));
}

static void puts_label_and_nonce_before_the_body(void **state)
{
    (void)state;
    struct card_statement statement = sample();
    uint8_t nonce[STATEMENT_NONCE_LEN], wire[STATEMENT_LEN], covered[STATEMENT_SIGNED_LEN];
    memset(nonce, 0xA5, sizeof nonce);
    statement_encode(&statement, wire);
    statement_encode_signed(&statement, nonce, covered);
    assert_memory_equal(covered, "JPKI card 1\xA5", 12);
    assert_memory_equal(covered + 26,
                        "\xA5"
                        "7",
                        2);
    assert_memory_equal(covered + 27, wire, STATEMENT_BODY_LEN);
}

static void refuses_what_no_card_says(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t value;
        const char *rule;
    } changes[] = {{0, 'x', "card id"}, {27, '/', "card id"}, {108, 6, "tries"}, {189, 4, "tries"}};
    struct card_statement statement = sample();
    struct fault fault = {0};
    uint8_t wire[STATEMENT_LEN + 1] = {0};
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        statement_encode(&statement, wire);
        wire[changes[i].at] = changes[i].value;
        assert_err(statement_parse(bytes_of(wire, STATEMENT_LEN), &statement, &fault),
                   ERR_MALFORMED);
        assert_string_equal(fault.rule, changes[i].rule);
    }
    statement_encode(&statement, wire);
    for (size_t len = 0; len <= sizeof wire; len++)
        if (len != STATEMENT_LEN)
            assert_err(statement_parse(bytes_of(wire, len), &statement, NULL), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_every_field_at_its_place),
        cmocka_unit_test(puts_label_and_nonce_before_the_body),
        cmocka_unit_test(refuses_what_no_card_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
