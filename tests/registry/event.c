#include "fixture.h"

static struct change_answer answer;
static struct fault fault;

static enum err send(const struct change_event *event)
{
    fault = (struct fault){0};
    assert_ok(store_savepoint(store, NULL));
    enum err err = change_event_apply(store, event, &municipalities, &substitutes, &answer, &fault);
    if (err == ERR_NONE)
        assert_ok(store_release(store, NULL));
    else
        assert_ok(store_rollback_to(store, NULL));
    return err;
}

/* An event on 2026-12-01 about one resident; up to two changes, ended by a NULL value. */
static struct change_event make(const char *number, int64_t resident, enum event event)
{
    struct change_event made = {
        .resident = resident,
        .event = event,
        .recorded = {2026, 12, 1},
        .effective = {2026, 12, 1},
    };
    snprintf(made.number, sizeof made.number, "%s", number);
    return made;
}

static struct change_event with(struct change_event event, enum item item, const char *value)
{
    event.changes[event.num_changes++] = (struct item_change){item, value};
    return event;
}

static const char new_address[] = "鳥取県東伯郡北栄町見本四丁目１番地";

static void a_move_changes_the_four(void **state)
{
    (void)state;
    struct change_event event =
        with(make("E1", 1039, EVENT_MOVED_WITHIN), ITEM_ADDRESS, new_address);
    assert_ok(send(&event));
    assert_true(answer.four_changed);
    assert_false(answer.was_known);
    assert_string_equal(answer.after.address, new_address);
    assert_string_not_equal(answer.before.address, new_address);
    assert_string_equal(find(1039).address, new_address);
    page_saw("S09", "basic-four-unchanged", !answer.four_changed);
}

static void the_same_event_counts_once(void **state)
{
    (void)state;
    struct change_event event =
        with(make("E1", 1039, EVENT_MOVED_WITHIN), ITEM_ADDRESS, new_address);
    assert_ok(send(&event));
    assert_ok(send(&event));
    assert_true(answer.was_known);
    assert_false(answer.four_changed);
    /* the number of another event */
    struct change_event other = event;
    other.effective.day = 2;
    assert_err(send(&other), ERR_EXISTS);
    other = event;
    other.resident = 1001;
    assert_err(send(&other), ERR_EXISTS);
    other = event;
    other.changes[0].value = "鳥取県東伯郡北栄町見本四丁目２番地";
    assert_err(send(&other), ERR_EXISTS);
    assert_string_equal(find(1039).address, new_address);
    /* a correction that restores the same value is an event, and changes nothing */
    event = with(make("E2", 1039, EVENT_ADDRESS_RENAMED), ITEM_ADDRESS, new_address);
    assert_ok(send(&event));
    assert_false(answer.was_known);
    assert_false(answer.four_changed);
    page_saw("S09", "basic-four-unchanged", !answer.four_changed);
}

static void each_event_does_its_part(void **state)
{
    (void)state;
    const struct date today = {2026, 12, 1};
    struct change_event event = make("F1", 1033, EVENT_MOVE_OUT_FILED);
    event.effective = (struct date){2026, 12, 20};
    assert_ok(send(&event));
    assert_false(answer.four_changed);
    assert_true(resident_lives_in(&answer.after, "31372", today));
    assert_false(resident_lives_in(&answer.after, "31372", event.effective));
    event = make("F2", 1033, EVENT_MOVE_OUT_WITHDRAWN);
    assert_ok(send(&event));
    assert_int_equal(answer.after.leaves_on.year, 0);
    event = with(with(make("F3", 1033, EVENT_RENAMED), ITEM_FAMILY, "髙橋"), ITEM_FORMER, "西園");
    assert_ok(send(&event));
    assert_true(answer.four_changed);
    event = make("F4", 1033, EVENT_BECAME_WARD);
    assert_ok(send(&event));
    assert_int_equal(answer.after.standing, STANDING_WARD);
    assert_false(answer.four_changed);
    event = make("F5", 1033, EVENT_DIED);
    assert_ok(send(&event));
    assert_int_equal(answer.after.residence, RESIDENCE_DIED);
    assert_false(resident_lives_in(&answer.after, "31372", today));
    event = with(with(make("F6", 1030, EVENT_STAY_EXTENDED), ITEM_STAY_UNTIL, "2029-01-20"),
                 ITEM_CARD_UNTIL, "2029-01-20");
    assert_ok(send(&event));
    assert_false(answer.after.is_special_period);
    event = with(with(make("F7", 1042, EVENT_MOVED_IN_CONTINUED), ITEM_ADDRESS, new_address),
                 ITEM_MUNICIPALITY, "31372");
    assert_ok(send(&event));
    assert_true(answer.four_changed);
}

