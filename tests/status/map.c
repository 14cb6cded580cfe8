#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "status/status_client.h"

static char path[] = "/tmp/map-test-XXXXXX";
static const struct status_entry good = {STATUS_GOOD, STATUS_UNSPECIFIED, 1, {2031, 1, 2}, 0};

static int begin(void **state)
{
    (void)state;
    strcpy(path, "/tmp/map-test-XXXXXX");
    int fd = mkstemp(path);
    close(fd);
    unlink(path);
    assert_ok(status_map_create(path, KIND_SIGNATURE, NULL));
    return 0;
}

static int end(void **state)
{
    (void)state;
    return unlink(path);
}

static struct status_map *open_map(bool writable)
{
    struct status_map *map = NULL;
    assert_ok(status_map_open(path, KIND_SIGNATURE, writable, &map, NULL));
    return map;
}

static enum status_state state_of(const struct status_map *map, uint64_t serial)
{
    struct status_entry entry;
    assert_ok(status_map_get(map, serial, &entry));
    return entry.state;
}

/* A reader in another process sees at once what the writer stores, also where the file grew. */
static void shows_a_change_to_another_process(void **state)
{
    (void)state;
    struct status_map *map = open_map(true);
    int ask[2], answer[2];
    assert_int_equal(pipe(ask) | pipe(answer), 0);
    pid_t reader = fork();
    if (reader == 0) {
        struct status_map *read_only = NULL;
        uint64_t serial;
        if (status_map_open(path, KIND_SIGNATURE, false, &read_only, NULL) != ERR_NONE)
            _exit(1);
        close(ask[1]);
        while (read(ask[0], &serial, sizeof serial) == (ssize_t)sizeof serial) {
            struct status_entry entry = {0};
            if (status_map_get(read_only, serial, &entry) != ERR_NONE ||
                write(answer[1], &entry.state, sizeof entry.state) < 0)
                _exit(1);
        }
        _exit(0);
    }
    static const uint64_t serials[] = {1, 8191, 8192, 100000, STATUS_SERIAL_MAX};
    for (size_t i = 0; i < COUNT_OF(serials); i++)
        for (int is_set = 0; is_set < 2; is_set++) {
            enum status_state seen = STATUS_REVOKED;
            if (is_set)
                assert_ok(status_map_set(map, serials[i], &good));
            assert_true(write(ask[1], &serials[i], sizeof serials[i]) > 0);
            assert_true(read(answer[0], &seen, sizeof seen) > 0);
            assert_int_equal(seen, is_set ? STATUS_GOOD : STATUS_NEVER);
        }
    close(ask[1]);
    int status;
    waitpid(reader, &status, 0);
    assert_int_equal(status, 0);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_true(info.st_blocks * 512 < 1024 * 1024); /* sparse */
    status_map_free(map);
}

static void keeps_what_it_was_told(void **state)
{
    (void)state;
    struct status_map *map = open_map(true);
    struct status_generation generation = {.key = {1}, .first = 1, .last = 99}, out[16];
    assert_ok(status_map_set_generation(map, &generation));
    assert_ok(status_map_set(map, 5, &good));
    assert_ok(status_map_set_epoch(map, 7));
    assert_int_equal(status_map_fed(map), 0);
    status_map_set_fed(map, 12345);
    status_map_free(map);
    map = open_map(false);
    status_map_set_fed(map, 6); /* a reader says nothing */
    assert_int_equal(status_map_fed(map), 12345);
    assert_int_equal(state_of(map, 5), STATUS_GOOD);
    assert_int_equal(state_of(map, 6), STATUS_NEVER);
    assert_int_equal(state_of(map, UINT64_MAX), STATUS_NEVER);
    assert_int_equal(status_map_highest(map), 5);
    assert_int_equal(status_map_epoch(map), 7);
    assert_int_equal(status_map_generations(map, out), 1);
    assert_int_equal(out[0].last, 99);
    status_map_free(map);
}

