/* Tables of registry/: residents and their events. */
#include "store/migrations.h"

const char migration_registry[] =
    /* The town's register. born: YYYYMMDD, zeros for what is unknown; other dates: days since
     * 1970-01-01; sex, residence, standing, card_state: enums of registry/resident.h and
     * law/outcome.h. An absent text or date is null. */
    "CREATE TABLE resident ("
    "  number INTEGER PRIMARY KEY CHECK (number > 0),"
    "  family TEXT NOT NULL,"
    "  given TEXT,"
    "  former TEXT,"
    "  alias TEXT,"
    "  kana TEXT,"
    "  born INTEGER NOT NULL,"
    "  sex INTEGER NOT NULL CHECK (sex IN (1, 2, 3)),"
    "  postcode TEXT,"
    "  address TEXT NOT NULL,"
    "  telephone TEXT,"
    "  municipality TEXT NOT NULL CHECK (length(municipality) = 5),"
    "  residence INTEGER NOT NULL,"
    "  leaves_on INTEGER,"
    "  standing INTEGER NOT NULL,"
    "  representative INTEGER CHECK (representative <> number)"
    "    REFERENCES resident (number) DEFERRABLE INITIALLY DEFERRED,"
    "  card_id TEXT UNIQUE CHECK (length(card_id) = 28),"
    "  card_state INTEGER NOT NULL,"
    "  card_until INTEGER,"
    "  old_card INTEGER NOT NULL CHECK (old_card IN (0, 1)),"
    "  stay_until INTEGER,"
    "  special_period INTEGER NOT NULL CHECK (special_period IN (0, 1)),"
    "  language TEXT NOT NULL,"
    "  protected INTEGER NOT NULL CHECK (protected IN (0, 1)),"
    "  sample INTEGER NOT NULL CHECK (sample IN (0, 1)),"
    "  note TEXT"
    ") STRICT;"
    "CREATE INDEX resident_by_birth ON resident (born, number);"
    "CREATE INDEX resident_by_representative ON resident (representative)"
    " WHERE representative IS NOT NULL;"
    "CREATE INDEX resident_leaving ON resident (leaves_on) WHERE leaves_on IS NOT NULL;"

    /* What was told about a resident. number: the sender's own, so that the same event sent twice
     * counts once. changes and before hold 'item<TAB>value' lines: personal, erasable. */
    "CREATE TABLE resident_event ("
    "  number TEXT PRIMARY KEY,"
    "  resident INTEGER NOT NULL REFERENCES resident (number),"
    "  event TEXT NOT NULL,"
    "  recorded INTEGER NOT NULL,"
    "  effective INTEGER NOT NULL,"
    "  changes TEXT,"
    "  before TEXT"
    ") STRICT;"
    "CREATE INDEX resident_event_by_resident ON resident_event (resident);";

const struct trigger triggers_registry[] = {
    {"resident_event_only_erased", "UPDATE", "resident_event",
     "new.changes IS NOT NULL OR new.before IS NOT NULL OR new.number <> old.number OR "
     "new.resident <> old.resident OR new.event <> old.event OR new.recorded <> old.recorded OR "
     "new.effective <> old.effective",
     "an event is erased, not edited"},
    {"resident_event_no_delete", "DELETE", "resident_event", NULL, "events are kept"},
    {0},
};
