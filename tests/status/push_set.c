/* Push sets from the map: what they say of each state, when they are made, and what a reader that
 * was written from the text of PROTOCOL.push-set makes of them. */
#include "check.h"
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/mapping.h"
#include "crypto/hash.h"
#include "crypto/verify.h"
#include "status/push_sets.h"
#include "status/responder_push_set.h"
#include "x509/push_set.h"

#define DAY ((int64_t)24 * 3600)

static struct responder *responder;
static struct push_sets *sets;

static int begin(void **state)
{
    status_begin(state);
    const struct status_map *const all[] = {maps[0], maps[1]};
    const struct bytes ders[] = {authorities[0].cert.whole, authorities[1].cert.whole};
    assert_ok(responder_new(all, ders, &responder, NULL));
    assert_ok(push_sets_new(responder, &sets));
    return 0;
}

static int end(void **state)
{
    push_sets_free(sets);
    responder_free(responder);
    return status_end(state);
}

static void delegate(enum kind kind, int64_t not_before, int64_t not_after)
{
    struct buffer certificate CLEANUP_BUFFER;
    buffer_init(&certificate, LIMIT_CERTIFICATE);
    fixture_delegate(kind, responder_spki(responder), not_before, not_after, &certificate);
    assert_ok(responder_install(responder, kind, buffer_bytes(&certificate), not_before, NULL));
}

static void make(enum kind kind, int64_t now, struct buffer *out, struct push_set *set)
{
    uint64_t epoch;
    buffer_init(out, LIMIT_PUSH_SET);
    assert_ok(responder_push_set(responder, kind, now, out, &epoch));
    assert_ok(push_set_parse(buffer_bytes(out), set, NULL));
    assert_int_equal(epoch, set->facts.epoch);
}

static void makes_none_without_a_certificate(void **state)
{
    (void)state;
    struct buffer set CLEANUP_BUFFER;
    uint64_t epoch;
    buffer_init(&set, LIMIT_PUSH_SET);
    assert_err(responder_push_set(responder, KIND_SIGNATURE, SAMPLE_NOW, &set, &epoch),
               ERR_NOT_FOUND);
    assert_ok(push_sets_turn(sets, SAMPLE_NOW, NULL));
    assert_int_equal(push_sets_open(sets, KIND_SIGNATURE, 1, &epoch), -1);
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        delegate(kind, SAMPLE_NOW, SAMPLE_NOW + DAY);
}

static void says_every_state(void **state)
{
    (void)state;
    static const struct {
        uint64_t serial;
        enum push_set_answer answer;
    } rows[] = {
        {0, PUSH_SET_SAYS_UNKNOWN},
        {1, PUSH_SET_SAYS_UNKNOWN},
        {SERIAL_GOOD, PUSH_SET_SAYS_GOOD},
        {SERIAL_HELD, PUSH_SET_SAYS_LISTED},
        {SERIAL_COMPROMISED, PUSH_SET_SAYS_LISTED},
        {SERIAL_SUPERSEDED, PUSH_SET_SAYS_LISTED},
        {SERIAL_RESERVED, PUSH_SET_SAYS_UNKNOWN},
        {SERIAL_NEVER, PUSH_SET_SAYS_UNKNOWN},
        {SERIAL_LAST, PUSH_SET_SAYS_UNKNOWN},
        {SERIAL_LAST + 1, PUSH_SET_SAYS_UNKNOWN}, /* good in the map, outside the generation */
    };
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        struct buffer bytes CLEANUP_BUFFER;
        struct push_set set;
        uint8_t key[SHA256_LEN];
        make(kind, SAMPLE_NOW + 5, &bytes, &set);
        for (size_t i = 0; i < COUNT_OF(rows); i++)
            assert_int_equal(push_set_find(&set, rows[i].serial), rows[i].answer);
        assert_int_equal(set.num_members[PUSH_SET_LISTED], 4);
        assert_true(set.facts.this_update == SAMPLE_NOW + 5);
        assert_true(set.facts.next_update == SAMPLE_NOW + DAY); /* its certificate's end */
        assert_int_equal(set.facts.epoch, 42);
        assert_int_equal(set.facts.first, 1);
        assert_int_equal(set.facts.last, SERIAL_LAST);
        sha256(authorities[kind].cert.spki, key);
        assert_memory_equal(set.facts.authority, key, sizeof key);
    }
}

/* A certificate is listed up to the last second of its last day, in Japan. */
static void lets_go_of_what_has_ended(void **state)
{
    (void)state;
    int64_t last = date_last_second((struct date){2026, 11, 22});
    for (int64_t later = 0; later <= 1; later++) {
        struct buffer bytes CLEANUP_BUFFER;
        struct push_set set;
        make(KIND_SIGNATURE, last + later, &bytes, &set);
        assert_int_equal(push_set_find(&set, SERIAL_ENDED),
                         later ? PUSH_SET_SAYS_GOOD : PUSH_SET_SAYS_LISTED);
    }
}

