/* Lists built from the map, judged by openssl. */
#include "check.h"
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "x509/crl.h"

#define DAY ((int64_t)24 * 3600)

static void build(enum kind kind, int64_t this_update, int64_t last, struct buffer *tbs)
{
    struct status_crl_request request = {
        .number = 1, .this_update = this_update, .last_this_update = last};
    fixture_build(kind, &request, tbs);
}

static bool lists(const struct crl *crl, uint64_t serial, struct crl_entry *out)
{
    uint8_t room[8];
    return crl_find(crl, serial_encode(serial, room), out);
}

static void lists_what_is_held_or_revoked(void **state)
{
    (void)state;
    struct buffer tbs CLEANUP_BUFFER;
    struct crl crl;
    struct crl_entry entry;
    buffer_init(&tbs, 65536);
    build(KIND_SIGNATURE, SAMPLE_NOW, 0, &tbs);
    assert_ok(crl_parse_tbs(buffer_bytes(&tbs), &crl, NULL));
    assert_int_equal(crl.num_entries, 4);
    assert_true(lists(&crl, SERIAL_HELD, &entry));
    assert_int_equal(entry.reason, CRL_REASON_HOLD);
    assert_int_equal(entry.revoked_at, FIXTURE_SINCE);
    assert_true(lists(&crl, SERIAL_COMPROMISED, &entry));
    assert_int_equal(entry.reason, CRL_REASON_KEY_COMPROMISE);
    assert_true(lists(&crl, SERIAL_SUPERSEDED, &entry));
    assert_true(lists(&crl, SERIAL_ENDED, &entry));
    static const uint64_t absent[] = {1, SERIAL_GOOD, SERIAL_RESERVED, SERIAL_NEVER,
                                      SERIAL_LAST + 1};
    for (size_t i = 0; i < COUNT_OF(absent); i++)
        assert_false(lists(&crl, absent[i], &entry));
}

/* RFC 5280 3.3: an entry stands on one more list after the certificate ended, then it goes. */
static void drops_what_has_ended_one_list_later(void **state)
{
    (void)state;
    struct crl_entry entry;
    static const struct {
        int64_t this_update, last;
        bool is_listed;
    } rows[] = {
        {SAMPLE_NOW, SAMPLE_NOW - DAY, true},            /* its last day */
        {SAMPLE_NOW + DAY, SAMPLE_NOW, true},            /* over, and on no list since */
        {SAMPLE_NOW + 2 * DAY, SAMPLE_NOW + DAY, false}, /* it was on one */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer tbs CLEANUP_BUFFER;
        struct crl crl;
        buffer_init(&tbs, 65536);
        build(KIND_SIGNATURE, rows[i].this_update, rows[i].last, &tbs);
        assert_ok(crl_parse_tbs(buffer_bytes(&tbs), &crl, NULL));
        assert_int_equal(lists(&crl, SERIAL_ENDED, &entry), rows[i].is_listed);
        assert_true(lists(&crl, SERIAL_HELD, &entry));
    }
}

static void refuses_lists_that_cannot_be(void **state)
{
    (void)state;
    int fd = -1;
    struct bytes issuer = authorities[KIND_SIGNATURE].cert.whole;
    struct status_crl_listing *listing CLEANUP_STATUS_CRL_LISTING = NULL, *none = NULL;
    struct status_crl_request request = {
        .number = 1, .this_update = SAMPLE_NOW, .last_this_update = SAMPLE_NOW};
    assert_ok(status_crl_listing_new(maps[KIND_SIGNATURE], issuer, 0, &listing, NULL));
    assert_err(status_crl_build(listing, &request, &fd, NULL), ERR_USAGE);
    /* the other kind's map has no generation of this authority */
    assert_err(status_crl_listing_new(maps[KIND_AUTHENTICATION], issuer, 0, &none, NULL),
               ERR_NOT_FOUND);
    issuer = bytes_of_text("no certificate");
    assert_err(status_crl_listing_new(maps[KIND_SIGNATURE], issuer, 0, &none, NULL), ERR_MALFORMED);
    assert_int_equal(fd, -1);
    assert_null(none);
}

