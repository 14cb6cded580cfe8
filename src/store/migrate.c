/* Brings a database to this program's version: the table of migrations, and the walk along it. */
#include "store/migrations.h"

#include "store/store_private.h"

static const char migration_store[] =
    /* One row: the number that each new writer raises (store_claim). */
    "CREATE TABLE writer ("
    "  number INTEGER PRIMARY KEY CHECK (number = 1),"
    "  fence INTEGER NOT NULL"
    ") STRICT;"
    "INSERT INTO writer (number, fence) VALUES (1, 0);"
    /* What is true of the whole data. 'sample' is written at creation and never changes. */
    "CREATE TABLE property ("
    "  name TEXT PRIMARY KEY,"
    "  value TEXT NOT NULL"
    ") STRICT;";

static const struct trigger triggers_store[] = {
    {"property_sample_stays", "UPDATE", "property", "old.name = 'sample'",
     "sample data stays sample data"},
    {"property_sample_is_kept", "DELETE", "property", "old.name = 'sample'",
     "sample data stays sample data"},
    {0},
};

static const struct migration migrations[] = {
    {"store", migration_store, triggers_store},
    {"journal", migration_journal, triggers_journal},
    {"centre", migration_centre, triggers_centre},
    {"counter", migration_counter, triggers_counter},
    {"registry", migration_registry, triggers_registry},
    {"mass", migration_mass, triggers_mass},
    {"retention", migration_retention, triggers_retention},
    {"permit_key", migration_permit_key, triggers_permit_key},
    {"follower", migration_follower, triggers_follower},
    {"parked", migration_parked, triggers_parked},
    {"paper", migration_paper, triggers_paper},
    {"appointment", migration_appointment, triggers_appointment},
    {"staff_card", migration_staff_card, triggers_staff_card},
    {"resident_term", migration_resident_term, triggers_resident_term},
    {"appointment_code", migration_appointment_code, triggers_appointment_code},
    {"notice", migration_notice, triggers_notice},
    {"registry_feed", migration_registry_feed, triggers_registry_feed},
    {"audit", migration_audit, triggers_audit},
};

/* The table of migrations is itself older than all of them. */
static const struct trigger no_triggers[] = {{0}};
static const struct migration bootstrap = {"migration",
                                           "CREATE TABLE IF NOT EXISTS migration ("
                                           "  number INTEGER PRIMARY KEY,"
                                           "  name TEXT NOT NULL"
                                           ") STRICT;",
                                           no_triggers};

static enum err migrate_one(struct store *store, int64_t number, const struct migration *row,
                            struct fault *fault)
{
    enum err err = store_begin(store, fault);
    if (err == ERR_NONE)
        err = store->ops->migrate(store->engine, row, fault);
    if (err == ERR_NONE)
        err = store_run(store, STATEMENT_MIGRATION_INSERT,
                        VALUES(value_integer(number), value_text(row->name)), fault);
    if (err == ERR_NONE)
        return store_commit(store, fault);
    store_rollback(store);
    return err;
}

static enum err read_version(struct store *store, size_t num, int64_t *out, struct fault *fault)
{
    int64_t version;
    enum err err = store_ask_integer(store, STATEMENT_MIGRATION_LAST, NO_VALUES, &version, fault);
    if (err != ERR_NONE)
        return err;
    if (version < 0 || version > (int64_t)num)
        return fault_set(fault, ERR_STATE, "version",
                         "the database has version %lld, not up to %zu", (long long)version, num);
    *out = version;
    return ERR_NONE;
}

enum err migrate(struct store *store, const struct migration *rows, size_t num, struct fault *fault)
{
    enum err err = store->ops->migrate(store->engine, &bootstrap, fault);
    int64_t version = 0;
    if (err == ERR_NONE)
        err = read_version(store, num, &version, fault);
    for (; err == ERR_NONE && version < (int64_t)num; version++)
        err = migrate_one(store, version + 1, &rows[version], fault);
    return err;
}

enum err store_migrate(struct store *store, struct fault *fault)
{
    return migrate(store, migrations, COUNT_OF(migrations), fault);
}

enum err store_check_version(struct store *store, struct fault *fault)
{
    int64_t version = 0;
    enum err err = read_version(store, COUNT_OF(migrations), &version, fault);
    if (err == ERR_NONE && version != COUNT_OF(migrations))
        return fault_set(fault, ERR_STATE, "version", "the database has version %lld, not %zu",
                         (long long)version, COUNT_OF(migrations));
    return err;
}
