/* Tables of centre/: staff, authorities, what waits for a signature, certificates, cards, nonces,
 * permits, acts that wait for a second person, CRLs. */
#include "store/migrations.h"

const char migration_centre[] =
    /* roles: the bits of centre/staff. uid: of the login that the kernel names, null for none. */
    "CREATE TABLE staff ("
    "  name TEXT PRIMARY KEY,"
    "  label TEXT NOT NULL,"
    "  uid INTEGER UNIQUE,"
    "  roles INTEGER NOT NULL CHECK (roles > 0),"
    "  is_active INTEGER NOT NULL CHECK (is_active IN (0, 1))"
    ") STRICT;"

    /* What the signer is asked to sign, under its serial: durable here before it is asked. Not
     * signed and not refused: it waits, and is sent again after a restart. what: enum
     * signer_certificate. */
    "CREATE TABLE signing ("
    "  kind INTEGER NOT NULL CHECK (kind IN (0, 1)),"
    "  serial INTEGER NOT NULL CHECK (serial > 0),"
    "  what INTEGER NOT NULL CHECK (what IN (0, 1, 2)),"
    "  tbs BLOB NOT NULL,"
    "  signature BLOB,"
    "  is_refused INTEGER NOT NULL CHECK (is_refused IN (0, 1)),"
    "  PRIMARY KEY (kind, serial)"
    ") STRICT;"
    "CREATE INDEX signing_waiting ON signing (kind, serial)"
    " WHERE signature IS NULL AND is_refused = 0;"

    /* Cards that were registered. point: the public half of the card key. state: enum card_state.
     */
    "CREATE TABLE card ("
    "  id TEXT PRIMARY KEY CHECK (length(id) = 28),"
    "  point BLOB NOT NULL UNIQUE CHECK (length(point) = 65),"
    "  made INTEGER NOT NULL"
    ") STRICT;"

    /* Certificates of residents. state: enum status_state; since: second of the hold or revocation;
     * installed: second of the receipt. One that lives is one whose state is 1, 2 or 3. */
    "CREATE TABLE certificate ("
    "  kind INTEGER NOT NULL,"
    "  serial INTEGER NOT NULL,"
    "  application INTEGER NOT NULL,"
    "  resident INTEGER NOT NULL,"
    "  card TEXT NOT NULL REFERENCES card (id),"
    "  key_digest BLOB NOT NULL UNIQUE CHECK (length(key_digest) = 32),"
    "  leaf_digest BLOB CHECK (length(leaf_digest) = 32),"
    "  common_name TEXT NOT NULL UNIQUE,"
    "  issued INTEGER NOT NULL,"
    "  last_day INTEGER NOT NULL,"
    "  state INTEGER NOT NULL CHECK (state IN (1, 2, 3, 4)),"
    "  reason INTEGER NOT NULL,"
    "  since INTEGER NOT NULL,"
    "  installed INTEGER,"
    "  PRIMARY KEY (kind, serial),"
    "  FOREIGN KEY (kind, serial) REFERENCES signing (kind, serial)"
    ") STRICT;"
    "CREATE UNIQUE INDEX certificate_one_live ON certificate (application, kind) WHERE state < 4;"
    "CREATE INDEX certificate_by_resident ON certificate (resident);"
    "CREATE INDEX certificate_by_card ON certificate (card);"
    "CREATE INDEX certificate_not_installed ON certificate (issued)"
    " WHERE installed IS NULL AND state < 4;"

    /* application: null for one given to nobody's application. */
    "CREATE TABLE nonce ("
    "  nonce BLOB PRIMARY KEY CHECK (length(nonce) = 16),"
    "  application INTEGER,"
    "  made INTEGER NOT NULL,"
    "  used INTEGER"
    ") STRICT;"

    "CREATE TABLE permit ("
    "  challenge BLOB PRIMARY KEY CHECK (length(challenge) = 16),"
    "  application INTEGER NOT NULL,"
    "  kind INTEGER NOT NULL,"
    "  purpose INTEGER NOT NULL,"
    "  card TEXT NOT NULL,"
    "  made INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX permit_by_application ON permit (application, kind, purpose);"

    /* Acts that wait for the second person. finished: null while they wait. */
    "CREATE TABLE parked ("
    "  number INTEGER PRIMARY KEY,"
    "  act TEXT NOT NULL,"
    "  fields TEXT NOT NULL,"
    "  first TEXT NOT NULL REFERENCES staff (name),"
    "  made INTEGER NOT NULL,"
    "  second TEXT REFERENCES staff (name),"
    "  finished INTEGER,"
    "  CHECK (second IS NULL OR second <> first)"
    ") STRICT;"

    /* municipality: its code; 0: the full list. */
    "CREATE TABLE crl ("
    "  kind INTEGER NOT NULL,"
    "  generation INTEGER NOT NULL CHECK (generation > 0),"
    "  municipality INTEGER NOT NULL,"
    "  number INTEGER NOT NULL,"
    "  this_update INTEGER NOT NULL,"
    "  epoch INTEGER NOT NULL,"
    "  digest BLOB NOT NULL CHECK (length(digest) = 32),"
    "  PRIMARY KEY (kind, generation, municipality, number)"
    ") STRICT;"
    "CREATE INDEX crl_number ON crl (kind, number);"

    /* Up to which change the lists of all municipalities were made. */
    "CREATE TABLE crl_done ("
    "  kind INTEGER PRIMARY KEY,"
    "  epoch INTEGER NOT NULL"
    ") STRICT;";

const struct trigger triggers_centre[] = {
    {"signing_tbs_stays", "UPDATE OF kind, serial, what, tbs", "signing", NULL,
     "what is to be signed is never changed"},
    {"signing_stays", "DELETE", "signing", NULL, "what was to be signed is kept"},
    {"certificate_stays_revoked", "UPDATE OF state", "certificate",
     "old.state = 4 AND new.state <> 4", "what is revoked stays revoked"},
    {"card_stays", "UPDATE", "card", NULL, "a registered card keeps its key"},
    {"nonce_counts_once", "UPDATE", "nonce", "old.used IS NOT NULL", "a nonce counts once"},
    /* The second person approves a number: under it stands what they read, and it runs once. */
    {"parked_content_stays", "UPDATE OF number, act, fields, first, made", "parked", NULL,
     "what waits for approval is never changed"},
    {"parked_runs_once", "UPDATE", "parked", "old.finished IS NOT NULL",
     "an approved act is finished"},
    {"parked_is_kept", "DELETE", "parked", NULL, "what was asked is kept"},
    {0},
};
