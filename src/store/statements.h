/* The names of all SQL statements. To add one, add a row to the statements_*.def of its room:
 *
 *     STATEMENT(NAME, number of parameters, "SQL text")
 *
 * which makes STATEMENT_NAME. The text must mean the same to SQLite and PostgreSQL: parameters $1,
 * $2, …; RETURNING; integers, texts and blobs only; no function of dates; no LIMIT without ORDER.
 * Times are seconds since 1970 UTC, dates are days since 1970-01-01 (base/date.h). */
#pragma once

#include <stddef.h>

enum statement {
#define STATEMENT(name, num_parameters, sql) STATEMENT_##name,
#include "store/statements_store.def"
#include "store/statements_registry.def"
#include "store/statements_journal.def"
#include "store/statements_centre.def"
#include "store/statements_counter.def"
#include "store/statements_appointment.def"
#include "store/statements_notice.def"
#include "store/statements_mass.def"
#include "store/statements_follower.def"
#undef STATEMENT
    NUM_STATEMENTS
};

#define STATEMENT_PARAMETERS_MAX 32

struct statement_row {
    const char *name;
    int num_parameters;
    const char *sql;
};

/* statement_row looks a statement up; NULL for a value that is none. */
const struct statement_row *statement_row(enum statement statement);
