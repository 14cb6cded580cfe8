/* Tables of counter/: appointments and the places that they take. */
#include "store/migrations.h"

const char migration_appointment[] =
    /* office: its code in etc/appointments; procedure: law's word; begins, ends: seconds; state: 0
     * booked, 1 cancelled. person: the name as it is compared, without blanks; birth_date:
     * YYYYMMDD. code: SHA-256 of what its holder has; wrong_codes: how often another one was given;
     * changes: how often it was moved or cancelled. booked_by: of the staff, or whoever asks for
     * the public. */
    "CREATE TABLE appointment ("
    "  number INTEGER PRIMARY KEY CHECK (number > 0),"
    "  office TEXT NOT NULL,"
    "  procedure TEXT NOT NULL,"
    "  begins INTEGER NOT NULL,"
    "  ends INTEGER NOT NULL CHECK (ends > begins),"
    "  place INTEGER NOT NULL CHECK (place > 0),"
    "  state INTEGER NOT NULL CHECK (state IN (0, 1)),"
    "  name TEXT NOT NULL,"
    "  person TEXT NOT NULL,"
    "  birth_date INTEGER NOT NULL,"
    "  telephone TEXT NOT NULL,"
    "  note TEXT,"
    "  code BLOB NOT NULL CHECK (length(code) = 32),"
    "  wrong_codes INTEGER NOT NULL,"
    "  changes INTEGER NOT NULL,"
    "  booked INTEGER NOT NULL,"
    "  booked_by TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX appointment_by_day ON appointment (office, begins, place);"
    "CREATE INDEX appointment_by_person ON appointment (person, birth_date);"
    "CREATE INDEX appointment_by_birth_date ON appointment (birth_date);"
    "CREATE INDEX appointment_by_end ON appointment (ends);"

    /* What is taken: one row for each five minutes of an appointment that is not cancelled. slot:
     * so many five minutes since 1970. The key is what makes two in one place impossible. */
    "CREATE TABLE appointment_place ("
    "  office TEXT NOT NULL,"
    "  slot INTEGER NOT NULL,"
    "  place INTEGER NOT NULL CHECK (place > 0),"
    "  appointment INTEGER NOT NULL REFERENCES appointment (number),"
    "  PRIMARY KEY (office, slot, place)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX appointment_place_of ON appointment_place (appointment);";

const struct trigger triggers_appointment[] = {
    {"appointment_stays_cancelled", "UPDATE OF state", "appointment",
     "old.state = 1 AND new.state <> 1", "what is cancelled stays cancelled"},
    {0},
};
