/* People of the staff, and programs on the acts socket, that reach beyond what is theirs. */
#include "town.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/frame.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/random.h"

#define CARD "0003720000000013137220340514"

static struct town_card card;

static int begin(void **state)
{
    town_begin(state);
    town_card_make(&card, CARD, false);
    town_card_register(&card);
    town_run(town_open(1001, "new", "holder", "authentication", "never-set"), &card, NULL);
    return 0;
}

static int finish(void **state)
{
    town_card_done(&card);
    return town_end(state);
}

static json_t *number_json(int64_t number)
{
    return json_pack("{s:I}", "number", (json_int_t)number);
}

static int connect_socket(void)
{
    char path[128];
    int fd;
    snprintf(path, sizeof path, "%s/acts.sock", town_folder);
    assert_ok(socket_connect(path, &fd, NULL));
    return fd;
}

/* -- desks -- */

static void the_telephone_goes_on_with_nothing_of_the_counter(void **state)
{
    (void)state;
    int64_t number = town_open(1001, "revoke", "holder", "authentication", NULL);
    json_t *identity = json_pack("{s:I, s:s}", "number", (json_int_t)number, "step", "identity");
    town_refused("hotline1", "step", identity, "hotline");
    town_run(number, NULL, "revoke");
    town_refused("hotline1", "execute", number_json(number), "hotline");
    town_refused("hotline1", "application-close",
                 json_pack("{s:I, s:s}", "number", (json_int_t)number, "note", "by telephone"),
                 "hotline");
    assert_int_equal(town_count(KIND_AUTHENTICATION, 1001, STATUS_GOOD), 1);
    town_done("daiei1", "application-close",
              json_pack("{s:I, s:s}", "number", (json_int_t)number, "note", "withdrawn"));
}

static void permit_to_reset(int64_t number, const char *refusal)
{
    uint8_t challenge[16];
    char hex[33];
    random_bytes(challenge, sizeof challenge);
    json_t *fields = json_pack("{s:I, s:s, s:s, s:s, s:s}", "number", (json_int_t)number, "kind",
                               "authentication", "purpose", "reset-pin", "card", CARD, "challenge",
                               hex_print(challenge, sizeof challenge, hex));
    if (refusal)
        town_refused("daiei1", "permit", fields, refusal);
    else
        town_done("daiei1", "permit", fields);
}

static void a_card_reported_lost_after_it_was_shown_gets_no_new_pin(void **state)
{
    (void)state;
    int64_t number = town_open(1001, "pin-reset", "holder", "authentication", "forgotten");
    town_run(number, &card, "pin-reset");
    permit_to_reset(number, NULL);
    int64_t hold = town_open(1001, "hold", "holder", NULL, NULL);
    town_run(hold, NULL, NULL);
    permit_to_reset(number, "card-stopped");
}

/* -- the clock -- */

static void a_time_that_no_certificate_can_say(void **state)
{
    (void)state;
    static const json_int_t times[] = {INT64_MAX, INT64_MAX / 1000 + 1, 253402300800, 4102444801};
    for (size_t i = 0; i < COUNT_OF(times); i++)
        town_refused("admin1", "clock", json_pack("{s:I}", "time", times[i]), "clock");
    town_done("admin1", "status", json_object());
}

/* -- the second person -- */

/* What the second person reads of a parked act, "FIELD: VALUE" after "FIELD: VALUE". */
static const char *parked_words(const char *as, int64_t number)
{
    static char text[4096];
    size_t i, j;
    json_t *row, *field;
    const struct counter_answer *answer = town_done(as, "parked-list", json_object());
    text[0] = '\0';
    json_array_foreach (json_object_get(answer->detail, "parked"), i, row) {
        if (json_integer_value(json_object_get(row, "number")) != number)
            continue;
        assert_string_equal(json_string_value(json_object_get(row, "act")), "card-register");
        assert_string_equal(json_string_value(json_object_get(row, "first")), "card1");
        assert_int_equal(json_integer_value(json_object_get(row, "made")) / 3600,
                         clock_now() / 3600);
        json_array_foreach (json_object_get(row, "fields"), j, field)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s: %s\n",
                     json_string_value(json_object_get(field, "field")),
                     json_string_value(json_object_get(field, "value")));
    }
    return text;
}

