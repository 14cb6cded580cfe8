/* Erasing what lies back: by date, in parts, each with an entry that says how many. */
#include "base/clock.h"
#include "centre/crl.h"
#include "centre/journal.h"
#include "counter/appointment.h"

#define KEPT_DAYS 30

/* Everything that ended before this moment goes. */
static int64_t erased_before(int64_t daily)
{
    return date_start(date_add_days(date_of_time(daily), -KEPT_DAYS));
}

static enum err part_journal(struct centre *centre, int64_t before, int64_t num,
                             struct fault *fault)
{
    char data[64], day[DATE_TEXT];
    snprintf(data, sizeof data, "{\"before\":\"%s\",\"count\":%lld}",
             date_print(date_of_time(before), day), (long long)num);
    struct chain_entry entry = {.time = clock_now(),
                                .kind = "appointment-erase:done",
                                .actor = "system",
                                .role = "system",
                                .second = ""};
    return journal_append(centre->store, &entry, bytes_of_text(data), fault);
}

static enum err part_erase(struct centre *centre, int64_t before, int64_t *num, struct fault *fault)
{
    enum err err =
        store_run(centre->store, STATEMENT_APPOINTMENT_ERASE_PLACES,
                  VALUES(value_integer(before), value_integer(LIMIT_APPOINTMENT_ERASE)), fault);
    if (err == ERR_NONE)
        err = store_run_counted(
            centre->store, STATEMENT_APPOINTMENT_ERASE,
            VALUES(value_integer(before), value_integer(LIMIT_APPOINTMENT_ERASE)), num, fault);
    return err == ERR_NONE && *num ? part_journal(centre, before, *num, fault) : err;
}

static enum err part_commit(struct centre *centre, int64_t before, int64_t *num,
                            struct fault *fault)
{
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    err = part_erase(centre, before, num, fault);
    if (err == ERR_NONE)
        return store_commit(centre->store, fault);
    store_rollback(centre->store);
    return err;
}

enum err appointment_turn(struct centre *centre, bool *has_more, struct fault *fault)
{
    int64_t daily = crl_last_daily(clock_now()), num = 0;
    if (daily == centre->appointments_daily)
        return ERR_NONE;
    enum err err = part_commit(centre, erased_before(daily), &num, fault);
    if (err != ERR_NONE)
        return err;
    if (num < LIMIT_APPOINTMENT_ERASE)
        centre->appointments_daily = daily;
    else
        *has_more = true;
    return ERR_NONE;
}
