/* What the agent reads of others: the kernel's table of sockets, in which programs choose addresses
 * and ports; and the form that any site's page may post. The first byte says which. */
#include <string.h>

#include "agent/socket_table.h"
#include "client/login.h"
#include "harness.h"
#include "http/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_inside(struct bytes part, struct bytes whole)
{
    return part.len && part.data >= whole.data && part.data + part.len <= whole.data + whole.len;
}

static void read_table(struct bytes text)
{
    struct reader table = reader_of(text);
    struct socket_row row;
    for (size_t left = table.left; socket_row_next(&table, &row); left = table.left) {
        require(table.left < left);
        require(is_inside(row.local, text) && is_inside(row.remote, text));
        if (socket_end_is(row.local, 0x0100007F, 0x3D8A))
            require(socket_end_has_port(row.local, 0x3D8A));
    }
    require(table.left == 0);
}

/* A question that is taken has its site's own address to go back to. */
static void read_form(struct bytes form)
{
    struct buffer values[3];
    static const char *const names[] = {"origin", "nonce", "return"};
    struct login_page page;
    char origin[LOGIN_ORIGIN_MAX];
    bool is_whole = true;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        buffer_init(&values[i], LOGIN_URL_MAX);
        is_whole = http_form_find(form, names[i], &values[i]) == ERR_NONE && is_whole;
    }
    if (is_whole && login_page_make(buffer_text(&values[0]), buffer_text(&values[1]),
                                    buffer_text(&values[2]), &page, NULL) == ERR_NONE) {
        require(login_origin_of_url(page.return_url, origin, NULL) == ERR_NONE);
        require(strcmp(origin, page.origin) == 0 && !page.cookie[0]);
    }
    for (size_t i = 0; i < COUNT_OF(names); i++)
        buffer_done(&values[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct bytes rest = bytes_of(data + 1, size - 1);
    if (data[0] == 't')
        read_table(rest);
    else
        read_form(rest);
    return 0;
}
