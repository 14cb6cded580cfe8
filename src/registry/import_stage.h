/* An import that comes in parts: every line is checked and kept aside, and when the file is whole
 * and has no bad line, the residents go over into the register, part by part: first those without a
 * legal representative, then the others, so that each is there with all of theirs. A line that has
 * gone over is gone from what waits, in the same transaction: none is lost, none comes twice. */
#pragma once

#include "registry/import.h"

/* Begun: comes in. Taken: whole, goes over. Finished. Dropped: given up, lines still wait to be
 * deleted. Emptied: they are. */
enum import_state { IMPORT_BEGUN, IMPORT_TAKEN, IMPORT_FINISHED, IMPORT_DROPPED, IMPORT_EMPTIED };

/* import_stage keeps the lines of one part, in the caller's open transaction. `line` is the number
 * of the part's first line in the file; of line 1 the names of the columns are checked. *num is how
 * many lines the part has, the bad ones too. What is wrong with lines stands in *report, as with
 * import_apply, and is no error; besides: a number or card twice in the file. */
enum err import_stage(struct store *store, int64_t number, struct bytes part, int64_t line,
                      const char *input, const struct municipalities *municipalities,
                      const struct substitutes *substitutes, struct import_report *report,
                      int64_t *num, struct fault *fault) MUST_USE;

/* import_stage_check adds to *report what only the whole file shows: a representative who is
 * nobody, or who has one in the same file. */
enum err import_stage_check(struct store *store, int64_t number, const char *input,
                            struct import_report *report, struct fault *fault) MUST_USE;

/* How far it has gone over. Zeroed: from the beginning; it may be forgotten at any time. */
struct import_place {
    int64_t after;
    bool with_represented; /* those without a representative are all over */
};

/* import_stage_take lets `most` residents go over; *num of them did, 0: all have. */
enum err import_stage_take(struct store *store, int64_t number, int64_t most,
                           struct import_place *place, int64_t *num, struct fault *fault) MUST_USE;
