/* Offices, hotlines and links of a town. */
#include <string.h>

#include "check.h"
#include "guide/offices.h"
#include "law/appointments.h"

static void reads_entries_with_their_fields(void **state)
{
    (void)state;
    static const char text[] = "sample = yes\noffice = A\ncode = a-1\ntelephone = 1\nlink = L\n"
                               "address = https://x.example/\nprocedures = renewal hold\n";
    struct offices offices;
    struct fault fault = {0};
    assert_ok(offices_parse(bytes_of_text(text), &offices, &fault));
    assert_true(offices.is_sample);
    assert_int_equal(offices.num, 2);
    assert_true(bytes_equal_text(offices.entries[0].telephone, "1"));
    assert_true(bytes_equal_text(offices.entries[0].code, "a-1"));
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
        "code = a\n",
        "office = A\ncode = A\n",
        "office = A\ncode = a\ncode = b\n",
        "office = A\ncode = a\noffice = B\ncode = a\n",
        "hotline = H\ncode = a\n",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct offices offices;
        struct fault fault = {0};
        print_message("%s\n", texts[i]);
        assert_err(offices_parse(bytes_of_text(texts[i]), &offices, &fault), ERR_MALFORMED);
    }
}

/* Both files of the sample town mean the same offices. */
static void appointments_are_at_offices_of_the_town(void **state)
{
    (void)state;
    struct buffer listed CLEANUP_BUFFER = source_read("etc/offices");
    struct buffer taken CLEANUP_BUFFER = source_read("etc/appointments");
    struct offices offices;
    struct appointments appointments;
    assert_ok(offices_parse(buffer_bytes(&listed), &offices, NULL));
    assert_ok(appointments_parse(buffer_bytes(&taken), &appointments, NULL));
    for (size_t i = 0; i < appointments.num_offices; i++) {
        bool is_known = false;
        for (size_t k = 0; k < offices.num; k++)
            is_known |= bytes_equal_text(offices.entries[k].code, appointments.offices[i].code);
        assert_true(is_known);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_entries_with_their_fields),
        cmocka_unit_test(refuses_what_is_malformed),
        cmocka_unit_test(appointments_are_at_offices_of_the_town),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
