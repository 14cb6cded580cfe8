/* The rows of etc/policy: their names, their ranges, their defaults; reading and writing them. */
#include "law/policy.h"

#include <string.h>

#include "base/pairs.h"

enum row_type { TYPE_CHOICE, TYPE_NUMBER };

#define MAX_WORDS 4

/* One scalar row: where it lives, how it is written, what it is unless a town says otherwise. A
 * choice's words stand in the order of its enum; false is "no". */
static const struct policy_row {
    const char *key;
    enum row_type type;
    size_t offset, size;
    const char *words[MAX_WORDS];
    int least, most;
    int value;
    const char *statement;
} rows[] = {
#define FIELD(member) offsetof(struct law_policy, member), sizeof(((struct law_policy *)0)->member)
#define YES_NO                                                                                     \
    {                                                                                              \
        "no", "yes"                                                                                \
    }
    {"signature-within-authentication", TYPE_CHOICE, FIELD(signature_within_authentication), YES_NO,
     0, 1, true, "S08"},
    {"renewal-birthdays", TYPE_NUMBER, FIELD(renewal_birthdays), {0}, 5, 6, 5, "S08"},
    {"leap-birthday",
     TYPE_CHOICE,
     FIELD(leap_birthday),
     {"common-years", "every-year"},
     0,
     1,
     LEAP_BIRTHDAY_COMMON_YEARS,
     "S08"},
    {"window-opens",
     TYPE_CHOICE,
     FIELD(window_opens),
     {"day-after", "same-day"},
     0,
     1,
     WINDOW_OPENS_DAY_AFTER,
     "S11"},
    {"pin-letter-and-digit", TYPE_CHOICE, FIELD(pin_letter_and_digit), YES_NO, 0, 1, true, "S05"},
    {"signature-exceptions", TYPE_CHOICE, FIELD(signature_exceptions), YES_NO, 0, 1, true, "S15"},
    {"fee-card-stolen", TYPE_NUMBER, FIELD(fee_card_stolen), {0}, 0, LAW_FEE_YEN, 0, "S19"},
    {"fee-card-faulty", TYPE_NUMBER, FIELD(fee_card_faulty), {0}, 0, LAW_FEE_YEN, 0, "S19"},
    {"fee-card-full", TYPE_NUMBER, FIELD(fee_card_full), {0}, 0, LAW_FEE_YEN, 0, "S19"},
    {"fee-disaster", TYPE_NUMBER, FIELD(fee_disaster), {0}, 0, LAW_FEE_YEN, 0, "S19"},
    {"standing-by-register", TYPE_CHOICE, FIELD(standing_by_register), YES_NO, 0, 1, true, "S16"},
    {"reset-needs-child-document", TYPE_CHOICE, FIELD(reset_needs_child_document), YES_NO, 0, 1,
     false, "S23"},
    {"inquiry-days", TYPE_NUMBER, FIELD(inquiry_days), {0}, 1, 365, 30, "S31"},
    {"second-officer-watches", TYPE_CHOICE, FIELD(second_officer_watches), YES_NO, 0, 1, true,
     "S34"},
    {"loss-identity",
     TYPE_CHOICE,
     FIELD(loss_identity),
     {"a-or-two-b", "a"},
     0,
     1,
     LOSS_IDENTITY_A_OR_TWO_B,
     "S37"},
    {"hold-by-others",
     TYPE_CHOICE,
     FIELD(hold_by_others),
     {"hold", "refuse"},
     0,
     1,
     HOLD_BY_OTHERS_HOLD,
     "S38"},
    {"release-identity",
     TYPE_CHOICE,
     FIELD(release_identity),
     {"either", "pin", "document"},
     0,
     2,
     RELEASE_BY_EITHER,
     "S44"},
    {"new-permit-key", TYPE_CHOICE, FIELD(new_permit_key), YES_NO, 0, 1, true, "S02"},
};

/* Fields are bool, enum or int: one byte or an int. */
static void row_store(const struct policy_row *row, struct law_policy *policy, int value)
{
    char *field = (char *)policy + row->offset;
    bool flag = value != 0;
    if (row->size == sizeof flag)
        memcpy(field, &flag, sizeof flag);
    else
        memcpy(field, &value, sizeof value);
}

static int row_load(const struct policy_row *row, const struct law_policy *policy)
{
    const char *field = (const char *)policy + row->offset;
    bool flag;
    int value;
    if (row->size == sizeof flag) {
        memcpy(&flag, field, sizeof flag);
        return flag;
    }
    memcpy(&value, field, sizeof value);
    return value;
}

