/* A PKCS#11 module (OASIS PKCS#11 2.40): the library, its one token, and the sessions that we have
 * with it. What is done in a session is in token.c. Private to crypto/. */
#pragma once

#define CRYPTOKI_GNU /* its names without typedefs */
#include <p11-kit/pkcs11.h>
#include <pthread.h>

#include "base/secret.h"
#include "base/workers.h"

/* A session does one thing at a time; all threads together never need more. */
#define MODULE_SESSIONS (WORKERS_MAX + 1)

struct module {
    void *library;
    struct ck_function_list *call; /* NULL: not begun */
    ck_slot_id_t slot;
    pthread_mutex_t lock; /* of what follows */
    size_t num_idle;
    ck_session_handle_t idle[MODULE_SESSIONS];
    ck_rv_t failed; /* the first answer to a signature that was not one; CKR_OK: there is none */
};

/* An attribute, or room for one, as the calls take it. */
#define ATTRIBUTE(attribute, value)                                                                \
    {                                                                                              \
        attribute, &(value), sizeof(value)                                                         \
    }

struct token {
    struct module module;
};

/* module_begin loads the library, finds the one token with the label, opens all sessions (they can
 * read only) and logs in. After a failure module_end is still due. */
enum err module_begin(struct module *module, const char *path, const char *label,
                      const struct secret *pin, struct fault *fault) MUST_USE;
void module_end(struct module *module);

/* Borrows a session of those that idle, for one operation of one thread. False: all are busy. */
bool module_take(struct module *module, ck_session_handle_t *out) MUST_USE;
void module_give_back(struct module *module, ck_session_handle_t session);

/* module_note keeps what a signature was answered with. */
void module_note(struct module *module, ck_rv_t answer);
/* module_fault says what the module answered, by its name in PKCS#11. */
enum err module_fault(struct fault *fault, enum err code, const char *rule, ck_rv_t answer);
