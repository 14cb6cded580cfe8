#include "check.h"

#include <string.h>

#include "base/bytes.h"

static void reads_what_was_written(void **state)
{
    (void)state;
    struct buffer buffer CLEANUP_BUFFER;
    buffer_init(&buffer, 64);
    buffer_put_u8(&buffer, 0x12);
    buffer_put_u16(&buffer, 0x3456);
    buffer_put_u32(&buffer, 0x789ABCDE);
    buffer_put_u64(&buffer, UINT64_C(0x0102030405060708));
    buffer_put_sized(&buffer, bytes_of_text("abc"));
    assert_ok(buffer_check(&buffer));

    struct reader reader = reader_of(buffer_bytes(&buffer));
    uint8_t a;
    uint16_t b;
    uint32_t c;
    uint64_t d;
    struct bytes e;
    assert_true(reader_u8(&reader, &a) && reader_u16(&reader, &b) && reader_u32(&reader, &c));
    assert_true(reader_u64(&reader, &d) && reader_sized(&reader, &e));
    assert_int_equal(a, 0x12);
    assert_int_equal(b, 0x3456);
    assert_true(c == 0x789ABCDE && d == UINT64_C(0x0102030405060708));
    assert_true(bytes_equal_text(e, "abc"));
    assert_true(reader_is_done(&reader));
}

static void refuses_to_read_past_the_end(void **state)
{
    (void)state;
    static const uint8_t input[] = {0, 0, 0, 9, 1, 2};
    struct reader reader = reader_of(bytes_of(input, sizeof input));
    struct bytes taken;
    uint64_t value;
    assert_false(reader_sized(&reader, &taken));
    assert_false(reader_u64(&reader, &value));
    assert_false(reader_take(&reader, 7, &taken));
    assert_int_equal(reader.left, sizeof input);
}

static void refuses_to_grow_past_its_cap(void **state)
{
    (void)state;
    struct buffer buffer CLEANUP_BUFFER;
    buffer_init(&buffer, 4);
    buffer_put_text(&buffer, "four");
    assert_ok(buffer_check(&buffer));
    buffer_put_u8(&buffer, 1);
    assert_err(buffer_check(&buffer), ERR_LIMIT);
    buffer_put_u8(&buffer, 1);
    assert_int_equal(buffer.len, 4);
    assert_null(buffer_text(&buffer));
}

static void inserts_in_the_middle(void **state)
{
    (void)state;
    struct buffer buffer CLEANUP_BUFFER;
    buffer_init(&buffer, 16);
    buffer_put_text(&buffer, "held");
    buffer_insert(&buffer, 2, "--", 2);
    assert_string_equal(buffer_text(&buffer), "he--ld");
}

/* Over every size at which a block is made in another way. */
static void keeps_its_bytes_when_it_grows(void **state)
{
    (void)state;
    enum { PIECE = 4096, NUM = 5000 };
    struct buffer buffer CLEANUP_BUFFER, reserved CLEANUP_BUFFER;
    buffer_init(&buffer, PIECE * NUM);
    buffer_init(&reserved, PIECE * NUM);
    buffer_put_text(&reserved, "begun");
    buffer_cut(&reserved, 0);
    buffer_reserve(&reserved, PIECE * NUM - 1);
    const uint8_t *first = reserved.data;
    for (size_t i = 0; i < NUM; i++) {
        uint8_t piece[PIECE];
        memset(piece, (int)(i % 251), sizeof piece);
        buffer_put(&buffer, piece, i + 1 < NUM ? sizeof piece : sizeof piece - 1);
        buffer_put(&reserved, piece, i + 1 < NUM ? sizeof piece : sizeof piece - 1);
    }
    assert_ok(buffer_check(&buffer));
    assert_ptr_equal(reserved.data, first); /* it did not move */
    assert_true(bytes_equal(buffer_bytes(&buffer), buffer_bytes(&reserved)));
    for (size_t i = 0; i < buffer.len; i++)
        if (buffer.data[i] != i / PIECE % 251)
            fail_msg("byte %zu is %u", i, buffer.data[i]);
    buffer_reserve(&buffer, PIECE * NUM); /* more than it may hold: nothing happens */
    assert_ok(buffer_check(&buffer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_was_written),
        cmocka_unit_test(refuses_to_read_past_the_end),
        cmocka_unit_test(refuses_to_grow_past_its_cap),
        cmocka_unit_test(inserts_in_the_middle),
        cmocka_unit_test(keeps_its_bytes_when_it_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
