#include "status/metrics.h"

#include <inttypes.h>

static const char *const outcomes[NUM_RESPONDER_OUTCOMES] = {
    [RESPONDER_GOOD] = "good",           [RESPONDER_REVOKED] = "revoked",
    [RESPONDER_UNKNOWN] = "unknown",     [RESPONDER_SEVERAL] = "several",
    [RESPONDER_MALFORMED] = "malformed", [RESPONDER_UNAUTHORIZED] = "unauthorized",
    [RESPONDER_TRY_LATER] = "try_later", [RESPONDER_INTERNAL_ERROR] = "internal_error",
};

void metrics_count(struct metrics *metrics, enum responder_outcome outcome)
{
    atomic_fetch_add_explicit(&metrics->answers[outcome], 1, memory_order_relaxed);
}

static void put_head(struct buffer *out, const char *name, const char *type, const char *help)
{
    buffer_put_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_kinds(struct buffer *out, const char *name, const char *help,
                      const uint64_t values[static NUM_KINDS])
{
    put_head(out, name, "gauge", help);
    for (int kind = 0; kind < NUM_KINDS; kind++)
        buffer_put_format(out, "%s{kind=\"%s\"} %" PRIu64 "\n", name, kind_name((enum kind)kind),
                          values[kind]);
}

static void put_feed(struct buffer *out, int64_t age)
{
    put_head(out, "jpki_feed_age_seconds", "gauge",
             "How long ago the database was read to its end; -1: never since the start.");
    if (age == INT64_MAX)
        buffer_put_text(out, "jpki_feed_age_seconds -1\n");
    else
        buffer_put_format(out, "jpki_feed_age_seconds %" PRId64 ".%03d\n", age / 1000,
                          (int)(age % 1000));
}

void metrics_put(struct metrics *metrics, const struct metrics_facts *facts, struct buffer *out)
{
    put_head(out, "jpki_ocsp_answers_total", "counter",
             "OCSP answers, by what they said; several: about more than one certificate.");
    for (size_t i = 0; i < NUM_RESPONDER_OUTCOMES; i++)
        buffer_put_format(
            out, "jpki_ocsp_answers_total{outcome=\"%s\"} %" PRIu64 "\n", outcomes[i],
            (uint64_t)atomic_load_explicit(&metrics->answers[i], memory_order_relaxed));
    put_kinds(out, "jpki_map_epoch", "Every change up to it is answered.", facts->epochs);
    put_kinds(out, "jpki_map_highest_serial", "How many serials were used.", facts->highest);
    put_kinds(out, "jpki_list_epoch", "Every change up to it is in the published list.",
              facts->published);
    put_head(out, "jpki_responder_renewal_seconds", "gauge",
             "When the responder asks for new certificates, since 1970; 0: one is missing.");
    buffer_put_format(out, "jpki_responder_renewal_seconds %" PRId64 "\n", facts->renewal);
    if (facts->has_feed)
        put_feed(out, facts->feed_age);
}

/* -- of commit -- */

static void put_number(struct buffer *out, enum counter_type type, uint64_t value)
{
    if (type == COUNTER_SECONDS)
        buffer_put_format(out, "%" PRIu64 ".%06" PRIu64, value / 1000000, value % 1000000);
    else
        buffer_put_format(out, "%" PRIu64, value);
}

/* Shortest, as everyone writes them. */
static void put_bound(struct buffer *out, enum counter_type type, uint64_t value)
{
    buffer_put_format(out, "%g", (double)value / (type == COUNTER_SECONDS ? 1e6 : 1));
}

static void put_sample(struct buffer *out, const char *name, const char *suffix, const char *label,
                       enum counter_type type, uint64_t value)
{
    buffer_put_format(out, "%s%s%s%s%s ", name, suffix, *label ? "{" : "", label,
                      *label ? "}" : "");
    put_number(out, type, value);
    buffer_put_text(out, "\n");
}

/* A bucket counts what is below it, too. The count is the last bucket's, whatever comes meanwhile.
 */
static void put_histogram(const struct counters *counters, enum counter counter, unsigned row,
                          const char *label, struct buffer *out)
{
    const struct counter_row *of = &counter_rows[counter];
    unsigned num_bounds = counter_cells(of->type) - 2;
    uint64_t sum = counters_value(counters, counter, row, num_bounds + 1), count = 0;
    for (unsigned i = 0; i <= num_bounds; i++) {
        count += counters_value(counters, counter, row, i);
        buffer_put_format(out, "%s_bucket{%s%sle=\"", of->name, label, *label ? "," : "");
        if (i < num_bounds)
            put_bound(out, of->type, counter_bounds[of->type][i]);
        else
            buffer_put_text(out, "+Inf");
        buffer_put_format(out, "\"} %" PRIu64 "\n", count);
    }
    put_sample(out, of->name, "_sum", label, of->type, sum);
    put_sample(out, of->name, "_count", label, COUNTER_TOTAL, count);
}

void metrics_put_counters(const struct counters *counters, struct buffer *out)
{
    static const char *const types[] = {"counter", "gauge", "histogram", "histogram"};
    char label[COUNTER_LABEL];
    for (enum counter counter = 0; counter < NUM_COUNTERS; counter++) {
        const struct counter_row *of = &counter_rows[counter];
        put_head(out, of->name, types[of->type], of->help);
        for (unsigned row = 0; row < of->num_rows; row++) {
            if (!counters_label(counters, counter, row, label))
                continue;
            if (counter_cells(of->type) > 1)
                put_histogram(counters, counter, row, label, out);
            else
                put_sample(out, of->name, "", label, of->type,
                           counters_value(counters, counter, row, 0));
        }
    }
}
