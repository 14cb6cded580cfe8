/* One appointment: from its row, through its code, into an answer. */
#include "counter/appointment.h"

#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "registry/birth_date.h"

static const struct reason reason_unknown = {"appointment", "S18", "no-appointment",
                                             "No appointment has this number.",
                                             "この番号の予約はありません。"};
static const struct reason reason_code = {
    "appointment", "S18", "wrong-code",
    "Number and code do not belong together. After five wrong codes an appointment is changed by "
    "telephone only.",
    "予約番号と確認コードが一致しません。5回間違えると、その予約の変更はお電話でのみ承ります。"};
static const struct reason reason_telephone = {
    "appointment", "S18", "by-telephone",
    "Too many wrong codes were given for this appointment. Call the office to see or change it.",
    "確認コードの間違いが続いたため、この予約の確認・変更はお電話で承ります。"};
static const struct reason reason_cancelled = {"appointment", "S18", "cancelled",
                                               "This appointment was cancelled.",
                                               "この予約は取り消されています。"};
static const struct reason reason_begun = {"appointment", "S18", "begun",
                                           "The time of this appointment has come.",
                                           "この予約の時間は過ぎています。"};

/* -- reading -- */

void appointment_of_row(struct rows *rows, struct appointment *out)
{
    char procedure[64];
    *out = (struct appointment){.number = row_integer(rows, 0),
                                .begins = row_integer(rows, 3),
                                .ends = row_integer(rows, 4),
                                .place = (unsigned)row_integer_within(rows, 5, 1, UINT32_MAX),
                                .is_cancelled = row_bool(rows, 6),
                                .wrong_codes = row_integer(rows, 12),
                                .changes = row_integer(rows, 13),
                                .booked = row_integer(rows, 14)};
    row_copy_text(rows, 1, out->office, sizeof out->office);
    row_copy_text(rows, 2, procedure, sizeof procedure);
    row_copy_text(rows, 7, out->name, sizeof out->name);
    row_copy_text(rows, 9, out->telephone, sizeof out->telephone);
    row_copy_text(rows, 10, out->note, sizeof out->note);
    row_copy_blob(rows, 11, out->code, sizeof out->code);
    row_copy_text(rows, 15, out->booked_by, sizeof out->booked_by);
    if (procedure_parse(procedure, &out->procedure) != ERR_NONE ||
        birth_date_of_number(row_integer(rows, 8), &out->birth_date) != ERR_NONE)
        (void)row_refuse(rows, "appointment", "no procedure or no birth date");
}

static enum err appointment_query(struct act_call *call, enum statement statement, struct value key,
                                  struct appointment *out)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct appointment found;
    store_query(call->centre->store, statement, VALUES(key), &rows, &call->fault);
    if (rows_next(&rows))
        appointment_of_row(&rows, &found);
    enum err err = rows_end_one(&rows);
    if (err == ERR_NONE)
        *out = found;
    return err;
}

static enum err appointment_read(struct act_call *call, struct appointment *out)
{
    return appointment_query(call, STATEMENT_APPOINTMENT_READ, value_integer(call->fields.number),
                             out);
}

bool appointment_of_code(struct act_call *call, const uint8_t digest[static SHA256_LEN],
                         struct appointment *out, bool *is_found)
{
    enum err err = appointment_query(call, STATEMENT_APPOINTMENT_BY_CODE,
                                     value_blob(bytes_of(digest, SHA256_LEN)), out);
    *is_found = err == ERR_NONE;
    return err == ERR_NOT_FOUND || act_ok(call, err);
}

/* -- who may -- */

bool appointment_is_by_staff(const struct act_call *call)
{
    return (call->actor.roles & (ROLE_COUNTER | ROLE_HOTLINE)) != 0;
}

/* The same work is done whether there is such a number or not. */
static bool count_wrong_code(struct act_call *call)
{
    return act_ok(call, store_run(call->centre->store, STATEMENT_APPOINTMENT_WRONG_CODE,
                                  VALUES(value_integer(call->fields.number)), &call->fault));
}

