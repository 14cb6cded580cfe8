/* A register in a fresh database with the project's own etc/ files, inside an open transaction. */
#pragma once

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "registry/change_event.h"
#include "registry/import.h"
#include "store/property.h"

static char folder[64];
static struct store *store;
static struct substitutes substitutes;
static struct municipalities municipalities;

static inline void load_files(void)
{
    struct buffer file CLEANUP_BUFFER = source_read("etc/substitutes");
    assert_ok(substitutes_parse(buffer_bytes(&file), &substitutes, NULL));
    struct buffer list CLEANUP_BUFFER = source_read("etc/municipalities");
    municipalities_done(&municipalities);
    assert_ok(municipalities_parse(buffer_bytes(&list), &municipalities, NULL));
}

static inline int open_register(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/jpki-registry-XXXXXX");
    assert_non_null(mkdtemp(folder));
    char path[96];
    snprintf(path, sizeof path, "%s/town.db", folder);
    load_files();
    assert_ok(store_open(path, STORE_CREATE, &store, NULL));
    assert_ok(store_migrate(store, NULL));
    assert_ok(store_begin(store, NULL));
    assert_ok(store_mark_sample(store, true, NULL));
    return 0;
}

static inline int close_register(void **state)
{
    (void)state;
    store_close(steal(&store));
    municipalities_done(&municipalities);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static inline int open_sample_town(void **state)
{
    open_register(state);
    struct buffer file CLEANUP_BUFFER = source_read("etc/sample/residents.csv");
    struct import_report report CLEANUP_IMPORT_REPORT;
    struct fault fault = {0};
    enum err err = import_apply(store, buffer_bytes(&file), "residents.csv", &municipalities,
                                &substitutes, &report, &fault);
    for (size_t i = 0; i < report.num_faults && i < LIMIT_CSV_FAULTS; i++)
        print_message("# %s : %s : %s\n", report.faults[i].input, report.faults[i].rule,
                      report.faults[i].text);
    assert_ok(err);
    return 0;
}

static inline struct resident find(int64_t number)
{
    struct resident resident;
    assert_ok(resident_find(store, number, &resident, NULL));
    return resident;
}
