/* Addresses as people say them. */
#pragma once

#include <stdbool.h>

/* address_is_told: whether somebody who says `told` means the address of a record. Width, blanks,
 * Japanese numerals of one figure and the words between the numbers (丁目, 番地, 番, 号, の) do not
 * matter; prefecture and town may be left out, the name of the place before the numbers may not. */
bool address_is_told(const char *told, const char *record);
