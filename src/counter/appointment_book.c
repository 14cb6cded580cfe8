/* Booking, moving, cancelling: places are taken and freed in the act's own transaction. page:S18 */
#include "counter/appointment.h"

#include <string.h>

#include "base/encoding.h"
#include "centre/nonce.h"
#include "counter/occupancy.h"
#include "law/calendar.h"
#include "registry/birth_date.h"
#include "registry/search.h"

static const struct reason reason_full = {
    "appointment", "S18", "full",
    "All places are taken at this time. Choose another one, or come without an appointment.",
    "この時間は予約でいっぱいです。別の時間をお選びいただくか、予約なしでお越しください。"};
static const struct reason reason_most = {
    "appointment", "S18", "most",
    "This person has three appointments already. Cancel or move one of them.",
    "お一人で予約できるのは同時に3件までです。今の予約を変更又は取り消してください。"};
static const struct reason reason_name = {"appointment", "S18", "name",
                                          "A name is a text that is not blank.",
                                          "氏名を入力してください。"};
static const struct reason reason_birth_date = {
    "appointment", "S18", "birth-date",
    "The birth date lies behind today: it is a day of the past.",
    "生年月日が今日より後になっています。"};

/* -- the time and the place -- */

/* What was wished for fills the times, if the calendar has them. */
static bool decide_time(struct act_call *call, struct appointment *appointment)
{
    const struct appointments *town = call->centre->appointments;
    const struct calendar_wish wish = {appointment->office, appointment->procedure,
                                       call->fields.time, call->now};
    struct ruling ruling = calendar_decide(town, &wish);
    if (!act_allows(call, &ruling))
        return false;
    appointment->begins = wish.time;
    appointment->ends = wish.time + calendar_seconds(town, wish.procedure);
    return true;
}

static bool choose_place(struct act_call *call, struct appointment *appointment)
{
    struct occupancy occupancy;
    const struct appointment_office *office =
        calendar_office(call->centre->appointments, appointment->office);
    if (!occupancy_read(call, office->code, appointment->begins, appointment->ends, &occupancy))
        return false;
    appointment->place = occupancy_find(&occupancy, office, appointment->begins, appointment->ends);
    return appointment->place || act_refuse(call, &reason_full);
}

static bool take_place(struct act_call *call, const struct appointment *appointment)
{
    return occupancy_take(call, appointment->office, appointment->place, appointment->begins,
                          appointment->ends, appointment->number);
}

static bool free_places(struct act_call *call, const struct appointment *appointment)
{
    return act_ok(call, store_run(call->centre->store, STATEMENT_APPOINTMENT_PLACES_FREE,
                                  VALUES(value_integer(appointment->number)), &call->fault));
}

/* -- the person -- */

static bool check_person(struct act_call *call, const char *person)
{
    int64_t num = 0;
    if (!person[0])
        return act_refuse(call, &reason_name);
    if (date_compare(call->fields.birth_date, date_of_time(call->now)) > 0)
        return act_refuse(call, &reason_birth_date);
    if (!act_ok(call,
                store_ask_integer(call->centre->store, STATEMENT_APPOINTMENT_COUNT_OPEN,
                                  VALUES(value_text(person),
                                         value_integer(birth_date_number(call->fields.birth_date)),
                                         value_integer(call->now)),
                                  &num, &call->fault)))
        return false;
    /* or three made-up bookings would keep somebody away, by telephone too */
    return num < LIMIT_APPOINTMENTS_OPEN || appointment_is_by_staff(call) ||
           act_refuse(call, &reason_most);
}

/* -- the number -- */

#define NUMBER_LEAST INT64_C(10000000)
#define NUMBER_COUNT 90000000u
#define NUMBER_TRIES 100

/* Eight digits by chance: nobody counts appointments, or comes from one to the next. */
static bool draw_number(struct act_call *call, int64_t *out)
{
    for (int i = 0; i < NUMBER_TRIES; i++) {
        uint8_t random[16];
        uint64_t drawn;
        int64_t num_known;
        nonce_random(random);
        memcpy(&drawn, random, sizeof drawn);
        int64_t number = NUMBER_LEAST + (int64_t)(drawn % NUMBER_COUNT);
        if (!act_ok(call,
                    store_ask_integer(call->centre->store, STATEMENT_APPOINTMENT_IS_KNOWN,
                                      VALUES(value_integer(number)), &num_known, &call->fault)))
            return false;
        *out = number;
        if (num_known == 0)
            return true;
    }
    return act_fail(call, ERR_LIMIT);
}

/* -- booking -- */

