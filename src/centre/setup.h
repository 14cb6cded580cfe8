/* What a centre needs before its first day and every day: the authorities' own certificates, rows
 * of the staff, and the responders' certificates. */
#pragma once

#include "centre/centre.h"
#include "centre/staff.h"

/* setup_authorities makes, at init, the self-signed certificate of each authority: stored and
 * journalled, then signed, like every other. ERR_EXISTS if there is one. */
enum err setup_authorities(struct centre *centre, struct fault *fault) MUST_USE;
/* setup_load_authorities reads the certificates from the signer into centre->authorities. */
enum err setup_load_authorities(struct centre *centre, struct fault *fault) MUST_USE;
/* setup_generations makes sure that each map knows its authority's key: of a new map, or a damaged
 * one. */
enum err setup_generations(struct centre *centre, struct fault *fault) MUST_USE;
/* setup_staff writes rows of the staff, all or none. */
enum err setup_staff(struct store *store, const struct staff *rows, size_t num_rows,
                     struct fault *fault) MUST_USE;
/* setup_has_ended: the authority of this kind is over; nothing is signed by it any more. */
bool setup_has_ended(const struct centre *centre, enum kind kind);
/* setup_responder makes the responder certificate of one kind for a key of `status`, 24 hours from
 * now but not beyond its authority, and appends its DER. */
enum err setup_responder(struct centre *centre, enum kind kind, struct bytes spki,
                         struct buffer *out, struct fault *fault) MUST_USE;
