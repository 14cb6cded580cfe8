/* The facts that law/notice asks for, and the letter that it allows. */
#include "counter/notice_due.h"

#include <string.h>

#include "centre/certificate.h"
#include "law/notice.h"
#include "registry/resident.h"
#include "store/rows.h"

static struct value value_day(struct date day)
{
    return value_integer(date_to_days(day));
}

/* -- one certificate -- */

static enum err read_sent(struct centre *centre, const struct notice_due *due,
                          struct notice_facts *facts, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(centre->store, STATEMENT_NOTICE_SENT,
                VALUES(value_integer(due->kind), value_integer(due->serial)), &rows, fault);
    while (rows_next(&rows))
        facts->is_sent[row_integer_within(&rows, 0, 1, NUM_NOTICES - 1)] = true;
    return rows_end(&rows);
}

/* The certificate itself, and whether another one comes after it. */
static enum err read_certificates(struct centre *centre, const struct notice_due *due,
                                  struct date on, struct certificate *out,
                                  struct notice_facts *facts, struct fault *fault)
{
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    enum err err = certificate_list(centre, STATEMENT_CERTIFICATES_OF_RESIDENT,
                                    value_integer(due->resident), &list, fault);
    for (size_t i = 0; err == ERR_NONE && i < list.num; i++) {
        const struct certificate *row = &list.rows[i];
        if (row->kind != due->kind)
            continue;
        if (row->serial == due->serial)
            *out = *row;
        else if (certificate_is_live(row, on) && date_compare(row->last_day, due->last_day) > 0)
            facts->has_successor = true;
    }
    facts->state = certificate_state_on(out, on);
    return err;
}

/* Who is not in the register is no resident. */
static enum err read_holder(struct centre *centre, const struct certificate *certificate,
                            struct date on, struct notice_facts *facts, struct fault *fault)
{
    struct resident resident;
    enum err err = resident_find(centre->store, certificate->resident, &resident, fault);
    if (err == ERR_NOT_FOUND)
        return ERR_NONE;
    if (err != ERR_NONE)
        return err;
    bool is_same = strcmp(resident.card_id, certificate->card) == 0;
    facts->is_resident = resident_lives_in(&resident, centre->town->code, on);
    facts->card = is_same ? resident.card_state : CARD_VOID;
    facts->card_until = resident.card_until;
    return ERR_NONE;
}

/* -- one letter -- */

/* Both certificates of a holder stand on one letter, where it says the same of them. */
static enum err letter_find(struct centre *centre, const struct notice_due *due, struct date day,
                            enum notice notice, struct date tells, int64_t *number,
                            struct fault *fault)
{
    enum err err = store_ask_integer(centre->store, STATEMENT_NOTICE_FIND,
                                     VALUES(value_day(day), value_integer(due->resident),
                                            value_integer(notice), value_day(tells)),
                                     number, fault);
    if (err == ERR_NOT_FOUND)
        err = store_ask_integer(centre->store, STATEMENT_NOTICE_INSERT,
                                VALUES(value_day(day), value_integer(notice),
                                       value_integer(due->resident), value_day(tells)),
                                number, fault);
    return err;
}

static enum err letter_write(struct centre *centre, const struct notice_due *due, struct date day,
                             enum notice notice, struct date tells, struct fault *fault)
{
    int64_t number;
    enum err err = letter_find(centre, due, day, notice, tells, &number, fault);
    return err != ERR_NONE ? err
                           : store_run(centre->store, STATEMENT_NOTICE_CERTIFICATE_INSERT,
                                       VALUES(value_integer(due->kind), value_integer(due->serial),
                                              value_integer(notice), value_integer(number),
                                              value_day(due->last_day)),
                                       fault);
}

enum err notice_due_work(struct centre *centre, const struct notice_due *due, struct date day,
                         const char **outcome, struct fault *fault)
{
    struct notice_facts facts = {.until = due->last_day};
    struct certificate certificate = {0};
    enum notice notice = NOTICE_NONE;
    enum err err = read_certificates(centre, due, day, &certificate, &facts, fault);
    if (err == ERR_NONE)
        err = read_holder(centre, &certificate, day, &facts, fault);
    if (err == ERR_NONE)
        err = read_sent(centre, due, &facts, fault);
    if (err != ERR_NONE)
        return err;
    struct ruling ruling = notice_decide(&centre->policy, &facts, day, &notice);
    if (ruling.decision == DECISION_ALLOWED)
        err = letter_write(centre, due, day, notice, ruling.date, fault);
    if (err == ERR_NONE)
        *outcome = ruling.reason.code;
    return err;
}
