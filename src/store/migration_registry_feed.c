/* Tables of what comes into the register from outside: imports that come in parts, who sends
 * events, events whose day is still to come, and what each event did. */
#include "store/migrations.h"

const char migration_registry_feed[] =
    /* An import that comes in parts. state: enum import_state of registry/import_stage.h. */
    "CREATE TABLE import ("
    "  number INTEGER PRIMARY KEY,"
    "  state INTEGER NOT NULL CHECK (state IN (0, 1, 2, 3, 4)),"
    "  count INTEGER NOT NULL,"
    "  digest BLOB CHECK (length(digest) = 32),"
    "  first TEXT NOT NULL REFERENCES staff (name),"
    "  time INTEGER NOT NULL,"
    "  finished INTEGER"
    ") STRICT;"
    "CREATE INDEX import_by_state ON import (state);"

    /* Residents that wait. record: the line of the file, line: its number there. */
    "CREATE TABLE import_line ("
    "  import INTEGER NOT NULL,"
    "  number INTEGER NOT NULL,"
    "  line INTEGER NOT NULL,"
    "  card_id TEXT,"
    "  representative INTEGER,"
    "  record TEXT NOT NULL,"
    "  PRIMARY KEY (import, number),"
    "  UNIQUE (import, card_id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX import_line_represented ON import_line (import, number)"
    " WHERE representative IS NOT NULL;"

    /* Who sends events through the pages. token: SHA-256 of what they show. */
    "CREATE TABLE sender ("
    "  name TEXT PRIMARY KEY,"
    "  token BLOB NOT NULL UNIQUE CHECK (length(token) = 32),"
    "  added INTEGER NOT NULL,"
    "  added_by TEXT NOT NULL REFERENCES staff (name),"
    "  ended INTEGER,"
    "  ended_by TEXT REFERENCES staff (name),"
    "  CHECK ((ended IS NULL) = (ended_by IS NULL))"
    ") STRICT;"

    /* Events that were told before their day. state: enum ahead_state of registry/event_ahead.h;
     * code: why it was refused on its day; fields: of the act, JSON, personal, null once it is
     * decided. */
    "CREATE TABLE event_ahead ("
    "  number TEXT PRIMARY KEY,"
    "  resident INTEGER NOT NULL REFERENCES resident (number),"
    "  event TEXT NOT NULL,"
    "  effective INTEGER NOT NULL,"
    "  fields TEXT,"
    "  digest BLOB NOT NULL CHECK (length(digest) = 32),"
    "  state INTEGER NOT NULL CHECK (state IN (0, 1, 2, 3)),"
    "  code TEXT,"
    "  time INTEGER NOT NULL,"
    "  decided INTEGER,"
    "  CHECK ((state = 0) = (decided IS NULL))"
    ") STRICT;"
    "CREATE INDEX event_ahead_due ON event_ahead (effective) WHERE state = 0;"
    "CREATE INDEX event_ahead_by_resident ON event_ahead (resident);"

    /* What an event did, and when. what: signature 0, authentication 1, card 2; serial: 0 of a
     * card; effect, code: law's words. */
    "CREATE TABLE event_effect ("
    "  event TEXT NOT NULL REFERENCES resident_event (number),"
    "  what INTEGER NOT NULL CHECK (what IN (0, 1, 2)),"
    "  serial INTEGER NOT NULL,"
    "  effect TEXT NOT NULL,"
    "  statements TEXT NOT NULL,"
    "  code TEXT NOT NULL,"
    "  since INTEGER NOT NULL,"
    "  time INTEGER NOT NULL,"
    "  PRIMARY KEY (event, what, serial)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX event_effect_by_certificate ON event_effect (what, serial);";

const struct trigger triggers_registry_feed[] = {
    {"import_content_stays", "UPDATE", "import",
     "old.state > 0 AND (new.count <> old.count OR new.digest <> old.digest OR "
     "new.first <> old.first)",
     "what was imported is never changed"},
    {"import_is_kept", "DELETE", "import", NULL, "an import is kept"},
    {"import_line_stays", "UPDATE", "import_line", NULL, "what was imported is never changed"},
    {"sender_is_who_it_was", "UPDATE OF name, token, added, added_by", "sender", NULL,
     "the token of a sender is never given to another"},
    {"sender_ends_once", "UPDATE OF ended, ended_by", "sender", "old.ended IS NOT NULL",
     "a sender that has ended stays so"},
    {"sender_stays", "DELETE", "sender", NULL, "who sent events is kept"},
    {"event_ahead_is_decided_once", "UPDATE OF state, code, decided", "event_ahead",
     "old.state <> 0", "an event is decided once"},
    {"event_ahead_stays", "DELETE", "event_ahead", NULL, "events are kept"},
    {"event_effect_stays", "UPDATE", "event_effect", NULL, "what an event did is never changed"},
    {"event_effect_is_kept", "DELETE", "event_effect", NULL, "what an event did is kept"},
    {0},
};
