/* Revocation lists and OCSP. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/verify.h"
#include "sample.h"
#include "x509/ocsp.h"

static struct sample authority, responder;

static int make_samples(void **state)
{
    (void)state;
    sample_authority(KIND_AUTHENTICATION, &authority);
    sample_responder(KIND_AUTHENTICATION, &authority, 9, &responder);
    return 0;
}

static int free_samples(void **state)
{
    (void)state;
    sample_free(&authority);
    sample_free(&responder);
    return 0;
}

/* Serials 16, 17, … each with the next reason of a list. */
struct counter {
    unsigned given, num;
    uint8_t room[8];
};
static const enum crl_reason some_reasons[] = {CRL_REASON_HOLD, CRL_REASON_UNSPECIFIED,
                                               CRL_REASON_AFFILIATION_CHANGED};

static bool next_of_counter(void *context, struct crl_entry *out)
{
    struct counter *counter = context;
    if (counter->given == counter->num)
        return false;
    out->serial = serial_encode(16 + counter->given, counter->room);
    out->revoked_at = SAMPLE_NOW - 60 + counter->given;
    out->reason = some_reasons[counter->given % COUNT_OF(some_reasons)];
    counter->given++;
    return true;
}

static void make_crl(unsigned num, struct bytes point, struct buffer *out)
{
    struct buffer tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&tbs, 1 << 20);
    buffer_init(&signature, 1024);
    buffer_init(out, 1 << 20);
    struct counter counter = {.num = num};
    const struct crl_facts facts = {.this_update = SAMPLE_NOW,
                                    .next_update = SAMPLE_NOW + PROFILE_CRL_LIFE,
                                    .number = 7,
                                    .issuing_point = point};
    assert_ok(crl_encode_tbs(&authority.cert, &facts,
                             (struct crl_source){next_of_counter, &counter}, &tbs));
    sample_sign(&authority, buffer_bytes(&tbs), &signature);
    assert_ok(crl_assemble(buffer_bytes(&tbs), sample_algorithm(&authority),
                           buffer_bytes(&signature), out));
}

static void reads_back_a_list(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct crl crl;
    struct crl_entry entry;
    make_crl(3, (struct bytes){NULL, 0}, &der);
    assert_ok(crl_parse(buffer_bytes(&der), &crl, NULL));
    assert_int_equal(crl.num_entries, 3);
    assert_true(bytes_equal(crl.issuer, authority.cert.subject));
    assert_true(bytes_equal(crl.authority_key_id.key_id, authority.cert.subject_key_id));
    assert_true(crl.this_update == SAMPLE_NOW);
    assert_true(crl.next_update == SAMPLE_NOW + 48 * 3600);
    assert_false(crl.has_issuing_point);
    assert_true(bytes_equal(crl.number, bytes_of("\x07", 1)));
    for (uint8_t serial = 16; serial < 19; serial++) {
        assert_true(crl_find(&crl, bytes_of(&serial, 1), &entry));
        assert_true(entry.revoked_at == SAMPLE_NOW - 60 + serial - 16);
        assert_int_equal(entry.reason, some_reasons[serial - 16]);
    }
    assert_false(crl_find(&crl, bytes_of("\x13", 1), &entry));
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    assert_ok(public_key_parse(authority.cert.spki, &key));
    assert_ok(verify_message(key, HASH_SHA256, crl.tbs, crl.signature));
}

static void leaves_an_empty_list_out(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct crl crl;
    make_crl(0, (struct bytes){NULL, 0}, &der);
    assert_ok(crl_parse(buffer_bytes(&der), &crl, NULL));
    assert_int_equal(crl.num_entries, 0);
    assert_int_equal(crl.entries.len, 0);
}

static void marks_the_list_of_a_municipality(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER, point CLEANUP_BUFFER;
    struct crl crl;
    buffer_init(&point, 1024);
    profile_put_crl_point(&sample_site, KIND_AUTHENTICATION, "Tottori-ken", "Hokuei-cho", &point);
    make_crl(1, buffer_bytes(&point), &der);
    assert_ok(crl_parse(buffer_bytes(&der), &crl, NULL));
    assert_true(crl.has_issuing_point);
    assert_true(bytes_equal(crl.issuing_point, buffer_bytes(&point)));
}

/* One byte string of a made object is replaced; the parser must name the fault. */
struct change {
    const char *what, *with;
    size_t len;
    enum err err;
    const char *complaint;
};

static void replace(struct buffer *der, const struct change *change)
{
    uint8_t *at = memmem(der->data, der->len, change->what, change->len);
    assert_non_null(at);
    memcpy(at, change->with, change->len);
}

