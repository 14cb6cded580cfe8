/* The blank forms are drawn by a child that ends with that: pango starts threads, and one that is
 * there before the sandbox would stay outside of it. */
#include "web/forms.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/frame.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "paper/form.h"

#define FORM_FILE         64
#define DRAW_MILLISECONDS 20000

/* --- drawing, in a process of its own --- */

/* Begins the frame that comes in the place of a form: why there is none. No PDF begins so. */
static const char FAULT[] = "fault";

static enum err send_fault(int peer, const struct fault *fault)
{
    struct buffer frame CLEANUP_BUFFER;
    buffer_init(&frame, LIMIT_FORM);
    buffer_put(&frame, FAULT, sizeof FAULT);
    buffer_put(&frame, fault, sizeof *fault);
    return frame_send(peer, buffer_bytes(&frame));
}

static enum err draw_and_send(const struct fonts *fonts, enum form form, bool is_sample, int peer,
                              struct fault *fault)
{
    const struct form_content blank = {.is_sample = is_sample};
    struct buffer pdf CLEANUP_BUFFER;
    buffer_init(&pdf, LIMIT_FORM);
    fault_name_input(fault, form_name(form));
    enum err err = form_draw(fonts, form, &blank, &pdf, fault);
    return err == ERR_NONE ? frame_send(peer, buffer_bytes(&pdf)) : err;
}

static NO_RETURN void draw_all(bool is_sample, int parent, int peer)
{
    struct fonts *fonts = NULL;
    struct fault fault = {0};
    sandbox_die_with_parent(parent);
    enum err err = fonts_open(&fonts, &fault);
    for (enum form form = FORM_ISSUE; err == ERR_NONE && form < NUM_FORMS; form++)
        err = draw_and_send(fonts, form, is_sample, peer, &fault);
    if (err != ERR_NONE)
        (void)!send_fault(peer, &fault);
    _exit(0);
}

/* --- what comes from there --- */

static enum err fault_of(struct bytes frame, struct fault *fault)
{
    struct reader reader = reader_of(frame);
    struct bytes name;
    struct fault told;
    if (!reader_take(&reader, sizeof FAULT, &name) || memcmp(name.data, FAULT, name.len) != 0)
        return ERR_NONE;
    if (!reader_copy(&reader, &told, sizeof told) || told.code == ERR_NONE)
        return fault_set(fault, ERR_PEER, "forms", "they could not be drawn");
    *fault = told;
    return told.code;
}

static enum err receive_form(int peer, struct buffer *out, struct fault *fault)
{
    buffer_init(out, LIMIT_FRAME);
    enum err err = frame_receive(peer, out, DRAW_MILLISECONDS);
    if (err != ERR_NONE)
        return fault_set(fault, err, "forms", "the process that draws them is silent");
    return fault_of(buffer_bytes(out), fault);
}

enum err forms_draw(bool is_sample, struct forms *out, struct fault *fault)
{
    int ends[2];
    fault_name_input(fault, "forms");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fault_set(fault, ERR_IO, "socketpair", "%s", strerror(errno));
    int here = getpid();
    pid_t child = fork();
    if (child == 0)
        draw_all(is_sample, here, ends[1]);
    close(ends[1]);
    enum err err = child < 0 ? fault_set(fault, ERR_IO, "fork", "%s", strerror(errno)) : ERR_NONE;
    for (enum form form = FORM_ISSUE; err == ERR_NONE && form < NUM_FORMS; form++)
        err = receive_form(ends[0], &out->of[form], fault);
    close(ends[0]);
    if (child > 0) {
        kill(child, SIGKILL); /* all that was wanted of it is here, or will not come */
        waitpid(child, NULL, 0);
    }
    return err;
}

/* --- keeping and answering them --- */

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
