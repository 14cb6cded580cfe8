/* A request of the acts socket: the JSON, and its fields as an act that knows them all reads them.
 * What is accepted came in full, and says which fields came. */
#include "centre/fields.h"
#include "centre/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/card_id.h"
#include "base/text.h"
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t room)
{
    struct bytes bytes = bytes_of(text, strnlen(text, room));
    require(bytes.len < room && text_is_utf8(bytes) && text_count(bytes) <= TEXT_SHORT_MAX);
}

static void check_fields(const json_t *object, const struct act_fields *fields)
{
    size_t num = 0;
    for (uint64_t bits = fields->has; bits; bits &= bits - 1) {
        require(json_object_get(object, field_name(bits & -bits)));
        num++;
    }
    require(num == json_object_size(object));
    check_text(fields->reason, sizeof fields->reason);
    check_text(fields->token, sizeof fields->token);
    check_text(fields->note, sizeof fields->note);
    check_text(fields->name, sizeof fields->name);
    check_text(fields->reference, sizeof fields->reference);
    check_text(fields->office, sizeof fields->office);
    check_text(fields->telephone, sizeof fields->telephone);
    check_text(fields->code, sizeof fields->code);
    require(!(fields->has & FIELD_OFFICE) || office_code_is_valid(bytes_of_text(fields->office)));
    require(!(fields->has & FIELD_CODE) || code_is_valid(fields->code, BOOKING_CODE_LEN));
    require(!(fields->has & FIELD_TELEPHONE) ||
            telephone_is_valid(bytes_of_text(fields->telephone)));
    require(!(fields->has & FIELD_CARD) || card_id_is_valid(bytes_of_text(fields->card)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *object = NULL;
    struct act_fields fields;
    struct fault fault = {0};
    if (message_load(bytes_of(data, size), &object, &fault) != ERR_NONE) {
        require(fault.code != ERR_NONE && fault.text[0]);
        return 0;
    }
    if (fields_parse(object, 0, UINT64_MAX, &fields, &fault) == ERR_NONE)
        check_fields(object, &fields);
    else
        require(fault.text[0]);
    fields_done(&fields);
    if (fields_parse(object, FIELD_NUMBER | FIELD_DIGEST, FIELD_PAGE, &fields, &fault) == ERR_NONE)
        require(json_object_get(object, "number") && json_object_get(object, "digest"));
    fields_done(&fields);
    json_decref(object);
    return 0;
}
