/* What the agent reads of others: the form that any site's page may post. */
#include <string.h>

#include "client/login.h"
#include "harness.h"
#include "http/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A question that is taken has its site's own address to go back to. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes form = bytes_of(data, size);
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
    return 0;
}
