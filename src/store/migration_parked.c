/* What was asked of a second person ends with its journal entry: the table again, with room for
 * that. */
#include "store/migrations.h"

const char migration_parked[] =
    /* fields: null once they are erased; then the day and the rule stand there. */
    "CREATE TABLE parked_with_end ("
    "  number INTEGER PRIMARY KEY,"
    "  act TEXT NOT NULL,"
    "  fields TEXT,"
    "  first TEXT NOT NULL REFERENCES staff (name),"
    "  made INTEGER NOT NULL,"
    "  second TEXT REFERENCES staff (name),"
    "  finished INTEGER,"
    "  erased_on INTEGER,"
    "  erased_rule TEXT,"
    "  CHECK (second IS NULL OR second <> first),"
    "  CHECK ((fields IS NULL) = (erased_on IS NOT NULL)),"
    "  CHECK ((erased_on IS NULL) = (erased_rule IS NULL))"
    ") STRICT;"
    "INSERT INTO parked_with_end (number, act, fields, first, made, second, finished)"
    " SELECT number, act, fields, first, made, second, finished FROM parked;"
    "DROP TABLE parked;"
    "ALTER TABLE parked_with_end RENAME TO parked;";

const struct trigger triggers_parked[] = {
    {"parked_request_stays", "UPDATE OF number, act, first, made", "parked", NULL,
     "what waits for approval is never changed"},
    {"parked_fields_only_erased", "UPDATE OF fields, erased_on, erased_rule", "parked",
     "old.erased_on IS NOT NULL OR new.erased_on IS NULL",
     "what waits for approval is erased once and not edited"},
    {"parked_ends_once", "UPDATE OF second, finished", "parked", "old.finished IS NOT NULL",
     "an approved act is finished"},
    {"parked_stays", "DELETE", "parked", NULL, "what was asked is kept"},
    {0},
};