static void refuses_a_reader_that_writes(void **state)
{
    (void)state;
    struct status_map *map = open_map(false);
    struct status_generation generation = {.first = 1, .last = 2};
    assert_err(status_map_set(map, 5, &good), ERR_USAGE);
    assert_err(status_map_set_epoch(map, 5), ERR_USAGE);
    assert_err(status_map_set_generation(map, &generation), ERR_USAGE);
    status_map_free(map);
}

static void refuses_serials_and_epochs_out_of_range(void **state)
{
    (void)state;
    struct status_map *map = open_map(true);
    struct status_entry bad = good;
    bad.municipality = 2048;
    assert_err(status_map_set(map, 0, &good), ERR_USAGE);
    assert_err(status_map_set(map, STATUS_SERIAL_MAX + 1, &good), ERR_USAGE);
    assert_err(status_map_set(map, 1, &bad), ERR_MALFORMED);
    assert_ok(status_map_set_epoch(map, 9));
    assert_err(status_map_set_epoch(map, 8), ERR_STATE);
    assert_int_equal(status_map_epoch(map), 9);
    assert_int_equal(state_of(map, 1), STATUS_NEVER);
    status_map_free(map);
}

static void refuses_generations_without_range(void **state)
{
    (void)state;
    struct status_map *map = open_map(true);
    static const struct status_generation bad[] = {{.first = 0, .last = 5},
                                                   {.first = 6, .last = 5},
                                                   {.first = 1, .last = STATUS_SERIAL_MAX + 1}};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_err(status_map_set_generation(map, &bad[i]), ERR_USAGE);
    struct status_generation generation = {.first = 1, .last = 5}, out[STATUS_GENERATIONS_MAX];
    for (size_t i = 0; i < STATUS_GENERATIONS_MAX; i++) {
        generation.key[0] = (uint8_t)i;
        assert_ok(status_map_set_generation(map, &generation));
    }
    generation.last = 4; /* of a key that is there */
    assert_ok(status_map_set_generation(map, &generation));
    assert_int_equal(status_map_generations(map, out), STATUS_GENERATIONS_MAX);
    assert_int_equal(out[STATUS_GENERATIONS_MAX - 1].last, 4);
    generation.key[0] = STATUS_GENERATIONS_MAX;
    assert_err(status_map_set_generation(map, &generation), ERR_LIMIT);
    status_map_free(map);
}

static void refuses_files_that_are_no_map(void **state)
{
    (void)state;
    struct status_map *map = NULL;
    struct fault fault = {0};
    assert_err(status_map_create(path, KIND_SIGNATURE, NULL), ERR_EXISTS);
    assert_err(status_map_open("/nonexistent", KIND_SIGNATURE, false, &map, NULL), ERR_NOT_FOUND);
    assert_err(status_map_open(path, KIND_AUTHENTICATION, true, &map, &fault), ERR_MALFORMED);
    assert_string_equal(fault.rule, "kind");
    assert_int_equal(truncate(path, 4095), 0);
    assert_err(status_map_open(path, KIND_SIGNATURE, true, &map, NULL), ERR_MALFORMED);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(truncate(path, 8192), 0);
    assert_err(status_map_open(path, KIND_SIGNATURE, true, &map, NULL), ERR_MALFORMED);
    assert_null(map);
}

/* A file that lost its end, as after a bad copy. */
static void refuses_a_map_cut_short(void **state)
{
    (void)state;
    struct status_map *map = open_map(true);
    assert_ok(status_map_set(map, 5, &good));
    status_map_free(map);
    assert_int_equal(truncate(path, 4096 + 5 * 8), 0);
    assert_err(status_map_open(path, KIND_SIGNATURE, false, &map, NULL), ERR_MALFORMED);
}