static void leaf_write(enum kind kind, uint64_t serial, const char *name)
{
    struct sample leaf;
    char path[128];
    struct buffer pem CLEANUP_BUFFER;
    buffer_init(&pem, 2 * LIMIT_CERTIFICATE);
    sample_leaf(kind, &authorities[kind], serial, &leaf);
    pem_encode("CERTIFICATE", leaf.cert.whole, &pem);
    status_path(name, path);
    assert_ok(file_replace(path, buffer_bytes(&pem), 0600, NULL));
    sample_free(&leaf);
}

static void openssl_agrees(void **state)
{
    (void)state;
    static const struct {
        uint64_t serial;
        const char *text;
    } rows[] = {{SERIAL_GOOD, "leaf.pem: OK"},
                {SERIAL_NEVER, "leaf.pem: OK"},
                {SERIAL_HELD, "certificate revoked"},
                {SERIAL_COMPROMISED, "certificate revoked"}};
    fixture_publish(KIND_SIGNATURE, 7, SAMPLE_NOW, 0);
    fixture_pem(KIND_SIGNATURE, "authority.pem");
    assert_non_null(
        strstr(openssl(NULL, "crl -inform DER -in signature.crl -noout -CAfile authority.pem"),
               "verify OK"));
    openssl(NULL, "crl -inform DER -in signature.crl -out list.pem");
    const char *text = openssl(NULL, "crl -in list.pem -noout -text");
    assert_non_null(strstr(text, "Certificate Hold"));
    assert_non_null(strstr(text, "Key Compromise"));
    assert_non_null(strstr(text, "Superseded"));
    assert_non_null(strstr(text, "Cessation Of Operation"));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        leaf_write(KIND_SIGNATURE, rows[i].serial, "leaf.pem");
        text = openssl(NULL,
                       "verify -attime %lld -crl_check_all -CRLfile list.pem -CAfile authority.pem "
                       "leaf.pem",
                       (long long)SAMPLE_NOW + 60);
        assert_non_null(strstr(text, rows[i].text));
    }
}

static void publishes_whole_files_with_their_epoch(void **state)
{
    (void)state;
    char path[128];
    struct buffer epoch CLEANUP_BUFFER, list CLEANUP_BUFFER;
    buffer_init(&epoch, 64);
    buffer_init(&list, 65536);
    fixture_publish(KIND_AUTHENTICATION, 1, SAMPLE_NOW, 0);
    status_path("authentication.epoch", path);
    assert_ok(file_read(path, &epoch, NULL));
    assert_string_equal(buffer_text(&epoch), "42\n");
    status_path("authentication.crl", path);
    assert_ok(file_read(path, &list, NULL));
    struct crl crl;
    assert_ok(crl_parse(buffer_bytes(&list), &crl, NULL));
    const struct status_list full = {.kind = KIND_SIGNATURE, .generation = 1};
    assert_err(
        status_crl_publish("/nonexistent", &full, -1, ALGORITHM_RSA_SHA256, bytes_of("", 0), NULL),
        ERR_IO);
    assert_err(status_epoch_publish("/nonexistent", &full, 1, NULL), ERR_NOT_FOUND);
    assert_err(status_authority_publish("/nonexistent", KIND_SIGNATURE, 1, bytes_of("x", 1), NULL),
               ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_what_is_held_or_revoked),
        cmocka_unit_test(drops_what_has_ended_one_list_later),
        cmocka_unit_test(refuses_lists_that_cannot_be),
        cmocka_unit_test(openssl_agrees),
        cmocka_unit_test(publishes_whole_files_with_their_epoch),
    };
    return cmocka_run_group_tests(tests, status_begin, status_end);
}
