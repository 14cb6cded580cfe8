/* Another permit key, at the counter: what the centre believes of a card's key and what it does
 * not, cards that cannot take another one, and a card that goes away on the way to it. */
#include "tools.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/key_statement.h"
#include "crypto/permit_key.h"
#include "reader/memory.h"

static struct town_card card, other;
static int64_t number; /* an application of card's, which was present before there was a new key */
static uint8_t newest[PERMIT_POINT_LEN];

static int begin(void **state)
{
    town_begin(state);
    town_card_make(&card, "0003720000000013137220340514", false);
    town_card_make(&other, "0003720000000023137220330302", false);
    town_card_register(&card);
    town_card_register(&other);
    number = town_open(1001, "new", "holder", "authentication", "never-set");
    town_run(number, &card, "issue");
    return 0;
}

static int finish(void **state)
{
    town_card_done(&card);
    town_card_done(&other);
    return town_end(state);
}

static enum err save(void *context, const struct image *image)
{
    ((struct town_card *)context)->saved = *image;
    return ERR_NONE;
}

/* Another chip in the reader, with this image; the card's pins and client stay. */
static void put_in(struct town_card *into, const struct image *image)
{
    card_channel_close(&into->channel);
    chip_free(into->chip);
    assert_ok(chip_new(image, (struct chip_store){save, into}, &into->chip));
    into->emulated = chip_card(into->chip);
    assert_ok(memory_open(&into->emulated, &into->channel));
}

/* -- looking -- */

/* The permit key that the card says it obeys. */
static void stated(struct town_card *from, const uint8_t nonce[static 16],
                   uint8_t out[static KEY_STATEMENT_LEN])
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    assert_ok(card_session_begin(&from->channel, &session, NULL));
    assert_ok(card_key_statement(&session, bytes_of(nonce, 16), out, NULL));
}

static bool obeys(struct town_card *from, const uint8_t point[static PERMIT_POINT_LEN])
{
    static const uint8_t nonce[16];
    uint8_t wire[KEY_STATEMENT_LEN], id[PERMIT_KEY_ID_LEN];
    struct key_statement statement;
    stated(from, nonce, wire);
    assert_ok(key_statement_parse(bytes_of(wire, sizeof wire), &statement, NULL));
    permit_key_id(point, id);
    return memcmp(id, statement.key_id, sizeof id) == 0;
}

/* How many registered cards the centre knows to obey a generation; -1: it does not tell. */
static int known(unsigned generation)
{
    char what[32];
    size_t i;
    json_t *row;
    const struct counter_answer *answer = town_done("admin1", "status", json_object());
    snprintf(what, sizeof what, "permit key %u", generation);
    json_array_foreach (json_object_get(answer->detail, "health"), i, row)
        if (strcmp(json_string_value(json_object_get(row, "what")), what) == 0)
            return atoi(json_string_value(json_object_get(row, "en")));
    return -1;
}

/* -- asking -- */

static json_t *permit_fields(const char *purpose, uint8_t challenge)
{
    uint8_t octets[16];
    memset(octets, challenge, sizeof octets);
    return json_pack("{s:I, s:s, s:s, s:o}", "number", (json_int_t)number, "purpose", purpose,
                     "card", "0003720000000013137220340514", "challenge", hex_of(octets, 16));
}

/* card-present, with a key statement that is or is not the card's over that nonce. */
static json_t *present_fields(const uint8_t nonce[static 16],
                              const uint8_t key[static KEY_STATEMENT_LEN])
{
    uint8_t statement[STATEMENT_LEN];
    state_of(&card, nonce, statement);
    return json_pack("{s:I, s:o, s:o, s:s, s:o}", "number", (json_int_t)number, "nonce",
                     hex_of(nonce, 16), "statement", hex_of(statement, sizeof statement), "token",
                     "JPKIAPICCTOKEN2", "permit_key", hex_of(key, KEY_STATEMENT_LEN));
}

static void refuses_before_there_is_another(void **state)
{
    (void)state;
    town_refused("daiei1", "permit", permit_fields("new-permit-key", 1), "no-new-permit-key");
    assert_int_equal(known(1), 2);
    assert_int_equal(known(2), -1);
    town_permit_key(2);
    assert_int_equal(known(1), 2);
    assert_int_equal(known(2), 0);
}

/* Every other purpose has a kind; this one has none, and says which key. */
static void gives_a_permit_for_the_newest_key(void **state)
{
    (void)state;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct permit permit;
    uint8_t wire[PERMIT_LEN];
    town_ask("daiei1", "permit", permit_fields("make-key", 2), &answer);
    assert_int_equal(answer.outcome, COUNTER_FAILED);
    const struct counter_answer *given =
        town_done("daiei1", "permit", permit_fields("new-permit-key", 3));
    assert_ok(hex_decode_exactly(counter_text(given, "permit"), wire, sizeof wire));
    assert_ok(hex_decode_exactly(counter_text(given, "point"), newest, sizeof newest));
    assert_ok(permit_parse(bytes_of(wire, sizeof wire), &permit, NULL));
    assert_true(permit_key_is_digest(newest, permit.digest));
    town_refused("daiei1", "permit", permit_fields("new-permit-key", 3), "challenge-used");
    json_t *fields = permit_fields("new-permit-key", 4);
    json_object_set_new(fields, "card", json_string("0003720000000023137220330302"));
    town_refused("daiei1", "permit", fields, "other-card");
}

