#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *en, *ja;
} errors[] = {
#define X(code, name, en, ja) [code] = {name, en, ja},
    ERR_LIST(X)
#undef X
};

const char *err_name(enum err code)
{
    return (size_t)code < COUNT_OF(errors) ? errors[code].name : "unknown";
}

const char *err_sentence(enum err code, enum language language)
{
    if ((size_t)code >= COUNT_OF(errors))
        return "unknown error";
    return language == LANGUAGE_JA ? errors[code].ja : errors[code].en;
}

enum language language_of_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strncmp(value, "ja", 2) == 0 ? LANGUAGE_JA : LANGUAGE_EN;
    }
    return LANGUAGE_EN;
}

enum err fault_set(struct fault *fault, enum err code, const char *rule, const char *format, ...)
{
    if (!fault)
        return code;
    fault->code = code;
    snprintf(fault->rule, sizeof fault->rule, "%s", rule);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault->text, sizeof fault->text, format, arguments);
    va_end(arguments);
    return code;
}

void fault_name_input(struct fault *fault, const char *input)
{
    if (fault)
        snprintf(fault->input, sizeof fault->input, "%s", input);
}

const char *fault_print(const struct fault *fault, char *text, unsigned long size)
{
    if (fault->rule[0] == '\0')
        snprintf(text, size, "%s : %s", fault->input[0] ? fault->input : "input",
                 err_sentence(fault->code, LANGUAGE_EN));
    else
        snprintf(text, size, "%s : %s : %s", fault->input[0] ? fault->input : "input", fault->rule,
                 fault->text);
    return text;
}
