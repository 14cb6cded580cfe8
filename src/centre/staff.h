/* The staff: who may ask for which acts. A person has a short name, the user id of their login, and
 * roles. Which roles exclude each other is checked when a row is written, not when it is used. */
#pragma once

#include "base/bytes.h"
#include "store/store.h"

#define ROLE_COUNTER         (1u << 0)
#define ROLE_HOTLINE         (1u << 1)
#define ROLE_PERSONALISATION (1u << 2)
#define ROLE_REGISTRY        (1u << 3)
#define ROLE_ADMINISTRATOR   (1u << 4)
#define ROLE_AUDITOR         (1u << 5)
#define ROLE_PUBLIC          (1u << 7) /* whoever comes through the town's pages: none of the staff */
#define ROLE_TERMINAL        (1u << 8) /* a terminal of the counter, for whoever called it */
#define ROLES_OF_PAGES       (ROLE_COUNTER | ROLE_HOTLINE)    /* that the pages are for */
#define ROLE_ANY             (~(ROLE_PUBLIC | ROLE_TERMINAL)) /* every person of the staff */

#define STAFF_NAME   32
#define STAFF_LABEL  96
#define STAFF_NO_UID (-1)

struct staff {
    char name[STAFF_NAME];
    char label[STAFF_LABEL]; /* as people read it */
    int64_t uid;             /* STAFF_NO_UID: none */
    unsigned roles;
    bool is_active;
};

/* ERR_NOT_FOUND when nobody has the name, or the user id. */
enum err staff_find(struct store *store, const char *name, struct staff *out,
                    struct fault *fault) MUST_USE;
enum err staff_find_uid(struct store *store, int64_t uid, struct staff *out,
                        struct fault *fault) MUST_USE;
/* staff_add refuses, with ERR_DENIED, a row that has personalisation together with a role of the
 * counter: who makes cards does not issue for them; and one that has the public's with any other.
 */
enum err staff_add(struct store *store, const struct staff *staff, struct fault *fault) MUST_USE;

/* "counter hotline" and back. roles_parse takes words parted by one blank. */
void roles_print(unsigned roles, struct buffer *out);
enum err roles_parse(const char *text, unsigned *out) MUST_USE;
