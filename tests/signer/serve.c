/* The client against the signer in another process, and questions that no client would ask. */
#include "check.h"
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/errand.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "crypto/sign.h"
#include "crypto/verify.h"
#include "signer/signer_client.h"
#include "x509/crl.h"

static struct signer_client client;
static pid_t server;

static int begin(void **state)
{
    int pair[2];
    signer_begin(state);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    server = fork();
    if (server == 0) {
        close(pair[0]);
        _exit(signer_serve(signer, pair[1]) == ERR_CLOSED ? 0 : 1);
    }
    close(pair[1]);
    signer_client_init(&client, pair[0]);
    return 0;
}

static int end(void **state)
{
    int status;
    signer_client_done(&client);
    waitpid(server, &status, 0);
    signer_end(state);
    return status;
}

static void gives_the_public_parts(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        struct buffer der CLEANUP_BUFFER, spki CLEANUP_BUFFER;
        buffer_init(&der, LIMIT_CERTIFICATE);
        buffer_init(&spki, LIMIT_CERTIFICATE);
        assert_ok(signer_client_authority(&client, kind, 1, &der));
        assert_ok(signer_client_authority_spki(&client, kind, 1, &spki));
        assert_true(bytes_equal(buffer_bytes(&der), signer_authority_sample[kind].cert.whole));
        assert_true(bytes_equal(buffer_bytes(&spki), signer_authority_sample[kind].cert.spki));
    }
    uint8_t permit[SIGNER_POINT_LEN], journal[SIGNER_POINT_LEN];
    assert_ok(signer_client_permit_key(&client, 1, permit));
    assert_err(signer_client_permit_key(&client, 0, journal), ERR_MALFORMED);
    assert_err(signer_client_permit_key(&client, 2, journal), ERR_NOT_FOUND);
    assert_ok(signer_client_journal_key(&client, journal));
    assert_int_equal(permit[0], 4);
    assert_memory_not_equal(permit, journal, sizeof permit);
}

static void signs_and_counts(void **state)
{
    (void)state;
    struct sample leaf;
    struct signer_floors before, after;
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, SIGNER_SIGNATURE_MAX);
    fixture_leaf(KIND_SIGNATURE, 30, &leaf);
    assert_ok(signer_client_floors(&client, &before));
    assert_ok(signer_client_certificate(&client, KIND_SIGNATURE, SIGNER_LEAF, leaf.cert.tbs,
                                        &signature, NULL));
    assert_int_equal(signature.len, 256);
    assert_ok(signer_client_floors(&client, &after));
    assert_int_equal(after.sequence, before.sequence + 1);
    assert_int_equal(after.of[KIND_SIGNATURE].serial, 30);
    assert_int_equal(after.of[KIND_AUTHENTICATION].serial, 1);
    sample_free(&leaf);
}

/* Each of a batch is answered for itself. */
static void signs_a_batch(void **state)
{
    (void)state;
    static const uint64_t serials[] = {31, 32, 29, 33};
    static struct signer_item items[SIGNER_BATCH_MAX + 1];
    struct sample leaves[COUNT_OF(serials)];
    struct signer_floors before, after;
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    assert_ok(public_key_parse(signer_authority_sample[KIND_SIGNATURE].cert.spki, &key));
    assert_ok(signer_client_floors(&client, &before));
    for (size_t i = 0; i < COUNT_OF(serials); i++) {
        fixture_leaf(KIND_SIGNATURE, serials[i], &leaves[i]);
        items[i] = (struct signer_item){
            .kind = KIND_SIGNATURE, .what = SIGNER_LEAF, .tbs = leaves[i].cert.tbs};
    }
    items[1].kind = KIND_AUTHENTICATION; /* not of its profile */
    assert_err(signer_client_certificates(&client, items, 0, NULL), ERR_LIMIT);
    assert_err(signer_client_certificates(&client, items, SIGNER_BATCH_MAX + 1, NULL), ERR_LIMIT);
    assert_ok(signer_client_certificates(&client, items, COUNT_OF(serials), NULL));
    assert_ok(signer_client_floors(&client, &after));
    static const enum err wanted[] = {ERR_NONE, ERR_DENIED, ERR_DENIED, ERR_NONE};
    for (size_t i = 0; i < COUNT_OF(serials); i++) {
        assert_err(items[i].err, wanted[i]);
        if (items[i].err == ERR_NONE)
            assert_ok(verify_message(key, HASH_SHA256, items[i].tbs,
                                     bytes_of(items[i].signature, items[i].signature_len)));
        sample_free(&leaves[i]);
    }
    assert_string_equal(items[2].fault.rule, "serial rises");
    assert_int_equal(after.sequence, before.sequence + 2);
    assert_int_equal(after.of[KIND_SIGNATURE].serial, 33);
}

