/* Appointments for the counter: an office's day, a caller's appointments, one of them, and booking
 * for whoever calls. */
#pragma once

#include "web/desk.h"

void booking_get_day(struct desk *desk);
void booking_get_caller(struct desk *desk);
void booking_get(struct desk *desk);
void booking_get_walk(struct desk *desk);
void booking_post(struct desk *desk);