struct law_policy law_policy_default(void)
{
    struct law_policy policy = {0};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        row_store(&rows[i], &policy, rows[i].value);
    for (enum event event = 0; event < NUM_EVENTS; event++)
        policy.events[event] = event_default(event);
    return policy;
}

static bool number_parse(struct bytes text, int *out)
{
    int value = 0;
    if (text.len == 0 || text.len > 4)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        value = value * 10 + (text.data[i] - '0');
    }
    *out = value;
    return true;
}

static bool choice_parse(const struct policy_row *row, struct bytes text, int *out)
{
    for (int i = 0; i < MAX_WORDS && row->words[i]; i++)
        if (bytes_equal_text(text, row->words[i])) {
            *out = i;
            return true;
        }
    return false;
}

/* Where a parser stands: what it makes, and which rows it has seen. */
struct policy_parser {
    struct law_policy policy;
    bool has_row[COUNT_OF(rows)];
    bool has_event[NUM_EVENTS];
    struct pairs pairs;
    struct fault *fault;
};

static enum err complain(struct policy_parser *parser, const char *rule, const char *text)
{
    return pairs_complain(&parser->pairs, rule, text, parser->fault);
}

static enum err row_parse(struct policy_parser *parser, size_t i, struct bytes value)
{
    int number;
    if (parser->has_row[i])
        return complain(parser, rows[i].key, "stands there twice");
    bool is_read = rows[i].type == TYPE_NUMBER ? number_parse(value, &number)
                                               : choice_parse(&rows[i], value, &number);
    if (!is_read || number < rows[i].least || number > rows[i].most)
        return complain(parser, rows[i].key, "no such value");
    parser->has_row[i] = true;
    row_store(&rows[i], &parser->policy, number);
    return ERR_NONE;
}

#define EVENT_PREFIX "event."

static enum err event_row_parse(struct policy_parser *parser, struct bytes key, struct bytes value)
{
    for (enum event event = 0; event < NUM_EVENTS; event++) {
        if (!bytes_equal_text(key, event_name(event)))
            continue;
        if (!event_is_policy(event))
            return complain(parser, event_name(event), "the page decides this, not a policy");
        if (parser->has_event[event])
            return complain(parser, event_name(event), "stands there twice");
        parser->has_event[event] = true;
        switch (event_effects_parse(event, value, &parser->policy.events[event])) {
        case ERR_NONE:
            return ERR_NONE;
        case ERR_DENIED:
            return complain(parser, event_name(event), "the page leaves no such choice");
        default:
            return complain(parser, event_name(event), "not three outcomes");
        }
    }
    return complain(parser, "known event", "there is no such event");
}

static enum err pair_parse(struct policy_parser *parser, struct bytes key, struct bytes value)
{
    size_t prefix = strlen(EVENT_PREFIX);
    if (key.len > prefix && memcmp(key.data, EVENT_PREFIX, prefix) == 0)
        return event_row_parse(parser, bytes_of(key.data + prefix, key.len - prefix), value);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (bytes_equal_text(key, rows[i].key))
            return row_parse(parser, i, value);
    return complain(parser, "known key", "there is no such key");
}

enum err law_policy_parse(struct bytes text, struct law_policy *policy, struct fault *fault)
{
    struct policy_parser parser = {.policy = *policy, .pairs = pairs_of(text), .fault = fault};
    struct bytes key, value;
    for (;;) {
        enum err err = pairs_next(&parser.pairs, &key, &value, fault);
        if (err == ERR_NOT_FOUND)
            break;
        if (!err)
            err = pair_parse(&parser, key, value);
        if (err)
            return err;
    }
    *policy = parser.policy;
    return ERR_NONE;
}

void law_policy_encode(const struct law_policy *policy, struct buffer *out)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int value = row_load(&rows[i], policy);
        if (rows[i].type == TYPE_NUMBER)
            buffer_put_format(out, "%s = %d\n", rows[i].key, value);
        else
            buffer_put_format(out, "%s = %s\n", rows[i].key, rows[i].words[value]);
    }
    for (enum event event = 0; event < NUM_EVENTS; event++) {
        if (!event_is_policy(event))
            continue;
        buffer_put_format(out, EVENT_PREFIX "%s = ", event_name(event));
        event_effects_put(&policy->events[event], out);
        buffer_put_text(out, "\n");
    }
}
