/* Drawing what is asked for, one request after the other, for whoever holds the other end of a
 * socket. Both directions are frames (base/frame.h): a request of paper/request.h; an answer of a
 * code (u8, of enum err), then the PDF where that is 0, else rule and text of the fault, each with
 * its length before it (u32). */
#pragma once

#include "base/sandbox.h"
#include "paper/content.h"
#include "paper/fonts.h"

/* paper_confine gives up all files, sockets and processes, in every thread that pango has begun;
 * fonts_open comes before it. */
enum err paper_confine(struct sandbox_report *report, struct fault *fault) MUST_USE;
extern const struct sandbox_plan paper_plan; /* what it keeps */

/* paper_answer appends the answer to one request. is_sample: all that is drawn is marked as such,
 * whatever the request says. */
enum err paper_answer(const struct fonts *fonts, struct bytes request, bool is_sample,
                      struct buffer *answer) MUST_USE;

/* paper_serve returns ERR_NONE when the other end closes between two requests. */
enum err paper_serve(int fd, const struct fonts *fonts, bool is_sample,
                     struct fault *fault) MUST_USE;