/* In two halves: what is asked in between is answered behind the batch, and hides nothing of it. */
static void signs_a_batch_while_other_things_are_asked(void **state)
{
    (void)state;
    struct sample leaf;
    struct signer_floors floors;
    fixture_leaf(KIND_SIGNATURE, 34, &leaf);
    struct signer_item item = {.kind = KIND_SIGNATURE, .what = SIGNER_LEAF, .tbs = leaf.cert.tbs};
    assert_err(signer_client_certificates_receive(&client, &item, 1, NULL), ERR_STATE);
    for (int num_between = 0; num_between < 3; num_between++) {
        item.signature_len = 0;
        assert_ok(signer_client_certificates_send(&client, &item, 1, NULL));
        assert_in_range(signer_client_wait(&client), 1, client.timeout);
        assert_err(signer_client_certificates_send(&client, &item, 1, NULL), ERR_STATE);
        for (int i = 0; i < num_between; i++) {
            assert_ok(signer_client_floors(&client, &floors));
            assert_int_equal(floors.of[KIND_SIGNATURE].serial, 34);
            assert_int_equal(signer_client_wait(&client), 0);
        }
        assert_ok(signer_client_certificates_receive(&client, &item, 1, NULL));
        assert_ok(item.err);
        assert_int_equal(item.signature_len, 256);
        assert_err(signer_client_certificates_receive(&client, &item, 1, NULL), ERR_STATE);
    }
    sample_free(&leaf);
}

/* --- lists on a socket of their own --- */

#define NUM_LISTED 100000

struct asked {
    struct signer_client lists;
    int memfd;
    struct buffer signature;
};

static bool next_listed(void *context, struct crl_entry *out)
{
    static uint8_t serial[8];
    uint64_t *last = context;
    *out = (struct crl_entry){.revoked_at = SAMPLE_NOW - 60, .reason = CRL_REASON_SUPERSEDED};
    out->serial = serial_encode(++*last, serial);
    return *last <= NUM_LISTED;
}

static void long_list(uint64_t number, struct asked *out)
{
    struct buffer tbs CLEANUP_BUFFER;
    uint64_t last = 0;
    const struct crl_facts facts = {.this_update = SAMPLE_NOW + (int64_t)number,
                                    .next_update = SAMPLE_NOW + (int64_t)number + PROFILE_CRL_LIFE,
                                    .number = number};
    buffer_init(&tbs, LIMIT_CRL);
    assert_ok(crl_encode_tbs(&signer_authority_sample[KIND_SIGNATURE].cert, &facts,
                             (struct crl_source){next_listed, &last}, &tbs));
    assert_ok(memfd_sealed("crl", buffer_bytes(&tbs), &out->memfd));
    buffer_init(&out->signature, SIGNER_SIGNATURE_MAX);
}

static enum err ask_for_list(void *context, struct fault *fault)
{
    struct asked *asked = context;
    return signer_client_crl(&asked->lists, KIND_SIGNATURE, asked->memfd, &asked->signature, fault);
}

static void list_is_signed(const struct asked *asked)
{
    char path[64];
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    struct buffer tbs CLEANUP_BUFFER;
    snprintf(path, sizeof path, "/proc/self/fd/%d", asked->memfd);
    buffer_init(&tbs, LIMIT_CRL);
    assert_ok(file_read(path, &tbs, NULL));
    assert_ok(public_key_parse(signer_authority_sample[KIND_SIGNATURE].cert.spki, &key));
    assert_ok(
        verify_message(key, HASH_SHA256, buffer_bytes(&tbs), buffer_bytes(&asked->signature)));
}