static const struct change crl_changes[] = {
    {"\x02\x01\x01\x30", "\x02\x01\x00\x30", 4, ERR_MALFORMED, "not a version 2 list"},
    {"\x06\x03\x55\x1D\x15\x04\x03\x0A\x01\x06", "\x06\x03\x55\x1D\x15\x04\x03\x0A\x01\x08", 10,
     ERR_MALFORMED, "reason 8 in a full list"},
    {"\x06\x03\x55\x1D\x15\x04\x03\x0A\x01\x06", "\x06\x03\x55\x1D\x15\x04\x03\x0A\x02\x06", 10,
     ERR_MALFORMED, "an element of 2 bytes where 1 are left"},
    {"\x30\x0C\x30\x0A\x06\x03\x55\x1D\x15\x04\x03\x0A\x01\x06",
     "\x30\x0C\x30\x0A\x06\x03\x55\x1D\x1D\x01\x01\xFF\x04\x00", 14, ERR_MALFORMED,
     "an unknown critical entry extension"}, /* certificateIssuer: an indirect list */
    {"\x06\x03\x55\x1D\x14", "\x06\x03\x55\x1D\x23", 5, ERR_MALFORMED,
     "an extension stands there twice"},
    {"\x06\x03\x55\x1D\x1C\x01\x01\xFF", "\x06\x03\x55\x1D\x1B\x01\x01\xFF", 8, ERR_MALFORMED,
     "an unknown critical extension"},
    {"261124010203Z", "261121010203Z", 13, ERR_MALFORMED, "nextUpdate lies before thisUpdate"},
    {"\x02\x01\x10\x17", "\x02\x01\x00\x17", 4, ERR_MALFORMED, "a serial number of zero"},
};

static void refuses_a_changed_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(crl_changes); i++) {
        struct buffer der CLEANUP_BUFFER;
        struct crl crl;
        struct fault fault = {0};
        make_crl(3, authority.cert.subject, &der);
        assert_ok(crl_parse(buffer_bytes(&der), &crl, NULL));
        replace(&der, &crl_changes[i]);
        enum err err = crl_parse(buffer_bytes(&der), &crl, &fault);
        assert_string_equal(fault.text, crl_changes[i].complaint);
        assert_err(err, crl_changes[i].err);
    }
}

static void refuses_every_cut_of_a_list(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct crl crl;
    make_crl(2, (struct bytes){NULL, 0}, &der);
    for (size_t len = 0; len < der.len; len++)
        assert_err(crl_parse(bytes_of(der.data, len), &crl, NULL), ERR_MALFORMED);
}

/* ---- OCSP ---- */

static const uint8_t hash[20] = "01234567890123456789";
static const uint8_t some_nonce[OCSP_MAX_NONCE + 1] = "a nonce of thirty-two bytes, yes";

static struct ocsp_id an_id(const char *serial)
{
    return (struct ocsp_id){.hash = ALGORITHM_SHA1,
                            .name_hash = bytes_of(hash, 20),
                            .key_hash = bytes_of(hash, 20),
                            .serial = bytes_of_text(serial)};
}

static void reads_back_a_request(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    buffer_init(&der, 4096);
    struct ocsp_request request = {.num = 2, .ids = {an_id("\x10"), an_id("\x11\x12")}}, again;
    request.nonce = bytes_of(some_nonce, 32);
    assert_ok(ocsp_request_encode(&request, &der));
    assert_ok(ocsp_request_parse(buffer_bytes(&der), &again, NULL));
    assert_int_equal(again.num, 2);
    assert_true(ocsp_id_equal(&again.ids[1], &request.ids[1]));
    assert_false(ocsp_id_equal(&again.ids[1], &request.ids[0]));
    assert_true(bytes_equal(again.nonce, request.nonce));
}

static void refuses_a_request_out_of_bounds(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER, wide CLEANUP_BUFFER;
    struct fault fault = {0};
    struct ocsp_request again;
    buffer_init(&der, 8192);
    buffer_init(&wide, 8192);
    struct ocsp_request request = {.num = 0};
    assert_err(ocsp_request_encode(&request, &der), ERR_USAGE);
    request.nonce = bytes_of(some_nonce, 33);
    request.ids[0] = an_id("\x10");
    request.num = 1;
    assert_err(ocsp_request_encode(&request, &der), ERR_USAGE);
    /* seventeen ids, by hand */
    size_t whole = der_begin(&wide, DER_SEQUENCE), fields = der_begin(&wide, DER_SEQUENCE);
    size_t list = der_begin(&wide, DER_SEQUENCE);
    for (size_t i = 0; i < OCSP_MAX_IDS + 1; i++) {
        uint8_t serial = (uint8_t)(i + 1);
        size_t mark = der_begin(&wide, DER_SEQUENCE);
        request.ids[0].serial = bytes_of(&serial, 1);
        ocsp_id_put(&wide, &request.ids[0]);
        der_close(&wide, mark);
    }
    der_close(&wide, list);
    der_close(&wide, fields);
    der_close(&wide, whole);
    assert_err(ocsp_request_parse(buffer_bytes(&wide), &again, &fault), ERR_LIMIT);
    assert_string_equal(fault.text, "more than 16 certificates");
}

