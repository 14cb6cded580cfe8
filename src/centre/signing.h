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

/* signing_settle has signed whatever waits, verifies each signature, and stores the results in one
 * transaction: the certificate, its state with a change row, a journal entry. What the signer
 * refuses is closed as unspecified. Cheap when nothing waits. */
enum err signing_settle(struct centre *centre, struct fault *fault) MUST_USE;

/* signing_certificate appends the certificate's DER; ERR_NOT_FOUND if it is not signed. */
enum err signing_certificate(struct centre *centre, enum kind kind, int64_t serial,
                             struct buffer *out, struct fault *fault) MUST_USE;
