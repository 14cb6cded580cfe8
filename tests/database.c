#include "database.h"

#include "check.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define POSTGRES "postgres:"

static char address[256];
static char schema[32];

static const char *base(void)
{
    const char *text = getenv("JPKI_TEST_STORE");
    return text ? text : "";
}

bool database_is_postgres(void)
{
    return strncmp(base(), POSTGRES, strlen(POSTGRES)) == 0;
}

static void say_nothing(void *context, const char *message)
{
    (void)context;
    (void)message;
}

static enum err postgres_sql(const char *connection_string, const char *sql)
{
    PGconn *connection = PQconnectdb(connection_string);
    PQsetNoticeProcessor(connection, say_nothing, NULL);
    PGresult *result = PQexec(connection, sql);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    ExecStatusType status = PQresultStatus(result);
    enum err err = ERR_USAGE;
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        err = ERR_NONE;
    else if (state && (strncmp(state, "23", 2) == 0 || strcmp(state, "P0001") == 0))
        err = ERR_DENIED;
    if (err == ERR_USAGE)
        print_message("# %s", PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
    return err;
}

static enum err sqlite_sql(const char *path, const char *sql)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    int code = sqlite3_exec(database, sql, NULL, NULL, NULL);
    sqlite3_close(database);
    return code == SQLITE_OK ? ERR_NONE : code == SQLITE_CONSTRAINT ? ERR_DENIED : ERR_USAGE;
}

const char *database_new(const char *folder)
{
    uint64_t number;
    if (!database_is_postgres()) {
        snprintf(address, sizeof address, "%s/town.db", folder);
        return address;
    }
    assert_int_equal(getrandom(&number, sizeof number, 0), sizeof number);
    snprintf(schema, sizeof schema, "test_%016llx", (unsigned long long)number);
    snprintf(address, sizeof address, "%s options=-csearch_path=%s", base(), schema);
    char sql[64];
    snprintf(sql, sizeof sql, "CREATE SCHEMA %s", schema);
    assert_ok(postgres_sql(base() + strlen(POSTGRES), sql));
    return address;
}

/* A test that failed may have left a transaction open: then the schema stays. */
void database_drop(void)
{
    char sql[96];
    if (!database_is_postgres())
        return;
    snprintf(sql, sizeof sql, "SET lock_timeout = '2s'; DROP SCHEMA %s CASCADE", schema);
    (void)!postgres_sql(base() + strlen(POSTGRES), sql);
}

enum err database_sql(const char *sql)
{
    return database_is_postgres() ? postgres_sql(address + strlen(POSTGRES), sql)
                                  : sqlite_sql(address, sql);
}

static long long postgres_integer(const char *connection_string, const char *sql)
{
    PGconn *connection = PQconnectdb(connection_string);
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1)
        fail_msg("%s: %s", sql, PQerrorMessage(connection));
    long long number = atoll(PQgetvalue(result, 0, 0));
    PQclear(result);
    PQfinish(connection);
    return number;
}

static long long sqlite_integer(const char *path, const char *sql)
{
    sqlite3 *database;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    sqlite3_busy_timeout(database, 5000);
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    long long number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return number;
}

long long database_integer(const char *sql)
{
    return database_is_postgres() ? postgres_integer(address + strlen(POSTGRES), sql)
                                  : sqlite_integer(address, sql);
}

void database_drop_trigger(const char *name, const char *table)
{
    char sql[160];
    if (database_is_postgres())
        snprintf(sql, sizeof sql, "DROP TRIGGER IF EXISTS %s ON %s", name, table);
    else
        snprintf(sql, sizeof sql, "DROP TRIGGER IF EXISTS %s", name);
    assert_ok(database_sql(sql));
}
