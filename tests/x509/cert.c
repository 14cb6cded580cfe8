#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "crypto/verify.h"
#include "sample.h"

static struct sample authorities[NUM_KINDS], leaves[NUM_KINDS];

static int make_samples(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        sample_authority(kind, &authorities[kind]);
        sample_leaf(kind, &authorities[kind], 0x0705D990, &leaves[kind]);
    }
    return 0;
}

static int free_samples(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        sample_free(&authorities[kind]);
        sample_free(&leaves[kind]);
    }
    return 0;
}

static void assert_extensions(const struct cert *cert, enum profile_id id)
{
    const struct profile *profile = profile_get(id);
    assert_int_equal(cert->num_extensions, profile->num_extensions);
    for (size_t i = 0; i < cert->num_extensions; i++) {
        assert_string_equal(oid_name(cert->extensions[i].oid),
                            oid_name(profile->extensions[i].oid));
        assert_int_equal(cert->extensions[i].critical, profile->extensions[i].critical);
    }
}

static void reads_back_a_signature_certificate(void **state)
{
    (void)state;
    const struct cert *cert = &leaves[KIND_SIGNATURE].cert;
    enum kind kind;
    uint64_t serial;
    char text[TIME_TEXT];
    assert_extensions(cert, PROFILE_SIGNATURE);
    assert_true(cert_kind(cert, &kind));
    assert_int_equal(kind, KIND_SIGNATURE);
    assert_true(serial_decode(cert->serial, &serial));
    assert_true(serial == 0x0705D990);
    assert_string_equal(time_print(cert->not_before, text), "2026-11-22T01:02:03Z");
    assert_string_equal(time_print(cert->not_after, text), "2031-01-02T14:59:59Z");
    assert_true(bytes_equal(cert->basic_four.name, sample_basic_four.name));
    assert_true(bytes_equal(cert->basic_four.address_flags, sample_basic_four.address_flags));
    assert_int_equal(cert->key.bits, 2048);
    assert_int_equal(cert->num_purposes, 0);
    assert_int_equal(cert->ocsp.len, 0);
    assert_int_equal(cert->path_length, -1);
}

static void points_to_its_authority(void **state)
{
    (void)state;
    const struct cert *root = &authorities[KIND_AUTHENTICATION].cert;
    const struct cert *cert = &leaves[KIND_AUTHENTICATION].cert;
    enum kind kind;
    assert_extensions(cert, PROFILE_AUTHENTICATION);
    assert_extensions(root, PROFILE_AUTHORITY);
    assert_true(cert_kind(cert, &kind));
    assert_int_equal(kind, KIND_AUTHENTICATION);
    assert_false(cert_kind(root, &kind));
    assert_true(cert_is_self_issued(root));
    assert_false(cert_is_self_issued(cert));
    assert_true(bytes_equal(cert->issuer, root->subject));
    assert_true(bytes_equal(cert->authority_key_id.key_id, root->subject_key_id));
    assert_true(bytes_equal(cert->authority_key_id.issuer, root->issuer));
    assert_true(bytes_equal(cert->authority_key_id.serial, root->serial));
    assert_true(bytes_equal(cert->issuer_alt_directory, root->subject_alt_directory));
    assert_true(bytes_equal(root->crl_point, root->subject));
    assert_true(bytes_equal_text(cert->ocsp, profile_site_default()->ocsp));
    assert_true(root->is_authority);
    assert_false(cert->has_basic_four);
}

static void carries_a_signature_that_verifies(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
        const struct cert *cert = &leaves[kind].cert;
        assert_ok(public_key_parse(authorities[kind].cert.spki, &key));
        assert_ok(verify_message(key, HASH_SHA256, cert->tbs, cert->signature));
    }
}

static void prints_names_as_rfc_4514(void **state)
{
    (void)state;
    struct buffer text CLEANUP_BUFFER, name CLEANUP_BUFFER;
    buffer_init(&text, 1024);
    buffer_init(&name, 1024);
    assert_ok(name_print(leaves[KIND_SIGNATURE].cert.subject, &text));
    const char *common_name = strstr(buffer_text(&text), "CN=20261122100203");
    assert_ptr_equal(common_name, buffer_text(&text));
    assert_non_null(strstr(buffer_text(&text), "31372001A,L=Hokuei-cho,L=Tottori-ken,C=JP"));
    static const struct name_part odd[] = {{OID_ORGANIZATION, DER_UTF8_STRING, " a,b+c"},
                                           {OID_COMMON_NAME, DER_UTF8_STRING, "#\"北栄\\ "}};
    name_encode(odd, COUNT_OF(odd), &name);
    buffer_cut(&text, 0);
    assert_ok(name_print(buffer_bytes(&name), &text));
    assert_string_equal(buffer_text(&text), "CN=\\#\\\"北栄\\\\\\ ,O=\\ a\\,b\\+c");
}

