/* Appointments for the counter: an office's day, a caller's appointments, one of them, and booking
 * for whoever calls. */
#pragma once

#include "web/desk.h"

void staff_get_appointments(struct desk *desk);
void staff_get_caller(struct desk *desk);
void staff_get_appointment(struct desk *desk);
void staff_get_booking(struct desk *desk);
void staff_post_booking(struct desk *desk);
