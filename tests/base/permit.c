#include "check.h"

#include <string.h>

#include "base/permit.h"

static struct permit sample(void)
{
    struct permit permit = {.purpose = PERMIT_INSTALL, .kind = KIND_AUTHENTICATION};
    memset(permit.key_id, 1, sizeof permit.key_id);
    memset(permit.application, 2, sizeof permit.application);
    memset(permit.card_id, '3', sizeof permit.card_id);
    memset(permit.challenge, 4, sizeof permit.challenge);
    memset(permit.digest, 5, sizeof permit.digest);
    memset(permit.signature, 6, sizeof permit.signature);
    return permit;
}

static void keeps_every_field_at_its_place(void **state)
{
    (void)state;
    struct permit permit = sample(), again;
    uint8_t wire[PERMIT_LEN];
    permit_encode(&permit, wire);
    assert_memory_equal(wire, "JPKI permit 1\x01", 14);
    assert_memory_equal(wire + 20, "\x01\x02\x17\x02", 4);
    assert_memory_equal(wire + 38,
                        "\x02"
                        "3",
                        2);
    assert_memory_equal(wire + 66, "3\x04", 2);
    assert_memory_equal(wire + 82, "\x04\x05", 2);
    assert_memory_equal(wire + 114, "\x05\x06", 2);
    assert_ok(permit_parse(bytes_of(wire, sizeof wire), &again, NULL));
    assert_memory_equal(&again, &permit, sizeof permit);
}

static void refuses_another_length(void **state)
{
    (void)state;
    struct permit permit = sample();
    uint8_t wire[PERMIT_LEN + 1] = {0};
    permit_encode(&permit, wire);
    for (size_t len = 0; len <= sizeof wire; len++)
        if (len != PERMIT_LEN)
            assert_err(permit_parse(bytes_of(wire, len), &permit, NULL), ERR_MALFORMED);
}

static void refuses_what_no_permit_says(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t value;
        const char *rule;
    } changes[] = {
        {0, 'j', "layout"}, {12, '2', "layout"},  {21, 0, "purpose"},       {21, 6, "purpose"},
        {21, 1, "digest"},  {21, 3, "digest"},    {21, 5, "kind"},          {22, 0, "kind"},
        {22, 0x18, "kind"}, {39, 'x', "card id"}, {66, '9' + 1, "card id"},
    };
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct permit permit = sample();
        struct fault fault = {0};
        uint8_t wire[PERMIT_LEN];
        permit_encode(&permit, wire);
        wire[changes[i].at] = changes[i].value;
        assert_err(permit_parse(bytes_of(wire, sizeof wire), &permit, &fault), ERR_MALFORMED);
        assert_string_equal(fault.rule, changes[i].rule);
    }
}

static void gives_a_permit_key_no_kind(void **state)
{
    (void)state;
    struct permit permit = sample(), again;
    uint8_t wire[PERMIT_LEN];
    permit.purpose = PERMIT_NEW_PERMIT_KEY;
    permit_encode(&permit, wire);
    assert_int_equal(wire[22], 0);
    assert_ok(permit_parse(bytes_of(wire, sizeof wire), &again, NULL));
    assert_int_equal(again.purpose, PERMIT_NEW_PERMIT_KEY);
}

static void checks_card_ids(void **state)
{
    (void)state;
    uint8_t id[CARD_ID_LEN];
    assert_ok(card_id_parse("4000000127198431322120350217", id, NULL));
    assert_memory_equal(id, "4000000127198431322120350217", CARD_ID_LEN);
    assert_err(card_id_parse("400000012719843132212035021", id, NULL), ERR_MALFORMED);
    assert_err(card_id_parse("40000001271984313221203502170", id, NULL), ERR_MALFORMED);
    assert_err(card_id_parse("400000012719843132212035021x", id, NULL), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_every_field_at_its_place),
        cmocka_unit_test(refuses_another_length),
        cmocka_unit_test(refuses_what_no_permit_says),
        cmocka_unit_test(gives_a_permit_key_no_kind),
        cmocka_unit_test(checks_card_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
