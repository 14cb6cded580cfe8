#include "check.h"

#include "http/form.h"

static void carries_any_bytes(void **state)
{
    (void)state;
    uint8_t all[256];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    struct buffer form CLEANUP_BUFFER, back CLEANUP_BUFFER;
    buffer_init(&form, 4096);
    buffer_init(&back, sizeof all);
    http_form_put(&form, "first", bytes_of_text("a b&c=d+"));
    http_form_put(&form, "all", bytes_of(all, sizeof all));
    assert_ok(http_form_find(buffer_bytes(&form), "all", &back));
    assert_true(bytes_equal(buffer_bytes(&back), bytes_of(all, sizeof all)));
    buffer_cut(&back, 0);
    assert_ok(http_form_find(buffer_bytes(&form), "first", &back));
    assert_true(bytes_equal_text(buffer_bytes(&back), "a b&c=d+"));
}

static void reads_what_browsers_write(void **state)
{
    (void)state;
    static const struct {
        const char *form, *value;
    } rows[] = {{"t=a+b%2b%2F%3d", "a b+/="}, {"x=1&t=", ""}, {"t&x=1", ""}, {"&&t=a=b&", "a=b"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer value CLEANUP_BUFFER;
        buffer_init(&value, 64);
        assert_ok(http_form_find(bytes_of_text(rows[i].form), "t", &value));
        assert_true(bytes_equal_text(buffer_bytes(&value), rows[i].value));
    }
}

static void refuses_broken_forms(void **state)
{
    (void)state;
    static const struct {
        const char *form;
        enum err err;
    } rows[] = {{"", ERR_NOT_FOUND},       {"x=1", ERR_NOT_FOUND},   {"tt=1", ERR_NOT_FOUND},
                {"T=1", ERR_NOT_FOUND},    {"t=%", ERR_MALFORMED},   {"t=%4", ERR_MALFORMED},
                {"t=a%zz", ERR_MALFORMED}, {"t=%0g", ERR_MALFORMED}, {"t=1&t=1", ERR_MALFORMED},
                {"t=12345678", ERR_LIMIT}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer value CLEANUP_BUFFER;
        buffer_init(&value, 4);
        assert_err(http_form_find(bytes_of_text(rows[i].form), "t", &value), rows[i].err);
        assert_int_equal(value.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carries_any_bytes),
        cmocka_unit_test(reads_what_browsers_write),
        cmocka_unit_test(refuses_broken_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
