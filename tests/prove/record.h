/* The record of a run: one file in memory that several processes share, events in the order in
 * which they happened. trace.py reads it. Writing an event makes no system call, so that it also
 * works where a role has given them up. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum event_type {
    EVENT_START = 1, /* text: the command line, words ended by 0; process fork: empty */
    EVENT_OPEN,      /* number: flags; text: path */
    EVENT_CLOSE,
    EVENT_WRITE,    /* number: offset, -1 at the end; data: the bytes */
    EVENT_TRUNCATE, /* number: the new length */
    EVENT_SYNC,
    EVENT_RENAME,  /* text: old path, 0, new path */
    EVENT_UNLINK,  /* text: path */
    EVENT_MKDIR,   /* text: path */
    EVENT_SEND,    /* data: bytes that are about to leave through a socket */
    EVENT_RECEIVE, /* data: bytes that came through one */
    EVENT_FORK     /* the child's start comes later, and has what is open now */
};

#define RECORD_COUNTERS 4 /* one for each role that faults are counted in */

struct record_head {
    _Atomic uint64_t end; /* bytes used, this head included */
    uint64_t size;        /* of the file */
    _Atomic uint64_t calls[RECORD_COUNTERS];
    _Atomic uint64_t num_faults;
};

struct record_event {
    _Atomic uint32_t size; /* of this event, padded to 8; 0 while it is being written */
    uint32_t type;
    int32_t process, fd;
    int64_t number;
    uint64_t len; /* of what follows */
};

/* record_open maps the file that JPKI_RECORD names; nothing is recorded when there is none. */
void record_open(void);
struct record_head *record_head(void);

/* For pthread_atfork: before, in the parent; after, in the child. */
void record_forks(void);
void record_forked(void);

void record_put(enum event_type type, int fd, int64_t number, const void *data, size_t len);
void record_put_two(enum event_type type, int fd, const char *first, const char *second);
