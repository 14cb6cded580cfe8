/* The inside of a store, shared by store.c, run.c and rows.c. Private to this room. */
#pragma once

#include "store/engine.h"
#include "store/store.h"

struct store {
    const struct engine_ops *ops;
    struct engine *engine;
    bool is_reader;
    bool is_undecided; /* a commit was: no more work on this connection */
    bool is_replaced;  /* another process has become the writer: the same */
    bool is_in_transaction;
    bool is_spoiled; /* a statement failed since the innermost savepoint */
    int num_savepoints;
    int64_t fence; /* 0: no claim */
    struct engine_statement *prepared[NUM_STATEMENTS];
    bool is_busy[NUM_STATEMENTS]; /* its rows are being read */
};

/* store_refuse_lost is what is said once store_is_lost. */
enum err store_refuse_lost(const char *what, struct fault *fault) MUST_USE;
/* statement_start prepares (once), binds and marks busy; statement_stop ends that. */
enum err statement_start(struct store *store, enum statement statement, const struct value *values,
                         size_t num_values, struct fault *fault) MUST_USE;
void statement_stop(struct store *store, enum statement statement);
/* statement_failed spoils the transaction when a statement failed that writes, or that the database
 * answered with an error; returns err. */
enum err statement_failed(struct store *store, enum err err);
