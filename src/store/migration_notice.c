/* Notices to holders, and the days on which they were made. */
#include "store/migrations.h"

const char migration_notice[] =
    /* What becomes due is found by the last day. */
    "CREATE INDEX certificate_by_last_day ON certificate (last_day, kind, serial);"

    /* One row a day. point: which of the days that are told of is worked off; last_day, kind,
     * serial: the certificate up to which it is. finished: second, null while it runs. */
    "CREATE TABLE notice_batch ("
    "  day INTEGER PRIMARY KEY,"
    "  point INTEGER NOT NULL,"
    "  last_day INTEGER NOT NULL,"
    "  kind INTEGER NOT NULL,"
    "  serial INTEGER NOT NULL,"
    "  finished INTEGER"
    ") STRICT;"

    /* How many certificates came to what: a notice, or why there was none. */
    "CREATE TABLE notice_count ("
    "  day INTEGER NOT NULL REFERENCES notice_batch (day),"
    "  outcome TEXT NOT NULL,"
    "  count INTEGER NOT NULL CHECK (count > 0),"
    "  PRIMARY KEY (day, outcome)"
    ") STRICT;"

    /* A letter. notice: enum notice; tells: the day that it tells of. returned: the day on which it
     * came back. */
    "CREATE TABLE notice ("
    "  number INTEGER PRIMARY KEY,"
    "  day INTEGER NOT NULL REFERENCES notice_batch (day),"
    "  notice INTEGER NOT NULL CHECK (notice IN (1, 2, 3)),"
    "  resident INTEGER NOT NULL,"
    "  tells INTEGER NOT NULL,"
    "  returned INTEGER,"
    "  returned_by TEXT REFERENCES staff (name),"
    "  UNIQUE (day, resident, notice, tells)"
    ") STRICT;"
    "CREATE INDEX notice_by_day ON notice (day, number);"

    /* The certificates that a letter is about: none has the same notice twice. */
    "CREATE TABLE notice_certificate ("
    "  kind INTEGER NOT NULL,"
    "  serial INTEGER NOT NULL,"
    "  notice INTEGER NOT NULL CHECK (notice IN (1, 2, 3)),"
    "  letter INTEGER NOT NULL REFERENCES notice (number),"
    "  last_day INTEGER NOT NULL,"
    "  PRIMARY KEY (kind, serial, notice)"
    ") STRICT;"
    "CREATE INDEX notice_certificate_by_letter ON notice_certificate (letter);";

const struct trigger triggers_notice[] = {
    {"notice_batch_stays_finished", "UPDATE", "notice_batch", "old.finished IS NOT NULL",
     "what was made on a day is not made again"},
    {"notice_batch_is_kept", "DELETE", "notice_batch", NULL, "the notices of a day are kept"},
    {"notice_stays", "UPDATE OF number, day, notice, resident, tells", "notice", NULL,
     "a letter that was made is not changed"},
    {"notice_returns_once", "UPDATE OF returned, returned_by", "notice", "old.returned IS NOT NULL",
     "a letter comes back once"},
    {"notice_certificate_stays", "UPDATE", "notice_certificate", NULL,
     "what was sent is not changed"},
    {"notice_certificate_is_kept", "DELETE", "notice_certificate", NULL,
     "what was sent is not sent again"},
    {0},
};
