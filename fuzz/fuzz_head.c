/* Heads of HTTP requests. */
#include <stdlib.h>
#include <string.h>

#include "http/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct http_head head;
    size_t head_len = http_head_len((struct bytes){data, len});
    if (head_len == 0 || head_len > HTTP_HEAD_MAX)
        return 0;
    char *copy = malloc(head_len);
    if (!copy)
        abort();
    memcpy(copy, data, head_len);
    if (http_head_parse(copy, head_len, &head) == 0 &&
        (head.path[0] != '/' || http_has_controls(head.path) || !*head.method))
        abort();
    free(copy);
    return 0;
}
