/* Numbers that one process counts and another reads meanwhile: a page of shared memory that
 * `commit` writes and `status` tells as metrics (docs/PROTOCOL.status 6). Numbers of nobody: what
 * stands beside them are names of acts, rules and reasons. One table says what there is. Counting
 * costs one relaxed addition; before counters_share it goes into memory of the process's own. */
#pragma once

#include <stdint.h>

#include "base/bytes.h"

#define COUNTED_ACTS    96 /* names; whatever comes later counts as the last */
#define COUNTED_REASONS 160
#define COUNTED_RULES   64

/* How many cells a row has: a histogram one for each bound, one above them all, one for the sum. */
#define CELLS_TOTAL     1
#define CELLS_GAUGE     1
#define CELLS_SECONDS   13
#define CELLS_SIZES     9
#define HISTOGRAM_CELLS 13 /* the longest */

enum counter_type { COUNTER_TOTAL, COUNTER_GAUGE, COUNTER_SECONDS, COUNTER_SIZES };

enum counted_outcome { COUNTED_DONE, COUNTED_PARKED, COUNTED_REFUSED, COUNTED_FAILED, NUM_COUNTED };
enum counted_step { COUNTED_DECIDE, COUNTED_SIGN, COUNTED_STORE, NUM_COUNTED_STEPS };
/* What the signer is asked; certificates and lists of both kinds. */
enum counted_signature {
    COUNTED_AUTHORITY,
    COUNTED_LEAF = COUNTED_AUTHORITY + 2,
    COUNTED_RESPONDER = COUNTED_LEAF + 2,
    COUNTED_LIST = COUNTED_RESPONDER + 2,
    COUNTED_PERMIT = COUNTED_LIST + 2,
    COUNTED_CHECKPOINT,
    NUM_COUNTED_SIGNATURES
};
enum counted_question {
    COUNTED_ASK_CERTIFICATES,
    COUNTED_ASK_LIST,
    COUNTED_ASK_PERMIT,
    COUNTED_ASK_CHECKPOINT,
    NUM_COUNTED_QUESTIONS
};

/* id, name, type, rows, help */
/* clang-format off */
#define COUNTERS(X) \
    X(ACTS, "jpki_acts_total", TOTAL, COUNTED_ACTS * NUM_COUNTED, "Acts that were answered, by name and outcome; an approval counts as what it approves.") \
    X(REASONS, "jpki_act_refusals_total", TOTAL, COUNTED_REASONS, "Acts that were refused, by reason.") \
    X(CLIENTS, "jpki_act_clients", GAUGE, 1, "Connections to the acts socket.") \
    X(QUEUE, "jpki_act_queue", GAUGE, 1, "Requests that are here whole and in no batch yet.") \
    X(BATCH_ACTS, "jpki_batch_acts", SIZES, 1, "Acts that were taken into one transaction.") \
    X(BATCH_SECONDS, "jpki_batch_seconds", SECONDS, NUM_COUNTED_STEPS, "Of a batch: deciding it, until its signatures were here, storing them.") \
    X(COMMIT_SECONDS, "jpki_database_commit_seconds", SECONDS, 1, "Until a transaction was durable.") \
    X(DATABASE_ERRORS, "jpki_database_errors_total", TOTAL, 1, "Transactions that could not be begun, or not be kept.") \
    X(FENCE, "jpki_writer_fence", GAUGE, 1, "The fencing number of this writer.") \
    X(JOURNAL, "jpki_journal_entries", GAUGE, 1, "The number of the journal's last entry.") \
    X(JOURNAL_SIGNED, "jpki_journal_signed_entries", GAUGE, 1, "The last of them that a checkpoint covers.") \
    X(PARKED, "jpki_parked_acts", GAUGE, 1, "Acts that wait for a second person.") \
    X(MASS_LISTED, "jpki_mass_listed_certificates", GAUGE, 1, "Certificates in the list of the mass act that runs; 0: none does.") \
    X(MASS_WORKED, "jpki_mass_certificates_total", TOTAL, 1, "Certificates that mass acts have worked off.") \
    X(MAP_SYNC_SECONDS, "jpki_map_sync_seconds", SECONDS, 1, "Until the status maps were on the disk.") \
    X(SIGNATURES, "jpki_signatures_total", TOTAL, NUM_COUNTED_SIGNATURES, "What the signer signed, by what and kind.") \
    X(RULES, "jpki_signer_refusals_total", TOTAL, COUNTED_RULES, "What the signer refused, by rule.") \
    X(SIGNER_SECONDS, "jpki_signer_seconds", SECONDS, NUM_COUNTED_QUESTIONS, "Until the signer's answer was taken, by question.") \
    X(STARTED, "jpki_commit_start_seconds", GAUGE, 1, "When commit began to answer, since 1970.")
/* clang-format on */

enum counter {
#define X(id, ...) COUNTER_##id##_ROW,
    COUNTERS(X)
#undef X
        NUM_COUNTERS
};
#define COUNTER(id) COUNTER_##id##_ROW

struct counter_row {
    const char *name, *help;
    enum counter_type type;
    unsigned num_rows, first; /* cell of the page */
    bool has_labels;
};
extern const struct counter_row counter_rows[NUM_COUNTERS];

/* Upper bounds of a histogram's cells but the last; microseconds, or acts. */
extern const uint64_t counter_bounds[][HISTOGRAM_CELLS]; /* by counter_type */
unsigned counter_cells(enum counter_type type);

#define COUNTER_LABEL 56 /* with its NUL: name="value", several with commas */

/* --- counting, on any thread; counter_act on one --- */

void counter_add(enum counter counter, unsigned row, uint64_t num);
void counter_set(enum counter counter, unsigned row, uint64_t value);
/* counter_observe: one value of a histogram, microseconds or a size; below zero counts as zero. */
void counter_observe(enum counter counter, unsigned row, int64_t value);
/* counter_named is the row of name="value", made when it is new; when all are taken, the last,
 * which is called other. */
unsigned counter_named(enum counter counter, const char *name, const char *value);
/* counter_act counts an act by its place in the tables of acts. */
void counter_act(unsigned place, const char *act, enum counted_outcome outcome);

/* --- the page --- */

struct counters;

size_t counters_size(void);
/* counters_share has this process count in the file behind fd, which is of that size and zeros. */
enum err counters_share(int fd) MUST_USE;
/* counters_open maps it to be read. ERR_MALFORMED when it is none of this program. */
enum err counters_open(int fd, const struct counters **out) MUST_USE;
/* counters_label: false when nobody has counted there yet, or what stands there is no label. "" for
 * what has none. */
bool counters_label(const struct counters *counters, enum counter counter, unsigned row,
                    char label[static COUNTER_LABEL]);
uint64_t counters_value(const struct counters *counters, enum counter counter, unsigned row,
                        unsigned cell);
