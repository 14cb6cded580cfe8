/* An appointment as it is stored: found by its number, opened by its code, told. page:S18 */
#pragma once

#include "centre/act.h"
#include "store/rows.h"

struct appointment {
    int64_t number;
    char office[OFFICE_CODE_TEXT];
    enum procedure procedure;
    int64_t begins, ends;
    unsigned place;
    bool is_cancelled;
    char name[FIELD_TEXT];
    struct date birth_date; /* perhaps incomplete */
    char telephone[TELEPHONE_TEXT];
    char note[FIELD_TEXT]; /* "": none */
    uint8_t code[SHA256_LEN];
    int64_t wrong_codes, changes, booked;
    char booked_by[STAFF_NAME];
};

/* appointment_of_row decodes the present row of a statement that reads APPOINTMENT_COLUMNS. */
void appointment_of_row(struct rows *rows, struct appointment *out);

/* appointment_is_by_staff: somebody of the counter or the hotline asks, not the public. */
bool appointment_is_by_staff(const struct act_call *call);

/* appointment_admit reads the one that the call is about: for staff by its number, for the public
 * with its code. A wrong code is refused as a number that nobody has, counted though the call is
 * refused, and after LIMIT_APPOINTMENT_CODES of them staff alone may. */
bool appointment_admit(struct act_call *call, struct appointment *out) MUST_USE;
/* appointment_check_open refuses one that was cancelled, or has begun; appointment_admit_open does
 * both. */
bool appointment_check_open(struct act_call *call, const struct appointment *appointment) MUST_USE;
bool appointment_admit_open(struct act_call *call, struct appointment *out) MUST_USE;

/* appointment_of_code reads the one with that SHA-256 of a code, if there is one. */
bool appointment_of_code(struct act_call *call, const uint8_t digest[static SHA256_LEN],
                         struct appointment *out, bool *is_found) MUST_USE;

/* appointment_json is a row of an answer; the public's has nothing of the person. */
json_t *appointment_json(const struct act_call *call, const struct appointment *appointment);
/* appointment_answer puts the same items into the answer itself. */
bool appointment_answer(struct act_call *call, const struct appointment *appointment);

/* The functions of the acts. */
bool appointment_show(struct act_call *call);
bool appointment_free(struct act_call *call);
bool appointment_book(struct act_call *call);
bool appointment_move(struct act_call *call);
bool appointment_cancel(struct act_call *call);
bool appointment_list(struct act_call *call);
bool appointment_find(struct act_call *call);

/* appointment_turn erases, after 00:30 of each day, those that lie 30 days back. */
enum err appointment_turn(struct centre *centre, bool *has_more, struct fault *fault) MUST_USE;
