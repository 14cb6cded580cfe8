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
}
