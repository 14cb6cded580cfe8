/* What people type into the forms of an appointment, as the acts want it. Whoever writes Japanese
 * types digits, hyphens and letters in full width, too. */
#pragma once

#include "base/era.h"
#include "web/page.h"

#define TYPED_MAX 1024

/* typed_text reads a field as it was typed, whatever it is; "" where there is none, or one that is
 * too long to be kept. Returns whether it is what the field may hold (base/text.h). */
bool typed_text(const struct page *page, const char *name, char out[static TYPED_MAX]);
/* typed_put puts a field into an object as it was typed. */
void typed_put(const struct page *page, const char *name, json_t *object);
/* These are false where the field is none, or there is none. */
bool typed_telephone(const struct page *page, char out[static TYPED_MAX]) MUST_USE;
/* typed_whole: the text is a whole number, of at most 18 digits. */
bool typed_whole(const char *text, int64_t *out) MUST_USE;
bool typed_number(const struct page *page, const char *name, int64_t *out) MUST_USE;
/* typed_code takes small letters, and those that no code has as the digits they were read for. */
bool typed_code(const struct page *page, char out[static TYPED_MAX]) MUST_USE;

/* A birth date stands in four fields: an era or the calendar's own years, and year, month, day. */
#define NUM_RECKONINGS 5
extern const struct typed_reckoning {
    const char *name; /* as its field says it */
    enum era era;
} typed_reckonings[NUM_RECKONINGS];
/* typed_reckonings_json: each to choose from, {"word", "text", "is_chosen"}; the caller's. */
json_t *typed_reckonings_json(const struct page *page);
bool typed_birth_date(const struct page *page, char out[static DATE_TEXT]) MUST_USE;
