/* What the database has of an import; for the acts on it and for the work. */
#pragma once

#include "centre/centre.h"

struct import_row {
    int64_t number, count, time, finished;
    enum import_state state;
    uint8_t digest[SHA256_LEN];
    char first[STAFF_NAME];
};

/* import_read reads the one that IMPORT_READ (number) or IMPORT_OF_STATE (state) finds;
 * ERR_NOT_FOUND. */
enum err import_read(struct centre *centre, enum statement statement, int64_t value,
                     struct import_row *out, struct fault *fault) MUST_USE;
