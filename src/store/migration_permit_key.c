/* Which generation of the permit key a card obeys. */
#include "store/migrations.h"

const char migration_permit_key[] =
    /* A card that has no row obeys the first. */
    "CREATE TABLE card_permit_key ("
    "  card TEXT PRIMARY KEY REFERENCES card (id),"
    "  generation INTEGER NOT NULL CHECK (generation > 0)"
    ") STRICT;"
    "CREATE INDEX card_permit_key_generation ON card_permit_key (generation);";

const struct trigger triggers_permit_key[] = {
    {"card_permit_key_is_kept", "DELETE", "card_permit_key", NULL,
     "a card that was led to another permit key is known as such"},
    {0},
};