/* Emptied in place: a reader of the same file sees it, and goes on with what comes. */
static void is_emptied_for_its_readers(void **state)
{
    (void)state;
    struct status_map *map = open_map(true), *reader = open_map(false);
    struct status_generation generation = {.key = {1}, .first = 1, .last = 99}, out[16];
    uint8_t before[STATUS_MAP_ID_LEN], after[STATUS_MAP_ID_LEN];
    assert_ok(status_map_set_generation(map, &generation));
    assert_ok(status_map_set(map, 5, &good));
    assert_ok(status_map_set(map, 100000, &good));
    assert_ok(status_map_set_epoch(map, 7));
    status_map_id(reader, before);
    assert_err(status_map_clear(reader), ERR_USAGE);
    assert_int_equal(state_of(reader, 5), STATUS_GOOD);
    assert_ok(status_map_clear(map));
    status_map_id(reader, after);
    assert_memory_not_equal(before, after, sizeof after);
    assert_int_equal(state_of(reader, 5), STATUS_NEVER);
    assert_int_equal(state_of(reader, 100000), STATUS_NEVER);
    assert_int_equal(status_map_highest(reader), 0);
    assert_int_equal(status_map_epoch(reader), 0);
    assert_int_equal(status_map_generations(reader, out), 0);
    assert_ok(status_map_set(map, 6, &good));
    assert_int_equal(state_of(reader, 6), STATUS_GOOD);
    status_map_free(map);
    status_map_free(reader);
}

static void goes_back_only_when_it_is_said(void **state)
{
    (void)state;
    struct status_map *map = open_map(true), *reader = open_map(false);
    assert_ok(status_map_set_epoch(map, 9));
    assert_err(status_map_set_epoch(map, 4), ERR_STATE);
    assert_err(status_map_rewind(reader, 4), ERR_USAGE);
    assert_ok(status_map_rewind(map, 4));
    assert_int_equal(status_map_epoch(reader), 4);
    assert_ok(status_map_sync(map));
    assert_err(status_map_sync(reader), ERR_IO);
    status_map_free(map);
    status_map_free(reader);
}

static void reads_no_note_but_a_whole_one(void **state)
{
    (void)state;
    struct status_synced note = {.epoch = 7, .entry = 3, .head = {1}, .maps = {{2}, {3}}}, seen;
    struct buffer file CLEANUP_BUFFER;
    buffer_init(&file, 4096);
    assert_ok(status_synced_forget(path, NULL));
    assert_false(status_synced_read(path, &seen));
    assert_ok(status_synced_write(path, &note, NULL));
    assert_true(status_synced_read(path, &seen));
    assert_memory_equal(&note, &seen, sizeof note);
    assert_ok(file_read(path, &file, NULL));
    for (size_t i = 0; i < file.len; i++) {
        file.data[i] ^= 1;
        assert_ok(file_replace(path, buffer_bytes(&file), 0600, NULL));
        assert_false(status_synced_read(path, &seen));
        file.data[i] ^= 1;
    }
    assert_ok(file_replace(path, bytes_of(file.data, file.len - 1), 0600, NULL));
    assert_false(status_synced_read(path, &seen));
    assert_ok(status_synced_forget(path, NULL));
    assert_ok(status_synced_forget(path, NULL));
    assert_false(status_synced_read(path, &seen));
    assert_ok(status_map_create(path, KIND_SIGNATURE, NULL)); /* for the test's end */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(shows_a_change_to_another_process, begin, end),
        cmocka_unit_test_setup_teardown(keeps_what_it_was_told, begin, end),
        cmocka_unit_test_setup_teardown(refuses_a_reader_that_writes, begin, end),
        cmocka_unit_test_setup_teardown(refuses_serials_and_epochs_out_of_range, begin, end),
        cmocka_unit_test_setup_teardown(refuses_generations_without_range, begin, end),
        cmocka_unit_test_setup_teardown(refuses_files_that_are_no_map, begin, end),
        cmocka_unit_test_setup_teardown(refuses_a_map_cut_short, begin, end),
        cmocka_unit_test_setup_teardown(is_emptied_for_its_readers, begin, end),
        cmocka_unit_test_setup_teardown(goes_back_only_when_it_is_said, begin, end),
        cmocka_unit_test_setup_teardown(reads_no_note_but_a_whole_one, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
