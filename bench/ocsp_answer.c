/* An OCSP answer without HTTP, measured: CPU time of the responder for a request with a nonce, for
 * one that it has answered before, and of the one signature that the first cannot do without.
 *
 *     ocsp-answer ROUNDS
 *
 * One line of JSON a round, in microseconds. */
#include "check.h"
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "status/responder.h"
#include "x509/ocsp.h"

#define NUM       2000 /* of each in a round */
#define NONCE_LEN 16

static struct responder *responder;
static struct private_key *key;
static uint8_t name_hash[SHA1_LEN], key_hash[SHA1_LEN];

static double cpu_microseconds(void)
{
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void responder_make(void)
{
    const struct status_map *const read_maps[] = {maps[0], maps[1]};
    const struct bytes certs[] = {authorities[0].cert.whole, authorities[1].cert.whole};
    const struct cert *cert = &authorities[KIND_SIGNATURE].cert;
    assert_ok(responder_new(read_maps, certs, &responder, NULL));
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        struct buffer der CLEANUP_BUFFER;
        buffer_init(&der, LIMIT_CERTIFICATE);
        fixture_delegate(kind, responder_spki(responder), SAMPLE_NOW,
                         SAMPLE_NOW + PROFILE_RESPONDER_LIFE, &der);
        assert_ok(responder_install(responder, kind, buffer_bytes(&der), SAMPLE_NOW, NULL));
    }
    assert_ok(private_key_generate(KEY_P256, 0, &key));
    assert_ok(hash_once(HASH_SHA1, cert->subject, name_hash));
    assert_ok(hash_once(HASH_SHA1, cert->key.key, key_hash));
}

static void request_make(bool has_nonce, struct buffer *out)
{
    static const uint8_t serial[] = {SERIAL_GOOD};
    uint8_t nonce[NONCE_LEN];
    random_bytes(nonce, sizeof nonce);
    const struct ocsp_request request = {.num = 1,
                                         .ids = {{.hash = ALGORITHM_SHA1,
                                                  .name_hash = bytes_of(name_hash, SHA1_LEN),
                                                  .key_hash = bytes_of(key_hash, SHA1_LEN),
                                                  .serial = bytes_of(serial, sizeof serial)}},
                                         .nonce = bytes_of(nonce, has_nonce ? sizeof nonce : 0)};
    assert_ok(ocsp_request_encode(&request, out));
}

static double answer_cost(bool has_nonce)
{
    struct buffer request CLEANUP_BUFFER, out CLEANUP_BUFFER;
    struct responder_answer answer;
    buffer_init(&request, LIMIT_OCSP_REQUEST);
    buffer_init(&out, LIMIT_OCSP_RESPONSE);
    request_make(has_nonce, &request);
    double start = cpu_microseconds();
    for (int i = 0; i < NUM; i++) {
        buffer_cut(&out, 0);
        assert_ok(
            responder_answer(responder, buffer_bytes(&request), SAMPLE_NOW + 60, &out, &answer));
    }
    double cost = (cpu_microseconds() - start) / NUM;
    assert_int_equal(answer.may_be_stored, !has_nonce);
    assert_true(answer.epoch > 0); /* it is no error */
    return cost;
}

static double sign_cost(void)
{
    struct buffer out CLEANUP_BUFFER;
    uint8_t digest[SHA256_LEN] = {1};
    buffer_init(&out, SIGNATURE_MAX);
    double start = cpu_microseconds();
    for (int i = 0; i < NUM; i++) {
        buffer_cut(&out, 0);
        assert_ok(sign_digest(key, HASH_SHA256, bytes_of(digest, sizeof digest), &out));
    }
    return (cpu_microseconds() - start) / NUM;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 64;
    status_begin(NULL);
    responder_make();
    for (int i = 0; i < atoi(argv[1]); i++) {
        double sign = sign_cost(), nonce = answer_cost(true), kept = answer_cost(false);
        printf("{\"sign\": %.3f, \"nonce\": %.3f, \"kept\": %.3f}\n", sign, nonce, kept);
        fflush(stdout);
    }
    private_key_free(key);
    responder_free(responder);
    return status_end(NULL);
}
