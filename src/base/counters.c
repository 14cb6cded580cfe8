/* The page of counters: its table, counting into it, reading it. */
#include "base/counters.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define MAGIC "JPKI counters 1"

/* A row's label stands in its first cell. */
struct cell {
    _Atomic uint64_t value;
    char label[COUNTER_LABEL];
};
_Static_assert(sizeof(struct cell) == 64, "one cache line for each");

/* The number of each counter's first cell. */
enum {
#define X(id, name, type, rows, help) FIRST_##id, LAST_##id = FIRST_##id + (rows)*CELLS_##type - 1,
    COUNTERS(X)
#undef X
        NUM_CELLS
};

struct counters {
    char magic[56];
    _Atomic uint64_t num_cells; /* stored last: the labels stand */
    struct cell cells[NUM_CELLS];
};

static struct counters own;
static struct counters *page = &own; /* or in shared memory */

const uint64_t counter_bounds[][HISTOGRAM_CELLS] = {
    [COUNTER_SECONDS] = {100, 300, 1000, 3000, 10000, 30000, 100000, 300000, 1000000, 3000000,
                         10000000},
    [COUNTER_SIZES] = {1, 2, 4, 8, 16, 32, 64},
};

/* --- the table --- */

static const char *const step_labels[] = {
    [COUNTED_DECIDE] = "step=\"decide\"",
    [COUNTED_SIGN] = "step=\"sign\"",
    [COUNTED_STORE] = "step=\"store\"",
};
_Static_assert(COUNT_OF(step_labels) == NUM_COUNTED_STEPS, "each has its label");

#define OF_KIND(what, kind) "what=\"" what "\",kind=\"" kind "\""
static const char *const signature_labels[] = {
    [COUNTED_AUTHORITY] = OF_KIND("authority", "signature"),
    [COUNTED_AUTHORITY + 1] = OF_KIND("authority", "authentication"),
    [COUNTED_LEAF] = OF_KIND("leaf", "signature"),
    [COUNTED_LEAF + 1] = OF_KIND("leaf", "authentication"),
    [COUNTED_RESPONDER] = OF_KIND("responder", "signature"),
    [COUNTED_RESPONDER + 1] = OF_KIND("responder", "authentication"),
    [COUNTED_LIST] = OF_KIND("list", "signature"),
    [COUNTED_LIST + 1] = OF_KIND("list", "authentication"),
    [COUNTED_PERMIT] = "what=\"permit\"",
    [COUNTED_CHECKPOINT] = "what=\"checkpoint\"",
};
_Static_assert(COUNT_OF(signature_labels) == NUM_COUNTED_SIGNATURES, "each has its label");

static const char *const question_labels[] = {
    [COUNTED_ASK_CERTIFICATES] = "question=\"certificates\"",
    [COUNTED_ASK_LIST] = "question=\"list\"",
    [COUNTED_ASK_PERMIT] = "question=\"permit\"",
    [COUNTED_ASK_CHECKPOINT] = "question=\"checkpoint\"",
};
_Static_assert(COUNT_OF(question_labels) == NUM_COUNTED_QUESTIONS, "each has its label");

/* Labels that are known before anybody counts; those of the others are made. */
static const struct {
    enum counter counter;
    const char *const *labels;
} known[] = {
    {COUNTER(BATCH_SECONDS), step_labels},
    {COUNTER(SIGNATURES), signature_labels},
    {COUNTER(SIGNER_SECONDS), question_labels},
};

