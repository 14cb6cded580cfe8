/* What the fields of a call prove by themselves: that the sender of a request holds its key, that
 * the key is a good one, that a card signed its statement. Signatures take longer than all else
 * that is decided, and need no transaction: they are checked before it, on all processors. */
#pragma once

#include "base/permit.h"
#include "base/statement.h"
#include "centre/fields.h"
#include "store/store.h"
#include "x509/cert_request.h"

struct act_proofs {
    bool is_checked;
    /* of the field `request` */
    enum err request_err; /* ERR_NONE: request is filled; it borrows from the field */
    struct fault request_fault;
    struct cert_request request;
    uint8_t key_digest[32]; /* SHA-256 of its SubjectPublicKeyInfo */
    bool proves_possession, has_good_key;
    /* of the field `statement`, held against the card's key as it was registered when looked up */
    bool has_point, is_genuine;
    uint8_t point[PERMIT_POINT_LEN];
};

/* proofs_look finds the key of the card that the statement names. On the writer's thread. */
void proofs_look(struct store *store, const struct act_fields *fields, struct act_proofs *out);
/* proofs_check fills the rest. On any thread. */
void proofs_check(const struct act_fields *fields, struct act_proofs *proofs);

/* proofs_is_statement_by: did the card with this key sign the statement over the nonce? Uses what
 * was checked before, if it was checked against this key. */
bool proofs_is_statement_by(const struct act_fields *fields, const struct act_proofs *proofs,
                            const uint8_t point[static PERMIT_POINT_LEN]);
