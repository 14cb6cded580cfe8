#include "check.h"

#include "base/date.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "x509/algorithm.h"
#include "x509/der.h"
#include "x509/oid.h"

/* One element, as hexadecimal. */
static struct bytes unhex(const char *hex)
{
    static struct buffer octets = {.cap = 4096};
    buffer_done(&octets);
    assert_ok(hex_decode(bytes_of_text(hex), &octets));
    return buffer_bytes(&octets);
}

static struct fault fault;

static struct der open_hex(const char *hex)
{
    return der_of(unhex(hex), &fault, "X.690");
}

static void reads_numbers_booleans_and_strings(void **state)
{
    (void)state;
    struct der der = open_hex("020100020200800209008000000000000000"
                              "0101FF0A010605000403010203030100");
    assert_int_equal(der_number(&der), 0);
    assert_int_equal(der_number(&der), 128);
    assert_true(der_number(&der) == UINT64_C(1) << 63);
    assert_true(der_boolean(&der));
    assert_int_equal(der_enumerated(&der), 6);
    der_null(&der);
    assert_int_equal(der_octets(&der).len, 3);
    assert_int_equal(der_bit_octets(&der).len, 0);
    assert_ok(der_end(&der));
}

static void read_number(struct der *der)
{
    (void)der_number(der);
}
static void read_unsigned(struct der *der)
{
    (void)der_unsigned(der, DER_INTEGER);
}
static void read_boolean(struct der *der)
{
    (void)der_boolean(der);
}
static void read_enumerated(struct der *der)
{
    (void)der_enumerated(der);
}
static void read_oid(struct der *der)
{
    (void)der_oid(der);
}
static void read_bits(struct der *der)
{
    (void)der_bit_octets(der);
}
static void read_named_bits(struct der *der)
{
    (void)der_named_bits(der);
}
static void read_time(struct der *der)
{
    (void)der_time(der);
}
static void read_octets(struct der *der)
{
    (void)der_octets(der);
}

static const struct {
    const char *hex;
    void (*read)(struct der *);
    const char *complaint;
} refusals[] = {
    {"02020001", read_number, "an INTEGER is not minimal"},
    {"0202FF80", read_unsigned, "an INTEGER is not minimal"},
    {"0200", read_number, "an INTEGER is not minimal"},
    {"0201FF", read_number, "an INTEGER is negative"},
    {"0209010000000000000000", read_number, "an INTEGER is too large"},
    {"010101", read_boolean, "a BOOLEAN is neither 00 nor FF"},
    {"01020000", read_boolean, "a BOOLEAN is neither 00 nor FF"},
    {"0A0180", read_enumerated, "an ENUMERATED outside of 0…127"},
    {"0600", read_oid, "an OBJECT IDENTIFIER is not in its shortest form"},
    {"06032A8001", read_oid, "an OBJECT IDENTIFIER is not in its shortest form"},
    {"06022A81", read_oid, "an OBJECT IDENTIFIER is not in its shortest form"},
    {"030101", read_bits, "a BIT STRING is not of whole bytes"},
    {"0300", read_bits, "a BIT STRING is not of whole bytes"},
    {"03020700", read_named_bits, "a named bit list is not in its shortest form"},
    {"030206C1", read_named_bits, "a named bit list is not in its shortest form"},
    {"04810100", read_octets, "a length is not in its shortest definite form"},
    {"0482000100", read_octets, "a length is not in its shortest definite form"},
    {"0480000000", read_octets, "a length is not in its shortest definite form"},
    {"04850000000001AA", read_octets, "a length is not in its shortest definite form"},
    {"0402AA", read_octets, "an element of 2 bytes where 1 are left"},
    {"04", read_octets, "a length is not in its shortest definite form"},
    {"", read_octets, "an element is missing"},
    {"0500", read_octets, "tag 05 where 04 belongs"},
    {"17113236313132323034303530302B30393030", read_time,
     "a time is not of the form YYMMDDhhmmssZ"},
    {"170B323631313232303430355A", read_time, "a time is not of the form YYMMDDhhmmssZ"},
    {"170D3236313331323034303530305A", read_time, "a time is not of the form YYMMDDhhmmssZ"},
    {"170D3236303232393034303530305A", read_time, "a time is not of the form YYMMDDhhmmssZ"},
    {"170D3236303232323234303530305A", read_time, "a time is not of the form YYMMDDhhmmssZ"},
    {"180F32303236313132323034303530305A", read_time, "a GeneralizedTime before 2050"},
    {"181132303530313132323034303530302E355A", read_time,
     "a time is not of the form YYYYMMDDhhmmssZ"},
};

