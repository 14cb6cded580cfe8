/* One line of an import: read, checked, complained about. For import.c, which takes a file at once,
 * and import_stage.c, which takes it in parts. */
#pragma once

#include "registry/csv.h"
#include "registry/import.h"

struct import {
    struct store *store;
    const char *input; /* names the file in faults */
    const struct municipalities *municipalities;
    const struct substitutes *substitutes;
    struct import_report *report;
    bool is_sample; /* the register's */
};

/* import_report_fault keeps a fault under the file's name and the line's number; line 0: of no one
 * line. Above LIMIT_CSV_FAULTS it is only counted. */
enum err import_report_fault(struct import *import, size_t line,
                             const struct fault *fault) MUST_USE;
/* The names of the columns, in their order. ERR_MALFORMED. */
enum err import_check_header(const struct csv *csv, struct fault *fault) MUST_USE;
/* import_decode makes a resident of a record and checks all that can be seen without the others. */
enum err import_decode(const struct import *import, const struct csv *csv, struct resident *out,
                       struct fault *fault) MUST_USE;
/* Whether an error says something about the line, and not about the database. */
bool import_is_about_the_line(enum err err);