static void is_signed_by_the_responder(void **state)
{
    (void)state;
    struct buffer bytes CLEANUP_BUFFER;
    struct push_set set;
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    make(KIND_SIGNATURE, SAMPLE_NOW, &bytes, &set);
    assert_ok(public_key_parse(responder_spki(responder), &key));
    assert_ok(verify_message(key, HASH_SHA256, set.to_be_signed, set.signature));
    bytes.data[20] ^= 1;
    assert_err(verify_message(key, HASH_SHA256, set.to_be_signed, set.signature), ERR_CRYPTO);
}

/* --- when --- */

static int64_t made_at(enum kind kind)
{
    struct mapping file CLEANUP_MAPPING = {0};
    struct push_set set;
    uint64_t epoch;
    int fd CLEANUP_FD = push_sets_open(sets, kind, 1, &epoch);
    assert_true(fd >= 0);
    assert_ok(mapping_open(fd, LIMIT_PUSH_SET, &file, NULL));
    assert_ok(push_set_parse(mapping_bytes(&file), &set, NULL));
    assert_int_equal(set.facts.epoch, epoch);
    assert_int_equal(pwrite(fd, "x", 1, 0), -1); /* nobody can change it */
    return set.facts.this_update - SAMPLE_NOW;
}

static void makes_one_when_it_is_due(void **state)
{
    (void)state;
    static const struct {
        int64_t now, made; /* seconds after SAMPLE_NOW */
        bool has_change;
    } rows[] = {{10, 10, false},   {11, 10, true},      {14, 10, false},    {15, 15, false},
                {3614, 15, false}, {3615, 3615, false}, {3600, 3600, false}};
    uint64_t change = status_map_epoch(maps[KIND_SIGNATURE]);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].has_change)
            assert_ok(status_map_set_epoch(maps[KIND_SIGNATURE], ++change));
        assert_ok(push_sets_turn(sets, SAMPLE_NOW + rows[i].now, NULL));
        assert_true(made_at(KIND_SIGNATURE) == rows[i].made);
    }
}

/* A word that means nothing: no set is made, the one before is still given out. */
static void keeps_the_old_one_when_it_fails(void **state)
{
    (void)state;
    char path[128];
    struct fault fault = {0};
    uint64_t nonsense = UINT64_MAX, before;
    off_t at = 4096 + 8 * SERIAL_NEVER;
    int64_t made = made_at(KIND_SIGNATURE);
    status_path("signature.map", path);
    int fd CLEANUP_FD = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(pread(fd, &before, 8, at), 8);
    assert_int_equal(pwrite(fd, &nonsense, 8, at), 8);
    assert_err(push_sets_turn(sets, SAMPLE_NOW + 8000, &fault), ERR_MALFORMED);
    assert_true(made_at(KIND_SIGNATURE) == made);
    assert_ok(push_sets_turn(sets, SAMPLE_NOW + 8001, &fault)); /* not tried again at once */
    assert_int_equal(pwrite(fd, &before, 8, at), 8);
    assert_ok(push_sets_turn(sets, SAMPLE_NOW + 8000 + 3600, &fault));
    assert_true(made_at(KIND_SIGNATURE) == 8000 + 3600);
}

/* --- the second opinion --- */

