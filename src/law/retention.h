/* How long the personal data of a journal entry are kept. The page is silent; where the enforcement
 * order of the Act (施行令, terms as of 2006) has a term it is followed, the rest is ours. */
#pragma once

#include "law/procedures.h"

#define RETENTION_RULES_MAX 16

struct retention {
    const char *name; /* stable: stands in the journal as the rule */
    /* the term begins with the certificate's last valid day, else with the entry's */
    bool from_last_day;
    uint8_t years; /* after the day on which it begins */
    const char *en, *ja;
};

struct retention_facts {
    const char *act;    /* the entry's kind, up to the colon */
    struct date made;   /* day of the entry */
    bool has_procedure; /* it is about an application, of this procedure */
    enum procedure procedure;
    /* latest last valid day of what the application had issued; year 0: nothing */
    struct date issued;
    struct date known; /* the same of all that the resident had by then */
};

/* retention_of gives the rule; NULL where there are no personal data, or the act is unknown: then
 * nothing is erased. */
const struct retention *retention_of(const struct retention_facts *facts);
/* retention_due gives the first day on which they may be erased. */
struct date retention_due(const struct retention *rule, const struct retention_facts *facts);

/* For whoever has only the chain. retention_find looks a rule up by name; NULL. retention_earliest
 * is the day before which no entry of that rule can be due. retention_covers: the rule can be that
 * of an entry of this act. */
const struct retention *retention_find(const char *name);
struct date retention_earliest(const struct retention *rule, struct date made);
bool retention_covers(const struct retention *rule, const char *act);

/* retention_is_listed: the act is in the table, kept or not. */
bool retention_is_listed(const char *act);
