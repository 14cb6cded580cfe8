#include "centre/reenter.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "centre/certificate.h"
#include "centre/outcome.h"
#include "centre/signing.h"
#include "centre/subject.h"
#include "crypto/hash.h"
#include "crypto/verify.h"
#include "registry/resident.h"
#include "store/rows.h"
#include "x509/name.h"

static const struct reason reason_not_ours = {
    "certificate-reenter", "S02", "not-ours",
    "This is no certificate of this kind that our authority signed.",
    "当認証局がこの種類の電子証明書として署名したものではありません。"};
static const struct reason reason_not_in_card = {
    "certificate-reenter", "S02", "not-in-card",
    "The card does not say that it has this certificate.",
    "カードがこの電子証明書を保持しているとは確認できません。"};
static const struct reason reason_known = {"certificate-reenter", "", "certificate-known",
                                           "The database has this certificate already.",
                                           "この電子証明書はすでに登録されています。"};
static const struct reason reason_taken = {
    "certificate-reenter", "", "serial-taken",
    "Another certificate stands here under its number. Issue a new one to this card.",
    "この番号には別の電子証明書が登録されています。新しい電子証明書を発行してください。"};
static const struct reason reason_nobody = {
    "certificate-reenter", "", "nobodys-card",
    "No resident has this card. Enter the register's events first.",
    "このカードの持ち主が住民記録にありません。先に異動を入力してください。"};

/* -- what the card says -- */

static bool is_zero(const uint8_t digest[static 32])
{
    static const uint8_t zeros[32];
    return memcmp(digest, zeros, sizeof zeros) == 0;
}

static bool is_known(const struct certificate_list *list, enum kind kind,
                     const uint8_t digest[static 32])
{
    for (size_t i = 0; i < list->num; i++)
        if (list->rows[i].kind == kind && list->rows[i].is_signed &&
            memcmp(list->rows[i].leaf_digest, digest, 32) == 0)
            return true;
    return false;
}

bool reenter_tell(struct act_call *call, const struct card_statement *statement)
{
    char id[CARD_ID_LEN + 1] = "";
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    memcpy(id, statement->card_id, CARD_ID_LEN);
    if (!act_ok(call, certificate_list(call->centre, STATEMENT_CERTIFICATES_OF_CARD, value_text(id),
                                       &list, &call->fault)))
        return false;
    json_t *lost = json_array();
    for (int i = 0; i < NUM_KINDS; i++) {
        const uint8_t *live = statement->kinds[i].live;
        if (!is_zero(live) && !is_known(&list, (enum kind)i, live))
            json_array_append_new(lost, json_string(kind_name((enum kind)i)));
    }
    if (json_array_size(lost))
        act_answer(call, "lost", lost);
    else
        json_decref(lost);
    return call->outcome == ACT_DONE;
}

/* -- the certificate -- */

struct lost {
    struct cert cert; /* borrows from the call's fields */
    struct certificate row;
    char common_name[PROFILE_COMMON_NAME];
    struct resident resident;
};

static bool read_name(const struct cert *cert, char out[static PROFILE_COMMON_NAME])
{
    struct name name;
    struct bytes value;
    if (name_parse(cert->subject, &name, NULL) != ERR_NONE ||
        !name_find(&name, OID_COMMON_NAME, 0, &value) || value.len >= PROFILE_COMMON_NAME)
        return false;
    memcpy(out, value.data, value.len);
    out[value.len] = '\0';
    return true;
}

/* Signed by our own authority of this kind, which signs nothing that was not linted and stored. */
static bool check_ours(struct act_call *call, struct lost *lost)
{
    struct cert *cert = &lost->cert;
    enum kind kind;
    uint64_t serial;
    if (!act_ok(call, cert_parse(buffer_bytes(&call->fields.certificate), cert, &call->fault)))
        return false;
    const struct authority *authority = authority_of_issued(call->centre, call->fields.kind, cert);
    bool is_ours =
        authority && cert_kind(cert, &kind) && kind == call->fields.kind &&
        bytes_equal(cert->issuer, authority->cert.subject) &&
        cert->algorithm == authority->cert.algorithm &&
        verify_message(authority->key, HASH_SHA256, cert->tbs, cert->signature) == ERR_NONE &&
        serial_decode(cert->serial, &serial) && serial <= STATUS_SERIAL_MAX &&
        read_name(cert, lost->common_name);
    if (!is_ours)
        return act_refuse(call, &reason_not_ours);
    lost->row = (struct certificate){.kind = kind,
                                     .serial = (int64_t)serial,
                                     .application = -(int64_t)serial,
                                     .issued = cert->not_before,
                                     .last_day = date_of_time(cert->not_after)};
    sha256(cert->spki, lost->row.key_digest);
    return true;
}

static bool check_in_card(struct act_call *call, struct lost *lost)
{
    struct card_statement statement;
    struct card card;
    uint8_t digest[SHA256_LEN];
    if (!card_hear(call, 0, &statement, &card))
        return false;
    sha256(lost->cert.whole, digest);
    if (memcmp(statement.kinds[lost->row.kind].live, digest, sizeof digest) != 0)
        return act_refuse(call, &reason_not_in_card);
    memcpy(lost->row.card, card.id, sizeof lost->row.card);
    memcpy(lost->row.leaf_digest, digest, sizeof digest);
    enum err err =
        resident_find_by_card(call->centre->store, card.id, &lost->resident, &call->fault);
    lost->row.resident = lost->resident.number;
    if (err == ERR_NONE)
        act_is_about(call, lost->resident.number);
    return err == ERR_NOT_FOUND ? act_refuse(call, &reason_nobody) : act_ok(call, err);
}

