/* What a process gives up before its first outside byte. Each step that this kernel lacks is
 * reported, not hidden: the operator reads at start what holds. What cannot be undone later: no new
 * privileges, no core, not dumpable, no file but those named, no system call but those listed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* The system calls that stay. */
enum sandbox_calls {
    SANDBOX_CALLS_ALL,     /* no filter */
    SANDBOX_CALLS_COMPUTE, /* what is open already, memory, threads; no file, socket, process */
    SANDBOX_CALLS_DRAW,    /* the same; who asks whether a file may be read is told yes, unlooked */
    SANDBOX_CALLS_READ,    /* also opening files and folders for reading */
    SANDBOX_CALLS_SERVE,   /* also accept, and opening files for reading */
    SANDBOX_CALLS_STORE    /* also accept, and files of every kind; no new socket */
};

struct sandbox_path {
    const char *path; /* a file, or a folder and all below */
    bool may_write;
};

struct sandbox_plan {
    enum sandbox_calls calls;
    const struct sandbox_path *paths; /* what may still be opened; all else may not */
    size_t num_paths;
    const char *user; /* become this user and its groups, when root; NULL: stay */
};

struct sandbox_report {
    int landlock;      /* version of the kernel's interface; 0: it has none */
    bool has_filter;   /* of system calls */
    bool has_user;     /* runs as a user of its own */
    const char *lacks; /* why the filter was left out; "" otherwise */
};

/* sandbox_apply does all of the plan, in one thread, before others start: the filter of system
 * calls holds in threads that there are already, the list of files only in this one and those it
 * starts. ERR_DENIED when a step that every kernel has fails: then the process must not go on. */
enum err sandbox_apply(const struct sandbox_plan *plan, struct sandbox_report *report,
                       struct fault *fault) MUST_USE;

/* sandbox_become makes this process, and all that it starts, that user's: groups, user, no
 * capability, no way back. ERR_DENIED: nobody of that name, root, or we are not root. */
enum err sandbox_become(const char *user, struct fault *fault) MUST_USE;

/* sandbox_basics is the part that every process of ours takes, also those that keep all else: no
 * core, not dumpable, no new privileges. */
enum err sandbox_basics(struct fault *fault) MUST_USE;

/* sandbox_print writes one line about a report into text[size], and returns text. */
const char *sandbox_print(const struct sandbox_plan *plan, const struct sandbox_report *report,
                          char *text, size_t size);

/* sandbox_die_with_parent: this process gets SIGKILL when its parent ends, and ends now if that has
 * happened already. parent: its process id. */
void sandbox_die_with_parent(int parent);
