/* Two directions of frames: first the blank forms in their order, then a request and its answer
 * (paper/serve.h) at a time. */
#include "web/forms.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/frame.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "base/text.h"

#define FORM_FILE          64
#define DRAW_MILLISECONDS  20000 /* for a form, when all the machine starts */
#define PAPER_MILLISECONDS 3000
#define PDF_BEGINS         "%PDF-"

/* --- starting, and the blank forms --- */

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

static enum err program_start(const char *program, bool is_sample, struct forms *forms,
                              struct fault *fault)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fault_set(fault, ERR_IO, "socketpair", "%s", strerror(errno));
    int here = getpid();
    pid_t child = fork();
    if (child == 0)
        become_program(program, is_sample, here, ends[1]);
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return fault_set(fault, ERR_IO, "fork", "%s", strerror(errno));
    }
    pthread_mutex_init(&forms->lock, NULL);
    forms->peer = ends[0];
    forms->child = child;
    forms->has_program = true;
    return ERR_NONE;
}

enum err forms_open(const char *program, bool is_sample, struct forms *out, struct fault *fault)
{
    fault_name_input(fault, program);
    enum err err = program_start(program, is_sample, out, fault);
    for (enum form form = FORM_ISSUE; err == ERR_NONE && form < NUM_FORMS; form++)
        err = receive_form(out->peer, &out->of[form], fault);
    return err;
}

/* Within the sandbox neither kill nor wait is there: then the program ends because its socket does,
 * or with its parent. */
void forms_done(struct forms *forms)
{
    for (enum form form = FORM_ISSUE; form < NUM_FORMS; form++)
        buffer_done(&forms->of[form]);
    if (!forms->has_program)
        return;
    close(forms->peer);
    if (kill(forms->child, SIGKILL) == 0)
        waitpid(forms->child, NULL, 0);
    pthread_mutex_destroy(&forms->lock);
    forms->has_program = false;
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

/* --- papers --- */

static enum err nonsense(struct fault *fault)
{
    return fault_set(fault, ERR_PEER, "drawing", "the program's answer is none");
}

/* A refusal as the program gives it: rule and text. It is not trusted to be fit to be shown. */
static enum err refusal_take(enum err code, struct reader *reader, struct fault *fault)
{
    struct bytes rule, text;
    char rule_text[64], fault_text[256];
    if (!reader_sized(reader, &rule) || !reader_sized(reader, &text) || !reader_is_done(reader))
        return nonsense(fault);
    text_copy_visible(rule, rule_text, sizeof rule_text);
    text_copy_visible(text, fault_text, sizeof fault_text);
    return fault_set(fault, code, rule_text, "%s", fault_text);
}

static bool is_refusal(uint8_t code)
{
    static const enum err codes[] = {ERR_MALFORMED, ERR_LIMIT,       ERR_MEMORY,
                                     ERR_NOT_FOUND, ERR_UNSUPPORTED, ERR_IO};
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (code == codes[i])
            return true;
    return false;
}

static enum err answer_take(struct bytes answer, struct buffer *pdf, struct fault *fault)
{
    struct reader reader = reader_of(answer);
    uint8_t code;
    if (!reader_u8(&reader, &code))
        return nonsense(fault);
    if (is_refusal(code))
        return refusal_take(code, &reader, fault);
    size_t len = strlen(PDF_BEGINS);
    if (code != ERR_NONE || reader.left < len || memcmp(reader.at, PDF_BEGINS, len) != 0)
        return nonsense(fault);
    buffer_put(pdf, reader.at, reader.left);
    return buffer_check(pdf) == ERR_NONE ? ERR_NONE
                                         : fault_set(fault, ERR_LIMIT, "paper", "it is too long");
}

/* The answer to a request that came too late would be taken for that to the next one: so nobody is
 * asked any more. */
static enum err program_ask(struct forms *forms, struct bytes request, struct buffer *answer)
{
    enum err err = forms->is_lost ? ERR_CLOSED : frame_send(forms->peer, request);
    if (err == ERR_NONE)
        err = frame_receive(forms->peer, answer, PAPER_MILLISECONDS);
    return err;
}

static void program_lose(struct forms *forms)
{
    forms->is_lost = true;
    shutdown(forms->peer, SHUT_RDWR); /* whoever watches it wakes */
}

static enum err exchange(struct forms *forms, struct bytes request, struct buffer *pdf,
                         struct fault *fault)
{
    struct buffer answer CLEANUP_BUFFER;
    buffer_init(&answer, LIMIT_FRAME);
    pthread_mutex_lock(&forms->lock);
    enum err err = program_ask(forms, request, &answer);
    if (err != ERR_NONE)
        fault_set(fault, err, "drawing", "the program does not answer");
    else
        err = answer_take(buffer_bytes(&answer), pdf, fault);
    if (err == ERR_TIMEOUT || err == ERR_CLOSED || err == ERR_PEER || err == ERR_IO)
        program_lose(forms);
    pthread_mutex_unlock(&forms->lock);
    return err;
}

enum err forms_paper(struct forms *forms, const json_t *request, struct buffer *pdf,
                     struct fault *fault)
{
    fault_name_input(fault, "paper");
    char *text = json_dumps(request, JSON_COMPACT);
    if (!text)
        return fault_set(fault, ERR_MALFORMED, "request", "it is no JSON object");
    size_t len = strlen(text);
    enum err err = len <= LIMIT_PAPER_REQUEST
                       ? exchange(forms, bytes_of(text, len), pdf, fault)
                       : fault_set(fault, ERR_LIMIT, "request", "%zu bytes", len);
    free(text);
    return err;
}

int forms_watched(const struct forms *forms)
{
    return forms->peer;
}
