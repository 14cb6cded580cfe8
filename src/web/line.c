#include "web/line.h"

#include <sys/socket.h>

#define ANSWER_MILLISECONDS 15000

void line_init(struct line *line, int fd, unsigned num_places)
{
    *line = (struct line){.lock = PTHREAD_MUTEX_INITIALIZER, .fd = fd};
    sem_init(&line->places, 0, num_places);
}

static void be_busy(struct counter_answer *out)
{
    *out = (struct counter_answer){.outcome = COUNTER_FAILED,
                                   .detail = json_pack("{s:s}", "code", LINE_BUSY)};
    fault_set(&out->fault, ERR_LIMIT, LINE_BUSY, "others are waiting for the centre already");
}

/* list NULL: one act. */
static void ask(struct line *line, struct counter_client client, const char *act, json_t *fields,
                const char *list, struct counter_answer *out)
{
    if (sem_trywait(&line->places) != 0) {
        json_decref(fields);
        be_busy(out);
        return;
    }
    pthread_mutex_lock(&line->lock);
    if (list)
        counter_client_ask_pages(&client, act, fields, list, out);
    else
        counter_client_ask(&client, act, fields, out);
    if (out->outcome == COUNTER_FAILED && !out->detail)
        shutdown(line->fd, SHUT_RDWR);
    pthread_mutex_unlock(&line->lock);
    sem_post(&line->places);
}

static struct counter_client client_of(const struct line *line)
{
    return (struct counter_client){.fd = line->fd, .timeout = ANSWER_MILLISECONDS};
}

void line_ask(struct line *line, const char *session, const char *act, json_t *fields,
              struct counter_answer *out)
{
    line_ask_list(line, session, act, fields, NULL, out);
}

void line_ask_list(struct line *line, const char *session, const char *act, json_t *fields,
                   const char *list, struct counter_answer *out)
{
    struct counter_client client = client_of(line);
    client.session = session;
    ask(line, client, act, fields, list, out);
}

void line_ask_terminal(struct line *line, const char *terminal, const char *act, json_t *fields,
                       struct counter_answer *out)
{
    struct counter_client client = client_of(line);
    client.terminal = terminal;
    ask(line, client, act, fields, NULL, out);
}

void line_ask_as_sender(struct line *line, const char *token, const char *act, json_t *fields,
                        struct counter_answer *out)
{
    struct counter_client client = client_of(line);
    client.token = token;
    ask(line, client, act, fields, NULL, out);
}
