/* The cards by which staff log in. */
#include "store/migrations.h"

const char migration_staff_card[] =
    /* leaf: SHA-256 of the authentication certificate; ended: when it was given up or lost, null
     * while it is good. */
    "CREATE TABLE staff_card ("
    "  leaf BLOB PRIMARY KEY CHECK (length(leaf) = 32),"
    "  staff TEXT NOT NULL REFERENCES staff (name),"
    "  serial INTEGER NOT NULL,"
    "  added INTEGER NOT NULL,"
    "  ended INTEGER,"
    "  ended_by TEXT REFERENCES staff (name),"
    "  CHECK ((ended IS NULL) = (ended_by IS NULL))"
    ") STRICT;"
    "CREATE INDEX staff_card_of ON staff_card (staff);";

const struct trigger triggers_staff_card[] = {
    {"staff_card_is_whose_it_was", "UPDATE OF leaf, staff, serial, added", "staff_card", NULL,
     "a staff card is never given to somebody else"},
    {"staff_card_ends_once", "UPDATE OF ended, ended_by", "staff_card", "old.ended IS NOT NULL",
     "a staff card that has ended stays so"},
    {"staff_card_stays", "DELETE", "staff_card", NULL, "who logged in with what is kept"},
    {0},
};
