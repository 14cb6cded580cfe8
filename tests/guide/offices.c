/* Offices, hotlines and links of a town. */
#include <string.h>

#include "check.h"
#include "guide/offices.h"

static void reads_entries_with_their_fields(void **state)
{
    (void)state;
    static const char text[] = "sample = yes\noffice = A\ntelephone = 1\nlink = L\n"
                               "address = https://x.example/\nprocedures = renewal hold\n";
    struct offices offices;
    struct fault fault = {0};
    assert_ok(offices_parse(bytes_of_text(text), &offices, &fault));
    assert_true(offices.is_sample);
    assert_int_equal(offices.num, 2);
    assert_true(bytes_equal_text(offices.entries[0].telephone, "1"));
    assert_true(office_is_about(&offices.entries[0], "new"));
    assert_true(office_is_about(&offices.entries[1], "hold"));
    assert_false(office_is_about(&offices.entries[1], "new"));
    assert_false(office_is_about(&offices.entries[1], "renew"));
}

static void refuses_what_is_malformed(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "telephone = 1\n",
        "office = A\ntelephone = 1\ntelephone = 2\n",
        "sample = maybe\n",
        "shop = A\n",
        "link = L\naddress = javascript:alert(1)\n",
        "link = L\naddress = http://x.example/\n",
        "link = L\naddress = HTTPS://x.example/\n",
        "link = L\naddress = https:// x\n",
        "link = L\n",
        "link = L\naddress = https://\n",
        "link = L\noffice = B\n",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct offices offices;
        struct fault fault = {0};
        print_message("%s\n", texts[i]);
        assert_err(offices_parse(bytes_of_text(texts[i]), &offices, &fault), ERR_MALFORMED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_entries_with_their_fields),
        cmocka_unit_test(refuses_what_is_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
