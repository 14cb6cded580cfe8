/* Working an import off: residents go over into the register, a part at a time; what is given up is
 * deleted. */
#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "centre/import.h"
#include "centre/import_row.h"
#include "centre/journal.h"

#define PART_LEAST        50
#define PART_MILLISECONDS 40
#define SILENT_AFTER      600000 /* milliseconds without a part: nobody goes on */

static enum err close_journal(struct centre *centre, const struct import_row *row,
                              struct fault *fault)
{
    char digest[2 * SHA256_LEN + 1];
    json_t *data =
        json_pack("{s:I, s:I, s:s}", "import", (json_int_t)row->number, "residents",
                  (json_int_t)row->count, "digest", hex_print(row->digest, SHA256_LEN, digest));
    char *text = json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(data);
    if (!text)
        return ERR_MEMORY;
    struct chain_entry entry = {.time = clock_now(),
                                .kind = "import-part:finished",
                                .actor = "system",
                                .role = "system",
                                .second = ""};
    enum err err = journal_append(centre->store, &entry, bytes_of_text(text), fault);
    free(text);
    return err;
}

static enum err take_step(struct centre *centre, const struct import_row *row, struct fault *fault)
{
    struct import_desk *desk = &centre->import;
    int64_t num;
    if (desk->num_taken == 0) {
        int64_t left;
        enum err err = store_ask_integer(centre->store, STATEMENT_IMPORT_LINES_LEFT,
                                         VALUES(value_integer(row->number)), &left, fault);
        if (err != ERR_NONE)
            return err;
        desk->num_taken = row->count - left;
    }
    enum err err =
        import_stage_take(centre->store, row->number, desk->part, &desk->place, &num, fault);
    if (err != ERR_NONE)
        return err;
    desk->num_taken += num;
    if (num)
        return ERR_NONE;
    err = close_journal(centre, row, fault);
    return err != ERR_NONE
               ? err
               : store_run_one(centre->store, STATEMENT_IMPORT_FINISH,
                               VALUES(value_integer(row->number), value_integer(clock_now())),
                               fault);
}

static enum err drop_step(struct centre *centre, const struct import_row *row, struct fault *fault)
{
    int64_t num;
    enum err err = store_run_counted(
        centre->store, STATEMENT_IMPORT_LINES_DROP,
        VALUES(value_integer(row->number), value_integer(LIMIT_MASS_PART)), &num, fault);
    return err != ERR_NONE || num ? err
                                  : store_run_one(centre->store, STATEMENT_IMPORT_EMPTIED,
                                                  VALUES(value_integer(row->number)), fault);
}

static enum err give_up_silent(struct centre *centre, bool *is_one, struct fault *fault)
{
    struct import_desk *desk = &centre->import;
    *is_one = desk->list.parts.hash && clock_monotonic() - desk->heard > SILENT_AFTER;
    if (!*is_one)
        return ERR_NONE;
    parts_done(&desk->list.parts);
    return store_run(centre->store, STATEMENT_IMPORT_DROP_BEGUN, NO_VALUES, fault);
}

static enum err step(struct centre *centre, bool *has_more, struct fault *fault)
{
    static const struct {
        enum import_state state;
        enum err (*step)(struct centre *centre, const struct import_row *row, struct fault *fault);
    } works[] = {{IMPORT_TAKEN, take_step}, {IMPORT_DROPPED, drop_step}};
    enum err err = give_up_silent(centre, has_more, fault);
    for (size_t i = 0; err == ERR_NONE && !*has_more && i < COUNT_OF(works); i++) {
        struct import_row row;
        struct fault absent = {0};
        err = import_read(centre, STATEMENT_IMPORT_OF_STATE, works[i].state, &row, &absent);
        *has_more = err == ERR_NONE;
        if (err == ERR_NONE)
            err = works[i].step(centre, &row, fault);
        else if (err == ERR_NOT_FOUND)
            err = ERR_NONE;
        else
            *fault = absent;
    }
    return err;
}

static void part_adapt(struct import_desk *desk, int64_t milliseconds)
{
    int64_t part = desk->part * PART_MILLISECONDS / (milliseconds > 0 ? milliseconds : 1);
    part = part > 2 * desk->part ? 2 * desk->part : part;
    part = part < PART_LEAST ? PART_LEAST : part;
    desk->part = part > LIMIT_MASS_PART ? LIMIT_MASS_PART : part;
}

enum err import_turn(struct centre *centre, bool *has_more, struct fault *fault)
{
    struct import_desk *desk = &centre->import;
    *has_more = false;
    if (desk->is_idle && !desk->list.parts.hash)
        return ERR_NONE;
    if (desk->part == 0)
        desk->part = PART_LEAST;
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    int64_t start = clock_monotonic();
    err = step(centre, has_more, fault);
    part_adapt(desk, clock_monotonic() - start);
    desk->is_idle = err == ERR_NONE && !*has_more;
    if (desk->is_idle) {
        desk->place = (struct import_place){0};
        desk->num_taken = 0;
    }
    if (err == ERR_NONE)
        return store_commit(centre->store, fault);
    store_rollback(centre->store);
    return err;
}

enum err import_start(struct centre *centre, struct fault *fault)
{
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    err = store_run(centre->store, STATEMENT_IMPORT_DROP_BEGUN, NO_VALUES, fault);
    if (err == ERR_NONE)
        return store_commit(centre->store, fault);
    store_rollback(centre->store);
    return err;
}
