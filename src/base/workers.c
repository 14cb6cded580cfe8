#include "base/workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t begun, ended; /* a task; a thread's share of one */
    struct task *newest;         /* of those that were begun and not ended */
    bool ends;
    unsigned num;
    pthread_t threads[WORKERS_MAX];
};

static void task_work(struct task *task)
{
    for (size_t i; (i = atomic_fetch_add(&task->next, 1)) < task->num;)
        task->function(task->context, i);
}

static struct task *find_work(const struct workers *workers)
{
    struct task *task = workers->newest;
    while (task && atomic_load(&task->next) >= task->num)
        task = task->older;
    return task;
}

/* NULL when the threads end. Holds the lock. */
static struct task *wait_for_work(struct workers *workers)
{
    struct task *task = NULL;
    while (!workers->ends && !(task = find_work(workers)))
        pthread_cond_wait(&workers->begun, &workers->lock);
    return workers->ends ? NULL : task;
}

static void *thread_run(void *context)
{
    struct workers *workers = context;
    pthread_mutex_lock(&workers->lock);
    for (struct task *task; (task = wait_for_work(workers));) {
        task->num_busy++;
        pthread_mutex_unlock(&workers->lock);
        task_work(task);
        pthread_mutex_lock(&workers->lock);
        if (--task->num_busy == 0)
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

void workers_begin(struct workers *workers, struct task *task,
                   void (*function)(void *context, size_t i), void *context, size_t num)
{
    *task = (struct task){.function = function, .context = context, .num = num};
    if (!workers || num == 0)
        return;
    pthread_mutex_lock(&workers->lock);
    task->older = workers->newest;
    workers->newest = task;
    pthread_cond_broadcast(&workers->begun);
    pthread_mutex_unlock(&workers->lock);
}

/* Nobody begins with it any more; whoever did has finished. */
static void task_remove(struct workers *workers, struct task *task)
{
    pthread_mutex_lock(&workers->lock);
    struct task **place = &workers->newest;
    while (*place && *place != task)
        place = &(*place)->older;
    if (*place)
        *place = task->older;
    while (task->num_busy)
        pthread_cond_wait(&workers->ended, &workers->lock);
    pthread_mutex_unlock(&workers->lock);
}

void workers_end(struct workers *workers, struct task *task)
{
    task_work(task);
    if (workers)
        task_remove(workers, task);
}

void workers_each(struct workers *workers, void (*function)(void *context, size_t i), void *context,
                  size_t num)
{
    struct task task;
    workers_begin(num > 1 ? workers : NULL, &task, function, context, num);
    workers_end(num > 1 ? workers : NULL, &task);
}
