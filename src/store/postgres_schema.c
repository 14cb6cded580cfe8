/* The migrations' texts are SQLite's; here are the few words that PostgreSQL says otherwise, and
 * how it is told of a trigger. Nothing here knows a connection. */
#include "store/postgres_schema.h"

#include <ctype.h>
#include <string.h>

/* Texts are compared as SQLite does, by their bytes. Every table is strict. */
static const struct {
    const char *sqlite, *postgres;
} words[] = {
    {"INTEGER", "bigint"},
    {"TEXT", "text COLLATE \"C\""},
    {"BLOB", "bytea"},
    {"STRICT, WITHOUT ROWID", ""}, /* clustered by the key: SQLite's way only */
    {"STRICT", ""},
    /* whoever may read a view alone sees no row that it leaves out, by no function either */
    {"AS SELECT", "WITH (security_barrier) AS SELECT"},
    {"zeroblob(32)", "decode(repeat('00', 32), 'hex')"},
};

static bool is_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The length of the word of the table that begins here, 0 for none. */
static size_t word_translate(const char *at, struct buffer *sql)
{
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t len = strlen(words[i].sqlite);
        if (strncmp(at, words[i].sqlite, len) == 0 && !is_of_word(at[len])) {
            buffer_put_text(sql, words[i].postgres);
            return len;
        }
    }
    return 0;
}

static void put_translated(const char *text, struct buffer *sql)
{
    for (const char *at = text; *at;) {
        bool begins = at == text || !is_of_word(at[-1]);
        size_t len = begins ? word_translate(at, sql) : 0;
        if (len == 0)
            buffer_put(sql, at, 1);
        at += len ? len : 1;
    }
}

/* The condition stands in the function: a WHEN of PostgreSQL may ask no table. */
static void put_trigger(const struct trigger *trigger, struct buffer *sql)
{
    buffer_put_format(sql, "CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ",
                      trigger->name);
    put_translated(trigger->condition ? trigger->condition : "true", sql);
    buffer_put_format(sql,
                      " THEN RAISE EXCEPTION USING MESSAGE = '%s'; END IF; RETURN %s; END $$;"
                      "CREATE TRIGGER %s BEFORE %s ON %s FOR EACH ROW EXECUTE FUNCTION %s();",
                      trigger->message, strcmp(trigger->event, "DELETE") == 0 ? "old" : "new",
                      trigger->name, trigger->event, trigger->table, trigger->name);
}

void postgres_put_migration(const struct migration *row, struct buffer *sql)
{
    put_translated(row->sql, sql);
    for (const struct trigger *trigger = row->triggers; trigger->name; trigger++)
        put_trigger(trigger, sql);
}
