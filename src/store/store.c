/* A connection and its transactions. What happens inside them is in run.c and rows.c; how the
 * database does it, in the engine. */
#include "store/store_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/counters.h"

/* Which engine an address asks for; the first row that fits. A path is SQLite's. */
static const struct {
    const char *begins;
    size_t skipped; /* of the address, before the engine gets it */
    const struct engine_ops *ops;
} engines[] = {
    {"postgresql://", 0, &engine_postgres},
    {"postgres://", 0, &engine_postgres},
    {"postgres:", strlen("postgres:"), &engine_postgres},
    {"", 0, &engine_sqlite},
};

static const struct engine_ops *engine_find(const char **address)
{
    size_t i = 0;
    while (strncmp(*address, engines[i].begins, strlen(engines[i].begins)) != 0)
        i++;
    *address += engines[i].skipped;
    return engines[i].ops;
}

bool store_is_file(const char *address)
{
    return engine_find(&address) == &engine_sqlite;
}

enum err store_open(const char *address, enum store_mode mode, struct store **out,
                    struct fault *fault)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return fault_set(fault, ERR_MEMORY, "open", "out of memory");
    store->is_reader = mode == STORE_READER || mode == STORE_FOLLOWER;
    store->ops = engine_find(&address);
    enum err err = store->ops->open(address, mode, &store->engine, fault);
    if (err != ERR_NONE) {
        store_close(store);
        return err;
    }
    *out = store;
    return ERR_NONE;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    store_rollback(store);
    for (size_t i = 0; i < NUM_STATEMENTS; i++)
        store->ops->finish(store->prepared[i]);
    store->ops->close(store->engine);
    free(store);
}

void store_cleanup(struct store **store)
{
    store_close(*store);
    *store = NULL;
}

bool store_is_lost(const struct store *store)
{
    return store->is_undecided || store->is_replaced || store->ops->is_lost(store->engine);
}

bool store_is_undecided(const struct store *store)
{
    return store->is_undecided;
}

enum err store_refuse_lost(const char *what, struct fault *fault)
{
    return fault_set(fault, ERR_IO, what,
                     "an earlier commit is undecided, another process has become the writer, or "
                     "the connection is lost: open again");
}

static enum err check_fence(struct store *store, struct fault *fault)
{
    int64_t fence;
    enum err err = store_ask_integer(store, STATEMENT_WRITER_READ, NO_VALUES, &fence, fault);
    store->is_replaced = err == ERR_NONE && fence != store->fence;
    if (store->is_replaced)
        return fault_set(fault, ERR_DENIED, "fence", "another process has become the writer");
    return err;
}

enum err store_copy(struct store *store, const char *path, struct fault *fault)
{
    if (store_is_lost(store))
        return store_refuse_lost("copy", fault);
    if (store->is_in_transaction)
        return fault_set(fault, ERR_STATE, "copy", "a transaction is open");
    return store->ops->copy(store->engine, path, fault);
}

enum err store_begin(struct store *store, struct fault *fault)
{
    if (store_is_lost(store))
        return store_refuse_lost("begin", fault);
    if (store->is_in_transaction)
        return fault_set(fault, ERR_STATE, "begin", "a transaction is open");
    enum err err = store->ops->begin(store->engine, fault);
    if (err != ERR_NONE) {
        counter_add(COUNTER(DATABASE_ERRORS), 0, 1);
        return err;
    }
    store->is_in_transaction = true;
    store->is_spoiled = false;
    store->num_savepoints = 0;
    err = store->fence ? check_fence(store, fault) : ERR_NONE;
    if (err != ERR_NONE)
        store_rollback(store);
    return err;
}

enum err store_commit(struct store *store, struct fault *fault)
{
    if (!store->is_in_transaction)
        return fault_set(fault, ERR_STATE, "commit", "no transaction is open");
    if (store->is_spoiled || !store->ops->is_in_transaction(store->engine)) {
        store_rollback(store);
        counter_add(COUNTER(DATABASE_ERRORS), 0, 1);
        return fault_set(fault, ERR_STATE, "commit", "a statement has failed; nothing is kept");
    }
    store->is_in_transaction = false;
    int64_t start = clock_monotonic_micro();
    enum err err = store->ops->commit(store->engine, &store->is_undecided, fault);
    counter_observe(COUNTER(COMMIT_SECONDS), 0, clock_monotonic_micro() - start);
    if (err != ERR_NONE)
        counter_add(COUNTER(DATABASE_ERRORS), 0, 1);
    return err;
}

void store_rollback(struct store *store)
{
    if (store->is_in_transaction)
        store->ops->rollback(store->engine);
    store->is_in_transaction = false;
}

/* Savepoints share one name: the innermost is meant. */
static enum err savepoint_script(struct store *store, const char *sql, int num_needed,
                                 struct fault *fault)
{
    if (!store->is_in_transaction || store->num_savepoints < num_needed)
        return fault_set(fault, ERR_STATE, sql, "nothing is open that it belongs to");
    return statement_failed(store, store->ops->script(store->engine, sql, fault));
}

enum err store_savepoint(struct store *store, struct fault *fault)
{
    if (store->is_spoiled)
        return fault_set(fault, ERR_STATE, "savepoint", "a statement has failed before");
    enum err err = savepoint_script(store, "SAVEPOINT act", 0, fault);
    if (err == ERR_NONE)
        store->num_savepoints++;
    return err;
}

enum err store_release(struct store *store, struct fault *fault)
{
    if (store->is_spoiled)
        return fault_set(fault, ERR_STATE, "release", "a statement has failed in this savepoint");
    enum err err = savepoint_script(store, "RELEASE SAVEPOINT act", 1, fault);
    if (err == ERR_NONE)
        store->num_savepoints--;
    return err;
}

enum err store_rollback_to(struct store *store, struct fault *fault)
{
    if (!store->ops->is_in_transaction(store->engine))
        return fault_set(fault, ERR_STATE, "rollback", "the whole transaction is lost");
    enum err err = savepoint_script(store, "ROLLBACK TO SAVEPOINT act", 1, fault);
    if (err == ERR_NONE)
        err = savepoint_script(store, "RELEASE SAVEPOINT act", 1, fault);
    if (err != ERR_NONE)
        return err;
    store->num_savepoints--;
    store->is_spoiled = false;
    return ERR_NONE;
}

enum err store_claim(struct store *store, struct fault *fault)
{
    if (store->is_in_transaction || store->is_reader)
        return fault_set(fault, ERR_STATE, "claim", "a transaction is open, or this is a reader");
    store->fence = 0;
    store->is_replaced = false;
    enum err err = store->ops->claim(store->engine, fault);
    if (err == ERR_NONE)
        err = store_begin(store, fault);
    if (err != ERR_NONE)
        return err;
    int64_t fence;
    err = store_ask_integer(store, STATEMENT_WRITER_RAISE, NO_VALUES, &fence, fault);
    if (err != ERR_NONE) {
        store_rollback(store);
        return err;
    }
    err = store_commit(store, fault);
    if (err == ERR_NONE) {
        store->fence = fence;
        counter_set(COUNTER(FENCE), 0, (uint64_t)fence);
    }
    return err;
}
