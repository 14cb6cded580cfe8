/* The page's forms as paper: one A4 page, blank or with what is known filled in. What a form has is
 * data (layout.h); there is one way to draw them all. page:S36 page:S41 page:S42 page:S46 page:S50
 */
#pragma once

#include "law/papers.h"
#include "paper/content.h"
#include "paper/fonts.h"

/* form_draw appends the PDF. What content_check refuses; ERR_LIMIT: an item does not fit its box.
 * ERR_UNSUPPORTED: no font has one of its characters. */
enum err form_draw(const struct fonts *fonts, enum form form, const struct content *content,
                   struct buffer *pdf, struct fault *fault) MUST_USE;
