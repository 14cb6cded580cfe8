/* Drawing the blank forms, and answering them. */
#include "web/forms.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "paper/form.h"

#define FORM_FILE 64

enum err forms_draw(bool is_sample, struct forms *out, struct fault *fault)
{
    const struct form_content blank = {.is_sample = is_sample};
    struct fonts *fonts = NULL;
    enum err err = fonts_open(&fonts, fault);
    for (enum form form = FORM_ISSUE; err == ERR_NONE && form < NUM_FORMS; form++) {
        fault_name_input(fault, form_name(form));
        buffer_init(&out->of[form], LIMIT_FORM);
        err = form_draw(fonts, form, &blank, &out->of[form], fault);
    }
    fonts_close(fonts);
    return err;
}

void forms_done(struct forms *forms)
{
    for (enum form form = FORM_ISSUE; form < NUM_FORMS; form++)
        buffer_done(&forms->of[form]);
}

bool forms_answer(const struct forms *forms, const char *rest, struct http_response *response)
{
    for (enum form form = FORM_ISSUE; form < NUM_FORMS; form++) {
        char file[FORM_FILE];
        snprintf(file, sizeof file, "%s.pdf", form_name(form));
        if (strcmp(rest, file) != 0)
            continue;
        response->content_type = "application/pdf";
        http_response_header(response, "Content-Disposition", "inline; filename=\"form-%s\"", file);
        http_response_header(response, "Cache-Control", "no-cache");
        http_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
        buffer_put_bytes(&response->body, buffer_bytes(&forms->of[form]));
        return true;
    }
    return false;
}
