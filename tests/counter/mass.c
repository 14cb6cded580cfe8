/* Mass acts on real certificates: what a list must be, two persons, what law makes of each state,
 * and who may free what a person and a mass hold, or two mass holds, hold at once. */
#include "town.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/hash.h"

#define PEOPLE 4

static const struct {
    int64_t resident;
    const char *card;
} people[PEOPLE] = {{1001, "0003720000000013137220340514"},
                    {1002, "0003720000000023137220330302"},
                    {1005, "0003720000000053137220340130"},
                    {1006, "0003720000000063137220360615"}};
enum { PLAIN, LOST_AFTER, LOST_BEFORE, QUIET };
static struct town_card cards[PEOPLE];
static int64_t serials[NUM_KINDS][PEOPLE];

static int begin(void **state)
{
    town_begin(state);
    for (int i = 0; i < PEOPLE; i++) {
        town_card_make(&cards[i], people[i].card, false);
        town_card_register(&cards[i]);
        town_run(town_open(people[i].resident, "new", "holder", "both", "never-set"), &cards[i],
                 NULL);
        for (int kind = 0; kind < NUM_KINDS; kind++)
            serials[kind][i] =
                town_certificate((enum kind)kind, people[i].resident, STATUS_GOOD).serial;
    }
    return 0;
}

static int finish(void **state)
{
    for (int i = 0; i < PEOPLE; i++)
        town_card_done(&cards[i]);
    return town_end(state);
}

/* -- lists and acts -- */

struct list {
    enum kind kind;
    char text[256], digest[2 * SHA256_LEN + 1];
    int64_t number, count;
};

/* Of the people whose bits are set; their serials rise. */
static void list_make(struct list *list, enum kind kind, unsigned of)
{
    *list = (struct list){.kind = kind};
    uint8_t digest[SHA256_LEN];
    for (int i = 0; i < PEOPLE; i++)
        if (of & (1u << i)) {
            size_t len = strlen(list->text);
            snprintf(list->text + len, sizeof list->text - len, "%lld\n",
                     (long long)serials[kind][i]);
            list->count++;
        }
    sha256(bytes_of_text(list->text), digest);
    hex_print(digest, sizeof digest, list->digest);
}

static json_t *list_fields(enum kind kind, int64_t from, const char *text, const char *digest)
{
    return json_pack("{s:s, s:I, s:s, s:s*}", "kind", kind_name(kind), "from", (json_int_t)from,
                     "file", text, "digest", digest);
}

static json_t *act_fields(const struct list *list)
{
    return json_pack("{s:I, s:s, s:I, s:s, s:s}", "number", (json_int_t)list->number, "kind",
                     kind_name(list->kind), "count", (json_int_t)list->count, "digest",
                     list->digest, "note", "the chips of one series");
}

static void list_send(struct list *list)
{
    const struct counter_answer *answer =
        town_done("admin1", "mass-list", list_fields(list->kind, 0, list->text, list->digest));
    assert_int_equal(counter_number(answer, "count"), list->count);
    assert_string_equal(counter_text(answer, "digest"), list->digest);
    list->number = counter_number(answer, "number");
}

static int64_t ask(const char *act, const struct list *list)
{
    return counter_number(town_done("admin1", act, act_fields(list)), "parked");
}

static json_t *number_field(int64_t number)
{
    return json_pack("{s:I}", "number", (json_int_t)number);
}

static const struct counter_answer *show(int64_t number)
{
    return town_done("auditor1", "mass-show", number_field(number));
}

/* Waits until it has ended. */
static void wait_for(int64_t number)
{
    for (int i = 0; i < 500; i++) {
        if (strcmp(counter_text(show(number), "state"), "finished") == 0)
            return;
        usleep(10000);
    }
    fail_msg("the mass act does not end");
}

static int64_t approve(int64_t parked)
{
    int64_t number = counter_number(town_done("admin2", "approve", number_field(parked)), "mass");
    wait_for(number);
    return number;
}