/* Nobody learns by a code which numbers there are. */
static bool check_code(struct act_call *call, bool is_found, const struct appointment *found)
{
    uint8_t digest[SHA256_LEN];
    code_digest(call->fields.code, digest);
    bool is_equal =
        secret_equal(bytes_of(digest, sizeof digest), bytes_of(found->code, sizeof found->code));
    if (!act_has(call, FIELD_CODE) || !is_equal || !is_found) {
        call->kept = act_has(call, FIELD_CODE) ? count_wrong_code : NULL;
        return act_refuse(call, &reason_code);
    }
    return found->wrong_codes < LIMIT_APPOINTMENT_CODES || act_refuse(call, &reason_telephone);
}

bool appointment_admit(struct act_call *call, struct appointment *out)
{
    struct appointment found = {0};
    enum err err = appointment_read(call, &found);
    if (err != ERR_NOT_FOUND && !act_ok(call, err))
        return false;
    bool is_found = err == ERR_NONE, is_by_staff = appointment_is_by_staff(call);
    if (!is_by_staff && !check_code(call, is_found, &found))
        return false;
    if (!is_found)
        return act_refuse(call, &reason_unknown);
    *out = found;
    return true;
}

bool appointment_check_open(struct act_call *call, const struct appointment *appointment)
{
    if (appointment->is_cancelled)
        return act_refuse(call, &reason_cancelled);
    return appointment->begins > call->now || act_refuse(call, &reason_begun);
}

bool appointment_admit_open(struct act_call *call, struct appointment *out)
{
    return appointment_admit(call, out) && appointment_check_open(call, out);
}

/* -- telling -- */

static void put_person(json_t *object, const struct appointment *appointment)
{
    char born[DATE_TEXT];
    json_object_set_new(object, "name", json_string(appointment->name));
    json_object_set_new(object, "birth_date",
                        json_string(date_print(appointment->birth_date, born)));
    json_object_set_new(object, "telephone", json_string(appointment->telephone));
    json_object_set_new(object, "note", json_string(appointment->note));
    json_object_set_new(object, "place", json_integer(appointment->place));
    json_object_set_new(object, "booked", json_integer(appointment->booked));
    json_object_set_new(object, "booked_by", json_string(appointment->booked_by));
    json_object_set_new(object, "wrong_codes", json_integer(appointment->wrong_codes));
}

json_t *appointment_json(const struct act_call *call, const struct appointment *appointment)
{
    char day[DATE_TEXT], at[8], until[8];
    struct clock_time begins = time_split(appointment->begins, JAPAN_OFFSET);
    struct clock_time ends = time_split(appointment->ends, JAPAN_OFFSET);
    snprintf(at, sizeof at, "%02u:%02u", begins.hour % 100u, begins.minute % 100u);
    snprintf(until, sizeof until, "%02u:%02u", ends.hour % 100u, ends.minute % 100u);
    json_t *object =
        json_pack("{s:I, s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:s, s:I}", "number",
                  (json_int_t)appointment->number, "office", appointment->office, "procedure",
                  procedure_name(appointment->procedure), "begins", (json_int_t)appointment->begins,
                  "ends", (json_int_t)appointment->ends, "date", date_print(begins.date, day), "at",
                  at, "until", until, "state", appointment->is_cancelled ? "cancelled" : "booked",
                  "changes", (json_int_t)appointment->changes);
    if (appointment_is_by_staff(call))
        put_person(object, appointment);
    return object;
}

bool appointment_answer(struct act_call *call, const struct appointment *appointment)
{
    json_t *object = appointment_json(call, appointment);
    json_object_update(call->answer, object);
    json_decref(object);
    return call->outcome == ACT_DONE;
}

bool appointment_show(struct act_call *call)
{
    struct appointment appointment;
    return appointment_admit(call, &appointment) && appointment_answer(call, &appointment);
}
