#include "web/line.h"

#include <sys/socket.h>

#define ANSWER_MILLISECONDS 15000

void line_init(struct line *line, int fd, unsigned num_places)
{
    *line = (struct line){.lock = PTHREAD_MUTEX_INITIALIZER, .fd = fd};
    sem_init(&line->places, 0, num_places);
}

bool line_ask(struct line *line, const char *session, const char *act, json_t *fields,
              struct counter_answer *out)
{
    struct counter_client client = {
        .fd = line->fd, .session = session, .timeout = ANSWER_MILLISECONDS};
    if (sem_trywait(&line->places) != 0) {
        json_decref(fields);
        return false;
    }
    pthread_mutex_lock(&line->lock);
    counter_client_ask(&client, act, fields, out);
    if (out->outcome == COUNTER_FAILED && !out->detail)
        shutdown(line->fd, SHUT_RDWR);
    pthread_mutex_unlock(&line->lock);
    sem_post(&line->places);
    return true;
}