/* Sends the list, lets the act run, and ends with it finished. */
static int64_t run(const char *act, struct list *list)
{
    if (strcmp(act, "mass-release") != 0)
        list_send(list);
    return approve(ask(act, list));
}

static void assert_outcome(int64_t number, const char *outcome, int64_t count)
{
    size_t i;
    json_t *row;
    json_array_foreach (json_object_get(show(number)->detail, "outcomes"), i, row)
        if (strcmp(json_string_value(json_object_get(row, "outcome")), outcome) == 0) {
            assert_int_equal(json_integer_value(json_object_get(row, "count")), count);
            return;
        }
    assert_int_equal(count, 0);
}

/* In the database and in the map. */
static void assert_state(enum kind kind, int person, enum status_state state)
{
    assert_int_equal(town_map(kind, serials[kind][person]).state, state);
    for (enum status_state other = STATUS_GOOD; other <= STATUS_REVOKED; other++) {
        int num = town_count(kind, people[person].resident, other);
        if (other == state)
            assert_true(num >= 1);
    }
}

#define BIT(person) (1u << (person))
#define ALL         (BIT(PLAIN) | BIT(LOST_AFTER) | BIT(LOST_BEFORE) | BIT(QUIET))
#define AUTH        KIND_AUTHENTICATION

/* -- what a list must be -- */

static void a_bad_line_refuses_the_list(void **state)
{
    (void)state;
    char fault[128], twice[64], falling[64];
    snprintf(twice, sizeof twice, "%lld\n%lld\n", (long long)serials[AUTH][0],
             (long long)serials[AUTH][0]);
    snprintf(falling, sizeof falling, "%lld\n%lld\n", (long long)serials[AUTH][1],
             (long long)serials[AUTH][0]);
    static const char none[] = "not a serial number";
    const struct {
        const char *text;
        int line;
        const char *what;
    } bad[] = {
        {"", 1, "the part does not end with a line's end"},
        {"7", 1, "the part does not end with a line's end"},
        {"\n", 1, none},
        {"0\n", 1, none},
        {"01\n", 1, none},
        {"-1\n", 1, none},
        {"1 \n", 1, none},
        {"1\r\n", 1, none},
        {"0x10\n", 1, none},
        {"9999999999\n", 1, none},
        {"268435456\n", 1, none},
        {twice, 2, "the same as the line before"},
        {falling, 2, "not above the line before"},
        {"268435455\n", 1, "no certificate of this kind has this serial number"},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
        town_ask("admin1", "mass-list", list_fields(AUTH, 0, bad[i].text, NULL), &answer);
        assert_int_equal(answer.outcome, COUNTER_REFUSED);
        assert_string_equal(counter_text(&answer, "code"), "bad-list");
        json_t *faults = json_object_get(json_object_get(answer.detail, "answer"), "faults");
        snprintf(fault, sizeof fault, "list : line %d : %s", bad[i].line, bad[i].what);
        assert_string_equal(json_string_value(json_array_get(faults, 0)), fault);
    }
}

static void a_list_goes_on_where_it_was(void **state)
{
    (void)state;
    struct list list, other;
    list_make(&list, AUTH, BIT(PLAIN));
    list_make(&other, AUTH, BIT(QUIET));
    town_refused("admin1", "mass-list", list_fields(AUTH, 1, other.text, NULL), "no-list-begun");
    town_done("admin1", "mass-list", list_fields(AUTH, 0, list.text, NULL));
    town_refused("admin2", "mass-list", list_fields(AUTH, 1, other.text, NULL), "no-list-begun");
    town_refused("admin1", "mass-list", list_fields(AUTH, 2, other.text, NULL), "no-list-begun");
    town_refused("admin1", "mass-list", list_fields(KIND_SIGNATURE, 1, other.text, NULL),
                 "no-list-begun");
    town_refused("admin1", "mass-list", list_fields(AUTH, 1, list.text, NULL), "bad-list");
    town_refused("admin1", "mass-list", list_fields(AUTH, 1, other.text, other.digest),
                 "list-changed");
    struct list both;
    list_make(&both, AUTH, BIT(PLAIN) | BIT(QUIET));
    const struct counter_answer *answer =
        town_done("admin1", "mass-list", list_fields(AUTH, 1, other.text, both.digest));
    assert_string_equal(counter_text(answer, "digest"), both.digest);
    /* a whole one has no further part */
    town_refused("admin1", "mass-list", list_fields(AUTH, 2, other.text, NULL), "no-list-begun");
    town_refused("auditor1", "mass-list", list_fields(AUTH, 0, list.text, NULL), "role");
    town_refused("daiei1", "mass-list", list_fields(AUTH, 0, list.text, NULL), "role");
}

