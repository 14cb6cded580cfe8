/* A full CRL, measured: a map whose first LISTED serials of NUM are revoked, spread evenly.
 *
 *     crl-build FOLDER LISTED NUM ROUNDS
 *
 * In each round the list is built, and the limit taken: SHA-256 over the very bytes, and one
 * signature. One line of JSON a round: CPU seconds of both, bytes of the list, kilobytes of memory
 * that building added at its peak, the sealed result included. */
#include "check.h"
#include "cost.h"
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/mapping.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

static void map_fill(struct status_map *map, uint64_t listed, uint64_t num)
{
    static const enum status_reason reasons[] = {STATUS_SUPERSEDED, STATUS_CESSATION_OF_OPERATION,
                                                 STATUS_KEY_COMPROMISE, STATUS_UNSPECIFIED};
    struct status_entry entry = {.municipality = 1, .last_day = {2031, 1, 2}};
    uint64_t each = num / listed;
    for (uint64_t i = 0; i < num; i++) {
        bool is_listed = i % each == 0;
        entry.state = is_listed ? STATUS_REVOKED : STATUS_GOOD;
        entry.reason = is_listed ? reasons[i / each % COUNT_OF(reasons)] : STATUS_UNSPECIFIED;
        entry.since = is_listed ? SAMPLE_NOW - (int64_t)(i % 10000000) : 0;
        assert_ok(status_map_set(map, 1000 + i, &entry));
    }
}

static double limit_seconds(int tbs_fd, off_t *len)
{
    struct mapping tbs CLEANUP_MAPPING = {0};
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, SIGNATURE_MAX);
    assert_ok(mapping_open(tbs_fd, LIMIT_CRL, &tbs, NULL));
    double start = cost_cpu();
    sample_sign(&authorities[KIND_SIGNATURE], mapping_bytes(&tbs), &signature);
    *len = (off_t)mapping_bytes(&tbs).len;
    return cost_cpu() - start;
}

static void round_run(const struct status_map *map, uint64_t number)
{
    struct status_crl_listing *listing = NULL;
    struct status_crl_request request = {.number = number,
                                         .this_update = SAMPLE_NOW + (int64_t)number};
    int fd CLEANUP_FD = -1;
    struct stat info;
    cost_forget_peak();
    long before = cost_peak();
    double start = cost_cpu();
    assert_ok(
        status_crl_listing_new(map, authorities[KIND_SIGNATURE].cert.whole, 0, &listing, NULL));
    assert_ok(status_crl_build(listing, &request, &fd, NULL));
    status_crl_listing_free(listing);
    double built = cost_cpu() - start;
    long grown = cost_peak() - before;
    assert_int_equal(fstat(fd, &info), 0);
    off_t len;
    double limit = limit_seconds(fd, &len);
    printf("{\"cpu\": %.4f, \"limit\": %.4f, \"bytes\": %lld, \"memory\": %lld}\n", built, limit,
           (long long)len, (long long)grown + (long long)info.st_blocks / 2);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 64;
    char path[4096];
    uint64_t listed = strtoull(argv[2], NULL, 10), num = strtoull(argv[3], NULL, 10);
    if (listed == 0 || num < listed || snprintf(path, sizeof path, "%s/map", argv[1]) < 0)
        return 64;
    struct status_map *map CLEANUP_STATUS_MAP = NULL;
    sample_authority(KIND_SIGNATURE, &authorities[KIND_SIGNATURE]);
    assert_ok(status_map_create(path, KIND_SIGNATURE, NULL));
    assert_ok(status_map_open(path, KIND_SIGNATURE, true, &map, NULL));
    struct status_generation generation = {.first = 1, .last = STATUS_SERIAL_MAX};
    sha256(authorities[KIND_SIGNATURE].cert.spki, generation.key);
    assert_ok(status_map_set_generation(map, &generation));
    map_fill(map, listed, num);
    for (long number = 1; number <= atol(argv[4]); number++)
        round_run(map, (uint64_t)number);
    sample_free(&authorities[KIND_SIGNATURE]);
    return 0;
}
