#include "web/act_form.h"

#include <string.h>

#include "base/encoding.h"
#include "crypto/random.h"
#include "web/typed.h"

#define ONCE 16 /* bytes */

/* clang-format off */
static const struct act_form forms[] = {
    {"/staff/open", "application-open", "/staff/application",
     {{"resident", VALUE_WHOLE}, {"procedure", VALUE_WORD}, {"applicant", VALUE_WORD}, {"kinds", VALUE_WORD},
      {"pin", VALUE_WORD}, {"reason", VALUE_WORD}, {"missing", VALUE_FLAG}, {"stopped", VALUE_FLAG}, {"note", VALUE_WORD}, {"once", VALUE_WORD}}},
    {"/staff/step", "step", "/staff/application", {{"number", VALUE_WHOLE}, {"step", VALUE_WORD}, {"kind", VALUE_WORD}, {"note", VALUE_WORD}}},
    {"/staff/execute", "execute", "/staff/application", {{"number", VALUE_WHOLE}}},
    {"/staff/reset-join", "reset-join", "/staff/application", {{"number", VALUE_WHOLE}, {"kind", VALUE_WORD}, {"note", VALUE_WORD}}},
    {"/staff/close", "application-close", "/staff/application", {{"number", VALUE_WHOLE}, {"note", VALUE_WORD}}},
    {"/staff/terminal/pair", "terminal-pair", "/staff/terminals", {{"code", VALUE_CODE}, {"name", VALUE_WORD}}},
    {"/staff/terminal/part", "terminal-part", "/staff/terminals", {{"name", VALUE_WORD}}},
    {"/staff/terminal/call", "terminal-call", "/staff/terminal", {{"number", VALUE_WHOLE}, {"name", VALUE_WORD}}},
    {"/staff/terminal/leave", "terminal-leave", "/staff/application", {{"name", VALUE_WORD}}},
    {"/staff/card/end", "staff-card-end", "/staff/card", {{0}}},
    {"/staff/hotline", "caller-check", NULL,
     {{"name", VALUE_WORD}, {"birth_date", VALUE_BIRTH_DATE}, {"address", VALUE_WORD}, {"telephone", VALUE_TELEPHONE}}},
    {"/staff/book", "appointment-book", "/staff/appointment",
     {{"office", VALUE_WORD}, {"procedure", VALUE_WORD}, {"time", VALUE_WHOLE}, {"name", VALUE_WORD}, {"birth_date", VALUE_BIRTH_DATE},
      {"telephone", VALUE_TELEPHONE}, {"note", VALUE_WORD}, {"once", VALUE_WORD}}},
    {"/staff/move", "appointment-move", "/staff/appointment", {{"number", VALUE_WHOLE}, {"time", VALUE_WHOLE}, {"office", VALUE_WORD}}},
    {"/staff/cancel", "appointment-cancel", "/staff/appointment", {{"number", VALUE_WHOLE}}},
    {"/staff/notice/returned", "notice-returned", "/staff/notices", {{"number", VALUE_WHOLE}}},
    {"/appointment", "appointment-book", NULL,
     {{"office", VALUE_WORD}, {"procedure", VALUE_WORD}, {"time", VALUE_WHOLE}, {"name", VALUE_WORD}, {"birth_date", VALUE_BIRTH_DATE},
      {"telephone", VALUE_TELEPHONE}, {"note", VALUE_WORD}, {"once", VALUE_WORD}}},
    {"/appointment/change", "appointment-show", NULL, {{"number", VALUE_WHOLE}, {"code", VALUE_CODE}}},
    {"/appointment/calendar", "appointment-show", NULL, {{"number", VALUE_WHOLE}, {"code", VALUE_CODE}}},
    {"/appointment/cancel", "appointment-cancel", NULL, {{"number", VALUE_WHOLE}, {"code", VALUE_CODE}}},
    {"/appointment/move", "appointment-move", NULL, {{"number", VALUE_WHOLE}, {"code", VALUE_CODE}, {"time", VALUE_WHOLE}, {"office", VALUE_WORD}}},
};
/* clang-format on */

const struct act_form *act_form_find(const char *path)
{
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (strcmp(forms[i].path, path) == 0)
            return &forms[i];
    return NULL;
}

/* --- values: NULL where nothing was typed; what is none goes as its text, which commit refuses ---
 */

static json_t *word_json(const struct page *page, const char *name)
{
    char text[TYPED_MAX];
    if (page_form_text(page, name, text, sizeof text))
        return json_string(text);
    return page_form_has(page, name) ? json_string("") : NULL;
}

static json_t *whole_json(const struct page *page, const char *name)
{
    int64_t number;
    return typed_number(page, name, &number) ? json_integer(number) : word_json(page, name);
}

static json_t *flag_json(const struct page *page, const char *name)
{
    char text[TYPED_MAX];
    if (page_form_text(page, name, text, sizeof text) && strcmp(text, "yes") == 0)
        return json_true();
    return page_form_has(page, name) ? json_string("") : NULL;
}

static json_t *telephone_json(const struct page *page, const char *name)
{
    char text[TYPED_MAX];
    return typed_telephone(page, text) ? json_string(text) : word_json(page, name);
}

static json_t *birth_date_json(const struct page *page, const char *name)
{
    char text[DATE_TEXT];
    return typed_birth_date(page, text) ? json_string(text) : word_json(page, name);
}

static json_t *code_json(const struct page *page, const char *name)
{
    char text[TYPED_MAX];
    return typed_code(page, text) ? json_string(text) : word_json(page, name);
}

static json_t *(*const readers[])(const struct page *page, const char *name) = {
    [VALUE_WORD] = word_json,
    [VALUE_WHOLE] = whole_json,
    [VALUE_FLAG] = flag_json,
    [VALUE_TELEPHONE] = telephone_json,
    [VALUE_BIRTH_DATE] = birth_date_json,
    [VALUE_CODE] = code_json,
};

json_t *act_form_fields(const struct page *page, const struct act_form *form)
{
    json_t *fields = json_object();
    for (size_t i = 0; i < ACT_FORM_FIELDS && form->fields[i].name; i++) {
        json_t *value = readers[form->fields[i].type](page, form->fields[i].name);
        if (value)
            json_object_set_new(fields, form->fields[i].name, value);
    }
    return fields;
}

json_t *act_form_once(void)
{
    uint8_t once[ONCE];
    char hex[2 * ONCE + 1];
    random_bytes(once, sizeof once);
    return json_string(hex_print(once, sizeof once, hex));
}
