/* Reading the fields of a request: one row a field, one function a type. */
#include "centre/fields.h"

#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/permit.h"

struct field_row;
typedef bool field_reader(const struct field_row *row, json_t *value, struct act_fields *out);

struct field_row {
    uint64_t bit;
    const char *name;
    field_reader *read;
    size_t offset, size; /* where it goes; a text's room, or the bytes wanted */
};

static void *field_place(const struct field_row *row, struct act_fields *out)
{
    return (char *)out + row->offset;
}

static bool read_number(const struct field_row *row, json_t *value, struct act_fields *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    int64_t number = json_integer_value(value);
    memcpy(field_place(row, out), &number, sizeof number);
    return true;
}

static bool read_count(const struct field_row *row, json_t *value, struct act_fields *out)
{
    return json_integer_value(value) > 0 && read_number(row, value, out);
}

static bool read_flag(const struct field_row *row, json_t *value, struct act_fields *out)
{
    if (!json_is_boolean(value))
        return false;
    *(bool *)field_place(row, out) = json_is_true(value);
    return true;
}

static const char *short_text(json_t *value)
{
    if (!json_is_string(value))
        return NULL;
    struct bytes text = bytes_of(json_string_value(value), json_string_length(value));
    return text_is_short(text) ? json_string_value(value) : NULL;
}

static bool read_text(const struct field_row *row, json_t *value, struct act_fields *out)
{
    const char *text = short_text(value);
    if (!text || strlen(text) >= row->size)
        return false;
    memcpy(field_place(row, out), text, strlen(text) + 1);
    return true;
}

static bool read_card(const struct field_row *row, json_t *value, struct act_fields *out)
{
    const char *text = short_text(value);
    return text && card_id_is_valid(bytes_of_text(text)) && read_text(row, value, out);
}

static bool read_long(const struct field_row *row, json_t *value, struct act_fields *out)
{
    if (!json_is_string(value) || json_string_length(value) > LIMIT_ACT_FILE)
        return false;
    struct bytes text = bytes_of(json_string_value(value), json_string_length(value));
    memcpy(field_place(row, out), &text, sizeof text);
    return true;
}

static bool is_lower_hex(const char *text)
{
    return text[strspn(text, "0123456789abcdef")] == '\0';
}

static bool read_bytes(const struct field_row *row, json_t *value, struct act_fields *out)
{
    return json_is_string(value) && is_lower_hex(json_string_value(value)) &&
           hex_decode_exactly(json_string_value(value), field_place(row, out), row->size) ==
               ERR_NONE;
}

static bool read_der(const struct field_row *row, json_t *value, struct act_fields *out)
{
    return json_is_string(value) && is_lower_hex(json_string_value(value)) &&
           json_string_length(value) > 0 &&
           hex_decode(bytes_of_text(json_string_value(value)), field_place(row, out)) == ERR_NONE;
}

static bool read_date(const struct field_row *row, json_t *value, struct act_fields *out)
{
    const char *text = short_text(value);
    return text && date_parse(text, field_place(row, out)) == ERR_NONE;
}

static bool read_birth_date(const struct field_row *row, json_t *value, struct act_fields *out)
{
    const char *text = short_text(value);
    return text && date_parse_birth(text, field_place(row, out)) == ERR_NONE;
}

static bool read_office(const struct field_row *row, json_t *value, struct act_fields *out)
{
    const char *text = short_text(value);
    return text && office_code_is_valid(bytes_of_text(text)) && read_text(row, value, out);
}

static bool read_telephone(const struct field_row *row, json_t *value, struct act_fields *out)
{
    const char *text = short_text(value);
    return text && telephone_is_valid(bytes_of_text(text)) && read_text(row, value, out);
}

static bool read_code(const struct field_row *row, json_t *value, struct act_fields *out)
{
    const char *text = short_text(value);
    return text && code_is_valid(text, BOOKING_CODE_LEN) && read_text(row, value, out);
}

static bool read_changes(const struct field_row *row, json_t *value, struct act_fields *out)
{
    (void)row;
    const char *name;
    json_t *text;
    if (!json_is_object(value))
        return false;
    json_object_foreach (value, name, text)
        if (!json_is_string(text) || (json_string_length(text) > 0 && !short_text(text)))
            return false;
    out->changes = value;
    return true;
}

static bool read_kind(const struct field_row *row, json_t *value, struct act_fields *out)
{
    (void)row;
    const char *text = short_text(value);
    return text && kind_parse(text, &out->kind) == ERR_NONE;
}

