#include "agent/strangers.h"

bool strangers_count(struct strangers *strangers, int64_t now, unsigned *num)
{
    strangers->num++;
    if (now < strangers->quiet_until)
        return false;
    *num = strangers->num;
    *strangers = (struct strangers){.quiet_until = now + STRANGERS_QUIET};
    return true;
}
