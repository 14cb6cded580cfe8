/* The form of both PINs. Comparing a PIN is the card's business. */
#include "law/pin.h"

#define RULE "pin-form"

static const struct reason signature_form = {RULE, "S05", "form", "6 to 16 letters and digits",
                                             "英数字6〜16ケタです"};
static const struct reason authentication_form = {RULE, "S07", "form", "four digits",
                                                  "数字4ケタです"};
static const struct reason signature_length = {
    RULE, "S05", "length", "the PIN for signatures has 6 to 16 letters and digits",
    "署名用の暗証番号は英数字6〜16ケタです"};
static const struct reason signature_character = {
    RULE, "S05", "character", "the PIN for signatures has only the letters A to Z and digits",
    "署名用の暗証番号に使えるのは英字（A〜Z）と数字だけです"};
static const struct reason signature_mixture = {
    RULE, "S05", "letter-and-digit", "the PIN for signatures needs a letter and a digit at least",
    "署名用の暗証番号には英字と数字がそれぞれ1つ以上必要です"};
static const struct reason authentication_length = {
    RULE, "S07", "length", "the PIN for user authentication has exactly four digits",
    "利用者証明用の暗証番号は数字4ケタです"};
static const struct reason authentication_character = {
    RULE, "S07", "character", "the PIN for user authentication has only digits",
    "利用者証明用の暗証番号に使えるのは数字だけです"};

#define TRY_RULE "staff-attempts"

static const struct reason may_try = {TRY_RULE, "S34 S35", "may-try",
                                      "staff may try the PIN from the envelope",
                                      "封入された暗証番号で照合できます"};
static const struct reason may_not_try = {
    TRY_RULE, "S35", "no-more-attempts",
    "the PIN in the envelope does not match: nothing can be issued; the holder must write again",
    "記入された暗証番号で照合できないため、発行（更新）できません"};

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static size_t count(struct bytes pin, bool (*is_such)(uint8_t))
{
    size_t num = 0;
    for (size_t i = 0; i < pin.len; i++)
        num += is_such(pin.data[i]);
    return num;
}

/* page:S05 rule:pin-form */
static struct ruling check_signature(const struct law_policy *policy, struct bytes pin)
{
    if (pin.len < 6 || pin.len > 16)
        return ruling_refuse(&signature_length);
    size_t letters = count(pin, is_letter), digits = count(pin, is_digit);
    if (letters + digits != pin.len)
        return ruling_refuse(&signature_character);
    if (policy->pin_letter_and_digit && (letters == 0 || digits == 0))
        return ruling_refuse(&signature_mixture);
    return ruling_allow(&signature_form);
}

/* page:S07 rule:pin-form */
static struct ruling check_authentication(struct bytes pin)
{
    if (pin.len != 4)
        return ruling_refuse(&authentication_length);
    if (count(pin, is_digit) != pin.len)
        return ruling_refuse(&authentication_character);
    return ruling_allow(&authentication_form);
}

struct ruling pin_check(const struct law_policy *policy, enum kind kind, struct bytes pin)
{
    return kind == KIND_SIGNATURE ? check_signature(policy, pin) : check_authentication(pin);
}

struct ruling pin_check_old(enum kind kind, struct bytes pin)
{
    struct law_policy policy = law_policy_default();
    policy.pin_letter_and_digit = false;
    return pin_check(&policy, kind, pin);
}

int pin_staff_attempts(int tries_left)
{
    int but_one = tries_left - 1;
    return but_one < 0 ? 0 : but_one > 2 ? 2 : but_one;
}

/* page:S34 page:S35 rule:staff-attempts */
struct ruling pin_staff_may_try(int tries_left_at_start, int num_tried)
{
    bool may = num_tried < pin_staff_attempts(tries_left_at_start);
    return may ? ruling_allow(&may_try) : ruling_refuse(&may_not_try);
}
