#include "check.h"

#include "registry/address.h"

#define HOME "鳥取県東伯郡北栄町見本一丁目１番地１"

static void takes_what_people_say(void **state)
{
    (void)state;
    static const char *const told[] = {
        HOME,
        "北栄町見本一丁目１番地１",
        "見本1-1-1",
        "見本１－１－１",
        "見本一丁目一番地の一",
        "見本1丁目1番1号",
        "見本 1 ー 1 ー 1",
        "北栄町 見本 1の1の1",
    };
    for (size_t i = 0; i < COUNT_OF(told); i++)
        if (!address_is_told(told[i], HOME))
            fail_msg("%s", told[i]);
    assert_true(address_is_told("見本二丁目２番地", "鳥取県東伯郡北栄町見本二丁目２番地"));
    assert_true(address_is_told("一宮1-2", "愛知県一宮１番地２"));
}

static void refuses_what_is_another(void **state)
{
    (void)state;
    static const char *const told[] = {
        "",        "見本",        "1-1-1",         "一丁目1番地1", "-1-1",      "本",
        "見本1-1", "見本1-1-1-1", "見本11-1-1",    "見本1-11",     "見本1-1-2", "別所1-1-1",
        "　",      "１",          "県見本1-1-1-0", "見本1-1-1x",
    };
    for (size_t i = 0; i < COUNT_OF(told); i++)
        if (address_is_told(told[i], HOME))
            fail_msg("%s", told[i]);
    assert_false(address_is_told("見本1-1", ""));
    assert_false(address_is_told("", ""));
    assert_false(address_is_told("見本21-1", "見本１番地１"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_people_say),
        cmocka_unit_test(refuses_what_is_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
