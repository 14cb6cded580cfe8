#include "web/line.h"

#include <sys/socket.h>

#define ANSWER_MILLISECONDS 15000

void line_init(struct line *line, int fd)
{
    *line = (struct line){.lock = PTHREAD_MUTEX_INITIALIZER, .fd = fd};
}

void line_ask(struct line *line, const char *session, const char *act, json_t *fields,
              struct counter_answer *out)
{
    line_ask_list(line, session, act, fields, NULL, out);
}

void line_ask_list(struct line *line, const char *session, const char *act, json_t *fields,
                   const char *list, struct counter_answer *out)
{
    struct counter_client client = {
        .fd = line->fd, .session = session, .timeout = ANSWER_MILLISECONDS};
    pthread_mutex_lock(&line->lock);
    if (list)
        counter_client_ask_pages(&client, act, fields, list, out);
    else
        counter_client_ask(&client, act, fields, out);
    if (out->outcome == COUNTER_FAILED && !out->detail)
        shutdown(line->fd, SHUT_RDWR);
    pthread_mutex_unlock(&line->lock);
}
