#include "base/workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* What is under way, for whoever has a thread free. */
struct task {
    void (*function)(void *context, size_t i);
    void *context;
    size_t num;
    _Atomic size_t next;
};

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t begun, ended; /* a task; a thread's share of it */
    struct task *task;           /* NULL: nothing is under way */
    unsigned round;              /* counts the tasks, so that no thread takes one twice */
    unsigned num_busy;
    bool ends;
    unsigned num;
    pthread_t threads[WORKERS_MAX];
};

static void task_work(struct task *task)
{
    for (size_t i; (i = atomic_fetch_add(&task->next, 1)) < task->num;)
        task->function(task->context, i);
}

/* The next task that this thread has not had, or NULL when the threads end. Holds the lock. */
static struct task *wait_for_task(struct workers *workers, unsigned *round)
{
    while (!workers->ends && (!workers->task || workers->round == *round))
        pthread_cond_wait(&workers->begun, &workers->lock);
    *round = workers->round;
    return workers->ends ? NULL : workers->task;
}

static void *thread_run(void *context)
{
    struct workers *workers = context;
    unsigned round = 0;
    pthread_mutex_lock(&workers->lock);
    for (struct task *task; (task = wait_for_task(workers, &round));) {
        workers->num_busy++;
        pthread_mutex_unlock(&workers->lock);
        task_work(task);
        pthread_mutex_lock(&workers->lock);
        if (--workers->num_busy == 0)
            pthread_cond_signal(&workers->ended);
    }
    pthread_mutex_unlock(&workers->lock);
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
    pthread_cond_init(&made->begun, NULL);
    pthread_cond_init(&made->ended, NULL);
    unsigned wanted = num == 0 || num > WORKERS_MAX ? num_processors() : num;
    while (made->num < wanted &&
           pthread_create(&made->threads[made->num], NULL, thread_run, made) == 0)
        made->num++;
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
    pthread_cond_broadcast(&workers->begun);
    pthread_mutex_unlock(&workers->lock);
    for (unsigned i = 0; i < workers->num; i++)
        pthread_join(workers->threads[i], NULL);
    pthread_cond_destroy(&workers->begun);
    pthread_cond_destroy(&workers->ended);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}

static void begin(struct workers *workers, struct task *task)
{
    pthread_mutex_lock(&workers->lock);
    workers->task = task;
    workers->round++;
    pthread_cond_broadcast(&workers->begun);
    pthread_mutex_unlock(&workers->lock);
}

/* Nobody begins with it any more; whoever did has finished. */
static void end(struct workers *workers)
{
    pthread_mutex_lock(&workers->lock);
    workers->task = NULL;
    while (workers->num_busy)
        pthread_cond_wait(&workers->ended, &workers->lock);
    pthread_mutex_unlock(&workers->lock);
}

void workers_each(struct workers *workers, void (*function)(void *context, size_t i), void *context,
                  size_t num)
{
    struct task task = {.function = function, .context = context, .num = num};
    bool is_shared = workers && num > 1;
    if (is_shared)
        begin(workers, &task);
    task_work(&task);
    if (is_shared)
        end(workers);
}
