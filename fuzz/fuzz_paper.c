/* What the program that draws is asked for: of what is accepted there is one paper, and each item
 * is within its limit; checked content is printed, and is well-formed again. */
#include "paper/request.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_items(const struct content *content)
{
    for (enum content_item item = ITEM_NONE; item < NUM_ITEMS; item++) {
        struct buffer printed CLEANUP_BUFFER;
        buffer_init(&printed, LIMIT_PAPER_TEXT);
        content_print(content, item, &printed);
        require(buffer_check(&printed) == ERR_NONE && text_is_utf8(buffer_bytes(&printed)));
        require((printed.len > 0) == content_has(content, item));
    }
    struct bytes number = content->items[ITEM_NUMBER];
    for (size_t i = 0; i < number.len; i++)
        require(strchr("0123456789-", number.data[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct paper_request request CLEANUP_PAPER_REQUEST = {0};
    struct fault fault = {0};
    if (paper_request_parse(bytes_of(data, size), &request, &fault) != ERR_NONE) {
        require(fault.code != ERR_NONE && fault.text[0] && !request.json);
        return 0;
    }
    require((request.form != FORM_NONE) + (request.letter != LETTER_NONE) +
                (request.forecast.num > 0) + (request.num_letters > 0) ==
            1);
    for (enum content_item item = ITEM_NONE; item < NUM_ITEMS; item++)
        require(request.content.items[item].len <= LIMIT_FORM_ITEM);
    if (content_check(&request.content, &fault) == ERR_NONE)
        check_items(&request.content);
    for (size_t i = 0; i < request.num_letters; i++)
        if (content_check(&request.letters[i].content, &fault) == ERR_NONE)
            check_items(&request.letters[i].content);
    return 0;
}