static void the_second_person_reads_what_is_asked(void **state)
{
    (void)state;
    struct town_card third;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_card_make(&third, "0003720000000063137220360615", false);
    town_card_connect(&third, "card1");
    terminal_register(&third.terminal, third.point, &answer);
    assert_int_equal(answer.outcome, COUNTER_DONE);
    int64_t parked = counter_number(&answer, "parked");
    const char *words = parked_words("card2", parked);
    uint8_t digest[SHA256_LEN];
    char hex[2 * SHA256_LEN + 1], key[128];
    sha256(bytes_of(third.point, sizeof third.point), digest);
    snprintf(key, sizeof key, "point: SHA-256 %s\n", hex_print(digest, sizeof digest, hex));
    assert_non_null(strstr(words, "card: 0003720000000063137220360615 (1006 "));
    assert_non_null(strstr(words, key));
    assert_non_null(strstr(words, "nonce: "));
    assert_non_null(strstr(words, "statement: SHA-256 "));
    assert_non_null(strstr(words, "token: "));
    /* nobody else's business */
    assert_string_equal(parked_words("daiei1", parked), "");
    town_done("card2", "approve", json_pack("{s:I}", "number", (json_int_t)parked));
    assert_string_equal(parked_words("card2", parked), "");
    town_card_done(&third);
}

/* -- at the door -- */

static int num_entries(int64_t from, const char *kind, const char *actor)
{
    size_t i;
    json_t *row;
    int num = 0;
    const struct counter_answer *answer =
        town_done("auditor1", "journal-read", json_pack("{s:I}", "from", (json_int_t)from));
    json_array_foreach (json_object_get(answer->detail, "entries"), i, row)
        num += strcmp(json_string_value(json_object_get(row, "kind")), kind) == 0 &&
               strcmp(json_string_value(json_object_get(row, "actor")), actor) == 0;
    return num;
}

static void a_refusal_at_the_door_is_in_the_journal(void **state)
{
    (void)state;
    const struct counter_answer *answer = town_done("admin1", "status", json_object());
    int64_t from = counter_number(answer, "journal") + 1;
    for (int i = 0; i < 20; i++) {
        town_refused("stranger", "crl", json_object(), "nobody");
        town_refused("hotline1", "crl", json_object(), "role");
        town_refused("hotline1", "staff-list", json_object(), "role");
    }
    assert_int_equal(num_entries(from, "crl:nobody", "unknown"), 1);
    assert_int_equal(num_entries(from, "crl:role", "hotline1"), 1);
    assert_int_equal(num_entries(from, "staff-list:role", "hotline1"), 1);
    assert_int_equal(num_entries(from, "journal-read:done", "auditor1"), 3);
    answer = town_done("admin1", "status", json_object());
    assert_int_equal(counter_number(answer, "journal"), from + 2 + 4);
}

static void a_flood_hides_nobody_elses_refusal(void **state)
{
    (void)state;
    static const char *const acts[] = {"status",          "staff-list",    "parked-list",
                                       "session-show",    "crl",           "checkpoint",
                                       "journal-erase",   "login-code",    "session-end",
                                       "staff-card-list", "staff-card-end"};
    const struct counter_answer *answer = town_done("admin1", "status", json_object());
    int64_t from = counter_number(answer, "journal") + 1;
    for (int i = 0; i < 3; i++)
        for (size_t j = 0; j < COUNT_OF(acts); j++)
            town_refused("another", acts[j], json_object(), "nobody");
    answer = town_done("admin1", "status", json_object());
    assert_in_range(counter_number(answer, "journal") + 1 - from, 1, LIMIT_DOOR_ROWS_EACH);
    town_refused("daiei1", "checkpoint", json_object(), "role");
    assert_int_equal(num_entries(from, "checkpoint:role", "daiei1"), 1);
}

/* -- the socket -- */

/* Kilobytes of real memory that the centre has ever had. */
static long memory_of_centre(void)
{
    char path[64], line[256];
    long found = 0;
    snprintf(path, sizeof path, "/proc/%d/status", town_centre());
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %ld kB", &found) == 1)
            break;
    fclose(file);
    return found;
}

