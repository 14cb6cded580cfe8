#include "status/status.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "status/control.h"
#include "status/pages.h"
#include "status/published.h"
#include "status/push_sets.h"
#include "status/responder.h"

#define ASK_AGAIN 5000 /* milliseconds between two wishes that found no answer */
#define TURN      1000 /* milliseconds between two looks at the clock */

struct status {
    struct status_map *maps[NUM_KINDS];
    struct buffer authorities[NUM_KINDS][STATUS_GENERATIONS_MAX];
    struct responder *responder;
    struct push_sets *push_sets;
    char *published;
    int control;
    unsigned num_threads;
    const struct counters *counters; /* NULL: none */
    void (*tell)(enum status_trouble trouble, const struct fault *fault);
    int64_t asked_at; /* monotonic; 0: never */
};

static void status_cleanup(struct status **status)
{
    status_free(*status);
}

static enum err authority_read(struct status *status, enum kind kind, unsigned generation,
                               struct fault *fault)
{
    char path[PATH_MAX], name[STATUS_NAME];
    enum err err = published_path(status->published, status_published_name(kind, generation, name),
                                  "cer", path);
    return err == ERR_NONE ? file_read(path, &status->authorities[kind][generation - 1], fault)
                           : err;
}

static enum err kind_open(struct status *status, const struct status_options *options,
                          enum kind kind, struct fault *fault)
{
    enum err err = status_map_open(options->maps[kind], kind, false, &status->maps[kind], fault);
    return err == ERR_NONE ? authority_read(status, kind, 1, fault) : err;
}

/* The generations after the first, until there is no more. */
static enum err generations_add(struct status *status, enum kind kind, struct fault *fault)
{
    for (unsigned g = 2; g <= STATUS_GENERATIONS_MAX; g++) {
        enum err err = authority_read(status, kind, g, fault);
        if (err == ERR_NOT_FOUND)
            break;
        if (err == ERR_NONE)
            err = responder_add(status->responder, kind,
                                buffer_bytes(&status->authorities[kind][g - 1]), fault);
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

static enum err status_open(struct status *status, const struct status_options *options,
                            struct fault *fault)
{
    const struct status_map *maps[NUM_KINDS];
    struct bytes authorities[NUM_KINDS];
    enum err err = ERR_NONE;
    for (enum kind kind = 0; kind < NUM_KINDS && err == ERR_NONE; kind++) {
        err = kind_open(status, options, kind, fault);
        maps[kind] = status->maps[kind];
        authorities[kind] = buffer_bytes(&status->authorities[kind][0]);
    }
    if (err == ERR_NONE)
        err = responder_new(maps, authorities, &status->responder, fault);
    if (err == ERR_NONE && options->follower_key.len)
        err = responder_follow(status->responder, options->follower_key, fault);
    for (enum kind kind = 0; kind < NUM_KINDS && err == ERR_NONE; kind++)
        err = generations_add(status, kind, fault);
    return err == ERR_NONE ? push_sets_new(status->responder, &status->push_sets) : err;
}

enum err status_new(const struct status_options *options, struct status **out, struct fault *fault)
{
    struct status *status CLEANUP(status_cleanup) = calloc(1, sizeof *status);
    if (!status)
        return fault_set(fault, ERR_MEMORY, "status", "out of memory");
    status->control = options->control;
    status->num_threads = options->num_threads;
    status->counters = options->counters;
    status->tell = options->tell;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        for (size_t i = 0; i < STATUS_GENERATIONS_MAX; i++)
            buffer_init(&status->authorities[kind][i], LIMIT_CERTIFICATE);
    status->published = strdup(options->published);
    if (!status->published)
        return fault_set(fault, ERR_MEMORY, "status", "out of memory");
    enum err err = status_open(status, options, fault);
    if (err == ERR_NONE)
        *out = steal(&status);
    return err;
}

void status_free(struct status *status)
{
    if (!status)
        return;
    push_sets_free(status->push_sets);
    responder_free(status->responder);
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        status_map_free(status->maps[kind]);
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        for (size_t i = 0; i < STATUS_GENERATIONS_MAX; i++)
            buffer_done(&status->authorities[kind][i]);
    free(status->published);
    fd_close(&status->control);
    free(status);
}

/* Asks for certificates when one is missing or half of its life is over. */
static enum err wish_when_due(struct status *status)
{
    int64_t now = clock_monotonic();
    if (clock_now() < responder_renewal(status->responder, clock_now())) {
        status->asked_at = 0; /* answered; a clock that is moved may make it due at once */
        return ERR_NONE;
    }
    if (status->asked_at && now - status->asked_at < ASK_AGAIN)
        return ERR_NONE;
    status->asked_at = now;
    return control_send_wish(status->control, responder_spki(status->responder));
}

static void tell(const struct status *status, enum status_trouble trouble,
                 const struct fault *fault)
{
    if (status->tell)
        status->tell(trouble, fault);
}

/* A certificate that does not fit is left aside: the one before stays, or tryLater. */
static enum err control_turn(struct status *status)
{
    struct buffer certificate CLEANUP_BUFFER;
    buffer_init(&certificate, LIMIT_CERTIFICATE);
    enum kind kind;
    enum err err = wish_when_due(status);
    if (err == ERR_NONE)
        err = control_receive_responder(status->control, TURN, &kind, &certificate);
    if (err == ERR_TIMEOUT)
        return ERR_NONE;
    if (err != ERR_NONE)
        return err;
    struct fault fault = {0};
    if (responder_install(status->responder, kind, buffer_bytes(&certificate), clock_now(),
                          &fault) != ERR_NONE)
        tell(status, STATUS_CERTIFICATE, &fault);
    return ERR_NONE;
}

/* Without a set the others are answered all the same. A set says that it is of now. */
static void push_sets_make(struct status *status)
{
    struct fault fault = {0};
    if (push_sets_turn(status->push_sets, clock_now(), &fault) != ERR_NONE)
        tell(status, STATUS_PUSH_SET, &fault);
}

/* A follower's feed publishes what a start has to read; the writer makes a generation while nobody
 * serves. */
static bool has_new_generation(const struct status *status)
{
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        char path[PATH_MAX], name[STATUS_NAME];
        size_t authority;
        unsigned next = 1;
        while (responder_find(status->responder, kind, next, &authority))
            next++;
        if (published_path(status->published, status_published_name(kind, next, name), "cer",
                           path) != ERR_NONE)
            continue;
        int fd CLEANUP_FD = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd >= 0)
            return true;
    }
    return false;
}

enum err status_serve(struct status *status, int listening, struct fault *fault)
{
    const struct status_map *maps[NUM_KINDS] = {status->maps[0], status->maps[1]};
    struct pages pages = {.responder = status->responder,
                          .push_sets = status->push_sets,
                          .published = status->published,
                          .maps = maps,
                          .counters = status->counters};
    struct http_server *server = NULL;
    enum err err = pages_start(&pages, listening, status->num_threads, &server);
    if (err != ERR_NONE)
        return fault_set(fault, err, "server", "could not be started");
    while (err == ERR_NONE) {
        err = control_turn(status);
        push_sets_make(status);
        if (err == ERR_NONE && responder_is_follower(status->responder) &&
            has_new_generation(status))
            err = ERR_CLOSED;
    }
    http_server_stop(server);
    return fault_set(fault, err, "control", "commit: %s", err_sentence(err, LANGUAGE_EN));
}