static void refuses_a_certificate_asked_about_twice(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&der, 4096);
    struct ocsp_request again,
        request = {.num = 3, .ids = {an_id("\x10"), an_id("\x11"), an_id("\x10")}};
    assert_ok(ocsp_request_encode(&request, &der));
    assert_err(ocsp_request_parse(buffer_bytes(&der), &again, &fault), ERR_MALFORMED);
    assert_string_equal(fault.text, "a certificate is asked about twice");
}

/* A request with any nonce, and a nonce made into an extension that nobody knows. */
static void put_request(struct bytes nonce, struct buffer *out)
{
    struct ocsp_id id = an_id("\x10");
    size_t whole = der_begin(out, DER_SEQUENCE), fields = der_begin(out, DER_SEQUENCE);
    size_t list = der_begin(out, DER_SEQUENCE), request = der_begin(out, DER_SEQUENCE);
    ocsp_id_put(out, &id);
    der_close(out, request);
    der_close(out, list);
    size_t wrapped = der_begin(out, DER_CONTEXT_CONSTRUCTED(2));
    size_t extensions = der_begin(out, DER_SEQUENCE), extension = der_begin(out, DER_SEQUENCE);
    oid_put(out, OID_OCSP_NONCE);
    size_t value = der_begin(out, DER_OCTET_STRING);
    der_put(out, DER_OCTET_STRING, nonce);
    der_close(out, value);
    der_close(out, extension);
    der_close(out, extensions);
    der_close(out, wrapped);
    der_close(out, fields);
    der_close(out, whole);
}

static void refuses_other_nonces_and_extensions(void **state)
{
    (void)state;
    struct ocsp_request again;
    for (size_t len = 0; len <= 33; len++) {
        struct buffer der CLEANUP_BUFFER;
        buffer_init(&der, 4096);
        put_request(bytes_of(some_nonce, len), &der);
        assert_err(ocsp_request_parse(buffer_bytes(&der), &again, NULL),
                   len >= 1 && len <= 32 ? ERR_NONE : ERR_MALFORMED);
    }
    static const struct change unknown = {"\x30\x01\x02\x04\x22\x04\x20"
                                          "a",
                                          "\x30\x01\x09\x01\x01\xFF\x04\x1F", 8, ERR_MALFORMED,
                                          "an unknown critical extension"};
    struct buffer der CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&der, 4096);
    put_request(bytes_of(some_nonce, 32), &der);
    replace(&der, &unknown);
    assert_err(ocsp_request_parse(buffer_bytes(&der), &again, &fault), unknown.err);
    assert_string_equal(fault.text, unknown.complaint);
}

static void make_response(size_t num, struct buffer *out)
{
    struct buffer tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&tbs, 8192);
    buffer_init(&signature, 1024);
    buffer_init(out, 8192);
    struct ocsp_single singles[3] = {
        {an_id("\x10"), OCSP_STATUS_GOOD, 0, 0, SAMPLE_NOW, SAMPLE_NOW + PROFILE_OCSP_LIFE},
        {an_id("\x11"), OCSP_STATUS_REVOKED, SAMPLE_NOW - 9, CRL_REASON_HOLD, SAMPLE_NOW,
         SAMPLE_NOW + PROFILE_OCSP_LIFE},
        {an_id("\x12"), OCSP_STATUS_UNKNOWN, 0, 0, SAMPLE_NOW, SAMPLE_NOW + PROFILE_OCSP_LIFE}};
    const struct ocsp_facts facts = {.responder_key_id = bytes_of(responder.key_id, 20),
                                     .produced_at = SAMPLE_NOW,
                                     .singles = singles,
                                     .num = num,
                                     .nonce = bytes_of(some_nonce, 32)};
    assert_ok(ocsp_encode_tbs(&facts, &tbs));
    sample_sign(&responder, buffer_bytes(&tbs), &signature);
    assert_ok(ocsp_assemble(buffer_bytes(&tbs), ALGORITHM_ECDSA_SHA256, buffer_bytes(&signature),
                            buffer_bytes(&responder.der), out));
}

