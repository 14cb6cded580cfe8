/* Appointments for staff: those of a day, those of a caller. page:S18 */
#include "counter/appointment.h"
#include "law/calendar.h"
#include "registry/birth_date.h"
#include "registry/search.h"

static const struct reason reason_office = {
    "appointment", "S17 S18", "no-such-office", "No office that takes appointments has this code.",
    "予約を受け付けている窓口に、この番号のものはありません。"};
static const struct reason reason_whose = {
    "appointment", "S18", "whose", "Say the number, or the name or birth date of the caller.",
    "予約番号、又は氏名・生年月日を入力してください。"};
static const struct reason reason_changed = {
    "appointment", "S18", "list-changed",
    "The appointment that this page goes on behind is not of that day any more. List it again.",
    "一覧が更新されました。もう一度表示してください。"};

/* -- a day -- */

/* Behind which moment and place a page begins: the start of the day, or the last row's. */
static bool find_cursor(struct act_call *call, struct appointment *cursor)
{
    int64_t from = date_start(call->fields.date);
    struct rows rows CLEANUP_ROWS = {0};
    *cursor = (struct appointment){.begins = from};
    if (!act_has(call, FIELD_AFTER))
        return true;
    store_query(call->centre->store, STATEMENT_APPOINTMENT_READ,
                VALUES(value_integer(call->fields.after)), &rows, &call->fault);
    if (rows_next(&rows))
        appointment_of_row(&rows, cursor);
    if (!act_ok(call, rows_end(&rows)))
        return false;
    bool is_of_day = date_compare(date_of_time(cursor->begins), call->fields.date) == 0;
    return (is_of_day && cursor->number) || act_refuse(call, &reason_changed);
}

/* Puts the rows of a query into the answer, a page of them, and whether there are more. */
static bool answer_rows(struct act_call *call, struct rows *rows, int page)
{
    json_t *list = json_array();
    int num = 0;
    for (; rows_next(rows); num++) {
        struct appointment appointment;
        appointment_of_row(rows, &appointment);
        if (num < page)
            json_array_append_new(list, appointment_json(call, &appointment));
    }
    act_answer(call, "appointments", list);
    act_answer(call, "more", json_boolean(num > page));
    return act_ok(call, rows_end(rows)) && call->outcome == ACT_DONE;
}

bool appointment_list(struct act_call *call)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct appointment cursor;
    int page = act_page_size(call, LIMIT_APPOINTMENT_PAGE);
    if (!calendar_office(call->centre->appointments, call->fields.office))
        return act_refuse(call, &reason_office);
    if (!find_cursor(call, &cursor))
        return false;
    store_query(call->centre->store, STATEMENT_APPOINTMENT_LIST,
                VALUES(value_text(call->fields.office), value_integer(cursor.begins),
                       value_integer(cursor.place),
                       value_integer(date_last_second(call->fields.date) + 1),
                       value_integer((int64_t)page + 1)),
                &rows, &call->fault);
    return answer_rows(call, &rows, page);
}

/* -- a caller -- */

/* Whatever is known of the caller, the most of it first. */
static const struct {
    uint64_t fields;
    enum statement statement;
} ways[] = {
    {FIELD_NUMBER, STATEMENT_APPOINTMENT_READ},
    {FIELD_NAME | FIELD_BIRTH_DATE, STATEMENT_APPOINTMENT_BY_PERSON},
    {FIELD_NAME, STATEMENT_APPOINTMENT_BY_NAME},
    {FIELD_BIRTH_DATE, STATEMENT_APPOINTMENT_BY_BIRTH_DATE},
};

static void query_by(struct act_call *call, size_t way, struct rows *rows)
{
    char person[FIELD_TEXT];
    struct value values[3];
    size_t num = 0;
    search_fold(call->fields.name, person, sizeof person);
    if (ways[way].fields & FIELD_NUMBER)
        values[num++] = value_integer(call->fields.number);
    if (ways[way].fields & FIELD_NAME)
        values[num++] = value_text(person);
    if (ways[way].fields & FIELD_BIRTH_DATE)
        values[num++] = value_integer(birth_date_number(call->fields.birth_date));
    if (!(ways[way].fields & FIELD_NUMBER))
        values[num++] = value_integer(LIMIT_APPOINTMENT_PAGE + 1);
    store_query(call->centre->store, ways[way].statement, values, num, rows, &call->fault);
}

bool appointment_find(struct act_call *call)
{
    struct rows rows CLEANUP_ROWS = {0};
    for (size_t way = 0; way < COUNT_OF(ways); way++) {
        if (!act_has(call, ways[way].fields))
            continue;
        query_by(call, way, &rows);
        return answer_rows(call, &rows, LIMIT_APPOINTMENT_PAGE);
    }
    return act_refuse(call, &reason_whose);
}
