/* An answer as it goes over the wire. Private to this room. */
#pragma once

#include "http/server.h"

void http_response_init(struct http_response *response);
/* http_response_reset makes it an empty 200 again and keeps the room of its body. */
void http_response_reset(struct http_response *response);
void http_response_done(struct http_response *response);
/* http_response_refuse makes it a status with its sentence. */
void http_response_refuse(struct http_response *response, int status);

struct http_answer_facts {
    const char *date; /* the value of Date */
    bool keeps_alive;
    bool is_head;                     /* the answer to HEAD: no body */
    const struct http_field *headers; /* of every answer */
    size_t num_headers;
};

/* http_response_encode appends head and body; of a file the head alone, and its size in *file_size.
 * A body that failed, or a file that is none, becomes a 500. */
void http_response_encode(struct http_response *response, const struct http_answer_facts *facts,
                          struct buffer *out, uint64_t *file_size);