static void reads_back_an_answer(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct ocsp_response response;
    make_response(3, &der);
    assert_ok(ocsp_response_parse(buffer_bytes(&der), &response, NULL));
    assert_int_equal(response.outcome, OCSP_SUCCESSFUL);
    assert_int_equal(response.num, 3);
    assert_int_equal(response.singles[0].status, OCSP_STATUS_GOOD);
    assert_int_equal(response.singles[1].status, OCSP_STATUS_REVOKED);
    assert_int_equal(response.singles[1].reason, CRL_REASON_HOLD);
    assert_true(response.singles[1].revoked_at == SAMPLE_NOW - 9);
    assert_int_equal(response.singles[2].status, OCSP_STATUS_UNKNOWN);
    assert_true(response.singles[2].next_update == SAMPLE_NOW + 900);
    assert_true(bytes_equal(response.nonce, bytes_of(some_nonce, 32)));
    assert_true(bytes_equal(response.cert, buffer_bytes(&responder.der)));
    assert_true(bytes_equal(response.responder_key_id, bytes_of(responder.key_id, 20)));
    assert_int_equal(response.responder_name.len, 0);
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    assert_ok(public_key_parse(responder.cert.spki, &key));
    assert_ok(verify_message(key, HASH_SHA256, response.tbs, response.signature));
}

static const struct change response_changes[] = {
    {"\x02\x01\x11", "\x02\x01\x10", 3, ERR_MALFORMED, "a certificate is answered twice"},
    {"\x0A\x01\x06", "\x0A\x01\x07", 3, ERR_MALFORMED, "reason 7"},
    {"20261122011703Z", "20261122000000Z", 15, ERR_MALFORMED, "nextUpdate lies before thisUpdate"},
    {"20261122010203Z", "20261122010260Z", 15, ERR_MALFORMED,
     "a time is not of the form YYYYMMDDhhmmssZ"},
    {"\x07\x30\x01\x01", "\x07\x30\x01\x09", 4, ERR_UNSUPPORTED,
     "a response type other than basic"},
    {"\x0A\x01\x00", "\x0A\x01\x04", 3, ERR_MALFORMED, "responseStatus 4"},
    {"\x80\x00", "\x81\x00", 2, ERR_MALFORMED, "tag 81 where 82 belongs"},
};

static void refuses_a_changed_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(response_changes); i++) {
        struct buffer der CLEANUP_BUFFER;
        struct ocsp_response response;
        struct fault fault = {0};
        make_response(3, &der);
        replace(&der, &response_changes[i]);
        enum err err = ocsp_response_parse(buffer_bytes(&der), &response, &fault);
        assert_string_equal(fault.text, response_changes[i].complaint);
        assert_err(err, response_changes[i].err);
    }
}

static void refuses_every_cut_of_an_answer(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct ocsp_response response;
    make_response(2, &der);
    for (size_t len = 0; len < der.len; len++)
        assert_err(ocsp_response_parse(bytes_of(der.data, len), &response, NULL), ERR_MALFORMED);
}

static void says_an_error_without_a_signature(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct ocsp_response response;
    buffer_init(&der, 64);
    assert_ok(ocsp_encode_error(OCSP_TRY_LATER, &der));
    assert_true(bytes_equal(buffer_bytes(&der), bytes_of("\x30\x03\x0A\x01\x03", 5)));
    assert_ok(ocsp_response_parse(buffer_bytes(&der), &response, NULL));
    assert_int_equal(response.outcome, OCSP_TRY_LATER);
    assert_err(ocsp_encode_error(OCSP_SUCCESSFUL, &der), ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_a_list),
        cmocka_unit_test(leaves_an_empty_list_out),
        cmocka_unit_test(marks_the_list_of_a_municipality),
        cmocka_unit_test(refuses_a_changed_list),
        cmocka_unit_test(refuses_every_cut_of_a_list),
        cmocka_unit_test(reads_back_a_request),
        cmocka_unit_test(refuses_a_request_out_of_bounds),
        cmocka_unit_test(refuses_a_certificate_asked_about_twice),
        cmocka_unit_test(refuses_other_nonces_and_extensions),
        cmocka_unit_test(reads_back_an_answer),
        cmocka_unit_test(refuses_a_changed_answer),
        cmocka_unit_test(refuses_every_cut_of_an_answer),
        cmocka_unit_test(says_an_error_without_a_signature),
    };
    return cmocka_run_group_tests(tests, make_samples, free_samples);
}
