/* What a centre needs before its first day and every day: the authorities' own certificates, rows
 * of the staff, and the responders' certificates. */
#pragma once

#include "centre/centre.h"
#include "centre/staff.h"

/* setup_authorities makes, at init, the self-signed certificate of each authority: stored and
 * journalled, then signed, like every other. ERR_EXISTS if there is one. */
enum err setup_authorities(struct centre *centre, struct fault *fault) MUST_USE;
/* setup_new_generation does it for a kind whose signer has a key without one, after centre_start;
 * from then on it signs. Nothing but its first list is left to do when it has all. */
enum err setup_new_generation(struct centre *centre, enum kind kind, struct fault *fault) MUST_USE;
/* setup_check_unfinished: ERR_STATE when a next generation was begun and cut short. Serials must
 * not go on before its own is signed or refused. */
enum err setup_check_unfinished(struct centre *centre, struct fault *fault) MUST_USE;
/* setup_use_authorities loads the authorities; makes sure that each map knows their keys, and that
 * their certificates are published. */
enum err setup_use_authorities(struct centre *centre, struct fault *fault) MUST_USE;
/* setup_show_authorities does the latter two for those that are loaded. */
enum err setup_show_authorities(struct centre *centre, struct fault *fault) MUST_USE;
/* setup_staff writes rows of the staff, all or none. */
enum err setup_staff(struct store *store, const struct staff *rows, size_t num_rows,
                     struct fault *fault) MUST_USE;
/* setup_follower makes the same for a follower's key, and notes whose it is. */
struct setup_follower {
    int64_t number;
    const char *name;
};
enum err setup_follower(struct centre *centre, enum kind kind, const struct authority *authority,
                        struct bytes spki, const struct setup_follower *follower,
                        struct fault *fault) MUST_USE;
/* setup_responder makes the responder certificate under one authority for a key of `status`, 24
 * hours from now but not beyond its authority, and appends its DER. */
enum err setup_responder(struct centre *centre, enum kind kind, const struct authority *authority,
                         struct bytes spki, struct buffer *out, struct fault *fault) MUST_USE;
