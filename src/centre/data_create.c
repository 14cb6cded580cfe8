/* Making a new data folder: database, maps, authorities, staff and residents. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "centre/crl.h"
#include "centre/data.h"
#include "centre/setup.h"
#include "registry/csv.h"
#include "registry/import.h"
#include "store/property.h"

static enum err create_database(const struct data_paths *paths, bool is_sample, struct fault *fault)
{
    struct store *store CLEANUP_STORE = NULL;
    enum err err = store_open(paths->database, STORE_CREATE, &store, fault);
    if (err == ERR_NONE)
        err = store_migrate(store, fault);
    if (err == ERR_NONE)
        err = store_begin(store, fault);
    if (err == ERR_NONE)
        err = store_mark_sample(store, is_sample, fault);
    return err != ERR_NONE ? err : store_commit(store, fault);
}

static enum err create_maps(const struct data_paths *paths, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        err = status_map_create(paths->maps[kind], (enum kind)kind, fault);
    return err;
}

/* -- staff -- */

enum {
    STAFF_COLUMN_NAME,
    STAFF_COLUMN_LABEL,
    STAFF_COLUMN_ROLES,
    STAFF_COLUMN_UID,
    STAFF_COLUMNS = 5
};
#define STAFF_MAX 256

static enum err staff_of_record(const struct csv *csv, struct staff *out, struct fault *fault)
{
    *out = (struct staff){.uid = STAFF_NO_UID, .is_active = true};
    if (csv->num_fields != STAFF_COLUMNS || strlen(csv->fields[STAFF_COLUMN_NAME]) >= STAFF_NAME ||
        strlen(csv->fields[STAFF_COLUMN_LABEL]) >= STAFF_LABEL ||
        roles_parse(csv->fields[STAFF_COLUMN_ROLES], &out->roles) != ERR_NONE)
        return fault_set(fault, ERR_MALFORMED, "staff", "line %zu", csv->line);
    strcpy(out->name, csv->fields[STAFF_COLUMN_NAME]);
    strcpy(out->label, csv->fields[STAFF_COLUMN_LABEL]);
    const char *uid = csv->fields[STAFF_COLUMN_UID];
    char *end;
    long number = strtol(uid, &end, 10);
    if (*end || number < 0)
        return fault_set(fault, ERR_MALFORMED, "staff", "line %zu: %.20s is no user id", csv->line,
                         uid);
    if (uid[0])
        out->uid = number;
    return ERR_NONE;
}

static enum err write_staff(struct centre *centre, struct bytes file, struct fault *fault)
{
    static struct staff staff[STAFF_MAX];
    static struct csv csv;
    size_t num = 0;
    bool has_record;
    csv_init(&csv, file);
    enum err err = csv_next(&csv, &has_record, fault); /* the names of the columns */
    while (err == ERR_NONE && has_record && num < STAFF_MAX) {
        err = csv_next(&csv, &has_record, fault);
        if (err == ERR_NONE && has_record)
            err = staff_of_record(&csv, &staff[num++], fault);
    }
    return err != ERR_NONE ? err : setup_staff(centre->store, staff, num, fault);
}

static enum err write_residents(struct centre *centre, struct bytes file, struct fault *fault)
{
    struct import_report report CLEANUP_IMPORT_REPORT = {0};
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    err = import_apply(centre->store, file, "residents", &centre->municipalities,
                       centre->substitutes, &report, fault);
    if (err == ERR_NONE)
        return store_commit(centre->store, fault);
    store_rollback(centre->store);
    return err;
}

/* -- all of it -- */

static enum err fill(struct centre *centre, const struct data_first *first, struct fault *fault)
{
    enum err err = ERR_NONE;
    if (first->staff.len)
        err = write_staff(centre, first->staff, fault);
    if (err == ERR_NONE && first->residents.len)
        err = write_residents(centre, first->residents, fault);
    if (err == ERR_NONE)
        err = setup_authorities(centre, fault);
    if (err == ERR_NONE)
        err = permit_key_publish(centre, 1, fault);
    if (err == ERR_NONE)
        err = setup_use_authorities(centre, fault);
    if (err == ERR_NONE && first->last)
        err = first->last(first->context, centre, fault);
    if (err == ERR_NONE)
        err = centre_start(centre, fault);
    return err != ERR_NONE ? err : maps_sync(centre, fault);
}

enum err data_create(const struct data_paths *paths, int signer_fd, const struct data_first *first,
                     struct fault *fault)
{
    struct data data CLEANUP(data_done) = {0};
    enum err err = create_database(paths, first->is_sample, fault);
    if (err == ERR_NONE)
        err = create_maps(paths, fault);
    if (err == ERR_NONE)
        err = data_open(paths, signer_fd, first->municipality, &data, fault);
    data.centre.makes_authorities = true;
    return err != ERR_NONE ? err : fill(&data.centre, first, fault);
}
