/* Erased entries, and the entries of erasures that name them. */
#include "main/journal_erasures.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law/retention.h"
#include "main/options.h"

void erasures_done(struct erasures *erasures)
{
    free(erasures->rows);
}

static const char *text_of(json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* -- entries that are erased -- */

static bool add(struct erasures *erasures, const struct erased *row)
{
    if (erasures->num == erasures->room) {
        size_t room = erasures->room ? 2 * erasures->room : 256;
        void *rows = realloc(erasures->rows, room * sizeof *row);
        if (!rows)
            return false;
        erasures->rows = rows;
        erasures->room = room;
    }
    erasures->rows[erasures->num++] = *row;
    return true;
}

const char *erasures_mark(struct erasures *erasures, json_t *entry)
{
    char act[64];
    const char *kind = text_of(entry, "kind");
    struct erased row = {.number = json_integer_value(json_object_get(entry, "number")),
                         .rule = retention_find(text_of(entry, "erased"))};
    struct date made = date_of_time(json_integer_value(json_object_get(entry, "time")));
    snprintf(act, sizeof act, "%.*s", (int)strcspn(kind, ":"), kind);
    if (json_is_string(json_object_get(entry, "salt")) ||
        json_is_string(json_object_get(entry, "data")))
        return say("it says erased, and has data", "消去済みとされていますが、内容が残っています");
    if (!row.rule || !retention_covers(row.rule, act))
        return say("it was erased under a rule that does not cover it",
                   "適用されない規則により消去されています");
    if (date_parse(text_of(entry, "erased_on"), &row.day) != ERR_NONE ||
        date_compare(row.day, retention_earliest(row.rule, made)) < 0)
        return say("it was erased before its term had ended", "保存期間の満了前に消去されています");
    return add(erasures, &row) ? NULL : err_sentence(ERR_MEMORY, language_of_locale());
}

/* -- entries that name what was erased -- */

static int compare_numbers(const void *a, const void *b)
{
    int64_t left = ((const struct erased *)a)->number, right = ((const struct erased *)b)->number;
    return (left > right) - (left < right);
}

/* The numbers of one rule, parted by blanks. */
static bool list_numbers(struct erasures *erasures, const struct erased *like, const char *numbers)
{
    while (*numbers) {
        char *end;
        struct erased key = {.number = strtoll(numbers, &end, 10)};
        struct erased *found = erasures->num ? bsearch(&key, erasures->rows, erasures->num,
                                                       sizeof key, compare_numbers)
                                             : NULL;
        if (end == numbers || (*end && *end != ' ') || !found || found->rule != like->rule ||
            date_compare(found->day, like->day) != 0)
            return false;
        found->is_listed = true;
        numbers = *end ? end + 1 : end;
    }
    return true;
}

static bool list_rules(struct erasures *erasures, json_t *said)
{
    const char *name;
    json_t *numbers;
    struct erased like = {0};
    if (date_parse(text_of(said, "day"), &like.day) != ERR_NONE)
        return false;
    json_object_foreach (json_object_get(said, "erased"), name, numbers) {
        like.rule = retention_find(name);
        if (!like.rule || !json_is_string(numbers) ||
            !list_numbers(erasures, &like, json_string_value(numbers)))
            return false;
    }
    return true;
}

const char *erasures_list(struct erasures *erasures, struct bytes data)
{
    json_t *said = json_loadb((const char *)data.data, data.len, JSON_REJECT_DUPLICATES, NULL);
    bool is_right = said && list_rules(erasures, said);
    json_decref(said);
    return is_right ? NULL
                    : say("an entry that it names as erased is not, or not so",
                          "消去したとされる記録が消去されていないか、内容が異なります");
}

const char *erasures_check(const struct erasures *erasures, int64_t *number)
{
    for (size_t i = 0; i < erasures->num; i++)
        if (!erasures->rows[i].is_listed) {
            *number = erasures->rows[i].number;
            return say("its data are gone, and no erasure names it",
                       "内容が失われていますが、消去の記録がありません");
        }
    return NULL;
}

/* -- printing -- */

static int compare_days(const void *a, const void *b)
{
    const struct erased *left = a, *right = b;
    int days = date_compare(left->day, right->day);
    return days ? days : strcmp(left->rule->name, right->rule->name);
}

/* After erasures_check: the rows are no longer in the order of their numbers. */
void erasures_print(struct erasures *erasures)
{
    char day[DATE_TEXT];
    if (erasures->num)
        qsort(erasures->rows, erasures->num, sizeof *erasures->rows, compare_days);
    for (size_t i = 0, first = 0; i < erasures->num; i++) {
        const struct erased *row = &erasures->rows[i];
        if (i + 1 < erasures->num && compare_days(row, row + 1) == 0)
            continue;
        printf(say("%zu entries: erased on %s under rule %s (%s)\n",
                   "%zu 件: %s に規則 %s (%s) により消去\n"),
               i + 1 - first, date_print(row->day, day), row->rule->name,
               say(row->rule->en, row->rule->ja));
        first = i + 1;
    }
}