static const char *reader_says(struct bytes set)
{
    static char text[4 << 20];
    char path[128], command[512];
    status_path("set", path);
    assert_ok(file_replace(path, set, 0600, NULL));
    snprintf(command, sizeof command, "/usr/bin/python3 %s %s 2>&1",
             source_path("tests/status/push_set_reader.py"), path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t got = fread(text, 1, sizeof text - 1, pipe);
    text[got] = '\0';
    pclose(pipe);
    return text;
}

static void put_members(const struct push_set *set,
                        enum push_set_answer (*truth_of)(const struct push_set *, uint64_t),
                        enum push_set_answer wanted, struct buffer *out)
{
    for (uint64_t serial = set->facts.first; serial <= set->facts.last; serial++)
        if (truth_of(set, serial) == wanted)
            buffer_put_format(out, " %llu", (unsigned long long)serial);
    buffer_put_text(out, "\n");
}

static void reader_must_agree(struct bytes bytes,
                              enum push_set_answer (*truth_of)(const struct push_set *, uint64_t))
{
    struct push_set set;
    struct buffer wanted CLEANUP_BUFFER;
    buffer_init(&wanted, 4 << 20);
    assert_ok(push_set_parse(bytes, &set, NULL));
    buffer_put_text(&wanted, "\nlisted");
    put_members(&set, truth_of, PUSH_SET_SAYS_LISTED, &wanted);
    buffer_put_text(&wanted, "unknown");
    put_members(&set, truth_of, PUSH_SET_SAYS_UNKNOWN, &wanted);
    const char *says = reader_says(bytes), *members = strstr(says, "\nlisted");
    if (!members || strcmp(members, buffer_text(&wanted)) != 0)
        fail_msg("%.1000s", says);
}

static void fill_more(void)
{
    struct status_entry entry = {.municipality = 1, .last_day = {2031, 1, 2}};
    for (uint64_t serial = 10; serial < SERIAL_LAST; serial++) {
        entry.state = serial % 7 == 0 || serial > 700 ? STATUS_REVOKED : STATUS_GOOD;
        entry.since = entry.state == STATUS_GOOD ? 0 : SAMPLE_NOW - 60;
        assert_ok(status_map_set(maps[KIND_AUTHENTICATION], serial, &entry));
    }
}

static void the_reader_agrees(void **state)
{
    (void)state;
    fill_more();
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        struct buffer bytes CLEANUP_BUFFER;
        struct push_set set;
        make(kind, SAMPLE_NOW, &bytes, &set);
        reader_must_agree(buffer_bytes(&bytes), push_set_find);
    }
}

/* By its block: sparse, dense, all but a few. */
static enum push_set_answer truth_of_blocks(const struct push_set *set, uint64_t serial)
{
    static const uint64_t shares[] = {10, 400, 1000, 1000}; /* of 1024 */
    uint64_t share = serial * UINT64_C(0x9E3779B97F4A7C15) >> 54;
    (void)set;
    if (share < shares[serial / PUSH_SET_BLOCK])
        return PUSH_SET_SAYS_LISTED;
    return share > 1020 ? PUSH_SET_SAYS_UNKNOWN : PUSH_SET_SAYS_GOOD;
}

static enum err fill_blocks(void *context, uint64_t first, unsigned num,
                            uint64_t *bits[static PUSH_SET_LAYERS])
{
    (void)context;
    for (unsigned i = 0; i < num; i++) {
        enum push_set_answer truth = truth_of_blocks(NULL, first + i);
        if (truth == PUSH_SET_SAYS_LISTED)
            bits[PUSH_SET_LISTED][i / 64] |= UINT64_C(1) << i % 64;
        if (truth == PUSH_SET_SAYS_UNKNOWN)
            bits[PUSH_SET_UNKNOWN][i / 64] |= UINT64_C(1) << i % 64;
    }
    return ERR_NONE;
}

static void the_reader_agrees_about_blocks(void **state)
{
    (void)state;
    struct sample signer;
    struct buffer bytes CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    struct push_set_facts facts = {.this_update = SAMPLE_NOW,
                                   .next_update = SAMPLE_NOW + 1,
                                   .first = 1000,
                                   .last = 1000 + 3 * PUSH_SET_BLOCK + 77};
    buffer_init(&bytes, LIMIT_PUSH_SET);
    buffer_init(&signature, 1024);
    sample_responder(KIND_SIGNATURE, &authorities[KIND_SIGNATURE], 9, &signer);
    assert_ok(push_set_encode(&facts, (struct push_set_source){fill_blocks, NULL},
                              signer.cert.whole, &bytes));
    sample_sign(&signer, buffer_bytes(&bytes), &signature);
    push_set_put_signature(&bytes, buffer_bytes(&signature));
    reader_must_agree(buffer_bytes(&bytes), truth_of_blocks);
    sample_free(&signer);
}

static void the_reader_refuses_too(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        const char *says;
    } rows[] = {{3, "refused: magic"},
                {20, "refused: signature"},
                {103, "refused: numbers"},
                {104, "refused: ends early"}};
    struct buffer bytes CLEANUP_BUFFER;
    struct push_set set;
    make(KIND_SIGNATURE, SAMPLE_NOW, &bytes, &set);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bytes.data[rows[i].at] ^= 1;
        const char *says = reader_says(buffer_bytes(&bytes));
        if (!strstr(says, rows[i].says))
            fail_msg("%s: %s", rows[i].says, says);
        bytes.data[rows[i].at] ^= 1;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_none_without_a_certificate),
        cmocka_unit_test(says_every_state),
        cmocka_unit_test(lets_go_of_what_has_ended),
        cmocka_unit_test(is_signed_by_the_responder),
        cmocka_unit_test(makes_one_when_it_is_due),
        cmocka_unit_test(keeps_the_old_one_when_it_fails),
        cmocka_unit_test(the_reader_agrees),
        cmocka_unit_test(the_reader_agrees_about_blocks),
        cmocka_unit_test(the_reader_refuses_too),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
