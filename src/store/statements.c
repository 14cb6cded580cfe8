/* The table of all SQL statements, made from the rows of statements_*.def. */
#include "store/statements.h"

static const struct statement_row statements[] = {
#define STATEMENT(name, num_parameters, sql) {#name, num_parameters, sql},
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
};

const struct statement_row *statement_row(enum statement statement)
{
    return (size_t)statement < NUM_STATEMENTS ? &statements[statement] : NULL;
}