static void a_part_has_its_limit(void **state)
{
    (void)state;
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_ACT_FILE);
    for (int i = 1; i <= LIMIT_MASS_PART + 1; i++)
        buffer_put_format(&text, "%d\n", i);
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_ask("admin1", "mass-list", list_fields(AUTH, 0, buffer_text(&text), NULL), &answer);
    assert_string_equal(counter_text(&answer, "code"), "bad-list");
    json_t *faults = json_object_get(json_object_get(answer.detail, "answer"), "faults");
    char fault[80];
    snprintf(fault, sizeof fault, "list : line %d : too many lines in one part",
             LIMIT_MASS_PART + 1);
    assert_string_equal(json_string_value(json_array_get(faults, 0)), fault);
}

/* -- two persons -- */

static void both_decide_on_the_same_list(void **state)
{
    (void)state;
    struct list list;
    list_make(&list, AUTH, BIT(QUIET));
    list_send(&list);
    struct list wrong = list;
    wrong.count++;
    town_refused("admin1", "mass-hold", act_fields(&wrong), "another-list");
    wrong = list;
    wrong.digest[0] = wrong.digest[0] == '0' ? '1' : '0';
    town_refused("admin1", "mass-hold", act_fields(&wrong), "another-list");
    wrong = list;
    wrong.kind = KIND_SIGNATURE;
    town_refused("admin1", "mass-hold", act_fields(&wrong), "another-list");
    wrong = list;
    wrong.number = 999;
    town_refused("admin1", "mass-hold", act_fields(&wrong), "no-list");
    town_refused("admin1", "mass-release", act_fields(&list), "no-hold");
    town_refused("daiei1", "mass-hold", act_fields(&list), "role");
    int64_t parked = ask("mass-hold", &list), other = ask("mass-revoke", &list);
    town_refused("admin1", "approve", number_field(parked), "same-person");
    town_refused("auditor1", "approve", number_field(parked), "role");
    assert_string_equal(counter_text(show(list.number), "state"), "waits");
    assert_state(AUTH, QUIET, STATUS_GOOD);
    approve(parked);
    assert_state(AUTH, QUIET, STATUS_HELD);
    town_refused("admin2", "approve", number_field(parked), "no-parked-act");
    town_refused("admin2", "approve", number_field(other), "no-list");
    assert_state(AUTH, QUIET, STATUS_HELD);
    run("mass-release", &list);
    assert_state(AUTH, QUIET, STATUS_GOOD);
    town_refused("admin1", "mass-release", act_fields(&list), "no-hold");
}

static void the_second_person_reads_what_it_is(void **state)
{
    (void)state;
    struct list list;
    list_make(&list, AUTH, ALL);
    list_send(&list);
    ask("mass-revoke", &list); /* never approved */
    char *text =
        json_dumps(town_done("admin2", "parked-list", json_object())->detail, JSON_COMPACT);
    assert_non_null(strstr(text, list.digest));
    assert_non_null(strstr(text, "the chips of one series"));
    assert_non_null(strstr(text, "\"ja\":\"件数\",\"value\":\"4\""));
    free(text);
}

