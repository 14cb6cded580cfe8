/* What lies beside the journal until an entry's personal data are erased, and the erasures. */
#include "store/migrations.h"

const char migration_retention[] =
    /* One row for each entry whose personal data end one day. due: days since 1970-01-01, never
     * later than law's answer, which is asked again before anything is erased. */
    "CREATE TABLE journal_term ("
    "  sequence INTEGER PRIMARY KEY REFERENCES journal (sequence),"
    "  due INTEGER NOT NULL,"
    "  application INTEGER,"
    "  resident INTEGER"
    ") STRICT;"
    "CREATE INDEX journal_term_due ON journal_term (due, sequence);"

    /* Whom an entry is about: a read by name is about all that it showed. */
    "CREATE TABLE journal_about ("
    "  resident INTEGER NOT NULL,"
    "  sequence INTEGER NOT NULL REFERENCES journal (sequence),"
    "  PRIMARY KEY (resident, sequence)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX journal_about_entry ON journal_about (sequence);"

    /* day: of the decision; num: entries erased so far; finished: second, null while it runs. */
    "CREATE TABLE erasure ("
    "  number INTEGER PRIMARY KEY,"
    "  day INTEGER NOT NULL,"
    "  num INTEGER NOT NULL,"
    "  finished INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX erasure_one_runs ON erasure ((finished IS NULL)) WHERE finished IS NULL;";

const struct trigger triggers_retention[] = {
    {"erasure_stays_finished", "UPDATE", "erasure", "old.finished IS NOT NULL",
     "a finished erasure is not changed"},
    {"erasure_is_kept", "DELETE", "erasure", NULL, "an erasure is kept"},
    {0},
};
