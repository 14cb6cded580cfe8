/* The blank forms come from a program of its own (main/jpkid_forms.c), as frames, in their order.
 */
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

#define FORM_FILE         64
#define DRAW_MILLISECONDS 20000

/* --- drawing, in another process --- */

static NO_RETURN void become_program(const char *program, bool is_sample, int parent, int peer)
{
    char name[] = "jpkid-forms", sample[] = "sample", real[] = "real";
    char *arguments[] = {name, is_sample ? sample : real, NULL};
    sandbox_die_with_parent(parent);
    if (dup2(peer, STDOUT_FILENO) == STDOUT_FILENO && close_range(STDERR_FILENO + 1, ~0U, 0) == 0)
        execv(program, arguments);
    _exit(127);
}

static enum err receive_form(int peer, struct buffer *out, struct fault *fault)
{
    buffer_init(out, LIMIT_FRAME);
    enum err err = frame_receive(peer, out, DRAW_MILLISECONDS);
    return err == ERR_NONE ? ERR_NONE
                           : fault_set(fault, err, "drawing", "the program sends no more of them");
}

enum err forms_draw(const char *program, bool is_sample, struct forms *out, struct fault *fault)
{
    int ends[2];
    fault_name_input(fault, program);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fault_set(fault, ERR_IO, "socketpair", "%s", strerror(errno));
    int here = getpid();
    pid_t child = fork();
    if (child == 0)
        become_program(program, is_sample, here, ends[1]);
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
