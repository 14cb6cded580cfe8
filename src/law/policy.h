/* What a town may decide where the page is silent: the rows of etc/policy. The page's own numbers
 * are constants here, not policy. Pure: text comes from the caller, no file is read. */
#pragma once

#include "base/bytes.h"
#include "law/events.h"

/* The page's own words. */
#define LAW_VALIDITY_BIRTHDAYS 5   /* page:S08 */
#define LAW_WINDOW_MONTHS      3   /* page:S11 */
#define LAW_SIGNATURE_AGE      15  /* page:S15 */
#define LAW_FEE_YEN            200 /* page:S19 */

enum leap_birthday { LEAP_BIRTHDAY_COMMON_YEARS, LEAP_BIRTHDAY_EVERY_YEAR };
enum window_opens { WINDOW_OPENS_DAY_AFTER, WINDOW_OPENS_SAME_DAY };
enum loss_identity { LOSS_IDENTITY_A_OR_TWO_B, LOSS_IDENTITY_A };
enum release_identity { RELEASE_BY_EITHER, RELEASE_BY_PIN, RELEASE_BY_DOCUMENT };
enum hold_by_others { HOLD_BY_OTHERS_HOLD, HOLD_BY_OTHERS_REFUSE };

/* Field by field as in etc/policy, which says what each means. */
struct law_policy {
    bool signature_within_authentication;    /* page:S08 */
    int renewal_birthdays;                   /* page:S08: 5 or 6 */
    enum leap_birthday leap_birthday;        /* page:S08 */
    enum window_opens window_opens;          /* page:S11 */
    bool pin_letter_and_digit;               /* page:S05 */
    bool signature_exceptions;               /* page:S15, "in principle" */
    int fee_card_stolen;                     /* page:S19: yen */
    int fee_card_faulty;                     /* page:S19 */
    int fee_card_full;                       /* page:S19 */
    int fee_disaster;                        /* page:S19 */
    bool standing_by_register;               /* page:S16 */
    bool reset_needs_child_document;         /* page:S23, by the legal representative */
    int inquiry_days;                        /* page:S31 */
    bool second_officer_watches;             /* page:S34 */
    enum loss_identity loss_identity;        /* page:S37 */
    enum hold_by_others hold_by_others;      /* page:S38 */
    enum release_identity release_identity;  /* page:S44 */
    bool new_permit_key;                     /* page:S02 */
    struct event_effects events[NUM_EVENTS]; /* only event_is_policy() rows ever differ */
};

/* law_policy_default gives the compiled rows, the same as etc/policy as delivered. */
struct law_policy law_policy_default(void);

/* law_policy_parse changes in *policy what the text names: lines of `key = value`, blank lines, and
 * lines that begin with '#'. A line that is none of these, an unknown key, a key twice or a value
 * outside its range is ERR_MALFORMED with the line in the fault; then *policy is as it was. */
enum err law_policy_parse(struct bytes text, struct law_policy *policy,
                          struct fault *fault) MUST_USE;

/* law_policy_encode writes all rows in the form that law_policy_parse reads. */
void law_policy_encode(const struct law_policy *policy, struct buffer *out);
