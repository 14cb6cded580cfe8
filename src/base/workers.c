#include "base/workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#include "base/file.h"

struct queue {
    struct job *first, **end;
};

struct thread {
    pthread_t id;
    unsigned number;
    struct workers *workers;
};

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t given;
    struct queue waiting, done;
    bool ends;
    int event;
    unsigned num;
    struct thread threads[WORKERS_MAX];
};

static void queue_init(struct queue *queue)
{
    queue->first = NULL;
    queue->end = &queue->first;
}

static void queue_put(struct queue *queue, struct job *job)
{
    job->next = NULL;
    *queue->end = job;
    queue->end = &job->next;
}

static struct job *queue_take(struct queue *queue)
{
    struct job *job = queue->first;
    if (job && !(queue->first = job->next))
        queue->end = &queue->first;
    return job;
}

/* The next job, or NULL when the threads end. */
static struct job *wait_for_job(struct workers *workers)
{
    pthread_mutex_lock(&workers->lock);
    while (!workers->ends && !workers->waiting.first)
        pthread_cond_wait(&workers->given, &workers->lock);
    struct job *job = workers->ends ? NULL : queue_take(&workers->waiting);
    pthread_mutex_unlock(&workers->lock);
    return job;
}

/* What workers_each waits at, until num have come. */
struct barrier {
    pthread_cond_t all_came;
    unsigned num;
};

static void put_done(struct workers *workers, struct job *job)
{
    pthread_mutex_lock(&workers->lock);
    bool was_empty = !workers->done.first;
    if (!job->barrier)
        queue_put(&workers->done, job);
    else if (--job->barrier->num == 0)
        pthread_cond_signal(&job->barrier->all_came);
    bool tells = was_empty && workers->done.first;
    pthread_mutex_unlock(&workers->lock);
    if (tells)
        (void)eventfd_write(workers->event, 1);
}

static void *thread_run(void *context)
{
    const struct thread *thread = context;
    for (struct job *job; (job = wait_for_job(thread->workers));) {
        job->run(job, thread->number);
        put_done(thread->workers, job);
    }
    return NULL;
}

static unsigned num_processors(void)
{
    cpu_set_t set;
    int num = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return num < 1 ? 1 : num > WORKERS_MAX ? WORKERS_MAX : (unsigned)num;
}

enum err workers_new(unsigned num, struct workers **out)
{
    struct workers *made = calloc(1, sizeof *made);
    if (!made)
        return ERR_MEMORY;
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->given, NULL);
    queue_init(&made->waiting);
    queue_init(&made->done);
    made->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    unsigned wanted = num == 0 || num > WORKERS_MAX ? num_processors() : num;
    for (; made->event >= 0 && made->num < wanted; made->num++) {
        struct thread *thread = &made->threads[made->num];
        *thread = (struct thread){.number = made->num, .workers = made};
        if (pthread_create(&thread->id, NULL, thread_run, thread) != 0)
            break;
    }
    if (made->num < wanted) {
        workers_free(made);
        return ERR_MEMORY;
    }
    *out = made;
    return ERR_NONE;
}

void workers_free(struct workers *workers)
{
    if (!workers)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->ends = true;
    pthread_cond_broadcast(&workers->given);
    pthread_mutex_unlock(&workers->lock);
    for (unsigned i = 0; i < workers->num; i++)
        pthread_join(workers->threads[i].id, NULL);
    fd_close(&workers->event);
    pthread_cond_destroy(&workers->given);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}

unsigned workers_num(const struct workers *workers)
{
    return workers->num;
}

void workers_give(struct workers *workers, struct job *job)
{
    pthread_mutex_lock(&workers->lock);
    queue_put(&workers->waiting, job);
    pthread_cond_signal(&workers->given);
    pthread_mutex_unlock(&workers->lock);
}

int workers_fd(const struct workers *workers)
{
    return workers->event;
}

struct job *workers_take(struct workers *workers)
{
    eventfd_t ignored;
    pthread_mutex_lock(&workers->lock);
    struct job *job = queue_take(&workers->done);
    if (!job)
        (void)eventfd_read(workers->event, &ignored);
    pthread_mutex_unlock(&workers->lock);
    return job;
}

/* --- all at once --- */

struct share {
    struct job job; /* first, so that a job is its share */
    void (*function)(void *context, size_t i);
    void *context;
    size_t num;
    _Atomic size_t *next;
};

static void share_run(struct job *job, unsigned thread)
{
    (void)thread;
    const struct share *share = (const struct share *)(void *)job;
    for (size_t i; (i = atomic_fetch_add(share->next, 1)) < share->num;)
        share->function(share->context, i);
}

/* Before everything that waits: somebody stands at the barrier. */
static void give_first(struct workers *workers, struct job *job)
{
    pthread_mutex_lock(&workers->lock);
    job->next = workers->waiting.first;
    workers->waiting.first = job;
    if (!job->next)
        workers->waiting.end = &job->next;
    pthread_cond_signal(&workers->given);
    pthread_mutex_unlock(&workers->lock);
}

void workers_each(struct workers *workers, void (*function)(void *context, size_t i), void *context,
                  size_t num)
{
    _Atomic size_t next = 0;
    struct barrier barrier = {.num = 0};
    struct share shares[WORKERS_MAX];
    struct share own = {.function = function, .context = context, .num = num, .next = &next};
    unsigned most = workers ? workers->num : 0;
    unsigned num_shares = num > most ? most : num ? (unsigned)num - 1 : 0;
    if (num_shares)
        pthread_cond_init(&barrier.all_came, NULL);
    barrier.num = num_shares;
    for (unsigned i = 0; i < num_shares; i++) {
        shares[i] = own;
        shares[i].job = (struct job){.run = share_run, .barrier = &barrier};
        give_first(workers, &shares[i].job);
    }
    share_run(&own.job, 0);
    if (num_shares == 0)
        return;
    pthread_mutex_lock(&workers->lock);
    while (barrier.num)
        pthread_cond_wait(&barrier.all_came, &workers->lock);
    pthread_mutex_unlock(&workers->lock);
    pthread_cond_destroy(&barrier.all_came);
}
