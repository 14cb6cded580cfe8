/* Appointments for the public: booked without an account, shown and changed by number and code. The
 * code stands in no address, and in what was posted alone. page:S18 */
#pragma once

#include "web/page.h"

void appointment_get(struct page *page);
void appointment_post(struct page *page);
void appointment_get_change(struct page *page);
/* appointment_post_change shows one, moves or cancels it, as the path says. */
void appointment_post_change(struct page *page);
void appointment_post_calendar(struct page *page);