const struct counter_row counter_rows[NUM_COUNTERS] = {
#define X(id, name, type, rows, help)                                                              \
    [COUNTER_##id##_ROW] = {name, help, COUNTER_##type, (rows), FIRST_##id, (rows) > 1},
    COUNTERS(X)
#undef X
};

unsigned counter_cells(enum counter_type type)
{
    static const unsigned cells[] = {CELLS_TOTAL, CELLS_GAUGE, CELLS_SECONDS, CELLS_SIZES};
    return cells[type];
}

static unsigned cell_number(enum counter counter, unsigned row)
{
    const struct counter_row *of = &counter_rows[counter];
    unsigned last = of->num_rows - 1;
    return of->first + (row < last ? row : last) * counter_cells(of->type);
}

/* --- counting --- */

static void cell_add(unsigned cell, uint64_t num)
{
    atomic_fetch_add_explicit(&page->cells[cell].value, num, memory_order_relaxed);
}

void counter_add(enum counter counter, unsigned row, uint64_t num)
{
    cell_add(cell_number(counter, row), num);
}

void counter_set(enum counter counter, unsigned row, uint64_t value)
{
    atomic_store_explicit(&page->cells[cell_number(counter, row)].value, value,
                          memory_order_relaxed);
}

void counter_observe(enum counter counter, unsigned row, int64_t value)
{
    enum counter_type type = counter_rows[counter].type;
    unsigned first = cell_number(counter, row), num_bounds = counter_cells(type) - 2, bucket = 0;
    uint64_t amount = value < 0 ? 0 : (uint64_t)value;
    while (bucket < num_bounds && amount > counter_bounds[type][bucket])
        bucket++;
    cell_add(first + num_bounds + 1, amount);
    cell_add(first + bucket, 1);
}

/* What a label may hold without being escaped. */
static bool is_plain(char c)
{
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

static void label_print(char label[static COUNTER_LABEL], const char *name, const char *value)
{
    int len = snprintf(label, COUNTER_LABEL, "%s=\"", name);
    while (*value && len < COUNTER_LABEL - 2) {
        label[len++] = is_plain(*value) ? *value : '?';
        value++;
    }
    label[len++] = '"';
    label[len] = '\0';
}

/* A label is written once, its first letter last: nobody reads half of one. */
static void label_store(struct cell *cell, const char *label)
{
    size_t len = strlen(label);
    memcpy(cell->label + 1, label + 1, len);
    atomic_thread_fence(memory_order_release);
    ((volatile char *)cell->label)[0] = label[0];
}

static unsigned row_take(enum counter counter, const char *name, const char *value)
{
    char label[COUNTER_LABEL];
    unsigned row = 0, last = counter_rows[counter].num_rows - 1;
    label_print(label, name, value);
    for (; row < last; row++) {
        struct cell *cell = &page->cells[cell_number(counter, row)];
        if (!cell->label[0])
            label_store(cell, label);
        if (strcmp(cell->label, label) == 0)
            return row;
    }
    struct cell *cell = &page->cells[cell_number(counter, last)];
    label_print(label, name, "other");
    if (!cell->label[0])
        label_store(cell, label);
    return last;
}

unsigned counter_named(enum counter counter, const char *name, const char *value)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    unsigned row = row_take(counter, name, value);
    pthread_mutex_unlock(&lock);
    return row;
}

void counter_act(unsigned place, const char *act, enum counted_outcome outcome)
{
    static const char *const outcomes[NUM_COUNTED] = {"done", "parked", "refused", "failed"};
    bool is_other = place >= COUNTED_ACTS - 1;
    unsigned row = (is_other ? COUNTED_ACTS - 1 : place) * NUM_COUNTED + (unsigned)outcome;
    struct cell *cell = &page->cells[cell_number(COUNTER(ACTS), row)];
    if (!cell->label[0]) {
        char label[COUNTER_LABEL];
        snprintf(label, sizeof label, "act=\"%.24s\",outcome=\"%s\"", is_other ? "other" : act,
                 outcomes[outcome]);
        label_store(cell, label);
    }
    counter_add(COUNTER(ACTS), row, 1);
}

/* --- the page --- */

size_t counters_size(void)
{
    return sizeof(struct counters);
}

static struct counters *page_map(int fd, int protection)
{
    struct stat info;
    if (fstat(fd, &info) != 0 || info.st_size != (off_t)sizeof(struct counters))
        return NULL;
    void *at = mmap(NULL, sizeof(struct counters), protection, MAP_SHARED, fd, 0);
    return at == MAP_FAILED ? NULL : at;
}

enum err counters_share(int fd)
{
    struct counters *shared = page_map(fd, PROT_READ | PROT_WRITE);
    if (!shared)
        return ERR_IO;
    page = shared;
    for (size_t i = 0; i < COUNT_OF(known); i++)
        for (unsigned row = 0; row < counter_rows[known[i].counter].num_rows; row++)
            label_store(&page->cells[cell_number(known[i].counter, row)], known[i].labels[row]);
    memcpy(page->magic, MAGIC, sizeof MAGIC);
    atomic_store_explicit(&page->num_cells, NUM_CELLS, memory_order_release);
    return ERR_NONE;
}

enum err counters_open(int fd, const struct counters **out)
{
    struct counters *shared = page_map(fd, PROT_READ);
    if (!shared)
        return ERR_MALFORMED;
    *out = shared;
    return ERR_NONE;
}

bool counters_label(const struct counters *counters, enum counter counter, unsigned row,
                    char label[static COUNTER_LABEL])
{
    const struct cell *cell = &counters->cells[cell_number(counter, row)];
    label[0] = '\0';
    if (atomic_load_explicit(&counters->num_cells, memory_order_acquire) != NUM_CELLS)
        return false;
    if (!counter_rows[counter].has_labels)
        return true;
    label[0] = ((const volatile char *)cell->label)[0];
    atomic_thread_fence(memory_order_acquire);
    memcpy(label + 1, cell->label + 1, COUNTER_LABEL - 1);
    label[COUNTER_LABEL - 1] = '\0';
    for (const char *c = label; *c; c++)
        if (*c != '"' && !is_plain(*c))
            return false;
    return label[0];
}

uint64_t counters_value(const struct counters *counters, enum counter counter, unsigned row,
                        unsigned cell)
{
    return atomic_load_explicit(&counters->cells[cell_number(counter, row) + cell].value,
                                memory_order_relaxed);
}
