/* The questions between commit and signer, by number (docs/PROTOCOL.signer): one byte, then fields.
 * An answer begins with the name of an error; "none" is followed by the result, any other by rule
 * and text. */
#pragma once

#include "base/bytes.h"
#include "signer/signer_client.h"

enum signer_question {
    SIGNER_ASK_CERTIFICATES = 1,
    SIGNER_ASK_CRL,
    SIGNER_ASK_PERMIT,
    SIGNER_ASK_CHECKPOINT,
    SIGNER_ASK_FLOORS,
    SIGNER_ASK_AUTHORITY,
    SIGNER_ASK_PERMIT_KEY,
    SIGNER_ASK_JOURNAL_KEY,
    SIGNER_ASK_AUTHORITY_SPKI,
    SIGNER_ASK_LISTS
};

void checkpoint_put(struct buffer *out, const struct signer_checkpoint *checkpoint);
bool checkpoint_take(struct reader *reader, struct signer_checkpoint *out) MUST_USE;
void floors_put(struct buffer *out, const struct signer_floors *floors);
bool floors_take(struct reader *reader, struct signer_floors *out) MUST_USE;