static bool read_kinds(const struct field_row *row, json_t *value, struct act_fields *out)
{
    (void)row;
    const char *text = short_text(value);
    enum kind kind;
    if (text && strcmp(text, "both") == 0)
        out->kinds = KINDS_BOTH;
    else if (text && kind_parse(text, &kind) == ERR_NONE)
        out->kinds = 1u << kind;
    return out->kinds != KINDS_NOT_GIVEN;
}

/* The words of law: one reader each, all of one shape. */
#define READ_WORD(field, parse)                                                                    \
    static bool read_##field(const struct field_row *row, json_t *value, struct act_fields *out)   \
    {                                                                                              \
        (void)row;                                                                                 \
        const char *text = short_text(value);                                                      \
        return text && parse(text, &out->field) == ERR_NONE;                                       \
    }
READ_WORD(procedure, procedure_parse)
READ_WORD(applicant, applicant_parse)
READ_WORD(event, event_parse)

static enum err word_parse(const char *const *words, size_t num_words, const char *text, int *out)
{
    for (size_t i = 0; i < num_words; i++)
        if (words[i] && strcmp(words[i], text) == 0) {
            *out = (int)i;
            return ERR_NONE;
        }
    return ERR_MALFORMED;
}

static enum err pin_state_parse(const char *text, enum pin_state *out)
{
    static const char *const words[] = {
        [PIN_KNOWN] = "known", [PIN_FORGOTTEN] = "forgotten", [PIN_NEVER_SET] = "never-set"};
    int found;
    enum err err = word_parse(words, COUNT_OF(words), text, &found);
    if (err == ERR_NONE)
        *out = (enum pin_state)found;
    return err;
}

enum err step_parse(const char *text, enum step_name *out)
{
    for (int step = STEP_IDENTITY; step <= STEP_RECEIPT; step++)
        if (strcmp(step_word((enum step_name)step), text) == 0) {
            *out = (enum step_name)step;
            return ERR_NONE;
        }
    return ERR_MALFORMED;
}

static enum err purpose_parse(const char *text, uint8_t *out)
{
    for (int purpose = PERMIT_MAKE_KEY; purpose <= PERMIT_NEW_PERMIT_KEY; purpose++)
        if (strcmp(permit_purpose_name((enum permit_purpose)purpose), text) == 0) {
            *out = (uint8_t)purpose;
            return ERR_NONE;
        }
    return ERR_MALFORMED;
}
READ_WORD(pin, pin_state_parse)
READ_WORD(step, step_parse)
READ_WORD(purpose, purpose_parse)

#define AT(field) offsetof(struct act_fields, field), sizeof(((struct act_fields *)0)->field)

static const struct field_row rows[] = {
    {FIELD_NUMBER, "number", read_number, AT(number)},
    {FIELD_RESIDENT, "resident", read_number, AT(resident)},
    {FIELD_CARD, "card", read_card, AT(card)},
    {FIELD_KIND, "kind", read_kind, 0, 0},
    {FIELD_KINDS, "kinds", read_kinds, 0, 0},
    {FIELD_PROCEDURE, "procedure", read_procedure, 0, 0},
    {FIELD_APPLICANT, "applicant", read_applicant, 0, 0},
    {FIELD_PIN, "pin", read_pin, 0, 0},
    {FIELD_REASON, "reason", read_text, AT(reason)},
    {FIELD_STEP, "step", read_step, 0, 0},
    {FIELD_EVENT, "event", read_event, 0, 0},
    {FIELD_PURPOSE, "purpose", read_purpose, 0, 0},
    {FIELD_NONCE, "nonce", read_bytes, AT(nonce)},
    {FIELD_CHALLENGE, "challenge", read_bytes, AT(challenge)},
    {FIELD_STATEMENT, "statement", read_bytes, AT(statement)},
    {FIELD_REQUEST, "request", read_der, AT(request)},
    {FIELD_CERTIFICATE, "certificate", read_der, AT(certificate)},
    {FIELD_SIGNATURE, "signature", read_der, AT(signature)},
    {FIELD_PERMIT_KEY, "permit_key", read_bytes, AT(permit_key)},
    {FIELD_POINT, "point", read_bytes, AT(point)},
    {FIELD_KEY, "key", read_bytes, AT(key)},
    {FIELD_TOKEN, "token", read_text, AT(token)},
    {FIELD_NOTE, "note", read_text, AT(note)},
    {FIELD_EFFECTIVE, "effective", read_date, AT(effective)},
    {FIELD_RECORDED, "recorded", read_date, AT(recorded)},
    {FIELD_CHANGES, "changes", read_changes, 0, 0},
    {FIELD_REFERENCE, "reference", read_text, AT(reference)},
    {FIELD_TIME, "time", read_number, AT(time)},
    {FIELD_FILE, "file", read_long, AT(file)},
    {FIELD_FROM, "from", read_number, AT(from)},
    {FIELD_AFTER, "after", read_number, AT(after)},
    {FIELD_LIMIT, "limit", read_count, AT(limit)},
    {FIELD_NAME, "name", read_text, AT(name)},
    {FIELD_LOGIN_CODE, "login_code", read_text, AT(login_code)},
    {FIELD_LOGIN, "login", read_bytes, AT(login)},
    {FIELD_LOGIN_NONCE, "login_nonce", read_bytes, AT(login_nonce)},
    {FIELD_ONCE, "once", read_bytes, AT(once)},
    {FIELD_PAPER, "paper", read_text, AT(paper)},
    {FIELD_ADDRESS, "address", read_text, AT(address)},
    {FIELD_SCREEN, "screen", read_text, AT(screen)},
    {FIELD_ENTRY, "entry", read_text, AT(entry)},
    {FIELD_MISSING, "missing", read_flag, AT(missing)},
    {FIELD_STOPPED, "stopped", read_flag, AT(stopped)},
    {FIELD_COUNT, "count", read_number, AT(count)},
    {FIELD_DIGEST, "digest", read_bytes, AT(digest)},
    {FIELD_OFFICE, "office", read_office, AT(office)},
    {FIELD_DATE, "date", read_date, AT(date)},
    {FIELD_BIRTH_DATE, "birth_date", read_birth_date, AT(birth_date)},
    {FIELD_TELEPHONE, "telephone", read_telephone, AT(telephone)},
    {FIELD_CODE, "code", read_code, AT(code)},
};

