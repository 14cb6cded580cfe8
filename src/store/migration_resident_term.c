/* By what residents are found. */
#include "store/migrations.h"

const char migration_resident_term[] =
    /* term: what somebody may begin to type, folded (registry/search), as bytes: their order is the
     * same in every database. Rows follow the resident's; those of a database that is older than
     * this table are made at its next start. */
    "CREATE TABLE resident_term ("
    "  term BLOB NOT NULL,"
    "  resident INTEGER NOT NULL,"
    "  PRIMARY KEY (term, resident)"
    ") STRICT, WITHOUT ROWID;";

const struct trigger triggers_resident_term[] = {{0}};
