/* A push set, measured: a map in which LISTED of NUM serials, drawn at random, are revoked.
 *
 *     push-set FOLDER LISTED NUM ROUNDS
 *
 * In each round the set is built and signed, read whole again, and asked about serials drawn at
 * random; and the limit of building is taken: every word of the map is read once. One line of JSON
 * a round: bytes of the set and of the entropy bound, CPU seconds of building, of reading and of
 * the limit, lookups in a second of CPU time, kilobytes of memory that building added at its peak.
 */
#include "check.h"
#include "cost.h"
#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "crypto/hash.h"
#include "status/responder_push_set.h"
#include "x509/push_set.h"

#define FIRST   1000
#define LOOKUPS 1000000

static uint64_t seed = 1;

static uint64_t dice(uint64_t sides)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 20) % sides;
}

/* Every choice of LISTED among NUM is as likely as any other. */
static void map_fill(struct status_map *map, uint64_t listed, uint64_t num)
{
    struct status_entry entry = {.municipality = 1, .last_day = {2031, 1, 2}};
    for (uint64_t i = 0; i < num; i++) {
        bool is_listed = dice(num - i) < listed;
        listed -= is_listed;
        entry.state = is_listed ? STATUS_REVOKED : STATUS_GOOD;
        entry.since = is_listed ? SAMPLE_NOW - 1 : 0;
        assert_ok(status_map_set(map, FIRST + i, &entry));
    }
}

/* log2 of the number of choices, in bytes. */
static double entropy_bound(uint64_t listed, uint64_t num)
{
    double n = (double)num, k = (double)listed;
    return (lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)) / log(2) / 8;
}

static double limit_seconds(const struct status_map *map, uint64_t num)
{
    double start = cost_cpu();
    uint64_t num_good = 0;
    for (uint64_t i = 0; i < num; i++)
        num_good += status_word_is_good(status_map_word(map, FIRST + i));
    assert_true(num_good > 0);
    return cost_cpu() - start;
}

static double lookups_in_second(const struct push_set *set, const struct status_map *map,
                                uint64_t num)
{
    static uint64_t serials[LOOKUPS];
    static uint8_t answers[LOOKUPS];
    for (size_t i = 0; i < LOOKUPS; i++)
        serials[i] = FIRST + dice(num);
    double start = cost_cpu();
    for (size_t i = 0; i < LOOKUPS; i++)
        answers[i] = (uint8_t)push_set_find(set, serials[i]);
    double taken = cost_cpu() - start;
    for (size_t i = 0; i < LOOKUPS; i++)
        assert_int_equal(answers[i] == PUSH_SET_SAYS_GOOD,
                         status_word_is_good(status_map_word(map, serials[i])));
    return LOOKUPS / taken;
}

static void round_run(struct responder *responder, const struct status_map *map, uint64_t listed,
                      uint64_t num)
{
    struct buffer bytes CLEANUP_BUFFER;
    struct push_set set;
    uint64_t epoch;
    buffer_init(&bytes, LIMIT_PUSH_SET);
    double limit = limit_seconds(map, num);
    cost_forget_peak();
    long before = cost_peak();
    double start = cost_cpu();
    assert_ok(responder_push_set(responder, KIND_SIGNATURE, SAMPLE_NOW, &bytes, &epoch));
    double built = cost_cpu() - start;
    long grown = cost_peak() - before;
    start = cost_cpu();
    assert_ok(push_set_parse(buffer_bytes(&bytes), &set, NULL));
    double parsed = cost_cpu() - start;
    assert_int_equal(set.num_members[PUSH_SET_LISTED], listed);
    printf("{\"bytes\": %zu, \"bound\": %.0f, \"build\": %.4f, \"limit\": %.4f, \"parse\": %.4f, "
           "\"lookups\": %.0f, \"memory\": %ld}\n",
           bytes.len, entropy_bound(listed, num), built, limit, parsed,
           lookups_in_second(&set, map, num), grown);
    fflush(stdout);
}

static struct responder *responder_make(const struct status_map *map)
{
    struct responder *responder;
    struct buffer certificate CLEANUP_BUFFER;
    const struct status_map *const both[] = {map, map};
    const struct bytes ders[] = {authorities[0].cert.whole, authorities[1].cert.whole};
    buffer_init(&certificate, LIMIT_CERTIFICATE);
    assert_ok(responder_new(both, ders, &responder, NULL));
    fixture_delegate(KIND_SIGNATURE, responder_spki(responder), SAMPLE_NOW, SAMPLE_NOW + 86400,
                     &certificate);
    assert_ok(
        responder_install(responder, KIND_SIGNATURE, buffer_bytes(&certificate), SAMPLE_NOW, NULL));
    return responder;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 64;
    char path[4096];
    uint64_t listed = strtoull(argv[2], NULL, 10), num = strtoull(argv[3], NULL, 10);
    if (listed == 0 || num <= listed || snprintf(path, sizeof path, "%s/map", argv[1]) < 0)
        return 64;
    struct status_map *map CLEANUP_STATUS_MAP = NULL;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        sample_authority(kind, &authorities[kind]);
    assert_ok(status_map_create(path, KIND_SIGNATURE, NULL));
    assert_ok(status_map_open(path, KIND_SIGNATURE, true, &map, NULL));
    struct status_generation generation = {.first = FIRST, .last = STATUS_SERIAL_MAX};
    sha256(authorities[KIND_SIGNATURE].cert.spki, generation.key);
    assert_ok(status_map_set_generation(map, &generation));
    map_fill(map, listed, num);
    struct responder *responder = responder_make(map);
    for (long number = 1; number <= atol(argv[4]); number++)
        round_run(responder, map, listed, num);
    responder_free(responder);
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        sample_free(&authorities[kind]);
    return 0;
}
