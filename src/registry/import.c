/* Filling the register: each good line is written in a savepoint of its own, so that the database's
 * own checks are reported by line too; one bad line undoes all. */
#include "registry/import.h"

#include <stdlib.h>
#include <string.h>

#include "registry/import_line.h"
#include "registry/item.h"
#include "store/property.h"
#include "store/rows.h"

void import_report_done(struct import_report *report)
{
    free(report->faults);
    *report = (struct import_report){0};
}

enum err import_report_fault(struct import *import, size_t line, const struct fault *fault)
{
    struct import_report *report = import->report;
    if (report->num_faults++ >= LIMIT_CSV_FAULTS)
        return ERR_NONE;
    struct fault *faults = realloc(report->faults, report->num_faults * sizeof *faults);
    if (!faults) {
        report->num_faults--;
        return ERR_MEMORY;
    }
    report->faults = faults;
    struct fault *kept = &faults[report->num_faults - 1];
    *kept = *fault;
    struct buffer name CLEANUP_BUFFER;
    buffer_init(&name, sizeof kept->input + 32);
    buffer_put_format(&name, "%.60s", import->input);
    if (line)
        buffer_put_format(&name, " line %zu", line);
    fault_name_input(kept, buffer_check(&name) == ERR_NONE ? buffer_text(&name) : import->input);
    return ERR_NONE;
}

enum err import_check_header(const struct csv *csv, struct fault *fault)
{
    if (csv->num_fields != NUM_ITEMS)
        return fault_set(fault, ERR_MALFORMED, "header", "%zu columns, not %d", csv->num_fields,
                         NUM_ITEMS);
    for (size_t i = 0; i < NUM_ITEMS; i++)
        if (strcmp(csv->fields[i], item_name((enum item)i)) != 0)
            return fault_set(fault, ERR_MALFORMED, "header", "column %zu is not called %s", i + 1,
                             item_name((enum item)i));
    return ERR_NONE;
}

enum err import_decode(const struct import *import, const struct csv *csv, struct resident *out,
                       struct fault *fault)
{
    if (csv->num_fields != NUM_ITEMS)
        return fault_set(fault, ERR_MALFORMED, "columns", "%zu, not %d", csv->num_fields,
                         NUM_ITEMS);
    for (size_t i = 0; i < NUM_ITEMS; i++) {
        enum err err = item_set(out, (enum item)i, csv->fields[i], fault);
        if (err != ERR_NONE)
            return err;
    }
    enum err err = resident_check(out, import->municipalities, fault);
    if (err == ERR_NONE && out->is_sample != import->is_sample)
        return fault_set(fault, ERR_MALFORMED, "sample", "this register is %s",
                         import->is_sample ? "for sample data only" : "not for sample data");
    struct resident_four four;
    return err == ERR_NONE ? resident_four(out, import->substitutes, &four, fault) : err;
}

/* The database's own words name no line and no item. */
static enum err insert(struct import *import, const struct resident *resident, struct fault *fault)
{
    enum err err = store_savepoint(import->store, fault);
    if (err != ERR_NONE)
        return err;
    err = resident_insert(import->store, resident, fault);
    if (err == ERR_NONE)
        return store_release(import->store, fault);
    struct fault second;
    enum err undone = store_rollback_to(import->store, &second);
    if (undone != ERR_NONE)
        return undone;
    if (err == ERR_EXISTS)
        fault_set(fault, err, "number or card_id", "stands in the register already");
    return err;
}

bool import_is_about_the_line(enum err err)
{
    return err == ERR_MALFORMED || err == ERR_LIMIT || err == ERR_EXISTS;
}

/* One record: read, checked, written. What is wrong with it is reported; other errors end all. */
static enum err import_next(struct import *import, struct csv *csv, bool *has_record)
{
    struct fault fault = {0};
    struct resident resident = {0};
    enum err err = csv_next(csv, has_record, &fault);
    if (err == ERR_NONE && !*has_record)
        return ERR_NONE;
    if (err == ERR_NONE)
        err = import_decode(import, csv, &resident, &fault);
    if (err == ERR_NONE)
        err = insert(import, &resident, &fault);
    if (err == ERR_NONE)
        import->report->num_residents++;
    *has_record = true;
    return import_is_about_the_line(err) ? import_report_fault(import, csv->line, &fault) : err;
}

static enum err check_representatives(struct import *import)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(import->store, STATEMENT_RESIDENT_UNREPRESENTED, NO_VALUES, &rows, NULL);
    while (rows_next(&rows)) {
        struct fault fault = {0};
        fault_set(&fault, ERR_MALFORMED, "representative", "of resident %lld is nobody here",
                  (long long)row_integer(&rows, 0));
        enum err err = import_report_fault(import, 0, &fault);
        if (err != ERR_NONE)
            return err;
    }
    return rows_end(&rows);
}

static enum err import_all(struct import *import, struct bytes file, struct fault *fault)
{
    struct csv csv;
    csv_init(&csv, file);
    bool has_record = false;
    enum err err = csv_next(&csv, &has_record, fault);
    if (err == ERR_NONE && !has_record)
        err = fault_set(fault, ERR_MALFORMED, "header", "the file is empty");
    if (err == ERR_NONE)
        err = import_check_header(&csv, fault);
    while (err == ERR_NONE && has_record)
        err = import_next(import, &csv, &has_record);
    if (err == ERR_NONE)
        err = check_representatives(import);
    if (err != ERR_NONE || import->report->num_faults == 0)
        return err;
    if (fault)
        *fault = import->report->faults[0];
    return ERR_MALFORMED;
}

enum err import_apply(struct store *store, struct bytes file, const char *input,
                      const struct municipalities *municipalities,
                      const struct substitutes *substitutes, struct import_report *report,
                      struct fault *fault)
{
    *report = (struct import_report){0};
    struct import import = {store, input, municipalities, substitutes, report, false};
    fault_name_input(fault, input);
    enum err err = store_is_sample(store, &import.is_sample, fault);
    if (err == ERR_NONE)
        err = store_savepoint(store, fault);
    if (err != ERR_NONE)
        return err;
    err = import_all(&import, file, fault);
    if (err == ERR_NONE)
        return store_release(store, fault);
    report->num_residents = 0;
    struct fault second;
    enum err undone = store_rollback_to(store, &second);
    return undone == ERR_NONE ? err : undone;
}
