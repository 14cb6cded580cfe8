/* Which of the two fonts draws a character. What neither has is refused. */
#pragma once

#include <pango/pango.h>

#include "base/bytes.h"
#include "paper/fonts.h"

PangoContext *fonts_context(const struct fonts *fonts);

/* Whose words they are: the form's own, or what is filled in. The names of people first look for
 * their variants in the font that has most of them. */
enum hand { HAND_PRINTED, HAND_FILLED };

/* fonts_choose puts the font of each character of well-formed text into the list. ERR_UNSUPPORTED:
 * neither font has this character, or this variant of it (IVS). */
enum err fonts_choose(const struct fonts *fonts, struct bytes text, enum hand hand,
                      PangoAttrList *list, struct fault *fault) MUST_USE;