static void only_the_newest_lists_wait(void **state)
{
    (void)state;
    struct list first, list;
    list_make(&first, AUTH, BIT(PLAIN));
    list_send(&first);
    int64_t parked = ask("mass-revoke", &first);
    for (int i = 0; i < LIMIT_MASS_LISTS; i++) {
        list_make(&list, AUTH, BIT(QUIET));
        list_send(&list);
    }
    town_refused("admin2", "approve", number_field(parked), "no-list");
    assert_string_equal(counter_text(show(first.number), "state"), "dropped");
    assert_state(AUTH, PLAIN, STATUS_GOOD);
}

/* -- who holds what -- */

static void phone(int person)
{
    int64_t number = counter_number(
        town_done("hotline1", "application-open",
                  json_pack("{s:I, s:s, s:s}", "resident", (json_int_t)people[person].resident,
                            "procedure", "hold", "applicant", "holder")),
        "number");
    town_run(number, NULL, NULL);
}

static void find(int person)
{
    town_run(town_open(people[person].resident, "release", "holder", NULL, "known"), &cards[person],
             "issue");
}

static struct list held, again; /* of all; of one of them */

static void holds_what_is_good(void **state)
{
    (void)state;
    phone(LOST_BEFORE);
    int64_t since = town_map(AUTH, serials[AUTH][LOST_BEFORE]).since;
    list_make(&held, AUTH, ALL);
    int64_t number = run("mass-hold", &held);
    assert_outcome(number, "held", 3);
    assert_outcome(number, "already-held", 1);
    assert_int_equal(counter_number(show(number), "remaining"), 0);
    for (int person = 0; person < PEOPLE; person++)
        assert_state(AUTH, person, STATUS_HELD);
    assert_int_equal(town_map(AUTH, serials[AUTH][LOST_BEFORE]).since, since);
    assert_state(KIND_SIGNATURE, PLAIN, STATUS_GOOD);
    phone(LOST_AFTER);
    list_make(&again, AUTH, BIT(PLAIN));
    assert_outcome(run("mass-hold", &again), "already-held", 1);
}

/* Found at the counter: the signature ends, authentication stays under the mass hold. */
static void the_counter_frees_nothing_of_a_mass_hold(void **state)
{
    (void)state;
    find(LOST_BEFORE);
    assert_state(KIND_SIGNATURE, LOST_BEFORE, STATUS_REVOKED);
    assert_state(AUTH, LOST_BEFORE, STATUS_HELD);
    town_refused("daiei1", "application-open",
                 json_pack("{s:i, s:s, s:s, s:s}", "resident", 1006, "procedure", "release",
                           "applicant", "holder", "pin", "known"),
                 "nothing-held");
    assert_state(AUTH, QUIET, STATUS_HELD);
}

static void a_release_frees_what_its_hold_alone_holds(void **state)
{
    (void)state;
    int64_t number = run("mass-release", &held);
    assert_outcome(number, "released", 2);
    assert_outcome(number, "held-by-another", 1);
    assert_outcome(number, "held-by-a-person", 1);
    assert_state(AUTH, QUIET, STATUS_GOOD);
    assert_state(AUTH, LOST_BEFORE, STATUS_GOOD);
    assert_state(AUTH, PLAIN, STATUS_HELD);
    assert_state(AUTH, LOST_AFTER, STATUS_HELD);
    assert_outcome(run("mass-release", &again), "released", 1);
    assert_state(AUTH, PLAIN, STATUS_GOOD);
    find(LOST_AFTER);
    assert_state(AUTH, LOST_AFTER, STATUS_GOOD);
    page_saw("S43", "event", 1);
}

