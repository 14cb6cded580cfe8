#include "paper/serve.h"

#include "base/frame.h"
#include "base/limits.h"
#include "paper/form.h"
#include "paper/request.h"

const struct sandbox_plan paper_plan = {.calls = SANDBOX_CALLS_DRAW};

enum err paper_confine(struct sandbox_report *report, struct fault *fault)
{
    return sandbox_apply(&paper_plan, report, fault);
}

static enum err draw(const struct fonts *fonts, struct bytes text, bool is_sample,
                     struct buffer *pdf, struct fault *fault)
{
    struct paper_request request CLEANUP_PAPER_REQUEST = {0};
    enum err err = paper_request_parse(text, &request, fault);
    if (err != ERR_NONE)
        return err;
    request.content.is_sample = request.content.is_sample || is_sample;
    for (size_t i = 0; i < request.num_letters; i++)
        request.letters[i].content.is_sample = request.content.is_sample;
    if (request.num_letters)
        return letters_draw(fonts, request.letters, request.num_letters, pdf, fault);
    if (request.forecast.num)
        return forecast_draw(fonts, &request.forecast, &request.content, pdf, fault);
    return request.letter != LETTER_NONE
               ? letter_draw(fonts, request.letter, &request.content, pdf, fault)
               : form_draw(fonts, request.form, &request.content, pdf, fault);
}

enum err paper_answer(const struct fonts *fonts, struct bytes request, bool is_sample,
                      struct buffer *answer)
{
    struct fault fault = {0};
    size_t begun = answer->len;
    buffer_put_u8(answer, ERR_NONE);
    enum err err = draw(fonts, request, is_sample, answer, &fault);
    if (err != ERR_NONE) {
        buffer_cut(answer, begun);
        buffer_put_u8(answer, (uint8_t)err);
        buffer_put_sized(answer, bytes_of_text(fault.rule));
        buffer_put_sized(answer, bytes_of_text(fault.text));
    }
    return buffer_check(answer);
}

static enum err serve_one(int fd, const struct fonts *fonts, bool is_sample)
{
    struct buffer request CLEANUP_BUFFER, answer CLEANUP_BUFFER;
    buffer_init(&request, LIMIT_FRAME);
    buffer_init(&answer, LIMIT_PAPER_ANSWER);
    enum err err = frame_receive(fd, &request, -1);
    if (err == ERR_NONE)
        err = paper_answer(fonts, buffer_bytes(&request), is_sample, &answer);
    return err == ERR_NONE ? frame_send(fd, buffer_bytes(&answer)) : err;
}

enum err paper_serve(int fd, const struct fonts *fonts, bool is_sample, struct fault *fault)
{
    enum err err;
    do
        err = serve_one(fd, fonts, is_sample);
    while (err == ERR_NONE);
    return err == ERR_CLOSED ? ERR_NONE
                             : fault_set(fault, err, "request", "it does not come whole");
}
