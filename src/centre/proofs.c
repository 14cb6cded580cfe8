#include "centre/proofs.h"

#include <string.h>

#include "crypto/hash.h"
#include "crypto/verify.h"
#include "store/rows.h"
#include "x509/profile.h"

void proofs_look(struct store *store, const struct act_fields *fields, struct act_proofs *out)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct card_statement statement;
    char id[CARD_ID_LEN + 1] = "";
    *out = (struct act_proofs){0};
    if (!(fields->has & FIELD_STATEMENT) ||
        statement_parse(bytes_of(fields->statement, STATEMENT_LEN), &statement, NULL) != ERR_NONE)
        return;
    memcpy(id, statement.card_id, CARD_ID_LEN);
    store_query(store, STATEMENT_CARD_READ, VALUES(value_text(id)), &rows, NULL);
    if (!rows_next(&rows))
        return;
    row_copy_blob(&rows, 1, out->point, sizeof out->point);
    out->has_point = rows_end(&rows) == ERR_NONE;
}

static bool is_statement_by(const struct act_fields *fields,
                            const uint8_t point[static PERMIT_POINT_LEN])
{
    struct card_statement statement;
    uint8_t message[STATEMENT_SIGNED_LEN];
    if (statement_parse(bytes_of(fields->statement, STATEMENT_LEN), &statement, NULL) != ERR_NONE)
        return false;
    statement_encode_signed(&statement, fields->nonce, message);
    return verify_raw_p256(bytes_of(point, PERMIT_POINT_LEN), bytes_of(message, sizeof message),
                           statement.signature) == ERR_NONE;
}

bool proofs_is_statement_by(const struct act_fields *fields, const struct act_proofs *proofs,
                            const uint8_t point[static PERMIT_POINT_LEN])
{
    if (proofs->is_checked && proofs->has_point &&
        memcmp(proofs->point, point, PERMIT_POINT_LEN) == 0)
        return proofs->is_genuine;
    return is_statement_by(fields, point);
}

static void check_request(const struct act_fields *fields, struct act_proofs *proofs)
{
    struct cert_request *request = &proofs->request;
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    fault_name_input(&proofs->request_fault, "request");
    proofs->request_err =
        cert_request_parse(buffer_bytes(&fields->request), request, &proofs->request_fault);
    if (proofs->request_err != ERR_NONE)
        return;
    sha256(request->spki, proofs->key_digest);
    proofs->proves_possession =
        request->algorithm != ALGORITHM_UNKNOWN &&
        request->algorithm == profile_signature(request->key.type) &&
        public_key_parse(request->spki, &key) == ERR_NONE &&
        verify_message(key, HASH_SHA256, request->info, request->signature) == ERR_NONE;
    proofs->has_good_key =
        proofs->proves_possession && public_key_check_quality(request->spki, NULL) == ERR_NONE;
}

void proofs_check(const struct act_fields *fields, struct act_proofs *proofs)
{
    if (fields->has & FIELD_REQUEST)
        check_request(fields, proofs);
    if (proofs->has_point)
        proofs->is_genuine = is_statement_by(fields, proofs->point);
    proofs->is_checked = true;
}
