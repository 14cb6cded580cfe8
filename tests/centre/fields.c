/* The fields of requests: each type takes what it must and nothing else. */
#include "check.h"

#include <string.h>

#include "centre/fields.h"

static enum err parse(const char *text, uint64_t required, uint64_t optional,
                      struct act_fields *out)
{
    json_t *object = json_loads(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    assert_non_null(object);
    struct fault fault = {0};
    enum err err = fields_parse(object, required, optional, out, &fault);
    if (err != ERR_NONE)
        assert_true(fault.rule[0] && fault.text[0]);
    fields_done(out);
    json_decref(object);
    return err;
}

static void takes_what_is_right(void **state)
{
    (void)state;
    struct act_fields fields;
    assert_ok(
        parse("{\"number\":7,\"kind\":\"signature\"}", FIELD_NUMBER | FIELD_KIND, 0, &fields));
    assert_int_equal(fields.number, 7);
    assert_int_equal(fields.kind, KIND_SIGNATURE);
    assert_ok(parse("{\"kinds\":\"both\",\"pin\":\"never-set\",\"step\":\"papers\"}", 0,
                    FIELD_KINDS | FIELD_PIN | FIELD_STEP, &fields));
    assert_int_equal(fields.kinds, KINDS_BOTH);
    assert_ok(parse("{\"nonce\":\"00112233445566778899aabbccddeeff\"}", FIELD_NONCE, 0, &fields));
    assert_int_equal(fields.nonce[15], 0xff);
    char key[256];
    snprintf(key, sizeof key, "{\"key\":\"%0*d\"}", 2 * FOLLOWER_KEY_LEN, 0);
    assert_ok(parse(key, FIELD_KEY, 0, &fields));
    assert_ok(parse("{\"effective\":\"2026-12-01\",\"missing\":true}", 0,
                    FIELD_EFFECTIVE | FIELD_MISSING, &fields));
    assert_true(fields.missing);
    assert_ok(parse("{\"changes\":{\"address\":\"x\"}}", 0, FIELD_CHANGES, &fields));
    assert_ok(parse("{\"office\":\"daiei\",\"date\":\"2026-12-01\",\"birth_date\":\"1950-00-00\"}",
                    0, FIELD_OFFICE | FIELD_DATE | FIELD_BIRTH_DATE, &fields));
    assert_int_equal(fields.birth_date.year, 1950);
    assert_int_equal(fields.birth_date.month, 0);
    assert_ok(parse("{\"telephone\":\"0858-37-5866\",\"code\":\"0123456ABC\"}", 0,
                    FIELD_TELEPHONE | FIELD_CODE, &fields));
    assert_string_equal(fields.code, "0123456ABC");
}

static void refuses_what_is_not(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t required, optional;
    } bad[] = {
        {"[]", 0, 0},
        {"{}", FIELD_NUMBER, 0},
        {"{\"number\":7}", 0, 0},
        {"{\"nothing\":7}", 0, ~UINT64_C(0)},
        {"{\"key\":\"00\"}", FIELD_KEY, 0},
        {"{\"number\":\"7\"}", FIELD_NUMBER, 0},
        {"{\"number\":-7}", FIELD_NUMBER, 0},
        {"{\"number\":7.5}", FIELD_NUMBER, 0},
        {"{\"kind\":\"both\"}", FIELD_KIND, 0},
        {"{\"nonce\":\"00\"}", FIELD_NONCE, 0},
        {"{\"nonce\":\"00112233445566778899AABBCCDDEEFF\"}", FIELD_NONCE, 0},
        {"{\"nonce\":\"00112233445566778899aabbccddeeffgg\"}", FIELD_NONCE, 0},
        {"{\"request\":\"\"}", FIELD_REQUEST, 0},
        {"{\"request\":\"3\"}", FIELD_REQUEST, 0},
        {"{\"note\":\"\"}", FIELD_NOTE, 0},
        {"{\"note\":\"a\\nb\"}", FIELD_NOTE, 0},
        {"{\"note\":\"a\\u202eb\"}", FIELD_NOTE, 0},
        {"{\"note\":\"a\\u200bb\"}", FIELD_NOTE, 0},
        {"{\"note\":\"a\\u0085b\"}", FIELD_NOTE, 0},
        {"{\"card\":\"000372000000001313722034051\"}", FIELD_CARD, 0},
        {"{\"effective\":\"2026-02-30\"}", FIELD_EFFECTIVE, 0},
        {"{\"step\":\"none\"}", FIELD_STEP, 0},
        {"{\"purpose\":\"new-key\"}", FIELD_PURPOSE, 0},
        {"{\"missing\":1}", FIELD_MISSING, 0},
        {"{\"changes\":{\"address\":1}}", FIELD_CHANGES, 0},
        {"{\"applicant\":\"\"}", FIELD_APPLICANT, 0},
        {"{\"office\":\"Daiei\"}", FIELD_OFFICE, 0},
        {"{\"date\":\"2026-12-00\"}", FIELD_DATE, 0},
        {"{\"birth_date\":\"1950-00-01\"}", FIELD_BIRTH_DATE, 0},
        {"{\"birth_date\":19500101}", FIELD_BIRTH_DATE, 0},
        {"{\"telephone\":\"37-5866\"}", FIELD_TELEPHONE, 0},
        {"{\"telephone\":858375866}", FIELD_TELEPHONE, 0},
        {"{\"code\":\"0123456ab\"}", FIELD_CODE, 0},
        {"{\"code\":\"0123456abc\"}", FIELD_CODE, 0},
        {"{\"code\":\"0123456ABO\"}", FIELD_CODE, 0},
        {"{\"code\":\"0123456ABCD\"}", FIELD_CODE, 0},
    };
    struct act_fields fields;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_err(parse(bad[i].text, bad[i].required, bad[i].optional, &fields), ERR_MALFORMED);
}

/* Whoever filled a form in is told what is expected. */
static void says_what_is_expected(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
        uint64_t field;
    } rows[] = {
        {"{\"name\":\"\"}", "1 to 200 characters", FIELD_NAME},
        {"{\"birth_date\":\"soon\"}", "YYYY-MM-DD", FIELD_BIRTH_DATE},
        {"{\"telephone\":\"1\"}", "10 to 15 digits", FIELD_TELEPHONE},
        {"{\"code\":\"1\"}", "10 capital letters", FIELD_CODE},
        {"{\"office\":\"?\"}", "code of an office", FIELD_OFFICE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct act_fields fields;
        struct fault fault = {0};
        json_t *object = json_loads(rows[i].text, 0, NULL);
        assert_err(fields_parse(object, rows[i].field, 0, &fields, &fault), ERR_MALFORMED);
        if (!strstr(fault.text, rows[i].said))
            fail_msg("%s: %s", rows[i].text, fault.text);
        fields_done(&fields);
        json_decref(object);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_is_right),
        cmocka_unit_test(refuses_what_is_not),
        cmocka_unit_test(says_what_is_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
