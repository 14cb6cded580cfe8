/* signed.index beside a log of more than two segments: nothing that was signed is forgotten and no
 * floor is lowered, whatever a crash, a copy or a hand left of the index. */
#include "check.h"
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "signer/state.h"

#define SEGMENT_LEN (4096 + 16 * LIMIT_SIGNED_SEGMENT)
#define NUM_PERMITS (2 * LIMIT_SIGNED_SEGMENT + 1000)
#define FIRST_LEAF  5000
#define NUM_BEFORE  (2 + 10 + 4) /* records of authorities, leaves and lists */

static char index_path[128], log_path[128];
static struct buffer whole, first; /* the index at the end; with one segment */

static struct signed_record leaf_of(uint64_t number)
{
    struct signed_record record = {.type = SIGNED_LEAF, .number = number};
    sha256(bytes_of(&number, sizeof number), record.digest);
    return record;
}

static struct signed_record list_of(uint64_t number, uint8_t scope)
{
    struct signed_record record = {
        .type = SIGNED_CRL, .number = number, .when = (int64_t)number, .scope = {scope}};
    sha256(bytes_of(&record, sizeof record), record.digest);
    return record;
}

static struct signed_record permit_of(uint64_t number)
{
    struct signed_record record = {.type = SIGNED_PERMIT};
    memcpy(record.challenge, &number, sizeof number);
    return record;
}

static void sign(struct signed_record record)
{
    assert_ok(signer_admit(signer, &record, NULL));
}

static void keep(struct buffer *out)
{
    buffer_init(out, 8 * SEGMENT_LEN);
    assert_ok(file_read(index_path, out, NULL));
}

static off_t size_of(const char *path)
{
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    return info.st_size;
}

/* Leaves and a batch of lists in the first segment, then challenges. */
static int fill(void **state)
{
    if (signer_begin(state) != 0)
        return -1;
    fixture_path("signed.index", index_path);
    fixture_path("signed.log", log_path);
    for (uint64_t i = 0; i < 10; i++)
        sign(leaf_of(FIRST_LEAF + i));
    for (uint8_t scope = 1; scope < 5; scope++)
        sign(list_of(70, scope));
    for (uint64_t i = 0; i < NUM_PERMITS; i++) {
        sign(permit_of(i));
        if (i % SIGNED_UNSYNCED_MAX == 40)
            assert_ok(signer_admitted(signer, NULL));
        if (i == LIMIT_SIGNED_SEGMENT + 100)
            keep(&first);
    }
    assert_ok(signer_admitted(signer, NULL));
    keep(&whole);
    assert_int_equal(first.len, SEGMENT_LEN);
    assert_int_equal(whole.len, 2 * SEGMENT_LEN);
    return 0;
}

static int done(void **state)
{
    buffer_done(&first);
    buffer_done(&whole);
    return signer_end(state);
}

static bool was_signed(struct signed_record record)
{
    bool was;
    assert_ok(signer_was_signed(signer, record.digest, &was, NULL));
    return was;
}

static enum err admit(struct signed_record record, const char *rule)
{
    struct fault fault = {0};
    enum err err = signer_admit(signer, &record, &fault);
    if (err != ERR_NONE)
        assert_string_equal(fault.rule, rule);
    return err;
}

/* What was signed in each segment and behind them, and what was not. */
static void remembers_all(void)
{
    static const uint64_t permits[] = {0,
                                       1,
                                       40000,
                                       LIMIT_SIGNED_SEGMENT - 1,
                                       LIMIT_SIGNED_SEGMENT,
                                       LIMIT_SIGNED_SEGMENT + 40000,
                                       2 * LIMIT_SIGNED_SEGMENT - 64,
                                       NUM_PERMITS - 1};
    uint64_t before = fixture_sequence();
    for (size_t i = 0; i < COUNT_OF(permits); i++)
        assert_err(admit(permit_of(permits[i]), "challenge is new"), ERR_DENIED);
    for (uint64_t i = 0; i < 10; i++)
        assert_ok(admit(leaf_of(FIRST_LEAF + i), ""));
    assert_false(was_signed(leaf_of(FIRST_LEAF - 1)));
    assert_err(admit(leaf_of(FIRST_LEAF - 1), "serial rises"), ERR_DENIED);
    assert_ok(admit(list_of(70, 4), ""));
    struct signed_record list = list_of(70, 4);
    list.digest[0] ^= 1;
    assert_err(admit(list, "CRL number rises"), ERR_DENIED);
    assert_int_equal(fixture_sequence(), before);
}

/* The signer is started with this index. */
static void starts_with(struct bytes index, bool is_made_again)
{
    struct signer_floors before, after;
    signer_get_floors(signer, &before);
    assert_ok(file_replace(index_path, index, 0600, NULL));
    signer_again();
    signer_get_floors(signer, &after);
    assert_memory_equal(&before, &after, sizeof before);
    assert_int_equal(signer_is_index_new(signer), is_made_again);
    remembers_all();
}

