/* What the two files of the engine on PostgreSQL share, and they alone: nobody else knows libpq. */
#pragma once

#include <libpq-fe.h>

#include "store/engine.h"

struct engine {
    PGconn *connection;
    bool is_reader;
    bool is_follower; /* a reader too */
    bool is_lost;     /* the connection */
    int64_t schema;   /* object id */
    int64_t num_changed;
};

/* A result frees itself: PGresult *result CLEANUP_RESULT = PQexec(…). */
void postgres_result_cleanup(PGresult **result);
#define CLEANUP_RESULT CLEANUP(postgres_result_cleanup)

bool postgres_is_done(const PGresult *result);
/* postgres_fault says what the server, or libpq where it did not answer, complains about, and notes
 * when the connection is lost. */
enum err postgres_fault(struct engine *engine, const PGresult *result, const char *rule,
                        struct fault *fault);

/* Statements, for the table of the engine (store/engine.h). */
enum err postgres_prepare(struct engine *engine, const struct statement_row *row,
                          struct engine_statement **out, struct fault *fault) MUST_USE;
void postgres_finish(struct engine_statement *statement);
bool postgres_writes(const struct engine_statement *statement);
enum err postgres_bind(struct engine_statement *statement, int number,
                       const struct value *value) MUST_USE;
enum err postgres_step(struct engine_statement *statement, bool *has_row,
                       struct fault *fault) MUST_USE;
void postgres_reset(struct engine_statement *statement);
int64_t postgres_num_changed(const struct engine *engine);
int postgres_num_columns(const struct engine_statement *statement);
enum err postgres_column(struct engine_statement *statement, int column,
                         struct value *out) MUST_USE;
