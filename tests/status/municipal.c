/* Lists of municipalities, from one scan of the map; judged by openssl beside the full list. */
#include "check.h"
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/sign.h"
#include "x509/crl.h"

#define HERE       1 /* Hokuei-cho: what every serial of the fixture has */
#define THERE      2
#define NOWHERE    3 /* nothing is listed */
#define FIRST_MORE 100
#define NUM_MORE   300

static struct status_crl_listing *listing;
static struct buffer points[NOWHERE + 1];

static void points_make(void)
{
    static const char *const names[] = {"", "Hokuei-cho", "Kotoura-cho", "Yurihama-cho"};
    for (size_t i = HERE; i <= NOWHERE; i++) {
        buffer_init(&points[i], 1024);
        profile_put_crl_point(&sample_site, KIND_SIGNATURE, "Tottori-ken", names[i], &points[i]);
    }
}

/* 300 more: every third is good, the municipalities in turn by no regular step. */
static void map_more(void)
{
    for (uint64_t i = 0; i < NUM_MORE; i++) {
        struct status_entry entry = {.state = i % 3 ? STATUS_REVOKED : STATUS_GOOD,
                                     .municipality = i * i % 7 < 3 ? HERE : THERE,
                                     .last_day = {2031, 1, 2},
                                     .since = i % 3 ? FIXTURE_SINCE : 0};
        assert_ok(status_map_set(maps[KIND_SIGNATURE], FIRST_MORE + i, &entry));
    }
}

static int begin(void **state)
{
    status_begin(state);
    points_make();
    map_more();
    assert_ok(status_crl_listing_new(maps[KIND_SIGNATURE], authorities[KIND_SIGNATURE].cert.whole,
                                     0, &listing, NULL));
    return 0;
}

static int end(void **state)
{
    status_crl_listing_free(listing);
    for (size_t i = HERE; i <= NOWHERE; i++)
        buffer_done(&points[i]);
    return status_end(state);
}

static struct status_crl_request request_of(uint16_t municipality)
{
    return (struct status_crl_request){.number = 1,
                                       .this_update = SAMPLE_NOW,
                                       .municipality = municipality,
                                       .issuing_point = buffer_bytes(&points[municipality])};
}

static void build(const struct status_crl_request *request, struct buffer *tbs)
{
    int fd CLEANUP_FD = -1;
    char path[64];
    assert_ok(status_crl_build(listing, request, &fd, NULL));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    assert_ok(file_read(path, tbs, NULL));
}

static size_t entries_of(uint16_t municipality)
{
    struct buffer tbs CLEANUP_BUFFER;
    struct crl crl;
    struct status_crl_request request = request_of(municipality);
    buffer_init(&tbs, 65536);
    build(&request, &tbs);
    assert_ok(crl_parse_tbs(buffer_bytes(&tbs), &crl, NULL));
    assert_true(crl.has_issuing_point);
    assert_true(bytes_equal(crl.issuing_point, request.issuing_point));
    struct reader entries = reader_of(crl.entries);
    uint64_t last = 0;
    for (struct crl_entry entry; crl_next(&entries, &entry);) {
        struct status_entry word;
        uint64_t serial;
        assert_true(serial_decode(entry.serial, &serial) && serial > last);
        assert_ok(status_map_get(maps[KIND_SIGNATURE], serial, &word));
        assert_int_equal(word.municipality, municipality);
        assert_true(word.state == STATUS_HELD || word.state == STATUS_REVOKED);
        last = serial;
    }
    return crl.num_entries;
}

/* Together they have what the full list has, each its own. */
static void each_lists_its_own(void **state)
{
    (void)state;
    struct buffer tbs CLEANUP_BUFFER;
    struct crl crl;
    struct status_crl_request full = request_of(HERE);
    size_t here = entries_of(HERE), there = entries_of(THERE);
    full.municipality = 0;
    full.issuing_point = bytes_of("", 0);
    buffer_init(&tbs, 65536);
    build(&full, &tbs);
    assert_ok(crl_parse_tbs(buffer_bytes(&tbs), &crl, NULL));
    assert_int_equal(crl.num_entries, here + there);
    assert_true(here > 10 && there > 10);
    assert_int_equal(entries_of(NOWHERE), 0);
}

/* A listing is a moment: what is released or held afterwards is not in its lists. */
static void is_of_its_moment(void **state)
{
    (void)state;
    struct status_entry held;
    size_t before = entries_of(HERE);
    assert_ok(status_map_get(maps[KIND_SIGNATURE], SERIAL_HELD, &held));
    struct status_entry good = held;
    good.state = STATUS_GOOD;
    good.since = 0;
    assert_ok(status_map_set(maps[KIND_SIGNATURE], SERIAL_HELD, &good));
    struct buffer tbs CLEANUP_BUFFER;
    struct crl crl;
    struct status_crl_request request = request_of(HERE);
    buffer_init(&tbs, 65536);
    build(&request, &tbs);
    assert_ok(crl_parse_tbs(buffer_bytes(&tbs), &crl, NULL));
    assert_int_equal(crl.num_entries, before);
    buffer_done(&tbs);
    fixture_build(KIND_SIGNATURE, &request, &tbs); /* of now */
    assert_ok(crl_parse_tbs(buffer_bytes(&tbs), &crl, NULL));
    assert_int_equal(crl.num_entries, before - 1);
    assert_ok(status_map_set(maps[KIND_SIGNATURE], SERIAL_HELD, &held));
}

