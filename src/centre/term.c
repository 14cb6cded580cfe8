/* Terms of entries: the facts from the database, the answer from law. */
#include "centre/term.h"

#include <stdio.h>
#include <string.h>

#include "store/rows.h"

#define ACT_NAME 64

static struct date day_or_none(struct rows *rows, int column)
{
    return row_is_null(rows, column) ? (struct date){0}
                                     : date_of_days((int32_t)row_integer(rows, column));
}

static struct value number_or_null(int64_t number)
{
    return number ? value_integer(number) : value_null();
}

static enum err read_facts(struct store *store, int64_t time, int64_t application, int64_t resident,
                           struct retention_facts *facts, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    char procedure[64] = "";
    store_query(store, STATEMENT_JOURNAL_TERM_FACTS,
                VALUES(number_or_null(application), number_or_null(resident), value_integer(time)),
                &rows, fault);
    if (rows_next(&rows)) {
        row_copy_text(&rows, 0, procedure, sizeof procedure);
        facts->issued = day_or_none(&rows, 1);
        facts->known = day_or_none(&rows, 2);
    }
    facts->has_procedure =
        procedure[0] && procedure_parse(procedure, &facts->procedure) == ERR_NONE;
    return rows_end(&rows);
}

enum err term_ask(struct store *store, const char *kind, int64_t time, int64_t application,
                  int64_t resident, const struct retention **rule, struct date *due,
                  struct fault *fault)
{
    char act[ACT_NAME];
    struct retention_facts facts = {.act = act, .made = date_of_time(time)};
    snprintf(act, sizeof act, "%.*s", (int)strcspn(kind, ":"), kind);
    enum err err = read_facts(store, time, application, resident, &facts, fault);
    if (err != ERR_NONE)
        return err;
    *rule = retention_of(&facts);
    if (*rule)
        *due = retention_due(*rule, &facts);
    return ERR_NONE;
}

static enum err add_residents(struct store *store, int64_t number,
                              const struct term_subject *subject, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < subject->num_residents; i++)
        err = store_run(store, STATEMENT_JOURNAL_ABOUT_INSERT,
                        VALUES(value_integer(subject->residents[i]), value_integer(number)), fault);
    return err;
}

enum err term_add(struct store *store, const struct chain_entry *entry,
                  const struct term_subject *subject, struct fault *fault)
{
    const struct retention *rule = NULL;
    struct date due = {0};
    int64_t resident = subject->num_residents ? subject->residents[0] : 0;
    enum err err = term_ask(store, entry->kind, entry->time, subject->application, resident, &rule,
                            &due, fault);
    if (err != ERR_NONE || !rule)
        return err;
    err = store_run(store, STATEMENT_JOURNAL_TERM_INSERT,
                    VALUES(value_integer(entry->number), value_integer(date_to_days(due)),
                           number_or_null(subject->application), number_or_null(resident)),
                    fault);
    return err != ERR_NONE ? err : add_residents(store, entry->number, subject, fault);
}

enum err term_count(struct store *store, struct date day, int64_t most, int64_t *out,
                    struct fault *fault)
{
    return store_ask_integer(store, STATEMENT_JOURNAL_TERM_COUNT,
                             VALUES(value_integer(date_to_days(day)), value_integer(most)), out,
                             fault);
}
