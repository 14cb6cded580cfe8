#include "check.h"

#include <stdio.h>
#include <string.h>

#include "agent/socket_table.h"

#define LOOPBACK 0x0100007Fu /* as a little-endian machine stores 127.0.0.1; compared as text */
#define HEAD                                                                                       \
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "  \
    "inode\n"
#define MORE " 1 0000000000000000 100 0 0 10 0\n"

static struct reader table_of(const char *text)
{
    return reader_of(bytes_of_text(text));
}

static void reads_rows(void **state)
{
    (void)state;
    struct reader table = table_of(
        HEAD "   0: 0100007F:3D8A 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000"
             "        0 12345" MORE
             "  11: 0100007F:CAFE 0100007F:3D8A 01 00000000:00000000 00:00000000 00000000 "
             "4294967295        0 0" MORE);
    struct socket_row row;
    assert_true(socket_row_next(&table, &row));
    assert_true(row.listens && row.uid == 1000 && row.inode == 12345);
    assert_true(socket_end_is(row.local, LOOPBACK, 15754));
    assert_true(socket_end_has_port(row.local, 15754));
    assert_true(socket_row_next(&table, &row));
    assert_true(!row.listens && row.uid == UINT32_MAX && row.inode == 0);
    assert_true(socket_end_is(row.local, LOOPBACK, 0xCAFE));
    assert_true(socket_end_is(row.remote, LOOPBACK, 15754));
    assert_false(socket_row_next(&table, &row));
}

/* A line that is no row is not taken for one, and the next one is read. */
static void passes_over_what_is_no_row(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        " ",
        "0: a b 0A c d e 1000 0",
        "0 a b 0A c d e 1000 0 1",
        "0: a b 0A c d e 4294967296 0 1",
        "0: a b 0A c d e -1 0 1",
        "0: a b 0A c d e 1000 0 18446744073709551616",
        "0: a b 0A c d e 1000 0 1x",
        "0: a b 0A c d e 0x10 0 1",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        char text[256];
        struct socket_row row;
        snprintf(text, sizeof text, "%s\n7: a b 0A c d e 5 0 6", lines[i]);
        struct reader table = table_of(text);
        assert_true(socket_row_next(&table, &row));
        assert_true(row.uid == 5 && row.inode == 6);
        assert_false(socket_row_next(&table, &row));
    }
}

static void knows_an_end(void **state)
{
    (void)state;
    static const char *const ends[] = {"0100007F:3D8A", "0000000000000000FFFF00000100007F:3D8A"};
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        assert_true(socket_end_is(bytes_of_text(ends[i]), LOOPBACK, 15754));
    static const char *const others[] = {
        "0100007F:3D8B",
        "0200007F:3D8A",
        "0100007F:3D8",
        "0100007F:3D8A0",
        "0100007F3D8A",
        "",
        "0000000000000000000000000100007F:3D8A", /* ::7f00:1 is an address of IPv6 */
        "0000000000000000FFFF000001000000:3D8A",
    };
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_false(socket_end_is(bytes_of_text(others[i]), LOOPBACK, 15754));
    assert_false(socket_end_has_port(bytes_of_text(":3D8A"), 15754));
    assert_false(socket_end_has_port(bytes_of_text("0100007F:13D8A"), 15754));
    assert_false(socket_end_has_port(bytes_of_text("0100007F:3D8B"), 15754));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rows),
        cmocka_unit_test(passes_over_what_is_no_row),
        cmocka_unit_test(knows_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
