/* Tables of centre/mass: lists of certificates, the acts on them, and who holds a certificate. */
#include "store/migrations.h"

const char migration_mass[] =
    /* A list, and what became of it; or the release of another's list. state: enum mass_state. act:
     * enum mass_act, null until it runs. list: whose entries it works off, its own number but for a
     * release. done: the last serial that is worked off. released: the release of this hold. */
    "CREATE TABLE mass ("
    "  number INTEGER PRIMARY KEY,"
    "  kind INTEGER NOT NULL CHECK (kind IN (0, 1)),"
    "  state INTEGER NOT NULL CHECK (state IN (0, 1, 2, 3, 4, 5)),"
    "  list INTEGER NOT NULL,"
    "  count INTEGER NOT NULL,"
    "  digest BLOB CHECK (length(digest) = 32),"
    "  act INTEGER CHECK (act IN (0, 1, 2)),"
    "  note TEXT,"
    "  first TEXT NOT NULL REFERENCES staff (name),"
    "  second TEXT REFERENCES staff (name),"
    "  time INTEGER NOT NULL,"
    "  done INTEGER NOT NULL,"
    "  finished INTEGER,"
    "  released INTEGER,"
    "  CHECK (second IS NULL OR second <> first)"
    ") STRICT;"
    "CREATE INDEX mass_by_state ON mass (state);"

    "CREATE TABLE mass_entry ("
    "  mass INTEGER NOT NULL,"
    "  serial INTEGER NOT NULL CHECK (serial > 0),"
    "  PRIMARY KEY (mass, serial)"
    ") STRICT, WITHOUT ROWID;"

    /* How many entries came to what: an effect of law, or why there was none. */
    "CREATE TABLE mass_count ("
    "  mass INTEGER NOT NULL,"
    "  outcome TEXT NOT NULL,"
    "  count INTEGER NOT NULL CHECK (count > 0),"
    "  PRIMARY KEY (mass, outcome)"
    ") STRICT, WITHOUT ROWID;"

    /* The mass hold that alone keeps the certificate held; null where a person's report does. */
    "ALTER TABLE certificate ADD COLUMN held_by INTEGER;";

const struct trigger triggers_mass[] = {
    {"mass_content_stays", "UPDATE", "mass",
     "old.state > 0 AND (new.kind <> old.kind OR new.list <> old.list OR new.count <> old.count OR "
     "new.digest <> old.digest OR new.first <> old.first)",
     "the list of a mass act is never changed"},
    {"mass_goes_on", "UPDATE OF done", "mass", "new.done < old.done",
     "what is worked off stays worked off"},
    {"mass_is_kept", "DELETE", "mass", NULL, "a mass act is kept"},
    {"mass_entry_stays", "UPDATE", "mass_entry", NULL, "the list of a mass act is never changed"},
    {"mass_entry_is_kept", "DELETE", "mass_entry",
     "(SELECT state FROM mass WHERE number = old.mass) <> 4",
     "the list of a mass act is never changed"},
    {0},
};
