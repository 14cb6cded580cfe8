/* Text: UTF-8, strict (no overlong form, no surrogate, nothing above U+10FFFF). */
#pragma once

#include "base/bytes.h"

/* text_next takes one code point. False at the end or at a malformed sequence; reader->left tells
 * which. */
bool text_next(struct reader *reader, uint32_t *code_point) MUST_USE;
void text_put(struct buffer *buffer, uint32_t code_point);
bool text_is_utf8(struct bytes text);
size_t text_count(struct bytes text);                 /* code points of well-formed text */
bool text_is_variation_selector(uint32_t code_point); /* IVS and the standard ones */
