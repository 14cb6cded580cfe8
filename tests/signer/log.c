#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "signer/log.h"

#define HEAD_LEN 18
#define NUM      3

static char folder[] = "/tmp/log-test-XXXXXX";
static char path[64];
static unsigned visited;

static enum err count(void *context, const struct signed_record *record)
{
    (void)context;
    assert_int_equal(record->sequence, ++visited);
    return ERR_NONE;
}

static enum err refuse_second(void *context, const struct signed_record *record)
{
    (void)context;
    return record->sequence == 2 ? ERR_MALFORMED : ERR_NONE;
}

static enum err open_with(enum err (*visit)(void *context, const struct signed_record *record),
                          struct signed_log **log, bool *was_torn)
{
    struct signed_log *opened = NULL;
    enum err err = signed_log_open(path, &opened, NULL);
    if (err == ERR_NONE)
        err = signed_log_read(opened, visit, NULL, was_torn, NULL);
    if (err == ERR_NONE)
        *log = opened;
    else
        signed_log_free(opened);
    return err;
}

static enum err open_log(struct signed_log **log, bool *was_torn)
{
    visited = 0;
    return open_with(count, log, was_torn);
}

static void append(struct signed_log *log, uint64_t number)
{
    struct signed_record record = {
        .time = 1700000000, .type = SIGNED_LEAF, .digest = {1, 2, 3}, .number = number};
    assert_ok(signed_log_put(log, &record));
    assert_ok(signed_log_sync(log));
}

#define BATCH 8

static void append_batch(void)
{
    struct signed_log *log;
    bool was_torn;
    struct signed_record record = {.type = SIGNED_LEAF, .digest = {4}};
    assert_ok(open_log(&log, &was_torn));
    for (record.number = 100; record.number < 100 + BATCH; record.number++)
        assert_ok(signed_log_put(log, &record));
    assert_ok(signed_log_sync(log));
    signed_log_free(log);
}

/* A log of NUM records. */
static int make(void **state)
{
    (void)state;
    struct signed_log *log;
    bool was_torn;
    snprintf(path, sizeof path, "%s/signed.log", folder);
    unlink(path);
    assert_ok(signed_log_create(path, NULL));
    assert_ok(open_log(&log, &was_torn));
    for (uint64_t i = 1; i <= NUM; i++)
        append(log, i);
    signed_log_free(log);
    return 0;
}

static off_t size(void)
{
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    return info.st_size;
}

static void flip(off_t at)
{
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    fseek(file, (long)at, SEEK_SET);
    int byte = fgetc(file);
    fseek(file, (long)at, SEEK_SET);
    fputc(byte ^ 1, file);
    fclose(file);
}

static void reads_what_was_written(void **state)
{
    (void)state;
    struct signed_log *log;
    bool was_torn = true;
    assert_ok(open_log(&log, &was_torn));
    assert_int_equal(visited, NUM);
    assert_false(was_torn);
    append(log, 9);
    assert_int_equal(signed_log_sequence(log), NUM + 1);
    signed_log_free(log);
    assert_ok(open_log(&log, &was_torn));
    assert_int_equal(visited, NUM + 1);
    signed_log_free(log);
    assert_int_equal(size(), HEAD_LEN + (NUM + 1) * SIGNED_RECORD_LEN);
}

/* Cut anywhere inside the last record, or with a last record of which nothing was written. */
static void cuts_a_torn_tail(void **state)
{
    struct signed_log *log;
    bool was_torn;
    for (off_t less = 1; less < SIGNED_RECORD_LEN; less += 13) {
        make(state);
        assert_int_equal(truncate(path, size() - less), 0);
        was_torn = false;
        assert_ok(open_log(&log, &was_torn));
        assert_true(was_torn);
        assert_int_equal(visited, NUM - 1);
        append(log, 7);
        signed_log_free(log);
        assert_ok(open_log(&log, &was_torn));
        assert_int_equal(visited, NUM);
        signed_log_free(log);
    }
    make(state);
    assert_int_equal(truncate(path, size() + SIGNED_RECORD_LEN), 0);
    assert_ok(open_log(&log, &was_torn));
    assert_true(was_torn);
    assert_int_equal(visited, NUM);
    signed_log_free(log);
}

static void refuses_a_changed_record(void **state)
{
    struct signed_log *log = NULL;
    bool was_torn;
    for (off_t at = 0; at < HEAD_LEN + (NUM - 2) * SIGNED_RECORD_LEN; at += 7) {
        make(state);
        flip(at);
        assert_err(open_log(&log, &was_torn), ERR_MALFORMED);
        assert_int_equal(size(), HEAD_LEN + NUM * SIGNED_RECORD_LEN); /* nothing was cut */
    }
    assert_null(log);
}

