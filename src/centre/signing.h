/* What the signer is to sign: stored under its serial first, signed afterwards, lowest serial
 * first, and once more after a restart if nobody knows whether it was. One counter of serials for
 * each kind of authority: its own certificate, residents' and responders' together. */
#pragma once

#include "centre/centre.h"

/* signing_next_serial gives the serial after the last, above what the signer has ever signed. */
enum err signing_next_serial(struct centre *centre, enum kind kind, int64_t *serial,
                             struct fault *fault) MUST_USE;
/* signing_add stores the TBSCertificate, inside the caller's transaction. */
enum err signing_add(struct centre *centre, enum kind kind, int64_t serial,
                     enum signer_certificate what, struct bytes tbs, struct fault *fault) MUST_USE;

/* What was sent to the signer, until its results are stored: it is signed while other acts are
 * decided. The functions take NULL: nothing. */
struct signing;

/* signing_send sends what waits; *out is NULL when nothing does. Not while something sent before
 * is not received; what is received and not kept is not sent again. */
enum err signing_send(struct centre *centre, struct signing **out, struct fault *fault) MUST_USE;
/* signing_receive waits for the signatures and verifies each. */
enum err signing_receive(struct signing *signing, struct fault *fault) MUST_USE;
/* signing_keep stores the results in one transaction: the certificate, its state with a change row,
 * a journal entry. What the signer refuses is closed as unspecified. */
enum err signing_keep(struct signing *signing, struct fault *fault) MUST_USE;
void signing_free(struct signing *signing);

/* signing_settle takes all three steps: for what is under way, whoever sent it, then for whatever
 * waits. Cheap when nothing does. */
enum err signing_settle(struct centre *centre, struct fault *fault) MUST_USE;

/* signing_signed stores the signature over what was added, inside the caller's transaction. */
enum err signing_signed(struct centre *centre, enum kind kind, int64_t serial,
                        struct bytes signature, struct fault *fault) MUST_USE;

/* signing_assemble appends the certificate, DER, that the two stored parts make. */
enum err signing_assemble(struct bytes tbs, struct bytes signature, struct buffer *out) MUST_USE;
/* signing_certificate appends the certificate's DER; ERR_NOT_FOUND if it is not signed. */
enum err signing_certificate(struct centre *centre, enum kind kind, int64_t serial,
                             struct buffer *out, struct fault *fault) MUST_USE;