static void small_text_does_not_become_large_memory(void **state)
{
    (void)state;
    static char message[LIMIT_FRAME];
    static const char head[] = "{\"act\":\"status\",\"fields\":{\"changes\":[", tail[] = "{}]}}";
    size_t len = sizeof head - 1;
    memcpy(message, head, len);
    for (; len + 3 + sizeof tail <= sizeof message; len += 3)
        memcpy(message + len, "{},", 3);
    memcpy(message + len, tail, sizeof tail);
    long before = memory_of_centre();
    assert_non_null(strstr(town_raw(message), "\"limit\""));
    assert_true(memory_of_centre() - before < 16 * 1024);
}

static void idle_connections_keep_nobody_out(void **state)
{
    (void)state;
    int fds[LIMIT_ACT_CLIENTS + 8];
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        fds[i] = connect_socket();
        if (i % 2) /* half of a frame's head */
            assert_int_equal(write(fds[i], "\0\0", 2), 2);
    }
    town_done("admin1", "status", json_object());
    for (size_t i = 0; i < COUNT_OF(fds); i++)
        close(fds[i]);
    town_done("admin1", "status", json_object());
}

/* Asks for an application, whose number tells the order in which acts were taken. */
static void open_send(int fd)
{
    static const char request[] =
        "{\"act\":\"application-open\",\"as\":\"daiei1\",\"fields\":{\"resident\":1002,"
        "\"procedure\":\"new\",\"applicant\":\"holder\",\"kinds\":\"authentication\","
        "\"pin\":\"never-set\"}}";
    assert_ok(frame_send(fd, bytes_of_text(request)));
}

static json_int_t open_number(int fd)
{
    struct buffer answer CLEANUP_BUFFER;
    buffer_init(&answer, LIMIT_FRAME);
    assert_ok(frame_receive(fd, &answer, 20000));
    json_t *object = json_loadb((const char *)answer.data, answer.len, 0, NULL);
    json_int_t number =
        json_integer_value(json_object_get(json_object_get(object, "answer"), "number"));
    assert_true(number > 0);
    json_decref(object);
    return number;
}

/* One connection has a queue of acts; of those who come meanwhile none waits until it is empty. */
static void all_that_wait_are_let_in_at_once(void **state)
{
    (void)state;
    int queue = connect_socket(), crowd[16];
    open_send(queue);
    open_number(queue);
    assert_int_equal(kill(town_centre(), SIGSTOP), 0);
    for (size_t i = 0; i < COUNT_OF(crowd); i++) {
        open_send(queue);
        crowd[i] = connect_socket();
        open_send(crowd[i]);
    }
    assert_int_equal(kill(town_centre(), SIGCONT), 0);
    json_int_t third = 0;
    for (size_t i = 0; i < COUNT_OF(crowd); i++) {
        json_int_t number = open_number(queue);
        third = i == 2 ? number : third;
    }
    for (size_t i = 0; i < COUNT_OF(crowd); i++) {
        assert_true(open_number(crowd[i]) < third);
        close(crowd[i]);
    }
    close(queue);
}

/* A fault quotes what came; cut inside of a character it is still an answer. */
static void a_name_that_is_cut_inside_of_a_character(void **state)
{
    (void)state;
    const char *answer = town_raw("{\"act\":\"123456789012345678901234567890123456789\u3042\","
                                  "\"fields\":{}}");
    assert_non_null(strstr(answer, "\"malformed\""));
    answer = town_raw("{\"act\":\"\\u001b[31m\",\"fields\":{}}");
    assert_non_null(strstr(answer, "\"malformed\""));
    assert_null(strstr(answer, "001"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_telephone_goes_on_with_nothing_of_the_counter),
        cmocka_unit_test(a_card_reported_lost_after_it_was_shown_gets_no_new_pin),
        cmocka_unit_test(a_time_that_no_certificate_can_say),
        cmocka_unit_test(the_second_person_reads_what_is_asked),
        cmocka_unit_test(a_refusal_at_the_door_is_in_the_journal),
        cmocka_unit_test(a_flood_hides_nobody_elses_refusal),
        cmocka_unit_test(small_text_does_not_become_large_memory),
        cmocka_unit_test(idle_connections_keep_nobody_out),
        cmocka_unit_test(all_that_wait_are_let_in_at_once),
        cmocka_unit_test(a_name_that_is_cut_inside_of_a_character),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
