/* A folder with a fresh, migrated database for each test, on the engine that is asked for. */
#pragma once

#include "check.h"
#include "database.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/rows.h"

static char folder[64];
static const char *path; /* the database's address */

static inline struct store *open_store(enum store_mode mode)
{
    struct store *store = NULL;
    assert_ok(store_open(path, mode, &store, NULL));
    return store;
}

static inline int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/jpki-store-XXXXXX");
    assert_non_null(mkdtemp(folder));
    path = database_new(folder);
    return 0;
}

static inline int make_database(void **state)
{
    make_folder(state);
    struct store *store CLEANUP_STORE = open_store(STORE_CREATE);
    assert_ok(store_migrate(store, NULL));
    return 0;
}

static inline int remove_folder(void **state)
{
    (void)state;
    char command[128];
    database_drop();
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static inline void write_property(struct store *store, const char *name, const char *value)
{
    assert_ok(store_run(store, STATEMENT_PROPERTY_WRITE,
                        VALUES(value_text(name), value_text(value)), NULL));
}

/* The text of a property in a connection of its own, or "" if there is none. */
static inline const char *read_property(const char *name)
{
    static char text[64];
    struct store *store CLEANUP_STORE = open_store(STORE_READER);
    struct rows rows CLEANUP_ROWS = {0};
    text[0] = '\0';
    store_query(store, STATEMENT_PROPERTY_READ, VALUES(value_text(name)), &rows, NULL);
    if (rows_next(&rows))
        row_copy_text(&rows, 0, text, sizeof text);
    assert_ok(rows_end(&rows));
    return text;
}