static void a_release_leaves_the_signature_ended(void **state)
{
    (void)state;
    struct list list;
    list_make(&list, KIND_SIGNATURE, BIT(PLAIN) | BIT(QUIET));
    run("mass-hold", &list);
    int64_t since = town_map(KIND_SIGNATURE, serials[KIND_SIGNATURE][PLAIN]).since;
    assert_int_equal(town_map(KIND_SIGNATURE, serials[KIND_SIGNATURE][PLAIN]).state, STATUS_HELD);
    town_done("register1", "event",
              json_pack("{s:i, s:s}", "resident", 1001, "event", "found")); /* nothing was lost */
    assert_state(KIND_SIGNATURE, PLAIN, STATUS_HELD);
    town_clock("2026-12-01T03:00:00Z");
    assert_outcome(run("mass-release", &list), "revoked", 2);
    struct status_entry entry = town_map(KIND_SIGNATURE, serials[KIND_SIGNATURE][PLAIN]);
    assert_int_equal(entry.state, STATUS_REVOKED);
    assert_int_equal(entry.reason, STATUS_KEY_COMPROMISE);
    assert_int_equal(entry.since, since); /* page:S45 */
    page_saw("S45", "event", 1);
}

static void nothing_revives_what_is_revoked(void **state)
{
    (void)state;
    struct list list, all;
    list_make(&all, AUTH, ALL);
    run("mass-hold", &all);
    int64_t since = town_map(AUTH, serials[AUTH][PLAIN]).since;
    town_clock("2026-12-01T05:00:00Z");
    list_make(&list, AUTH, BIT(PLAIN) | BIT(QUIET));
    assert_outcome(run("mass-revoke", &list), "revoked", 2);
    assert_int_equal(town_map(AUTH, serials[AUTH][PLAIN]).since, since);
    int64_t number = run("mass-release", &all);
    assert_outcome(number, "already-revoked", 2);
    assert_outcome(number, "released", 2);
    assert_state(AUTH, PLAIN, STATUS_REVOKED);
    assert_state(AUTH, QUIET, STATUS_REVOKED);
    assert_outcome(run("mass-hold", &list), "already-revoked", 2);
    assert_state(AUTH, PLAIN, STATUS_REVOKED);
    page_saw("S43", "event", 0);
}

static void the_register_decides_no_mass_act(void **state)
{
    (void)state;
    static const char *const events[] = {"chip-suspected", "chip-cleared", "chip-flawed"};
    for (size_t i = 0; i < COUNT_OF(events); i++)
        town_refused("register1", "event",
                     json_pack("{s:i, s:s}", "resident", 1002, "event", events[i]), "two-persons");
    assert_state(AUTH, LOST_AFTER, STATUS_GOOD);
}

static void what_is_over_stays_over(void **state)
{
    (void)state;
    struct list list;
    list_make(&list, AUTH, BIT(LOST_AFTER));
    town_clock("2033-01-01T00:00:00Z");
    assert_outcome(run("mass-hold", &list), "already-expired", 1);
    assert_state(AUTH, LOST_AFTER, STATUS_GOOD); /* its validity has passed */
}

static void what_was_begun_is_lost_with_the_service(void **state)
{
    (void)state;
    struct list list, other;
    list_make(&list, AUTH, BIT(LOST_AFTER));
    list_make(&other, AUTH, BIT(LOST_BEFORE));
    int64_t number = counter_number(
        town_done("admin1", "mass-list", list_fields(AUTH, 0, list.text, NULL)), "number");
    town_restart();
    town_refused("admin1", "mass-list", list_fields(AUTH, 1, other.text, NULL), "no-list-begun");
    assert_string_equal(counter_text(show(number), "state"), "dropped");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_line_refuses_the_list),
        cmocka_unit_test(a_list_goes_on_where_it_was),
        cmocka_unit_test(a_part_has_its_limit),
        cmocka_unit_test(both_decide_on_the_same_list),
        cmocka_unit_test(the_second_person_reads_what_it_is),
        cmocka_unit_test(only_the_newest_lists_wait),
        cmocka_unit_test(holds_what_is_good),
        cmocka_unit_test(the_counter_frees_nothing_of_a_mass_hold),
        cmocka_unit_test(a_release_frees_what_its_hold_alone_holds),
        cmocka_unit_test(a_release_leaves_the_signature_ended),
        cmocka_unit_test(nothing_revives_what_is_revoked),
        cmocka_unit_test(the_register_decides_no_mass_act),
        cmocka_unit_test(what_was_begun_is_lost_with_the_service),
        cmocka_unit_test(what_is_over_stays_over),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
