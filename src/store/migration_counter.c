/* Tables of counter/: applications and their steps. */
#include "store/migrations.h"

const char migration_counter[] =
    /* The numbers of procedure, applicant and fee reason are law's words; state: 0 open, 1
     * finished, 2 closed without result. identity goes into permits and comes back in statements.
     * basis: why S15's "in principle" was not followed; null: no exception.
     */
    "CREATE TABLE application ("
    "  number INTEGER PRIMARY KEY,"
    "  identity BLOB NOT NULL UNIQUE CHECK (length(identity) = 16),"
    "  procedure TEXT NOT NULL,"
    "  applicant TEXT NOT NULL,"
    "  kinds INTEGER NOT NULL,"
    "  resident INTEGER NOT NULL,"
    "  card TEXT,"
    "  event TEXT,"
    "  fee INTEGER NOT NULL,"
    "  state INTEGER NOT NULL CHECK (state IN (0, 1, 2)),"
    "  opened INTEGER NOT NULL,"
    "  opened_by TEXT NOT NULL REFERENCES staff (name),"
    "  ended INTEGER,"
    "  note TEXT,"
    "  basis TEXT"
    ") STRICT;"
    "CREATE INDEX application_by_resident ON application (resident);"
    "CREATE INDEX application_by_card ON application (card);"

    /* name: law's word. done: second, null while it is to be done. */
    "CREATE TABLE step ("
    "  application INTEGER NOT NULL REFERENCES application (number),"
    "  position INTEGER NOT NULL,"
    "  name TEXT NOT NULL,"
    "  kind INTEGER,"
    "  visit INTEGER NOT NULL,"
    "  done INTEGER,"
    "  done_by TEXT REFERENCES staff (name),"
    "  note TEXT,"
    "  PRIMARY KEY (application, position)"
    ") STRICT;";

const struct trigger triggers_counter[] = {
    {"step_stays_done", "UPDATE", "step", "old.done IS NOT NULL", "what is done stays done"},
    {0},
};