/* One RDN of two attributes: in the order of their bytes, joined by + when printed. */
static void knows_the_order_within_an_rdn(void **state)
{
    (void)state;
    for (int is_wrong = 0; is_wrong < 2; is_wrong++) {
        struct buffer name CLEANUP_BUFFER, text CLEANUP_BUFFER;
        struct name parsed;
        struct fault fault = {0};
        buffer_init(&name, 256);
        buffer_init(&text, 256);
        size_t whole = der_begin(&name, DER_SEQUENCE), set = der_begin(&name, DER_SET);
        for (int i = 0; i < 2; i++) {
            size_t attribute = der_begin(&name, DER_SEQUENCE);
            oid_put(&name, i == is_wrong ? OID_COMMON_NAME : OID_LOCALITY);
            der_put_text(&name, DER_UTF8_STRING, "x");
            der_close(&name, attribute);
        }
        der_close(&name, set);
        der_close(&name, whole);
        assert_err(name_parse(buffer_bytes(&name), &parsed, &fault),
                   is_wrong ? ERR_MALFORMED : ERR_NONE);
        assert_string_equal(fault.text, is_wrong ? "an RDN whose attributes are out of order" : "");
        if (!is_wrong) {
            assert_ok(name_print(buffer_bytes(&name), &text));
            assert_string_equal(buffer_text(&text), "L=x+CN=x");
        }
    }
}

static void refuses_to_write_what_a_string_cannot_hold(void **state)
{
    (void)state;
    struct buffer name CLEANUP_BUFFER;
    buffer_init(&name, 1024);
    static const struct name_part bad[] = {{OID_COUNTRY, DER_PRINTABLE_STRING, "日本"}};
    name_encode(bad, 1, &name);
    assert_err(buffer_check(&name), ERR_MALFORMED);
}

static void refuses_to_encode_without_the_facts(void **state)
{
    (void)state;
    struct buffer point CLEANUP_BUFFER, out CLEANUP_BUFFER;
    struct cert_facts facts;
    buffer_init(&point, 1024);
    buffer_init(&out, 8192);
    const struct cert *root = &authorities[KIND_SIGNATURE].cert;
    const struct profile *profile = profile_get(PROFILE_SIGNATURE);
    const struct profile_site *site = profile_site_default();
    sample_leaf_facts(KIND_SIGNATURE, 5, &leaves[KIND_SIGNATURE], &point, &facts);
    facts.basic_four = NULL;
    assert_err(cert_encode_tbs(profile, site, root, &facts, &out), ERR_USAGE);
    facts.basic_four = &sample_basic_four;
    assert_err(cert_encode_tbs(profile, site, NULL, &facts, &out), ERR_USAGE);
    facts.serial = 0;
    assert_err(cert_encode_tbs(profile, site, root, &facts, &out), ERR_USAGE);
    facts.serial = 5;
    assert_int_equal(out.len, 0);
    assert_ok(cert_encode_tbs(profile, site, root, &facts, &out));
}

/* Puts `with` in the place of the one occurrence of `what`, which has the same length. */
static void replace(struct buffer *der, const char *what, const char *with, size_t len)
{
    uint8_t *at = memmem(der->data, der->len, what, len);
    assert_non_null(at);
    assert_null(memmem(at + 1, der->len - (size_t)(at + 1 - der->data), what, len));
    memcpy(at, with, len);
}

