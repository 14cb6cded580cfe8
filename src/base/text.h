/* Text: UTF-8, strict (no overlong form, no surrogate, nothing above U+10FFFF). */
#pragma once

#include "base/bytes.h"

/* text_next takes one code point. False at the end or at a malformed sequence; reader->left tells
 * which. */
bool text_next(struct reader *reader, uint32_t *code_point) MUST_USE;
void text_put(struct buffer *buffer, uint32_t code_point);
bool text_is_utf8(struct bytes text);
size_t text_count(struct bytes text); /* code points of well-formed text */
/* text_is_hidden: what nobody sees and what turns the order of what they see: controls (C0, C1),
 * marks and isolates of direction, joiners, fillers, tags, noncharacters. None stands in a name, an
 * address or a word of ours; the record, acts and the terminal all ask here. */
bool text_is_hidden(uint32_t code_point);
bool text_has_hidden(struct bytes text); /* of well-formed text */
/* text_is_short: what one field of an act or a form may hold: 1 to TEXT_SHORT_MAX characters, none
 * of them hidden. */
#define TEXT_SHORT_MAX 200
bool text_is_short(struct bytes text);
/* text_put_visible appends text for a terminal: '?' for each hidden character and malformed octet.
 */
void text_put_visible(struct buffer *buffer, struct bytes text);
/* text_copy_visible writes as much of it as has room, whole characters, with a NUL behind. */
void text_copy_visible(struct bytes text, char *out, size_t size);
/* text_narrow: the letter of ASCII that one of full width stands for, and any other as it is. */
uint32_t text_narrow(uint32_t code_point);
bool text_is_blank(uint32_t code_point);  /* a space, of whatever width */
bool text_is_hyphen(uint32_t code_point); /* what people type for one, the long vowel sign too */
bool text_is_variation_selector(uint32_t code_point); /* IVS and the standard ones */