static void refuses_what_is_not_canonical(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct der der = open_hex(refusals[i].hex);
        refusals[i].read(&der);
        assert_int_equal(fault.code, ERR_MALFORMED);
        assert_string_equal(fault.rule, "X.690");
        assert_string_equal(fault.text, refusals[i].complaint);
        assert_false(der_has_more(&der));
    }
}

static void a_fault_sticks_to_every_place_of_the_input(void **state)
{
    (void)state;
    struct der der = open_hex("30060201010201020500");
    struct der inner = der_enter(&der, DER_SEQUENCE);
    (void)der_boolean(&inner);
    assert_false(der_is_ok(&der));
    (void)der_number(&inner);
    der_null(&der);
    assert_string_equal(fault.text, "tag 02 where 01 belongs");
    assert_err(der_end(&der), ERR_MALFORMED);
}

static void refuses_bytes_that_are_left(void **state)
{
    (void)state;
    struct der der = open_hex("3006020101020102");
    struct der inner = der_enter(&der, DER_SEQUENCE);
    assert_int_equal(der_number(&inner), 1);
    assert_ok(der_end(&der));
    assert_err(der_end(&inner), ERR_MALFORMED);
    assert_string_equal(fault.text, "3 bytes too many at the end");
}

static void refuses_to_go_too_deep(void **state)
{
    (void)state;
    struct buffer nested CLEANUP_BUFFER;
    buffer_init(&nested, 1024);
    size_t marks[40];
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        marks[i] = der_begin(&nested, DER_SEQUENCE);
    for (size_t i = COUNT_OF(marks); i > 0; i--)
        der_close(&nested, marks[i - 1]);
    struct der der = der_of(buffer_bytes(&nested), &fault, "X.690");
    int levels = 0;
    for (; der_has_more(&der); levels++)
        der = der_enter(&der, DER_SEQUENCE);
    assert_int_equal(levels, LIMIT_DER_DEPTH + 1);
    assert_int_equal(fault.code, ERR_LIMIT);
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, 70000);
    static const uint64_t numbers[] = {0, 1, 127, 128, 255, 256, 65535, 1u << 31, UINT64_MAX};
    size_t mark = der_begin(&out, DER_SEQUENCE);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        der_put_number(&out, numbers[i]);
    der_put_named_bits(&out, 0x0600);
    der_put_named_bits(&out, 0x8000);
    der_put_named_bits(&out, 0x0080);
    der_put_named_bits(&out, 0);
    der_close(&out, mark);
    struct der der = der_of(buffer_bytes(&out), &fault, "X.690");
    struct der inner = der_enter(&der, DER_SEQUENCE);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        assert_true(der_number(&inner) == numbers[i]);
    assert_int_equal(der_named_bits(&inner), 0x0600);
    assert_int_equal(der_named_bits(&inner), 0x8000);
    assert_int_equal(der_named_bits(&inner), 0x0080);
    assert_int_equal(der_named_bits(&inner), 0);
    assert_ok(der_end(&inner));
    assert_ok(der_end(&der));
}

static void writes_every_form_of_length(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 127, 128, 255, 256, 65535, 65536, 0xFFFFFF, 0x1000000};
    static size_t (*const begin[])(struct buffer *, uint8_t) = {der_begin, der_begin_long};
    static uint8_t content[0x1000000];
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (uint8_t)(i * 7);
    for (size_t i = 0; i < COUNT_OF(lengths) * COUNT_OF(begin); i++) {
        size_t len = lengths[i / COUNT_OF(begin)];
        struct buffer out CLEANUP_BUFFER, nested CLEANUP_BUFFER;
        buffer_init(&out, 2 * sizeof content);
        buffer_init(&nested, 2 * sizeof content);
        der_put(&out, DER_OCTET_STRING, bytes_of(content, len));
        size_t mark = begin[i % COUNT_OF(begin)](&nested, DER_OCTET_STRING);
        buffer_put(&nested, content, len);
        der_close(&nested, mark);
        assert_ok(buffer_check(&nested));
        assert_true(bytes_equal(buffer_bytes(&out), buffer_bytes(&nested)));
        struct der der = der_of(buffer_bytes(&out), &fault, "X.690");
        assert_int_equal(der_octets(&der).len, len);
        assert_ok(der_end(&der));
    }
}

static void chooses_the_form_of_a_time_by_its_year(void **state)
{
    (void)state;
    static const struct {
        const char *time, *hex;
    } times[] = {
        {"2026-11-22T04:05:06Z", "170d3236313132323034303530365a"},
        {"2049-12-31T23:59:59Z", "170d3439313233313233353935395a"},
        {"2050-01-01T00:00:00Z", "180f32303530303130313030303030305a"},
        {"1950-01-01T00:00:00Z", "170d3530303130313030303030305a"},
    };
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        struct buffer out CLEANUP_BUFFER, hex CLEANUP_BUFFER;
        buffer_init(&out, 100);
        buffer_init(&hex, 100);
        int64_t t;
        assert_ok(time_parse(times[i].time, &t));
        der_put_time(&out, t);
        hex_encode(buffer_bytes(&out), &hex);
        assert_string_equal(buffer_text(&hex), times[i].hex);
        struct der der = der_of(buffer_bytes(&out), &fault, "RFC 5280 4.1.2.5");
        assert_true(der_time(&der) == t);
        assert_ok(der_end(&der));
    }
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, 100);
    der_put_time(&out, -631152001);
    assert_err(buffer_check(&out), ERR_LIMIT);
}