static void remembers_what_is_in_closed_segments(void **state)
{
    (void)state;
    remembers_all();
    signer_again();
    assert_false(signer_is_index_new(signer));
    assert_int_equal(size_of(index_path), 2 * SEGMENT_LEN);
    remembers_all();
}

static void believes_an_older_index(void **state)
{
    (void)state;
    starts_with(buffer_bytes(&first), false);
    assert_int_equal(size_of(index_path), 2 * SEGMENT_LEN); /* what it lacked was read and added */
}

static void makes_a_lost_index_again(void **state)
{
    (void)state;
    starts_with(bytes_of(NULL, 0), false);
    assert_int_equal(size_of(index_path), 2 * SEGMENT_LEN);
    unlink(index_path);
    signer_again();
    remembers_all();
}

static void believes_no_torn_index(void **state)
{
    (void)state;
    static const size_t lens[] = {4096, SEGMENT_LEN - 1, 2 * SEGMENT_LEN - 1};
    for (size_t i = 0; i < COUNT_OF(lens); i++)
        starts_with(bytes_of(whole.data, lens[i]), true);
}

static void believes_no_damaged_index(void **state)
{
    (void)state;
    static const size_t places[] = {30, SEGMENT_LEN + 200, 2 * SEGMENT_LEN - 1};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        whole.data[places[i]] ^= 1;
        starts_with(buffer_bytes(&whole), true);
        whole.data[places[i]] ^= 1;
    }
    starts_with(bytes_of(whole.data + SEGMENT_LEN, SEGMENT_LEN), true); /* its first part is gone */
}

/* Whole in itself, but of a log with another last record. */
static void believes_no_index_with_another_chain(void **state)
{
    (void)state;
    uint8_t *head = whole.data + SEGMENT_LEN, kept[SHA256_LEN];
    memcpy(kept, head + 4064, sizeof kept);
    head[170] ^= 1;
    sha256(bytes_of(head, 4064), head + 4064);
    starts_with(buffer_bytes(&whole), true);
    head[170] ^= 1;
    memcpy(head + 4064, kept, sizeof kept);
    starts_with(buffer_bytes(&whole), false);
}

static void tells_an_unreadable_record_from_none(void **state)
{
    (void)state;
    struct buffer log CLEANUP_BUFFER;
    const uint64_t damaged = 1000;
    buffer_init(&log, 64 * 1024 * 1024);
    assert_ok(file_read(log_path, &log, NULL));
    FILE *file = fopen(log_path, "r+");
    assert_non_null(file);
    fseek(file, 18 + (long)(NUM_BEFORE + damaged) * SIGNED_RECORD_LEN + 60, SEEK_SET);
    fputc(0xff, file);
    fclose(file);
    assert_err(admit(permit_of(damaged - 1), "challenge is new"), ERR_DENIED);
    assert_err(admit(permit_of(damaged), "signed.log"), ERR_MALFORMED);
    assert_err(admit(permit_of(damaged + 1), "challenge is new"), ERR_DENIED);
    assert_ok(file_replace(log_path, buffer_bytes(&log), 0600, NULL));
    signer_again();
    remembers_all();
}

/* A log that was set back, or another one, under the index of this one. */
static void believes_no_index_of_another_log(void **state)
{
    (void)state;
    struct buffer log CLEANUP_BUFFER;
    struct signer_floors floors;
    buffer_init(&log, 64 * 1024 * 1024);
    assert_ok(file_read(log_path, &log, NULL));
    const uint64_t kept = LIMIT_SIGNED_SEGMENT + 500;
    assert_ok(file_replace(log_path, bytes_of(log.data, (size_t)(18 + kept * SIGNED_RECORD_LEN)),
                           0600, NULL));
    signer_again();
    assert_true(signer_is_index_new(signer));
    signer_get_floors(signer, &floors);
    assert_int_equal(floors.sequence, kept);
    assert_int_equal(floors.of[KIND_SIGNATURE].serial, FIRST_LEAF + 9);
    assert_err(admit(permit_of(3), "challenge is new"), ERR_DENIED);
    assert_ok(admit(permit_of(NUM_PERMITS - 1), "")); /* this log does not have it */
    assert_ok(file_replace(log_path, buffer_bytes(&log), 0600, NULL));
    signer_again();
    remembers_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers_what_is_in_closed_segments),
        cmocka_unit_test(believes_an_older_index),
        cmocka_unit_test(makes_a_lost_index_again),
        cmocka_unit_test(believes_no_torn_index),
        cmocka_unit_test(believes_no_damaged_index),
        cmocka_unit_test(believes_no_index_with_another_chain),
        cmocka_unit_test(tells_an_unreadable_record_from_none),
        cmocka_unit_test(believes_no_index_of_another_log),
    };
    return cmocka_run_group_tests(tests, fill, done);
}
