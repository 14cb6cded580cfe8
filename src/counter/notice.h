/* Notices to holders that certificates or card end: made in a batch of each day, listed, printed,
 * come back. Who gets one is law/notice's. page:S11 */
#pragma once

#include "centre/act.h"
#include "law/notice.h"
#include "store/rows.h"

/* A letter. */
struct notice_letter {
    int64_t number, resident;
    struct date day; /* of its batch */
    enum notice notice;
    struct date tells;    /* the day that it tells of */
    struct date returned; /* year 0: it has not come back */
    char returned_by[STAFF_NAME];
};

/* notice_of_row decodes the present row of a statement that reads NOTICE_COLUMNS. */
void notice_of_row(struct rows *rows, struct notice_letter *out);
/* notice_read refuses the call for a number that no letter has. */
bool notice_read(struct act_call *call, struct notice_letter *out) MUST_USE;

/* The functions of the acts. */
bool notice_list(struct act_call *call);
bool notice_paper(struct act_call *call);
bool notice_returned(struct act_call *call);

/* notice_turn makes, after 00:30 of each day, what has become due since the batch before, a part
 * at a time; *has_more: another part waits. */
enum err notice_turn(struct centre *centre, bool *has_more, struct fault *fault) MUST_USE;