static const struct {
    const char *what, *with;
    size_t len;
    const char *rule, *complaint;
} changes[] = {
    {"\x06\x03\x55\x1D\x20\x01\x01\xFF", "\x06\x03\x55\x1D\x7F\x01\x01\xFF", 8, "RFC 5280 4.2",
     "an unknown critical extension"},
    {"\x06\x03\x55\x1D\x12", "\x06\x03\x55\x1D\x11", 5, "RFC 5280 4.2",
     "an extension stands there twice"},
    {"\x06\x03\x55\x1D\x0F\x01\x01\xFF", "\x06\x03\x55\x1D\x0F\x01\x01\x00", 8, "RFC 5280 4.2",
     "a default is written out"},
    {"\x03\x02\x06\xC0", "\x03\x02\x05\xC0", 4, "RFC 5280 4.2.1.3",
     "a named bit list is not in its shortest form"},
    {"\xA0\x03\x02\x01\x02", "\xA0\x03\x02\x01\x01", 5, "RFC 5280 4.1",
     "not a version 3 certificate"},
    {"261122010203Z", "330122010203Z", 13, "RFC 5280 4.1.2.5", "it ends before it begins"},
    {"261122010203Z", "261322010203Z", 13, "RFC 5280 4.1.2.5",
     "a time is not of the form YYMMDDhhmmssZ"},
    {"\x8C\x9B\x55\x08\x05\x05\x04", "\x8C\x9B\x55\x08\x05\x05\x03", 7, "RFC 5280 4.2.1.6",
     "dateOfBirth is missing or not in its place"},
    {"\x02\x04\x07\x05\xD9\x90", "\x02\x04\x87\x05\xD9\x90", 6, "RFC 5280 4.1",
     "an INTEGER is negative"},
    {"\x02\x04\x07\x05\xD9\x90", "\x02\x04\x00\x05\xD9\x90", 6, "RFC 5280 4.1",
     "an INTEGER is not minimal"},
};

static void refuses_a_changed_certificate(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct buffer der CLEANUP_BUFFER;
        struct cert cert;
        struct fault fault = {.input = "leaf.cer"};
        buffer_init(&der, 8192);
        buffer_put_bytes(&der, buffer_bytes(&leaves[KIND_SIGNATURE].der));
        replace(&der, changes[i].what, changes[i].with, changes[i].len);
        assert_err(cert_parse(buffer_bytes(&der), &cert, &fault), ERR_MALFORMED);
        assert_string_equal(fault.input, "leaf.cer");
        assert_int_equal(strncmp(fault.rule, changes[i].rule, strlen(changes[i].rule)), 0);
        assert_string_equal(fault.text, changes[i].complaint);
    }
}

static void refuses_every_cut(void **state)
{
    (void)state;
    struct bytes whole = buffer_bytes(&leaves[KIND_AUTHENTICATION].der);
    for (size_t len = 0; len < whole.len; len++) {
        uint8_t *exact = malloc(len ? len : 1); /* so that a read beyond it is seen */
        struct cert cert;
        memcpy(exact, whole.data, len);
        assert_err(cert_parse(bytes_of(exact, len), &cert, NULL), ERR_MALFORMED);
        free(exact);
    }
}

static void refuses_bytes_behind_and_another_outer_algorithm(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER, other CLEANUP_BUFFER;
    struct cert cert;
    struct fault fault = {0};
    const struct cert *leaf = &leaves[KIND_AUTHENTICATION].cert;
    buffer_init(&der, 8192);
    buffer_init(&other, 8192);
    buffer_put_bytes(&der, leaf->whole);
    buffer_put_u8(&der, 0);
    assert_err(cert_parse(buffer_bytes(&der), &cert, &fault), ERR_MALFORMED);
    assert_string_equal(fault.text, "1 bytes too many at the end");
    assert_ok(cert_assemble(leaf->tbs, ALGORITHM_RSA_SHA384, leaf->signature, &other));
    assert_err(cert_parse(buffer_bytes(&other), &cert, &fault), ERR_MALFORMED);
    assert_string_equal(fault.text, "the inner and the outer algorithm differ");
    assert_err(cert_assemble(leaf->tbs, ALGORITHM_UNKNOWN, leaf->signature, &other), ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_a_signature_certificate),
        cmocka_unit_test(points_to_its_authority),
        cmocka_unit_test(carries_a_signature_that_verifies),
        cmocka_unit_test(prints_names_as_rfc_4514),
        cmocka_unit_test(knows_the_order_within_an_rdn),
        cmocka_unit_test(refuses_to_write_what_a_string_cannot_hold),
        cmocka_unit_test(refuses_to_encode_without_the_facts),
        cmocka_unit_test(refuses_a_changed_certificate),
        cmocka_unit_test(refuses_every_cut),
        cmocka_unit_test(refuses_bytes_behind_and_another_outer_algorithm),
    };
    return cmocka_run_group_tests(tests, make_samples, free_samples);
}