static void knows_the_letters_of_each_string(void **state)
{
    (void)state;
    assert_true(der_is_text(DER_PRINTABLE_STRING, bytes_of_text("Tottori-ken (JP)")));
    assert_false(der_is_text(DER_PRINTABLE_STRING, bytes_of_text("a*b")));
    assert_false(der_is_text(DER_PRINTABLE_STRING, bytes_of("a\0b", 3)));
    assert_true(der_is_text(DER_UTF8_STRING, bytes_of_text("北栄町")));
    assert_false(der_is_text(DER_UTF8_STRING, bytes_of_text("\xC0\x80")));
    assert_false(der_is_text(DER_IA5_STRING, bytes_of_text("町")));
    assert_false(der_is_text(DER_OCTET_STRING, bytes_of_text("a")));
}

static void encodes_the_oids_of_its_table(void **state)
{
    (void)state;
    for (enum oid oid = OID_UNKNOWN + 1; oid < OID_END; oid++) {
        struct buffer octets CLEANUP_BUFFER, text CLEANUP_BUFFER;
        buffer_init(&octets, 64);
        buffer_init(&text, 64);
        assert_ok(oid_encode(oid_dotted(oid), &octets));
        assert_true(bytes_equal(buffer_bytes(&octets), oid_octets(oid)));
        assert_int_equal(oid_find(buffer_bytes(&octets)), oid);
        oid_print(buffer_bytes(&octets), &text);
        assert_string_equal(buffer_text(&text), oid_dotted(oid));
    }
}

static void encodes_an_arc_of_a_uuid(void **state)
{
    (void)state;
    static const char largest[] = "2.25.340282366920938463463374607431768211455.1.3.30";
    struct buffer octets CLEANUP_BUFFER, text CLEANUP_BUFFER;
    buffer_init(&octets, 64);
    buffer_init(&text, 64);
    assert_ok(oid_encode(largest, &octets));
    oid_print(buffer_bytes(&octets), &text);
    assert_string_equal(buffer_text(&text), largest);
    static const char *const bad[] = {
        "",     "1",    "3.1",  "1.40", "1.2.",
        "1..2", "1.02", "1.2x", "2.-1", "2.25.340282366920938463463374607431768211456"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_err(oid_encode(bad[i], &octets), ERR_MALFORMED);
}

static void reads_algorithms_with_their_parameters(void **state)
{
    (void)state;
    for (enum algorithm wanted = ALGORITHM_UNKNOWN + 1; wanted < NUM_ALGORITHMS; wanted++) {
        struct buffer out CLEANUP_BUFFER;
        buffer_init(&out, 64);
        algorithm_put(&out, wanted);
        struct der der = der_of(buffer_bytes(&out), &fault, "RFC 5280 4.1.1.2");
        assert_int_equal(algorithm_take(&der, NULL), wanted);
        assert_ok(der_end(&der));
    }
    /* ecdsa-with-SHA256 with a NULL; sha256WithRSAEncryption with a number */
    struct der der = open_hex("300c06082a8648ce3d0403020500");
    assert_int_equal(algorithm_take(&der, NULL), ALGORITHM_UNKNOWN);
    assert_true(der_is_ok(&der));
    der = open_hex("300e06092a864886f70d01010b020100");
    assert_int_equal(algorithm_take(&der, NULL), ALGORITHM_UNKNOWN);
    der = open_hex("300f06092a864886f70d01010b05000500");
    (void)algorithm_take(&der, NULL);
    assert_false(der_is_ok(&der));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_numbers_booleans_and_strings),
        cmocka_unit_test(refuses_what_is_not_canonical),
        cmocka_unit_test(a_fault_sticks_to_every_place_of_the_input),
        cmocka_unit_test(refuses_bytes_that_are_left),
        cmocka_unit_test(refuses_to_go_too_deep),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(writes_every_form_of_length),
        cmocka_unit_test(chooses_the_form_of_a_time_by_its_year),
        cmocka_unit_test(knows_the_letters_of_each_string),
        cmocka_unit_test(encodes_the_oids_of_its_table),
        cmocka_unit_test(encodes_an_arc_of_a_uuid),
        cmocka_unit_test(reads_algorithms_with_their_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
