/* What falls due in the coming year, against what the counters can take: a plot, a table, a paper.
 */
#pragma once

#include "web/desk.h"

void staff_get_forecast(struct desk *desk);
/* staff_get_forecast_paper answers the same figures as a PDF of one page. */
void staff_get_forecast_paper(struct desk *desk);