static void refuses_scopes_that_cannot_be(void **state)
{
    (void)state;
    int fd = -1;
    struct status_crl_request request = request_of(HERE);
    request.municipality = 0;
    assert_err(status_crl_build(listing, &request, &fd, NULL), ERR_USAGE);
    request.municipality = STATUS_MUNICIPALITIES;
    assert_err(status_crl_build(listing, &request, &fd, NULL), ERR_USAGE);
    request = request_of(HERE);
    request.issuing_point = bytes_of("", 0);
    assert_err(status_crl_build(listing, &request, &fd, NULL), ERR_USAGE);
    request = request_of(HERE);
    request.last_this_update = request.this_update;
    assert_err(status_crl_build(listing, &request, &fd, NULL), ERR_USAGE);
    assert_int_equal(fd, -1);
}

/* What may be a name in the published folder, and whose. */
static void names_its_files(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool is_municipal;
    } rows[] = {{"signature.31372.crl", true},        {"authentication-2.31372.tbs", true},
                {"signature.municipal.epoch", true},  {"signature.crl", false},
                {"signature.epoch", false},           {"signature.3137.crl", false},
                {"signature.313722.crl", false},      {"signature.31372.crl.new", false},
                {"signature-17.31372.crl", false},    {"signature.31372/crl", false},
                {"other.31372.crl", false},           {"signature.31372.cer", false},
                {"signature-2.municipal.epoch", true}};
    char name[STATUS_NAME];
    struct status_list list = {.kind = KIND_AUTHENTICATION, .generation = 2};
    assert_string_equal(status_list_name(&list, name), "authentication-2");
    memcpy(list.municipality, "31372", sizeof list.municipality);
    assert_string_equal(status_list_name(&list, name), "authentication-2.31372");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (status_list_is_municipal(rows[i].name) != rows[i].is_municipal)
            fail_msg("%s", rows[i].name);
}

/* --- openssl --- */

static void pem_write(const char *label, struct bytes der, const char *name)
{
    char path[128];
    struct buffer pem CLEANUP_BUFFER;
    buffer_init(&pem, 2 * LIMIT_FRAME);
    pem_encode(label, der, &pem);
    status_path(name, path);
    assert_ok(file_replace(path, buffer_bytes(&pem), 0600, NULL));
}

static void list_write(uint16_t municipality, const char *name)
{
    struct buffer tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER, crl CLEANUP_BUFFER;
    struct status_crl_request request = request_of(municipality);
    const struct sample *authority = &authorities[KIND_SIGNATURE];
    buffer_init(&tbs, 65536);
    buffer_init(&signature, SIGNATURE_MAX);
    buffer_init(&crl, 65536);
    build(&request, &tbs);
    sample_sign(authority, buffer_bytes(&tbs), &signature);
    assert_ok(crl_assemble(buffer_bytes(&tbs), sample_algorithm(authority),
                           buffer_bytes(&signature), &crl));
    pem_write("X509 CRL", buffer_bytes(&crl), name);
}

static void files_write(void)
{
    fixture_pem(KIND_SIGNATURE, "authority.pem");
    fixture_publish(KIND_SIGNATURE, 7, SAMPLE_NOW, 0);
    openssl(NULL, "crl -inform DER -in signature.crl -out full.pem");
    list_write(HERE, "here.pem");
    list_write(THERE, "there.pem");
    for (uint64_t serial = SERIAL_GOOD; serial <= SERIAL_HELD; serial++) {
        struct sample leaf;
        sample_leaf(KIND_SIGNATURE, &authorities[KIND_SIGNATURE], serial, &leaf);
        pem_write("CERTIFICATE", leaf.cert.whole, serial == SERIAL_GOOD ? "good.pem" : "held.pem");
        sample_free(&leaf);
    }
}

static void openssl_agrees(void **state)
{
    (void)state;
    static const struct {
        const char *words, *says;
    } rows[] = {
        /* all of the path: the root's own point has another scope, so that the full list is needed
         */
        {"-crl_check_all -CRLfile full.pem good.pem", "good.pem: OK"},
        {"-crl_check_all -CRLfile full.pem held.pem", "certificate revoked"},
        {"-crl_check_all -CRLfile full.pem -CRLfile here.pem good.pem", "good.pem: OK"},
        {"-crl_check_all -CRLfile full.pem -CRLfile here.pem held.pem", "certificate revoked"},
        {"-crl_check_all -CRLfile here.pem good.pem", "different CRL scope"},
        /* the leaf alone */
        {"-crl_check -CRLfile here.pem good.pem", "good.pem: OK"},
        {"-crl_check -CRLfile here.pem held.pem", "certificate revoked"},
        {"-crl_check -CRLfile there.pem good.pem", "different CRL scope"},
        {"-crl_check -CRLfile there.pem held.pem", "different CRL scope"},
    };
    files_write();
    const char *text = openssl(NULL, "crl -in here.pem -noout -text -CAfile authority.pem");
    assert_non_null(strstr(text, "verify OK"));
    assert_non_null(strstr(text, "X509v3 Issuing Distribution Point: critical"));
    assert_non_null(strstr(text, "Hokuei-cho CRLDP"));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        text = openssl(NULL, "verify -attime %lld -CAfile authority.pem %s",
                       (long long)SAMPLE_NOW + 60, rows[i].words);
        if (!strstr(text, rows[i].says))
            fail_msg("%s: %s", rows[i].words, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_lists_its_own),
        cmocka_unit_test(is_of_its_moment),
        cmocka_unit_test(refuses_scopes_that_cannot_be),
        cmocka_unit_test(names_its_files),
        cmocka_unit_test(openssl_agrees),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
