/* One certificate of a day's batch: asked of law, and written to its holder, or not. */
#pragma once

#include "centre/centre.h"

struct notice_due {
    enum kind kind;
    int64_t serial, resident;
    struct date last_day;
};

/* notice_due_work writes the letter that is due, if one is, in the open transaction. *outcome is
 * what law said: which notice, or why there was none; static. */
enum err notice_due_work(struct centre *centre, const struct notice_due *due, struct date day,
                         const char **outcome, struct fault *fault) MUST_USE;
