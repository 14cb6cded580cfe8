/* Tables of centre/follower: nodes that follow this database and answer OCSP, the certificates made
 * for their keys; and what such a node reads of tables in which more stands than it may know. */
#include "store/migrations.h"

const char migration_follower[] =
    /* A row is kept when its follower is removed: the key does not come back. */
    "CREATE TABLE follower ("
    "  number INTEGER PRIMARY KEY,"
    "  name TEXT NOT NULL,"
    "  spki BLOB NOT NULL UNIQUE,"
    "  added INTEGER NOT NULL,"
    "  removed INTEGER"
    ") STRICT;"
    "CREATE UNIQUE INDEX follower_one_name ON follower (name) WHERE removed IS NULL;"

    /* Which of the responder certificates are a follower's. renewal: the second from which the next
     * one is due. */
    "CREATE TABLE follower_certificate ("
    "  kind INTEGER NOT NULL,"
    "  serial INTEGER NOT NULL,"
    "  follower INTEGER NOT NULL REFERENCES follower (number),"
    "  generation INTEGER NOT NULL,"
    "  renewal INTEGER NOT NULL,"
    "  not_after INTEGER NOT NULL,"
    "  PRIMARY KEY (kind, serial),"
    "  FOREIGN KEY (kind, serial) REFERENCES signing (kind, serial)"
    ") STRICT;"
    "CREATE INDEX follower_certificate_by_follower"
    " ON follower_certificate (follower, kind, generation, serial);"

    /* What makes a full list out of the bytes that a follower builds itself. */
    "CREATE TABLE crl_signature ("
    "  kind INTEGER NOT NULL,"
    "  generation INTEGER NOT NULL,"
    "  municipality INTEGER NOT NULL CHECK (municipality = 0),"
    "  number INTEGER NOT NULL,"
    "  signature BLOB NOT NULL,"
    "  PRIMARY KEY (kind, generation, municipality, number),"
    "  FOREIGN KEY (kind, generation, municipality, number)"
    "   REFERENCES crl (kind, generation, municipality, number)"
    ") STRICT;"

    /* Changes with what else the map shows. What a list taught after a restore has no certificate
     * here yet, and stays on the lists as long as the map can say. */
    "CREATE VIEW change_shown AS"
    " SELECT c.epoch, c.authority, c.serial, c.state, c.reason, c.time,"
    " COALESCE(l.last_day, 65535) AS last_day, c.municipality"
    " FROM change c LEFT JOIN certificate l ON l.kind = c.authority AND l.serial = c.serial;"

    /* Certificates of authorities and responders; residents' say who they are. */
    "CREATE VIEW own_certificate AS"
    " SELECT kind, serial, what, tbs, signature FROM signing"
    " WHERE what IN (0, 2) AND signature IS NOT NULL;"
    "CREATE INDEX signing_own ON signing (kind, serial) WHERE what IN (0, 2);";

const struct trigger triggers_follower[] = {
    {"follower_stays", "UPDATE OF number, name, spki, added", "follower", NULL,
     "a registered follower keeps its key"},
    {"follower_stays_removed", "UPDATE", "follower", "old.removed IS NOT NULL",
     "what is removed stays removed"},
    {"follower_is_kept", "DELETE", "follower", NULL, "a follower is kept"},
    {"follower_certificate_stays", "UPDATE", "follower_certificate", NULL,
     "a certificate stays with its follower"},
    {"follower_certificate_is_kept", "DELETE", "follower_certificate", NULL,
     "a certificate stays with its follower"},
    {0},
};