/* A whole write that a crash cut anywhere, or of which only the length was kept. */
static void cuts_a_torn_batch(void **state)
{
    struct signed_log *log;
    bool was_torn;
    for (off_t less = 1; less < BATCH * SIGNED_RECORD_LEN; less += 97) {
        make(state);
        append_batch();
        assert_int_equal(truncate(path, size() - less), 0);
        if (less % 2)
            flip(HEAD_LEN + NUM * SIGNED_RECORD_LEN + 3); /* its first page is not the one kept */
        was_torn = false;
        enum err err = open_log(&log, &was_torn);
        if (less % 2 && BATCH * SIGNED_RECORD_LEN - less >= 2 * SIGNED_RECORD_LEN) {
            assert_err(err, ERR_MALFORMED); /* what follows goes on from what was spoilt */
            continue;
        }
        assert_ok(err);
        bool is_at_end = less % SIGNED_RECORD_LEN == 0;
        assert_int_equal(was_torn, !is_at_end);
        signed_log_free(log);
    }
}

static void takes_so_many_at_once(void **state)
{
    (void)state;
    struct signed_log *log;
    bool was_torn;
    struct signed_record record = {.type = SIGNED_LEAF};
    assert_ok(open_log(&log, &was_torn));
    off_t before = size();
    for (int i = 0; i < SIGNED_UNSYNCED_MAX; i++)
        assert_ok(signed_log_put(log, &record));
    assert_err(signed_log_put(log, &record), ERR_LIMIT);
    assert_int_equal(size(), before); /* nothing is there before the sync */
    assert_ok(signed_log_sync(log));
    assert_int_equal(size(), before + SIGNED_UNSYNCED_MAX * SIGNED_RECORD_LEN);
    assert_int_equal(record.sequence, NUM + SIGNED_UNSYNCED_MAX);
    signed_log_free(log);
}

static void refuses_more_than_a_torn_batch(void **state)
{
    (void)state;
    struct signed_log *log;
    bool was_torn;
    assert_int_equal(truncate(path, size() + SIGNED_UNSYNCED_MAX * SIGNED_RECORD_LEN + 1), 0);
    assert_err(open_log(&log, &was_torn), ERR_MALFORMED);
}

static void refuses_a_record_taken_out(void **state)
{
    (void)state;
    struct buffer whole CLEANUP_BUFFER, without CLEANUP_BUFFER;
    buffer_init(&whole, 4096);
    buffer_init(&without, 4096);
    assert_ok(file_read(path, &whole, NULL));
    buffer_put(&without, whole.data, HEAD_LEN);
    buffer_put(&without, whole.data + HEAD_LEN + SIGNED_RECORD_LEN, 2 * SIGNED_RECORD_LEN);
    assert_ok(file_replace(path, buffer_bytes(&without), 0600, NULL));
    struct signed_log *log;
    bool was_torn;
    assert_err(open_log(&log, &was_torn), ERR_MALFORMED);
}

static void refuses_what_the_visitor_refuses(void **state)
{
    (void)state;
    struct signed_log *log;
    bool was_torn;
    assert_err(open_with(refuse_second, &log, &was_torn), ERR_MALFORMED);
}

static void refuses_a_second_signer(void **state)
{
    (void)state;
    struct signed_log *log, *other;
    bool was_torn;
    assert_ok(open_log(&log, &was_torn));
    assert_err(open_log(&other, &was_torn), ERR_STATE);
    signed_log_free(log);
}

static void refuses_a_missing_log(void **state)
{
    (void)state;
    struct signed_log *log;
    bool was_torn;
    unlink(path);
    assert_err(open_log(&log, &was_torn), ERR_NOT_FOUND);
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reads_what_was_written, make),
        cmocka_unit_test_setup(cuts_a_torn_tail, make),
        cmocka_unit_test_setup(refuses_a_changed_record, make),
        cmocka_unit_test_setup(cuts_a_torn_batch, make),
        cmocka_unit_test_setup(takes_so_many_at_once, make),
        cmocka_unit_test_setup(refuses_more_than_a_torn_batch, make),
        cmocka_unit_test_setup(refuses_a_record_taken_out, make),
        cmocka_unit_test_setup(refuses_what_the_visitor_refuses, make),
        cmocka_unit_test_setup(refuses_a_second_signer, make),
        cmocka_unit_test_setup(refuses_a_missing_log, make),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
