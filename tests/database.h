/* A database for one test: a file of SQLite in the test's folder, or, where JPKI_TEST_STORE names a
 * PostgreSQL ("postgres:" and a connection string), a schema of its own there. tests/postgres.py
 * starts one and sets that. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

bool database_is_postgres(void);
/* database_new gives the address of a database that is still to be created: of one test at a time,
 * in a static buffer. */
const char *database_new(const char *folder);
void database_drop(void);
/* database_sql runs SQL behind the store's back, in a connection of its own. ERR_DENIED when a
 * constraint or a trigger refuses, ERR_USAGE for every other error. */
enum err database_sql(const char *sql);
/* database_integer: the one number that a query answers. */
long long database_integer(const char *sql);
void database_drop_trigger(const char *name, const char *table);