static void refuses_what_an_event_does_not_say(void **state)
{
    (void)state;
    const struct {
        struct change_event event;
        enum err err;
        const char *rule;
    } bad[] = {
        {make("G", 1001, EVENT_MOVED_WITHIN), ERR_MALFORMED, "address"},
        {with(make("G", 1001, EVENT_MOVED_WITHIN), ITEM_SEX, "male"), ERR_MALFORMED, "sex"},
        {with(make("G", 1001, EVENT_RENAMED), ITEM_ADDRESS, new_address), ERR_MALFORMED, "address"},
        {with(make("G", 1001, EVENT_OTHER_ITEM_CHANGED), ITEM_FAMILY, "由良"), ERR_MALFORMED,
         "family"},
        {with(make("G", 1001, EVENT_RENAMED), ITEM_NUMBER, "5"), ERR_MALFORMED, "number"},
        {with(make("G", 1001, EVENT_RENAMED), (enum item)99, "5"), ERR_MALFORMED, "unknown"},
        {with(with(make("G", 1001, EVENT_RENAMED), ITEM_GIVEN, "華"), ITEM_GIVEN, "花"),
         ERR_MALFORMED, "given"},
        {with(make("G", 1001, EVENT_RENAMED), ITEM_FAMILY, ""), ERR_MALFORMED, "family"},
        {with(make("G", 1001, EVENT_RENAMED), ITEM_FAMILY, "\xFF"), ERR_MALFORMED, "family"},
        {with(make("G", 1001, EVENT_RENAMED), ITEM_FAMILY, "\U000E0100"), ERR_MALFORMED, "text"},
        {with(make("G", 1001, EVENT_SEX_CORRECTED), ITEM_SEX, ""), ERR_MALFORMED, "sex"},
        {with(make("G", 1001, EVENT_BIRTH_DATE_CORRECTED), ITEM_BORN, "1986-13-00"), ERR_MALFORMED,
         "born"},
        {with(make("G", 1001, EVENT_MOVED_WITHIN), ITEM_ADDRESS, "鳥取県東伯郡琴浦町見本１番地"),
         ERR_MALFORMED, "address"},
        {with(make("G", 1001, EVENT_BECAME_WARD), ITEM_REPRESENTATIVE, "4711"), ERR_MALFORMED,
         "representative"},
        {make("G", 4711, EVENT_DIED), ERR_NOT_FOUND, "RESIDENT_BY_NUMBER"},
        {make("G", 1057, EVENT_MOVED_OUT), ERR_STATE, "residence"}, /* has died */
        {make("", 1001, EVENT_DIED), ERR_MALFORMED, "number"},
        {make("a b", 1001, EVENT_DIED), ERR_MALFORMED, "number"},
        {make("番号", 1001, EVENT_DIED), ERR_MALFORMED, "number"},
        {make("G", 1001, EVENT_PIN_RESET), ERR_UNSUPPORTED, "event"},
        {make("G", 1001, EVENT_LOST_PHONED), ERR_UNSUPPORTED, "event"},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct resident before = {0};
        bool is_there = resident_find(store, bad[i].event.resident, &before, NULL) == ERR_NONE;
        assert_err(send(&bad[i].event), bad[i].err);
        assert_string_equal(fault.rule, bad[i].rule);
        if (is_there) {
            struct resident after = find(bad[i].event.resident);
            assert_memory_equal(&before, &after, sizeof before);
        }
    }
    struct change_event event = make("G", 1001, EVENT_DIED);
    event.effective = (struct date){2026, 12, 0};
    assert_err(send(&event), ERR_MALFORMED);
    assert_false(change_event_knows(EVENT_RENEWED));
    assert_true(change_event_knows(EVENT_DIED));
}

static void an_event_can_only_be_erased(void **state)
{
    (void)state;
    struct change_event event =
        with(make("E1", 1039, EVENT_MOVED_WITHIN), ITEM_ADDRESS, new_address);
    assert_ok(send(&event));
    assert_ok(store_run_one(store, STATEMENT_RESIDENT_EVENT_ERASE, VALUES(value_text("E1")), NULL));
    assert_ok(send(&event)); /* still known */
    assert_true(answer.was_known);
    event.event = EVENT_ADDRESS_RENAMED;
    assert_err(send(&event), ERR_EXISTS);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_sample_town, close_register)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_move_changes_the_four),     TEST(the_same_event_counts_once),
        TEST(each_event_does_its_part),    TEST(refuses_what_an_event_does_not_say),
        TEST(an_event_can_only_be_erased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