static bool store_appointment(struct act_call *call, const struct appointment *appointment,
                              const char *person)
{
    return act_ok(
        call,
        store_run(call->centre->store, STATEMENT_APPOINTMENT_INSERT,
                  VALUES(value_integer(appointment->number), value_text(appointment->office),
                         value_text(procedure_name(appointment->procedure)),
                         value_integer(appointment->begins), value_integer(appointment->ends),
                         value_integer(appointment->place), value_text(appointment->name),
                         value_text(person),
                         value_integer(birth_date_number(appointment->birth_date)),
                         value_text(appointment->telephone),
                         value_text(appointment->note[0] ? appointment->note : NULL),
                         value_blob(bytes_of(appointment->code, sizeof appointment->code)),
                         value_integer(appointment->booked), value_text(appointment->booked_by)),
                  &call->fault));
}

static struct appointment wished(const struct act_call *call)
{
    struct appointment appointment = {.procedure = call->fields.procedure,
                                      .birth_date = call->fields.birth_date,
                                      .booked = call->now};
    memcpy(appointment.office, call->fields.office, sizeof appointment.office);
    memcpy(appointment.name, call->fields.name, sizeof appointment.name);
    memcpy(appointment.telephone, call->fields.telephone, sizeof appointment.telephone);
    memcpy(appointment.note, call->fields.note, sizeof appointment.note);
    memcpy(appointment.booked_by, call->actor.name, sizeof appointment.booked_by);
    return appointment;
}

/* The number stands in the journal entry too; the code nowhere but in this answer. */
static bool answer_booked(struct act_call *call, const struct appointment *appointment,
                          const char *code)
{
    act_answer(call, "code", json_string(code));
    act_note(call, "appointment", "%lld", (long long)appointment->number);
    return appointment_answer(call, appointment);
}

/* From what the asker's form says once, and who comes when, where and for what: sent again, it is
 * the same appointment. */
static void derive_code(const struct act_fields *fields, const char *person,
                        char code[static BOOKING_CODE_TEXT])
{
    char once[2 * sizeof fields->once + 1], born[DATE_TEXT];
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, 4096);
    buffer_put_format(&text, "%s %s %s %lld %s %s",
                      hex_print(fields->once, sizeof fields->once, once), fields->office,
                      procedure_name(fields->procedure), (long long)fields->time,
                      date_print(fields->birth_date, born), person);
    code_derive(buffer_bytes(&text), BOOKING_CODE_LEN, code);
}

static bool book(struct act_call *call, struct appointment *appointment, const char *person,
                 const char *code)
{
    return decide_time(call, appointment) && check_person(call, person) &&
           choose_place(call, appointment) && draw_number(call, &appointment->number) &&
           store_appointment(call, appointment, person) && take_place(call, appointment) &&
           answer_booked(call, appointment, code);
}

bool appointment_book(struct act_call *call)
{
    char code[BOOKING_CODE_TEXT], person[FIELD_TEXT];
    struct appointment appointment = wished(call), before;
    bool is_there = false;
    search_fold(appointment.name, person, sizeof person);
    if (act_has(call, FIELD_ONCE))
        derive_code(&call->fields, person, code);
    else
        code_make(BOOKING_CODE_LEN, code);
    code_digest(code, appointment.code);
    if (act_has(call, FIELD_ONCE) &&
        !appointment_of_code(call, appointment.code, &before, &is_there))
        return false;
    if (is_there)
        return appointment_check_open(call, &before) && answer_booked(call, &before, code);
    return book(call, &appointment, person, code);
}

/* -- changing -- */

/* Whoever called has shown whose it is: the wrong codes of somebody else count no more. */
static bool forgive_codes(struct act_call *call, const struct appointment *appointment)
{
    return !appointment_is_by_staff(call) ||
           act_ok(call, store_run(call->centre->store, STATEMENT_APPOINTMENT_FORGIVE_CODES,
                                  VALUES(value_integer(appointment->number)), &call->fault));
}

/* The places that it had count as free for where it goes. */
bool appointment_move(struct act_call *call)
{
    struct appointment appointment;
    if (!appointment_admit_open(call, &appointment))
        return false;
    if (act_has(call, FIELD_OFFICE))
        memcpy(appointment.office, call->fields.office, sizeof appointment.office);
    appointment.changes++;
    return decide_time(call, &appointment) && free_places(call, &appointment) &&
           forgive_codes(call, &appointment) && choose_place(call, &appointment) &&
           take_place(call, &appointment) &&
           act_ok(call,
                  store_run_one(
                      call->centre->store, STATEMENT_APPOINTMENT_MOVE,
                      VALUES(value_integer(appointment.number), value_text(appointment.office),
                             value_integer(appointment.begins), value_integer(appointment.ends),
                             value_integer(appointment.place)),
                      &call->fault)) &&
           appointment_answer(call, &appointment);
}

bool appointment_cancel(struct act_call *call)
{
    struct appointment appointment;
    if (!appointment_admit_open(call, &appointment))
        return false;
    appointment.is_cancelled = true;
    appointment.changes++;
    return free_places(call, &appointment) &&
           act_ok(call, store_run_one(call->centre->store, STATEMENT_APPOINTMENT_CANCEL,
                                      VALUES(value_integer(appointment.number)), &call->fault)) &&
           appointment_answer(call, &appointment);
}