/* Neither its number nor its key may stand here. */
static bool check_new(struct act_call *call, const struct lost *lost)
{
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    struct certificate row;
    struct buffer other CLEANUP_BUFFER;
    buffer_init(&other, LIMIT_CERTIFICATE);
    enum err err =
        certificate_find(call->centre, lost->row.kind, lost->row.serial, &row, &call->fault);
    if (err == ERR_NONE)
        return act_refuse(call, memcmp(row.leaf_digest, lost->row.leaf_digest, 32) == 0
                                    ? &reason_known
                                    : &reason_taken);
    if (err != ERR_NOT_FOUND)
        return act_ok(call, err);
    err = signing_certificate(call->centre, lost->row.kind, lost->row.serial, &other, &call->fault);
    if (err == ERR_NONE)
        return act_refuse(call, &reason_taken);
    if (err != ERR_NOT_FOUND)
        return act_ok(call, err);
    err = certificate_list(call->centre, STATEMENT_CERTIFICATE_BY_KEY,
                           value_blob(bytes_of(lost->row.key_digest, 32)), &list, &call->fault);
    return act_ok(call, err) && (list.num == 0 || act_refuse(call, &reason_taken));
}

/* -- its state -- */

/* What the published lists said of it when the data were restored. */
static enum err state_of_lists(struct centre *centre, struct certificate *row, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    row->state = STATUS_GOOD;
    store_query(centre->store, STATEMENT_CHANGE_OF_SERIAL,
                VALUES(value_integer(row->kind), value_integer(row->serial)), &rows, fault);
    if (rows_next(&rows)) {
        row->state = (enum status_state)row_integer_within(&rows, 0, STATUS_GOOD, STATUS_REVOKED);
        row->reason = (enum status_reason)row_integer_within(&rows, 1, 0, 10);
        row->since = row_integer(&rows, 2);
    }
    return rows_end(&rows);
}

static void fall_to(struct certificate *row, enum status_state state, enum status_reason reason,
                    int64_t now)
{
    row->since = row->state == STATUS_GOOD ? now : row->since;
    row->state = state;
    row->reason = reason;
}

/* Never better than the lists, the card's state and the register allow. page:S09 page:S37 */
static bool decide_state(struct act_call *call, struct lost *lost)
{
    bool has_same_four = true;
    struct certificate *row = &lost->row;
    if (!act_ok(call, state_of_lists(call->centre, row, &call->fault)))
        return false;
    if (row->kind == KIND_SIGNATURE &&
        !act_ok(call, subject_is_of(call->centre, &lost->resident, &lost->cert.basic_four,
                                    &has_same_four, &call->fault)))
        return false;
    if (row->state != STATUS_REVOKED && lost->resident.card_state == CARD_VOID)
        fall_to(row, STATUS_REVOKED, STATUS_UNSPECIFIED, call->now);
    if (row->state != STATUS_REVOKED && !has_same_four)
        fall_to(row, STATUS_REVOKED, STATUS_AFFILIATION_CHANGED, call->now);
    if (row->state == STATUS_GOOD && lost->resident.card_state == CARD_STOPPED)
        fall_to(row, STATUS_HELD, STATUS_UNSPECIFIED, call->now);
    return true;
}

/* Its state is there before it is signed here, so that no answer in between says good. */
static bool store_lost(struct act_call *call, const struct lost *lost)
{
    struct centre *centre = call->centre;
    const struct certificate *row = &lost->row;
    enum err err =
        signing_add(centre, row->kind, row->serial, SIGNER_LEAF, lost->cert.tbs, &call->fault);
    if (err == ERR_NONE)
        err = signing_signed(centre, row->kind, row->serial, lost->cert.signature, &call->fault);
    if (err == ERR_NONE)
        err = certificate_add(centre, row, lost->common_name, &call->fault);
    if (err == ERR_NONE && row->state != STATUS_GOOD)
        err = certificate_change(centre, row, row->state, row->reason, row->since, 0, &call->fault);
    if (err == ERR_NONE)
        err = certificate_signed(centre, row->kind, row->serial, lost->cert.whole, &call->fault);
    if (err == ERR_NONE)
        err = certificate_installed(centre, row, call->now, &call->fault);
    return act_ok(call, err);
}

/* page:S02 */
bool reenter_run(struct act_call *call)
{
    struct lost *lost = calloc(1, sizeof *lost);
    if (!lost)
        return act_fail(call, ERR_MEMORY);
    bool is_done = check_ours(call, lost) && check_in_card(call, lost) && check_new(call, lost) &&
                   decide_state(call, lost) && store_lost(call, lost) &&
                   outcome_supersede(call, &lost->row);
    if (is_done) {
        act_note(call, "serial", "%lld", (long long)lost->row.serial);
        act_note(call, "state", "%s", certificate_state_word(lost->row.state));
        act_answer(call, "serial", json_integer(lost->row.serial));
        act_answer(call, "state", json_string(certificate_state_word(lost->row.state)));
    }
    free(lost);
    return is_done && call->outcome == ACT_DONE;
}
