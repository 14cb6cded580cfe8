/* Lines of a small configuration file: comments and blank lines passed over, the number kept. */
#pragma once

#include "base/bytes.h"

struct lines {
    struct reader reader;
    size_t number; /* of the line last given, from 1 */
};

struct lines lines_of(struct bytes file);
/* lines_next gives the next line that is neither empty nor a comment ('#'), without its newline;
 * borrowed. False at the end. */
bool lines_next(struct lines *lines, struct bytes *line) MUST_USE;
/* lines_refuse writes the fault with the line's number: "line 7 : rule". */
enum err lines_refuse(const struct lines *lines, struct fault *fault, enum err err,
                      const char *rule) MUST_USE;
/* line_word takes the next word, up to a blank or the end; false if there is none. */
bool line_word(struct reader *line, struct bytes *word) MUST_USE;