/* A terminal that pretends that a card was led to the new key. */
static void believes_the_card_alone(void **state)
{
    (void)state;
    uint8_t nonce[16], old_nonce[16], key[KEY_STATEMENT_LEN];
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    nonce_for(number, old_nonce);
    nonce_for(number, nonce);
    stated(&card, old_nonce, key);
    town_refused("daiei1", "card-present", present_fields(nonce, key), "not-genuine");
    nonce_for(number, nonce);
    stated(&other, nonce, key); /* another card's */
    town_refused("daiei1", "card-present", present_fields(nonce, key), "not-genuine");
    nonce_for(number, nonce);
    stated(&card, nonce, key);
    permit_key_id(newest, key + CARD_ID_LEN);
    town_refused("daiei1", "card-present", present_fields(nonce, key), "not-genuine");
    nonce_for(number, nonce);
    stated(&card, nonce, key);
    key[0] = 'x';
    town_ask("daiei1", "card-present", present_fields(nonce, key), &answer);
    assert_int_equal(answer.outcome, COUNTER_FAILED);
    assert_int_equal(known(2), 0);
    nonce_for(number, nonce);
    stated(&card, nonce, key);
    const struct counter_answer *done =
        town_done("daiei1", "card-present", present_fields(nonce, key));
    assert_true(json_is_true(json_object_get(done->detail, "new_permit_key")));
    assert_int_equal(known(2), 0);
}

/* Somebody has led it to a key of their own: with the old key, once that was stolen. */
static void refuses_a_card_that_obeys_somebody_else(void **state)
{
    (void)state;
    static struct image led, good;
    uint8_t nonce[16], key[KEY_STATEMENT_LEN];
    led = good = card.saved;
    memcpy(led.permit_point, card.point, sizeof led.permit_point); /* any other key */
    put_in(&card, &led);
    nonce_for(number, nonce);
    stated(&card, nonce, key);
    town_refused("daiei1", "card-present", present_fields(nonce, key), "foreign-permit-key");
    put_in(&card, &good);
    assert_int_equal(known(1), 2);
}

static void leads_a_card_before_its_next_step(void **state)
{
    (void)state;
    assert_false(obeys(&card, newest));
    const struct counter_answer *answer = town_run(number, &card, NULL);
    assert_string_equal(counter_text(answer, "state"), "finished");
    assert_int_equal(town_count(KIND_AUTHENTICATION, 1001, STATUS_GOOD), 1);
    assert_true(obeys(&card, newest));
    assert_int_equal(known(2), 1);
    page_saw("S02", "issue", 1);
}

/* -- cards and readers of another kind -- */

static struct card_channel whole;
static unsigned commands_left;

static enum err begin_whole(void *context)
{
    (void)context;
    return whole.functions->begin(whole.context);
}

static void end_whole(void *context)
{
    (void)context;
    whole.functions->end(whole.context);
}

/* A card that was made before cards could take another key. */
static enum err transmit_earlier(void *context, struct bytes apdu, struct buffer *response)
{
    (void)context;
    bool asks_key = apdu.len > 4 && apdu.data[1] == 0x88 && apdu.data[3] == 1;
    bool leads = apdu.len > 26 && apdu.data[1] == 0x82 && apdu.data[26] == PERMIT_NEW_PERMIT_KEY;
    if (!asks_key && !leads)
        return whole.functions->transmit(whole.context, apdu, response);
    buffer_put_u16(response, asks_key ? 0x6A86 : 0x6A81);
    return buffer_check(response);
}

static enum err transmit_some(void *context, struct bytes apdu, struct buffer *response)
{
    (void)context;
    if (commands_left == 0)
        return ERR_READER;
    commands_left--;
    return whole.functions->transmit(whole.context, apdu, response);
}

static const struct card_channel_functions earlier = {transmit_earlier, begin_whole, end_whole,
                                                      NULL},
                                           some = {transmit_some, begin_whole, end_whole, NULL};

static void serves_a_card_that_cannot_take_another(void **state)
{
    (void)state;
    int64_t own = town_open(1002, "new", "holder", "authentication", "never-set");
    whole = other.channel;
    other.channel.functions = &earlier;
    const struct counter_answer *answer = town_run(own, &other, NULL);
    assert_string_equal(counter_text(answer, "state"), "finished");
    assert_int_equal(town_count(KIND_AUTHENTICATION, 1002, STATUS_GOOD), 1);
    assert_int_equal(known(1), 1);
    other.channel = whole;
}

/* The card goes away after every number of commands, and comes back. It obeys one key at every
 * moment, and its next step brings it to the newest: with the application, not instead of it. */
static void the_card_goes_away_on_the_way(void **state)
{
    (void)state;
    static struct image before;
    unsigned most;
    bool was_whole = false;
    before = other.saved;
    for (most = 0; !was_whole && most < 80; most++) {
        put_in(&other, &before);
        int64_t own = town_open(1002, "pin-reset", "holder", "authentication", NULL);
        whole = other.channel;
        other.channel.functions = &some;
        commands_left = most;
        const struct counter_answer *answer = town_run(own, &other, NULL);
        was_whole = strcmp(counter_text(answer, "state"), "finished") == 0 && commands_left > 0;
        other.channel = whole;
        answer = town_run(own, &other, NULL);
        assert_string_equal(counter_text(answer, "state"), "finished");
    }
    assert_true(was_whole && most > 20);
    assert_true(obeys(&other, newest));
    assert_int_equal(known(2), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_before_there_is_another),
        cmocka_unit_test(gives_a_permit_for_the_newest_key),
        cmocka_unit_test(believes_the_card_alone),
        cmocka_unit_test(refuses_a_card_that_obeys_somebody_else),
        cmocka_unit_test(leads_a_card_before_its_next_step),
        cmocka_unit_test(serves_a_card_that_cannot_take_another),
        cmocka_unit_test(the_card_goes_away_on_the_way),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