/* While a long list is linted, what is asked on the first socket is answered. */
static void lists_hold_up_nothing(void **state)
{
    (void)state;
    struct asked asked = {0};
    struct errand errand;
    struct signer_client more;
    struct signer_floors floors;
    struct fault fault = {0};
    assert_ok(signer_client_lists(&client, &asked.lists, NULL));
    assert_err(signer_client_lists(&client, &more, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, "lists");
    assert_err(signer_client_floors(&asked.lists, &floors), ERR_MALFORMED); /* CRLs alone */
    long_list(7, &asked);
    assert_ok(errand_begin(&errand, ask_for_list, &asked));
    int64_t start = clock_monotonic(), longest = 0;
    while (!errand_is_done(&errand)) {
        int64_t asked_at = clock_monotonic();
        assert_ok(signer_client_floors(&client, &floors));
        int64_t wait = clock_monotonic() - asked_at;
        longest = wait > longest ? wait : longest;
        usleep(1000);
    }
    assert_ok(errand_end(&errand, NULL));
    assert_true(longest < (clock_monotonic() - start) / 2);
    assert_ok(signer_client_floors(&client, &floors));
    assert_int_equal(floors.of[KIND_SIGNATURE].crl_number, 7);
    list_is_signed(&asked);
    close(asked.memfd);
    buffer_done(&asked.signature);
    long_list(6, &asked); /* the floors are those of both sockets */
    assert_err(ask_for_list(&asked, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, "CRL number rises");
    close(asked.memfd);
    buffer_done(&asked.signature);
    signer_client_done(&asked.lists);
}

static void says_why_it_refuses(void **state)
{
    (void)state;
    struct sample leaf;
    struct fault fault = {0};
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, SIGNER_SIGNATURE_MAX);
    fixture_leaf(KIND_SIGNATURE, 2, &leaf);
    assert_err(signer_client_certificate(&client, KIND_SIGNATURE, SIGNER_LEAF, leaf.cert.tbs,
                                         &signature, &fault),
               ERR_DENIED);
    assert_string_equal(fault.rule, "serial rises");
    assert_string_equal(fault.text, "serial 2 is not above 34");
    int fd CLEANUP_FD = memfd_create("crl", MFD_CLOEXEC);
    assert_err(signer_client_crl(&client, KIND_SIGNATURE, fd, &signature, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, "sealed memfd");
    assert_int_equal(signature.len, 0);
    sample_free(&leaf);
}

/* Raw frames: each gets an answer that names an error, and the next question is still answered. */
static void survives_questions_of_no_form(void **state)
{
    (void)state;
    static const struct bytes bad[] = {
        {(const uint8_t *)"", 0},
        {(const uint8_t *)"\0", 1},
        {(const uint8_t *)"\377", 1},
        {(const uint8_t *)"\12", 1},
        {(const uint8_t *)"\1", 1},
        {(const uint8_t *)"\1\0", 2},               /* no certificate */
        {(const uint8_t *)"\1\1\0", 3},             /* cut short */
        {(const uint8_t *)"\1\101\0\1\0\0\0\0", 8}, /* one more than a batch may have */
        {(const uint8_t *)"\1\1\2\1\0\0\0\0", 8},   /* kind 2 */
        {(const uint8_t *)"\1\1\0\3\0\0\0\0", 8},   /* no such profile */
        {(const uint8_t *)"\1\1\0\1\0\0\0\11x", 9}, /* longer than it says */
        {(const uint8_t *)"\1\1\0\1\377\377\377\377", 8},
        {(const uint8_t *)"\1\1\0\1\0\0\0\0x", 9}, /* more than it says */
        {(const uint8_t *)"\1\2\0\1\0\0\0\0", 8},  /* fewer than it says */
        {(const uint8_t *)"\2\0", 2},              /* a CRL without a memfd */
        {(const uint8_t *)"\3\0\0\0\1", 5},
        {(const uint8_t *)"\4\0\0", 3},
        {(const uint8_t *)"\5x", 2},
        {(const uint8_t *)"\6", 1},
        {(const uint8_t *)"\6\2", 2},
        {(const uint8_t *)"\7", 1},
        {(const uint8_t *)"\7\0", 2}, /* generations begin with 1 */
        {(const uint8_t *)"\7\1x", 3},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct buffer answer CLEANUP_BUFFER;
        buffer_init(&answer, LIMIT_FRAME);
        struct bytes name;
        assert_ok(frame_send(client.fd, bad[i]));
        assert_ok(frame_receive(client.fd, &answer, 5000));
        struct reader reader = reader_of(buffer_bytes(&answer));
        assert_true(reader_sized(&reader, &name));
        assert_true(bytes_equal_text(name, "malformed"));
    }
    struct signer_floors floors;
    assert_ok(signer_client_floors(&client, &floors));
}

/* The client distrusts its signer, too. */
static void refuses_answers_of_no_form(void **state)
{
    (void)state;
    static const struct bytes bad[] = {
        {(const uint8_t *)"", 0},
        {(const uint8_t *)"\0\0\0\4none", 8},
        {(const uint8_t *)"\0\0\0\4none\0\0\0\1", 12},
        {(const uint8_t *)"\0\0\0\5limit", 9},
        {(const uint8_t *)"\0\0\0\6foobar\0\0\0\0\0\0\0\0", 18},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        int pair[2];
        struct signer_floors floors = {.sequence = 77};
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
        struct signer_client other CLEANUP_SIGNER_CLIENT = {.fd = pair[0], .timeout = 2000};
        int fake CLEANUP_FD = pair[1];
        assert_ok(frame_send(fake, bad[i]));
        assert_err(signer_client_floors(&other, &floors), ERR_PEER);
        assert_int_equal(floors.sequence, 77);
    }
}

static void repeats_no_words_that_are_no_text(void **state)
{
    (void)state;
    static const struct {
        struct bytes answer;
        const char *rule, *text;
    } rows[] = {
        {{(const uint8_t *)"\0\0\0\6denied\0\0\0\2it\0\0\0\2no", 22}, "it", "no"},
        {{(const uint8_t *)"\0\0\0\6denied\0\0\0\2i\xff\0\0\0\2no", 22},
         "signer",
         "it says why, but not in UTF-8"},
        {{(const uint8_t *)"\0\0\0\6denied\0\0\0\2it\0\0\0\2n\xc3", 22},
         "signer",
         "it says why, but not in UTF-8"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int pair[2];
        uint8_t signature[SIGNER_RAW_LEN];
        struct fault fault = {0};
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
        struct signer_client other CLEANUP_SIGNER_CLIENT = {.fd = pair[0], .timeout = 2000};
        int fake CLEANUP_FD = pair[1];
        assert_ok(frame_send(fake, rows[i].answer));
        assert_err(signer_client_permit(&other, bytes_of("", 0), signature, &fault), ERR_DENIED);
        assert_string_equal(fault.rule, rows[i].rule);
        assert_string_equal(fault.text, rows[i].text);
    }
}

static void notices_a_signer_that_is_gone(void **state)
{
    (void)state;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    struct signer_client other CLEANUP_SIGNER_CLIENT;
    signer_client_init(&other, pair[0]);
    close(pair[1]);
    struct signer_floors floors;
    assert_err(signer_client_floors(&other, &floors), ERR_CLOSED);
}

/* The batch's answer does not come, whatever else is asked; and it stays lost. */
static void gives_up_a_batch_that_is_not_answered(void **state)
{
    (void)state;
    int pair[2];
    struct sample leaf;
    struct signer_floors floors;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    struct signer_client other CLEANUP_SIGNER_CLIENT = {.fd = pair[0], .timeout = 50};
    int fake CLEANUP_FD = pair[1];
    fixture_leaf(KIND_SIGNATURE, 35, &leaf);
    struct signer_item item = {.kind = KIND_SIGNATURE, .what = SIGNER_LEAF, .tbs = leaf.cert.tbs};
    assert_ok(signer_client_certificates_send(&other, &item, 1, NULL));
    assert_err(signer_client_floors(&other, &floors), ERR_TIMEOUT);
    assert_ok(frame_send(fake, bytes_of_text("late")));
    assert_err(signer_client_floors(&other, &floors), ERR_TIMEOUT);
    assert_err(signer_client_certificates_receive(&other, &item, 1, NULL), ERR_TIMEOUT);
    assert_err(signer_client_certificates_send(&other, &item, 1, NULL), ERR_TIMEOUT);
    sample_free(&leaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_public_parts),
        cmocka_unit_test(signs_and_counts),
        cmocka_unit_test(signs_a_batch),
        cmocka_unit_test(signs_a_batch_while_other_things_are_asked),
        cmocka_unit_test(lists_hold_up_nothing),
        cmocka_unit_test(says_why_it_refuses),
        cmocka_unit_test(survives_questions_of_no_form),
        cmocka_unit_test(refuses_answers_of_no_form),
        cmocka_unit_test(repeats_no_words_that_are_no_text),
        cmocka_unit_test(notices_a_signer_that_is_gone),
        cmocka_unit_test(gives_up_a_batch_that_is_not_answered),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
