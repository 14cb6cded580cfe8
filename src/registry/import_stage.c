/* Lines of an import: kept aside, checked together, taken over. */
#include "registry/import_stage.h"

#include "registry/import_line.h"
#include "registry/item.h"
#include "store/property.h"
#include "store/rows.h"

/* -- a part -- */

static enum err keep_line(const struct import *import, int64_t number, size_t line,
                          const struct resident *resident, struct bytes record, struct fault *fault)
{
    int64_t num;
    enum err err = store_run_counted(
        import->store, STATEMENT_IMPORT_LINE_INSERT,
        VALUES(value_integer(number), value_integer(resident->number), value_integer((int64_t)line),
               item_value(resident, ITEM_CARD_ID), item_value(resident, ITEM_REPRESENTATIVE),
               value_text_bytes(record)),
        &num, fault);
    if (err == ERR_NONE && num == 0)
        err = fault_set(fault, ERR_EXISTS, "number or card_id",
                        "stands in the register already, or twice in the file");
    return err;
}

/* One record; *has_record false at the end of the part. */
static enum err stage_next(struct import *import, int64_t number, struct csv *csv, bool *has_record,
                           int64_t *num)
{
    struct fault fault = {0};
    struct resident resident = {0};
    const uint8_t *start = csv->reader.at;
    enum err err = csv_next(csv, has_record, &fault);
    if (err == ERR_NONE && !*has_record)
        return ERR_NONE;
    if (err == ERR_NONE)
        err = csv->line == 1 ? import_check_header(csv, &fault)
                             : import_decode(import, csv, &resident, &fault);
    if (err == ERR_NONE && csv->line > 1)
        err = keep_line(import, number, csv->line, &resident,
                        bytes_of(start, (size_t)(csv->reader.at - start)), &fault);
    *has_record = true;
    ++*num;
    return import_is_about_the_line(err) ? import_report_fault(import, csv->line, &fault) : err;
}

enum err import_stage(struct store *store, int64_t number, struct bytes part, int64_t line,
                      const char *input, const struct municipalities *municipalities,
                      const struct substitutes *substitutes, struct import_report *report,
                      int64_t *num, struct fault *fault)
{
    struct csv csv;
    struct import import = {store, input, municipalities, substitutes, report, false};
    bool has_record = true;
    enum err err = store_is_sample(store, &import.is_sample, fault);
    csv_init(&csv, part);
    csv.line = csv.next_line = (size_t)line;
    *num = 0;
    while (err == ERR_NONE && has_record)
        err = stage_next(&import, number, &csv, &has_record, num);
    return err;
}

/* -- the whole -- */

enum err import_stage_check(struct store *store, int64_t number, const char *input,
                            struct import_report *report, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct import import = {.store = store, .input = input, .report = report};
    enum err err = ERR_NONE;
    store_query(store, STATEMENT_IMPORT_UNREPRESENTED,
                VALUES(value_integer(number), value_integer(LIMIT_CSV_FAULTS)), &rows, fault);
    while (err == ERR_NONE && rows_next(&rows)) {
        struct fault wrong = {0};
        fault_set(&wrong, ERR_MALFORMED, "representative",
                  row_integer(&rows, 1) ? "has a representative in this file" : "is nobody here");
        err = import_report_fault(&import, (size_t)row_integer(&rows, 0), &wrong);
    }
    enum err ended = rows_end(&rows);
    return err == ERR_NONE ? ended : err;
}

/* -- going over -- */

/* What was checked when it came; it is read again by the same rules. */
static enum err take_line(struct store *store, struct bytes record, struct fault *fault)
{
    struct csv csv;
    struct resident resident = {0};
    bool has_record = false;
    csv_init(&csv, record);
    enum err err = csv_next(&csv, &has_record, fault);
    if (err == ERR_NONE && (!has_record || csv.num_fields != NUM_ITEMS))
        return fault_set(fault, ERR_MALFORMED, "import", "a line that was kept is none");
    for (size_t i = 0; err == ERR_NONE && i < NUM_ITEMS; i++)
        err = item_set(&resident, (enum item)i, csv.fields[i], fault);
    return err == ERR_NONE ? resident_insert(store, &resident, fault) : err;
}

static struct value value_represented(const struct import_place *place)
{
    return value_integer(place->with_represented ? 1 : 0);
}

static enum err take_part(struct store *store, int64_t number, int64_t most,
                          const struct import_place *place, int64_t *until, int64_t *num,
                          struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    enum err err = ERR_NONE;
    *num = 0;
    store_query(store, STATEMENT_IMPORT_LINES,
                VALUES(value_integer(number), value_integer(place->after), value_represented(place),
                       value_integer(most)),
                &rows, fault);
    while (err == ERR_NONE && rows_next(&rows)) {
        *until = row_integer(&rows, 0);
        ++*num;
        err = take_line(store, row_text(&rows, 1), fault);
    }
    enum err ended = rows_end(&rows);
    return err == ERR_NONE ? ended : err;
}

enum err import_stage_take(struct store *store, int64_t number, int64_t most,
                           struct import_place *place, int64_t *num, struct fault *fault)
{
    int64_t until = 0;
    enum err err = take_part(store, number, most, place, &until, num, fault);
    if (err == ERR_NONE && *num == 0 && !place->with_represented) {
        *place = (struct import_place){.with_represented = true};
        err = take_part(store, number, most, place, &until, num, fault);
    }
    if (err != ERR_NONE || *num == 0)
        return err;
    err = store_run(store, STATEMENT_IMPORT_LINES_DELETE,
                    VALUES(value_integer(number), value_integer(place->after),
                           value_represented(place), value_integer(until)),
                    fault);
    if (err == ERR_NONE)
        place->after = until;
    return err;
}
