/* A centre with a database of its own and nine certificates of the kind signature, serials 1 to 9,
 * of which 1 is good, 2 held and 3 revoked; the others are reserved. */
#pragma once

#include <string.h>

#include "centre/centre.h"
#include "harness.h"

#define STORED_CARD "0003720000009993137220340514"

static char stored_folder[] = "/tmp/fuzz-stored-XXXXXX";
static struct centre stored_centre;

static inline void stored_end(void)
{
    mass_desk_done(&stored_centre.mass);
    store_close(stored_centre.store);
    folder_drop(stored_folder);
}

static inline void stored_run(enum statement statement, const struct value *values, size_t num)
{
    struct fault fault = {0};
    char text[512];
    if (store_run(stored_centre.store, statement, values, num, &fault) == ERR_NONE)
        return;
    fprintf(stderr, "%s\n", fault_print(&fault, text, sizeof text));
    abort();
}

static inline void stored_certificate(int64_t serial)
{
    uint8_t digest[32] = {(uint8_t)serial};
    char name[16];
    snprintf(name, sizeof name, "SAMPLE %d", (int)serial);
    stored_run(STATEMENT_SIGNING_INSERT,
               VALUES(value_integer(0), value_integer(serial), value_integer(1),
                      value_blob(bytes_of_text("tbs"))));
    stored_run(STATEMENT_CERTIFICATE_INSERT,
               VALUES(value_integer(0), value_integer(serial), value_integer(serial),
                      value_integer(serial), value_text(STORED_CARD),
                      value_blob(bytes_of(digest, 32)), value_text(name), value_integer(0),
                      value_integer(30000)));
    if (serial < 4)
        stored_run(STATEMENT_CERTIFICATE_STATE, VALUES(value_integer(0), value_integer(serial),
                                                       value_integer(STATUS_GOOD + serial - 1),
                                                       value_integer(0), value_integer(0)));
}

static inline void stored_start(void)
{
    static const uint8_t point[65];
    static const struct municipality town = {.code = "31372", .row = 1};
    static char path[sizeof stored_folder + 8];
    require(mkdtemp(stored_folder) != NULL);
    snprintf(path, sizeof path, "%s/db", stored_folder);
    stored_centre.town = &town;
    require(store_open(path, STORE_CREATE, &stored_centre.store, NULL) == ERR_NONE &&
            store_migrate(stored_centre.store, NULL) == ERR_NONE &&
            store_claim(stored_centre.store, NULL) == ERR_NONE &&
            store_begin(stored_centre.store, NULL) == ERR_NONE);
    stored_run(STATEMENT_STAFF_INSERT,
               VALUES(value_text("one"), value_text("one"), value_integer(1), value_integer(1),
                      value_integer(1)));
    stored_run(STATEMENT_CARD_INSERT,
               VALUES(value_text(STORED_CARD), value_blob(bytes_of(point, sizeof point)),
                      value_integer(0)));
    for (int64_t serial = 1; serial < 10; serial++)
        stored_certificate(serial);
    require(store_commit(stored_centre.store, NULL) == ERR_NONE);
    atexit(stored_end);
}
