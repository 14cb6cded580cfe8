/* The fields of a request: every field that any act knows, its type, and where it goes. An act says
 * by a set of bits which it needs and which it may have; everything else is refused. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "base/date.h"
#include "base/kind.h"
#include "base/office_code.h"
#include "base/telephone.h"
#include "base/text.h"
#include "centre/code.h"
#include "centre/terminal.h"
#include "law/events.h"
#include "law/procedures.h"

#define FIELD_NUMBER      (UINT64_C(1) << 0)
#define FIELD_RESIDENT    (UINT64_C(1) << 1)
#define FIELD_CARD        (UINT64_C(1) << 2)
#define FIELD_KIND        (UINT64_C(1) << 3)
#define FIELD_KINDS       (UINT64_C(1) << 4)
#define FIELD_PROCEDURE   (UINT64_C(1) << 5)
#define FIELD_APPLICANT   (UINT64_C(1) << 6)
#define FIELD_PIN         (UINT64_C(1) << 7)
#define FIELD_REASON      (UINT64_C(1) << 8)
#define FIELD_STEP        (UINT64_C(1) << 9)
#define FIELD_EVENT       (UINT64_C(1) << 10)
#define FIELD_PURPOSE     (UINT64_C(1) << 11)
#define FIELD_NONCE       (UINT64_C(1) << 12)
#define FIELD_CHALLENGE   (UINT64_C(1) << 13)
#define FIELD_STATEMENT   (UINT64_C(1) << 14)
#define FIELD_REQUEST     (UINT64_C(1) << 15)
#define FIELD_POINT       (UINT64_C(1) << 16)
#define FIELD_TOKEN       (UINT64_C(1) << 17)
#define FIELD_NOTE        (UINT64_C(1) << 18)
#define FIELD_EFFECTIVE   (UINT64_C(1) << 19)
#define FIELD_CHANGES     (UINT64_C(1) << 20)
#define FIELD_REFERENCE   (UINT64_C(1) << 21)
#define FIELD_TIME        (UINT64_C(1) << 22)
#define FIELD_FILE        (UINT64_C(1) << 23)
#define FIELD_FROM        (UINT64_C(1) << 24)
#define FIELD_NAME        (UINT64_C(1) << 25)
#define FIELD_MISSING     (UINT64_C(1) << 26)
#define FIELD_STOPPED     (UINT64_C(1) << 27)
#define FIELD_AFTER       (UINT64_C(1) << 28)
#define FIELD_LIMIT       (UINT64_C(1) << 29)
#define FIELD_COUNT       (UINT64_C(1) << 30)
#define FIELD_DIGEST      (UINT64_C(1) << 31)
#define FIELD_CERTIFICATE (UINT64_C(1) << 32)
#define FIELD_PERMIT_KEY  (UINT64_C(1) << 33)
#define FIELD_KEY         (UINT64_C(1) << 34)
#define FIELD_OFFICE      (UINT64_C(1) << 35)
#define FIELD_DATE        (UINT64_C(1) << 36)
#define FIELD_BIRTH_DATE  (UINT64_C(1) << 37)
#define FIELD_TELEPHONE   (UINT64_C(1) << 38)
#define FIELD_CODE        (UINT64_C(1) << 39)
#define FIELD_LOGIN_CODE  (UINT64_C(1) << 40)
#define FIELD_LOGIN       (UINT64_C(1) << 41)
#define FIELD_LOGIN_NONCE (UINT64_C(1) << 42)
#define FIELD_SIGNATURE   (UINT64_C(1) << 43)
#define FIELD_ONCE        (UINT64_C(1) << 44)
#define FIELD_PAPER       (UINT64_C(1) << 45)
#define FIELD_ADDRESS     (UINT64_C(1) << 46)
#define FIELD_RECORDED    (UINT64_C(1) << 47)
#define FIELD_ENTRY       (UINT64_C(1) << 48)
#define FIELD_SCREEN      (UINT64_C(1) << 49)
#define FIELD_PAGE        (FIELD_AFTER | FIELD_LIMIT)

#define FIELD_TEXT (TEXT_SHORT_MAX * 4 + 1)

#define FOLLOWER_KEY_LEN 91 /* SubjectPublicKeyInfo of P-256, DER: there is one form */

/* What came. A field that did not come is zero; has tells. */
struct act_fields {
    uint64_t has;
    int64_t number, resident, time, from, after, limit, count;
    enum kind kind;
    unsigned kinds; /* KINDS_… */
    enum procedure procedure;
    enum applicant applicant;
    enum pin_state pin;
    enum step_name step;
    enum event event;
    uint8_t purpose; /* PERMIT_… of base/permit.h */
    bool missing, stopped;
    struct date effective, recorded, date, birth_date; /* the last one perhaps incomplete */
    uint8_t nonce[16], challenge[16], statement[254], permit_key[100];
    uint8_t point[65], digest[32], key[FOLLOWER_KEY_LEN];
    uint8_t login[32], login_nonce[32], once[16];
    struct buffer request, certificate, signature; /* DER */
    struct bytes file;                             /* borrowed from the message */
    json_t *changes;                               /* an object of texts, borrowed too */
    char card[29];
    char reason[FIELD_TEXT], token[FIELD_TEXT], note[FIELD_TEXT];
    char name[FIELD_TEXT], reference[41], login_code[FIELD_TEXT];
    char paper[FIELD_TEXT], address[FIELD_TEXT], entry[FIELD_TEXT];
    char screen[TERMINAL_SCREEN];
    char office[OFFICE_CODE_TEXT], telephone[TELEPHONE_TEXT], code[BOOKING_CODE_TEXT];
};

/* fields_parse reads an object strictly: every required field, no other than these and the optional
 * ones, each of its type. ERR_MALFORMED with input, rule and fault. The JSON must outlive *out;
 * fields_done frees what *out owns. */
enum err fields_parse(json_t *object, uint64_t required, uint64_t optional, struct act_fields *out,
                      struct fault *fault) MUST_USE;
void fields_done(struct act_fields *fields);

/* step_parse finds law's step by its word. ERR_MALFORMED. */
enum err step_parse(const char *text, enum step_name *out) MUST_USE;

/* field_name gives the name of one bit; NULL for none. */
const char *field_name(uint64_t field);
