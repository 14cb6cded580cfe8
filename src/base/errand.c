#include "base/errand.h"

#include <signal.h>

static void *run(void *context)
{
    struct errand *errand = context;
    errand->err = errand->function(errand->context, &errand->fault);
    atomic_store(&errand->is_done, true);
    return NULL;
}

/* Signals are the caller's: one that came to the thread would wake nobody. */
enum err errand_begin(struct errand *errand, errand_function *function, void *context)
{
    sigset_t all, before;
    *errand = (struct errand){.function = function, .context = context};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    errand->is_begun = pthread_create(&errand->thread, NULL, run, errand) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return errand->is_begun ? ERR_NONE : ERR_MEMORY;
}

bool errand_is_done(const struct errand *errand)
{
    return atomic_load(&errand->is_done);
}

enum err errand_end(struct errand *errand, struct fault *fault)
{
    if (!errand->is_begun)
        return ERR_NONE;
    pthread_join(errand->thread, NULL);
    errand->is_begun = false;
    if (errand->err != ERR_NONE && fault)
        *fault = errand->fault;
    return errand->err;
}
