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
#define ROLE_SENDER          (1u << 9) /* a sender of events, by its token: none of the staff */
#define ROLE_SYSTEM          (1u << 10) /* `commit` itself, on the day of an event: none of the staff */
#define ROLE_READER          (1u << 11) /* what an auditor is on the pages: reads the journal, no more */
#define ROLES_OF_NOBODY      (ROLE_PUBLIC | ROLE_TERMINAL | ROLE_SENDER | ROLE_SYSTEM)
#define ROLE_ANY             (~ROLES_OF_NOBODY) /* every person of the staff */

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
 * counter: who makes cards does not issue for them; and one that has a role of nobody's with
 * another.
 */
enum err staff_add(struct store *store, const struct staff *staff, struct fault *fault) MUST_USE;

/* staff_roles_on_pages: with which roles somebody asks through the town's pages: counter and
 * hotline; an auditor reads there. 0: they get no session. */
unsigned staff_roles_on_pages(unsigned roles);

/* "counter hotline" and back. roles_parse takes words parted by one blank. */
void roles_print(unsigned roles, struct buffer *out);
enum err roles_parse(const char *text, unsigned *out) MUST_USE;
