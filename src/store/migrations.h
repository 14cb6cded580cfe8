/* The numbered migrations: the only SQL that is not a named statement. Private to this room.
 *
 * To add one: write its text and its triggers in a migration_*.c of its room, declare both here,
 * add a row at the end of the table in migrate.c. A migration that has been released is never
 * edited.
 *
 * The text is SQLite's: a table is STRICT, its columns INTEGER, TEXT or BLOB; a table is made
 * before another refers to it. For PostgreSQL a few words of it are replaced (postgres_schema.c). A
 * trigger refuses an edit; each engine writes it in its own way. */
#pragma once

#include <stddef.h>

#include "store/store.h"

/* Before the event on the table, where the condition holds: ERR_DENIED with the message. */
struct trigger {
    const char *name;
    const char *event; /* "INSERT", "UPDATE", "UPDATE OF column, …", "DELETE" */
    const char *table;
    const char *condition; /* of old and new; NULL: always */
    const char *message;
};

struct migration {
    const char *name;
    const char *sql;
    const struct trigger *triggers; /* ended by a row without a name */
};

/* journal and changes */
extern const char migration_journal[];
extern const struct trigger triggers_journal[];
/* staff, certificates, cards, nonces, permits */
extern const char migration_centre[];
extern const struct trigger triggers_centre[];
/* applications and their steps */
extern const char migration_counter[];
extern const struct trigger triggers_counter[];
/* residents and their events */
extern const char migration_registry[];
extern const struct trigger triggers_registry[];
/* lists of certificates and the acts on them */
extern const char migration_mass[];
extern const struct trigger triggers_mass[];
/* when personal data of the journal end, and whom an entry is about */
extern const char migration_retention[];
extern const struct trigger triggers_retention[];
/* what was asked of a second person, once its term has ended */
extern const char migration_parked[];
extern const struct trigger triggers_parked[];
/* which permit key a card obeys */
extern const char migration_permit_key[];
extern const struct trigger triggers_permit_key[];
/* nodes that follow, their certificates, and what they may read */
extern const char migration_follower[];
extern const struct trigger triggers_follower[];
/* appointments and the places that they take */
extern const char migration_appointment[];
extern const struct trigger triggers_appointment[];
/* what is to be brought for an application */
extern const char migration_paper[];
extern const struct trigger triggers_paper[];
/* the cards by which staff log in */
extern const char migration_staff_card[];
extern const struct trigger triggers_staff_card[];
/* by what residents are found */
extern const char migration_resident_term[];
extern const struct trigger triggers_resident_term[];
/* by what an appointment is found that comes twice */
extern const char migration_appointment_code[];
extern const struct trigger triggers_appointment_code[];
/* notices to holders */
extern const char migration_notice[];
extern const struct trigger triggers_notice[];
/* imports in parts, who sends events, events ahead, and what each did */
extern const char migration_registry_feed[];
extern const struct trigger triggers_registry_feed[];
/* by what the auditor looks */
extern const char migration_audit[];
extern const struct trigger triggers_audit[];

/* migrate applies those of num rows that the database does not have yet; row i is number i + 1. */
enum err migrate(struct store *store, const struct migration *rows, size_t num,
                 struct fault *fault) MUST_USE;
