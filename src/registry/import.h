/* The first filling of the register from a file of comma-separated values, as a whole or not at
 * all. */
#pragma once

#include "registry/resident.h"

/* What an import found. faults: the first LIMIT_CSV_FAULTS of num_faults, in the file's order. */
struct import_report {
    size_t num_residents; /* taken; 0 after a failure */
    size_t num_faults;
    struct fault *faults;
};
void import_report_done(struct import_report *report);
#define CLEANUP_IMPORT_REPORT CLEANUP(import_report_done)

/* import_apply writes the residents of the file in the caller's open transaction. The first line
 * names the items in their order (registry/item.h); every line is one resident; quoting as csv.h.
 * Every bad line is reported as input : rule : fault, with its number, and then nothing is taken
 * (ERR_MALFORMED, *fault is the first). Refused besides what resident_check and certificates
 * refuse: a number or card that is there already, a representative who is not, a line that is
 * marked as sample in a register that is not, and the other way round. *report is filled in every
 * case and ended with import_report_done; input names the file in faults. */
enum err import_apply(struct store *store, struct bytes file, const char *input,
                      const struct municipalities *municipalities,
                      const struct substitutes *substitutes, struct import_report *report,
                      struct fault *fault) MUST_USE;
