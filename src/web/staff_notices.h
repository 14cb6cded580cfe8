/* A day's notices: to whom, how many, what came back. */
#pragma once

#include "web/desk.h"

void staff_get_notices(struct desk *desk);
/* staff_get_notice_paper answers the PDF of one letter. */
void staff_get_notice_paper(struct desk *desk);
/* staff_get_notice_papers answers one PDF of the letters that a page shows. */
void staff_get_notice_papers(struct desk *desk);
void staff_post_notice_returned(struct desk *desk);
