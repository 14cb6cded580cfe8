/* Tables that only grow: the journal's chain with the personal data beside it, its checkpoints, and
 * the changes of certificates' states (protocols of the journal and of acts and changes). Triggers
 * refuse every other edit; that an operator could drop them is what the chain is for. */
#include "store/migrations.h"

const char migration_journal[] =
    /* One entry of the chain; the encoding is centre/chain's (docs/PROTOCOL.journal). hash: the
     * head after this entry; previous: the head before it, for entry 1 thirty-two zeros.
     * commitment: hides and holds what lies in journal_personal, which can go while the chain still
     * verifies. second: of an act by two persons. */
    "CREATE TABLE journal ("
    "  sequence INTEGER PRIMARY KEY CHECK (sequence > 0),"
    "  previous BLOB NOT NULL CHECK (length(previous) = 32),"
    "  commitment BLOB NOT NULL CHECK (length(commitment) = 32),"
    "  kind TEXT NOT NULL,"
    "  actor TEXT NOT NULL,"
    "  role TEXT NOT NULL,"
    "  second TEXT,"
    "  time INTEGER NOT NULL,"
    "  hash BLOB NOT NULL CHECK (length(hash) = 32)"
    ") STRICT;"

    /* The personal part of an entry, until its term ends: then salt and data go together, and the
     * day (days since 1970-01-01) and the rule stay. */
    "CREATE TABLE journal_personal ("
    "  sequence INTEGER PRIMARY KEY REFERENCES journal (sequence),"
    "  salt BLOB CHECK (length(salt) = 32),"
    "  data BLOB,"
    "  erased_on INTEGER,"
    "  erased_rule TEXT,"
    "  CHECK ((salt IS NULL) = (erased_on IS NOT NULL)),"
    "  CHECK ((data IS NULL) = (erased_on IS NOT NULL)),"
    "  CHECK ((erased_rule IS NULL) = (erased_on IS NULL))"
    ") STRICT;"

    /* A signed head of the chain, as the signer returned it. */
    "CREATE TABLE journal_checkpoint ("
    "  sequence INTEGER PRIMARY KEY REFERENCES journal (sequence),"
    "  hash BLOB NOT NULL CHECK (length(hash) = 32),"
    "  time INTEGER NOT NULL,"
    "  signature BLOB NOT NULL"
    ") STRICT;"

    /* One change of one certificate's state. authority: 0 signature, 1 authentication (enum kind);
     * state and reason: the numbers of centre's enums; time: since when, in seconds; municipality:
     * the five-digit code; application: its number, null where none asked for the change. */
    "CREATE TABLE change ("
    "  epoch INTEGER PRIMARY KEY CHECK (epoch > 0),"
    "  authority INTEGER NOT NULL CHECK (authority IN (0, 1)),"
    "  serial INTEGER NOT NULL CHECK (serial > 0),"
    "  state INTEGER NOT NULL,"
    "  reason INTEGER NOT NULL,"
    "  time INTEGER NOT NULL,"
    "  municipality INTEGER NOT NULL,"
    "  application INTEGER"
    ") STRICT;"
    "CREATE INDEX change_by_serial ON change (authority, serial);";

const struct trigger triggers_journal[] = {
    {"journal_follows", "INSERT", "journal",
     "new.sequence <> (SELECT COALESCE(MAX(sequence), 0) + 1 FROM journal) OR new.previous <> "
     "COALESCE((SELECT hash FROM journal WHERE sequence = new.sequence - 1), zeroblob(32))",
     "a journal entry follows the last one"},
    {"journal_no_update", "UPDATE", "journal", NULL, "the journal is append-only"},
    {"journal_no_delete", "DELETE", "journal", NULL, "the journal is append-only"},
    {"journal_personal_only_erased", "UPDATE", "journal_personal",
     "old.erased_on IS NOT NULL OR new.erased_on IS NULL OR new.sequence <> old.sequence",
     "personal data is erased once and not edited"},
    {"journal_personal_no_delete", "DELETE", "journal_personal", NULL,
     "the journal is append-only"},
    {"journal_checkpoint_no_update", "UPDATE", "journal_checkpoint", NULL,
     "a checkpoint is append-only"},
    {"journal_checkpoint_no_delete", "DELETE", "journal_checkpoint", NULL,
     "a checkpoint is append-only"},
    {"change_no_update", "UPDATE", "change", NULL, "a change is append-only"},
    {"change_no_delete", "DELETE", "change", NULL, "a change is append-only"},
    {0},
};
