/* The telephone: whom a caller means, the hold, and what to say then. page:S38 */
#pragma once

#include "web/desk.h"

/* staff_get_hotline has the empty form, or what became of the hold with that number. */
void staff_get_hotline(struct desk *desk);
/* staff_post_hotline compares what the caller says, and holds where that was asked for. */
void staff_post_hotline(struct desk *desk);
/* staff_post_hotline_again carries out what was taken and is not in effect. */
void staff_post_hotline_again(struct desk *desk);
