/* The numbered migrations: the only SQL that is not a named statement. Private to this room.
 *
 * To add one: write its text in a migration_*.c of its room, declare it here, add a row at the end
 * of the table in migrate.c. A migration that has been released is never edited. The text is
 * SQLite's; a table is STRICT, has no floating number and no date type. */
#pragma once

#include <stddef.h>

#include "store/store.h"

struct migration {
    const char *name;
    const char *sql;
};

extern const char migration_store[];     /* fence and properties */
extern const char migration_journal[];   /* journal and changes */
extern const char migration_centre[];    /* staff, certificates, cards, nonces, permits */
extern const char migration_counter[];   /* applications and their steps */
extern const char migration_registry[];  /* residents and their events */
extern const char migration_exception[]; /* counter: the basis of an exception */

/* migrate applies those of num rows that the database does not have yet; row i is number i + 1. */
enum err migrate(struct store *store, const struct migration *rows, size_t num,
                 struct fault *fault) MUST_USE;