/* What is expected, for the people who filled a form in. */
static const struct {
    uint64_t bit;
    const char *text;
} wanted[] = {
    {FIELD_NUMBER, ": a whole number"},
    {FIELD_TIME, ": seconds since 1970, a whole number"},
    {FIELD_NAME, ": a text of 1 to 200 characters, none of them hidden"},
    {FIELD_NOTE, ": a text of 1 to 200 characters, none of them hidden"},
    {FIELD_PROCEDURE, ": a procedure, as jpki rules names it"},
    {FIELD_OFFICE, ": the code of an office, of small letters, digits and hyphens"},
    {FIELD_DATE, ": a day, YYYY-MM-DD"},
    {FIELD_BIRTH_DATE, ": a birth date, YYYY-MM-DD, with 00 for what is not known"},
    {FIELD_TELEPHONE, ": 10 to 15 digits with the area code, perhaps hyphens, perhaps + first"},
    {FIELD_CODE, ": the 10 capital letters and digits that were shown"},
};

static const char *what_is_wanted(uint64_t field)
{
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        if (wanted[i].bit == field)
            return wanted[i].text;
    return "";
}

const char *field_name(uint64_t field)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].bit == field)
            return rows[i].name;
    return NULL;
}

static const struct field_row *field_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

static enum err fields_read_one(const char *name, json_t *value, uint64_t allowed,
                                struct act_fields *out, struct fault *fault)
{
    const struct field_row *row = field_find(name);
    if (!row || !(row->bit & allowed))
        return fault_set(fault, ERR_MALFORMED, "unknown-field", "the act has no field %.40s", name);
    if (!row->read(row, value, out))
        return fault_set(fault, ERR_MALFORMED, "field-type", "%s is not what it must be%s", name,
                         what_is_wanted(row->bit));
    out->has |= row->bit;
    return ERR_NONE;
}

enum err fields_parse(json_t *object, uint64_t required, uint64_t optional, struct act_fields *out,
                      struct fault *fault)
{
    *out = (struct act_fields){0};
    buffer_init(&out->request, LIMIT_REQUEST);
    buffer_init(&out->certificate, LIMIT_CERTIFICATE);
    buffer_init(&out->signature, LIMIT_SIGNATURE);
    if (!json_is_object(object))
        return fault_set(fault, ERR_MALFORMED, "fields", "fields is not an object");
    const char *name;
    json_t *value;
    json_object_foreach (object, name, value) {
        enum err err = fields_read_one(name, value, required | optional, out, fault);
        if (err != ERR_NONE)
            return err;
    }
    uint64_t missing = required & ~out->has;
    if (missing)
        return fault_set(fault, ERR_MALFORMED, "missing-field", "the act needs the field %s",
                         field_name(missing & -missing));
    return ERR_NONE;
}

void fields_done(struct act_fields *fields)
{
    buffer_done(&fields->request);
    buffer_done(&fields->certificate);
    buffer_done(&fields->signature);
}
