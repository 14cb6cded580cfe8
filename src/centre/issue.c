/* What is checked before a certificate is made, and how its content is written. */
#include "centre/issue.h"

#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "centre/card.h"
#include "centre/certificate.h"
#include "centre/signing.h"
#include "centre/subject.h"
#include "crypto/hash.h"
#include "crypto/verify.h"
#include "law/validity.h"
#include "law/window.h"
#include "x509/cert_request.h"

static const struct reason reason_request = {
    "request", "S02", "no-proof", "The request does not prove that its sender holds the key.",
    "申請データの署名が正しくありません。"};
static const struct reason reason_quality = {"request", "S02", "key-quality",
                                             "This key must not be certified.",
                                             "この公開鍵には電子証明書を発行できません。"};
static const struct reason reason_other_card = {"statement", "S02", "other-card",
                                                "This is not the card of the application.",
                                                "申請のカードと異なります。"};
static const struct reason reason_software_key = {
    "statement", "S02", "key-not-in-card", "The key was not made in the card of this application.",
    "この公開鍵は、申請のカードの中で作られたものではありません。"};
static const struct reason reason_known_key = {
    "request", "S02", "key-known", "This key was certified before.",
    "この公開鍵には以前に電子証明書が発行されています。"};
static const struct reason reason_have_one = {"issue", "S11", "have-one",
                                              "There is a good certificate of this kind already.",
                                              "有効な電子証明書がすでにあります。"};
static const struct reason reason_too_many = {
    "issue", "", "too-many-certificates", "No one is issued more certificates than this resident.",
    "この住民に発行できる電子証明書の数の上限に達しています。"};
static const struct reason reason_installed = {"issue", "S22", "already-issued",
                                               "This application has its certificate already.",
                                               "この申請の電子証明書は発行済みです。"};
static const struct reason reason_signer = {"issue", "", "signer-refused",
                                            "The signer refused what was to be signed.",
                                            "署名装置が発行を拒否しました。"};
static const struct reason reason_stopped = {"eligibility", "S14 S43", "card-stopped",
                                             "The card is stopped or void.",
                                             "カードは一時停止又は廃止されています。"};

/* -- law -- */

static struct ruling ask_eligibility(const struct act_call *call, const struct resident *resident,
                                     const struct issue_facts *facts)
{
    struct date today = date_of_time(call->now);
    const struct eligibility_facts question = {
        .kind = facts->kind,
        .born = resident->born,
        .on = today,
        .applicant = facts->applicant,
        .is_adult_ward = resident->standing == STANDING_WARD,
        .is_not_resident = !resident_lives_in(resident, call->centre->town->code, today),
        .has_no_card = !resident->card_id[0] && !resident->has_old_card,
        .is_old_card = !resident->card_id[0] && resident->has_old_card,
        .card_until = resident->card_until,
        .is_exception = facts->is_exception,
    };
    return eligibility_decide(&call->centre->policy, &question);
}

/* Procedures that end a good predecessor; every other one needs that there is none. */
static bool may_follow(enum procedure procedure)
{
    return procedure == PROCEDURE_STAY_EXTENDED || procedure == PROCEDURE_CARD_REISSUED;
}

/* The installed certificate of a kind that still lives, if there is one: the predecessor. */
static const struct certificate *find_live(const struct certificate_list *list, enum kind kind,
                                           int64_t but_application, struct date today)
{
    for (size_t i = list->num; i-- > 0;)
        if (list->rows[i].kind == kind && list->rows[i].is_installed &&
            list->rows[i].application != but_application &&
            certificate_is_live(&list->rows[i], today))
            return &list->rows[i];
    return NULL;
}

/* Only here: a hold or an end is never refused for the number of certificates. */
static bool check_number(struct act_call *call, const struct certificate_list *list)
{
    return list->num < LIMIT_CERTIFICATES_OF_RESIDENT || act_refuse(call, &reason_too_many);
}

static bool check_predecessor(struct act_call *call, const struct resident *resident,
                              const struct issue_facts *facts, const struct certificate_list *list)
{
    struct date today = date_of_time(call->now);
    const struct certificate *live = find_live(list, facts->kind, facts->application, today);
    if (!live || may_follow(facts->procedure))
        return true;
    struct ruling window =
        window_decide(&call->centre->policy, live->last_day, resident->card_until, today);
    if (facts->procedure == PROCEDURE_RENEWAL || window.decision != DECISION_ALLOWED)
        return act_allows(call, &window); /* page:S11 */
    return act_refuse(call, &reason_have_one);
}

static bool ask_validity(struct act_call *call, const struct resident *resident,
                         const struct issue_facts *facts, const struct certificate_list *list,
                         struct date *last_day)
{
    struct date today = date_of_time(call->now);
    const struct certificate *authentication = find_live(list, KIND_AUTHENTICATION, 0, today);
    const struct validity_facts question = {
        .kind = facts->kind,
        .issued = today,
        .born = resident->born,
        .card_until = resident->card_until,
        .authentication_until = authentication ? authentication->last_day : (struct date){0},
        .is_renewal = facts->procedure == PROCEDURE_RENEWAL,
        .authority_until =
            date_of_time(authority_newest(call->centre, facts->kind)->cert.not_after),
    };
    struct ruling ruling = validity_decide(&call->centre->policy, &question);
    if (!act_allows(call, &ruling))
        return false;
    *last_day = ruling.date;
    return true;
}

/* page:S11 page:S12 page:S14 page:S43 rule:issue */
bool issue_may(struct act_call *call, const struct resident *resident,
               const struct issue_facts *facts, struct date *last_day)
{
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    struct ruling eligible = ask_eligibility(call, resident, facts);
    if (!act_allows(call, &eligible))
        return false;
    if (resident->card_state != CARD_GOOD && facts->procedure != PROCEDURE_RELEASE)
        return act_refuse(call, &reason_stopped);
    return act_ok(call, certificate_list(call->centre, STATEMENT_CERTIFICATES_OF_RESIDENT,
                                         value_integer(resident->number), &list, &call->fault)) &&
           check_number(call, &list) && check_predecessor(call, resident, facts, &list) &&
           ask_validity(call, resident, facts, &list, last_day);
}

/* -- request and statement -- */

/* An act that was parked comes here unchecked. */
static bool check_request(struct act_call *call, enum kind kind)
{
    struct act_proofs *proofs = &call->proofs;
    if (!proofs->is_checked)
        proofs_check(&call->fields, proofs);
    if (proofs->request_err != ERR_NONE) {
        call->fault = proofs->request_fault;
        return act_fail(call, proofs->request_err);
    }
    if (!proofs->proves_possession)
        return act_refuse(call, &reason_request);
    bool is_taken = profile_takes_key(
        profile_of_kind(kind)->id, profile_authority_key(call->centre->site), &proofs->request.key);
    return (is_taken && proofs->has_good_key) || act_refuse(call, &reason_quality);
}

/* The card of this application says that this very key lies in its spare slot, made for this
 * application. page:S02 */
static bool check_key_in_card(struct act_call *call, const struct issue_facts *facts,
                              const uint8_t digest[static 32])
{
    struct card_statement statement;
    struct card card;
    if (!card_hear(call, facts->application, &statement, &card))
        return false;
    if (strcmp(card.id, facts->card) != 0)
        return act_refuse(call, &reason_other_card);
    const struct statement_of_kind *stated = &statement.kinds[facts->kind];
    bool is_same_key = memcmp(stated->spare, digest, sizeof stated->spare) == 0;
    bool is_same_application =
        memcmp(stated->application, facts->identity, sizeof stated->application) == 0;
    return (is_same_key && is_same_application) || act_refuse(call, &reason_software_key);
}

enum key_history { KEY_NEW, KEY_OF_THIS_APPLICATION, KEY_KNOWN };

static bool find_key(struct act_call *call, const struct issue_facts *facts,
                     const uint8_t digest[static 32], enum key_history *out)
{
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    if (!act_ok(call, certificate_list(call->centre, STATEMENT_CERTIFICATE_BY_KEY,
                                       value_blob(bytes_of(digest, 32)), &list, &call->fault)))
        return false;
    *out = KEY_NEW;
    if (list.num == 0)
        return true;
    const struct certificate *row = &list.rows[0];
    bool is_ours = row->application == facts->application && row->kind == facts->kind &&
                   row->state != STATUS_REVOKED;
    *out = is_ours ? KEY_OF_THIS_APPLICATION : KEY_KNOWN;
    call->serial = row->serial;
    return true;
}

/* What the statement has just shown: every other key of this kind is out of the spare slot. A
 * certificate for it that was never installed will never be. One that is installed ends only when a
 * successor is live. */
static bool close_unused(struct act_call *call, const struct issue_facts *facts)
{
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    if (!act_ok(call, certificate_list(call->centre, STATEMENT_CERTIFICATES_OF_CARD,
                                       value_text(facts->card), &list, &call->fault)))
        return false;
    for (size_t i = 0; i < list.num; i++) {
        const struct certificate *row = &list.rows[i];
        if (row->kind != facts->kind || row->state == STATUS_REVOKED)
            continue;
        if (row->is_installed && row->application == facts->application)
            return act_refuse(call, &reason_installed);
        if (!row->is_installed &&
            !act_ok(call, certificate_change(call->centre, row, STATUS_REVOKED, STATUS_UNSPECIFIED,
                                             call->now, row->application, &call->fault)))
            return false;
    }
    return true;
}

/* -- the certificate's content -- */

static bool store_certificate(struct act_call *call, const struct resident *resident,
                              const struct issue_facts *facts, struct bytes spki,
                              const uint8_t digest[static 32], struct date last_day)
{
    struct certificate row = {.kind = facts->kind,
                              .application = facts->application,
                              .resident = resident->number,
                              .issued = call->now,
                              .last_day = last_day};
    memcpy(row.card, facts->card, sizeof row.card);
    memcpy(row.key_digest, digest, sizeof row.key_digest);
    struct buffer tbs CLEANUP_BUFFER;
    buffer_init(&tbs, LIMIT_CERTIFICATE);
    char common_name[PROFILE_COMMON_NAME];
    struct centre *centre = call->centre;
    if (!act_ok(call, signing_next_serial(centre, row.kind, &row.serial, &call->fault)) ||
        !act_ok(call,
                subject_common_name(centre, row.kind, row.issued, common_name, &call->fault)) ||
        !act_ok(call, subject_encode_tbs(centre, resident, &row, common_name, spki, &tbs,
                                         &call->fault)) ||
        !act_ok(call, signing_add(centre, row.kind, row.serial, SIGNER_LEAF, buffer_bytes(&tbs),
                                  &call->fault)) ||
        !act_ok(call, certificate_add(centre, &row, common_name, &call->fault)))
        return false;
    uint8_t tbs_digest[SHA256_LEN];
    char hex[2 * SHA256_LEN + 1];
    sha256(buffer_bytes(&tbs), tbs_digest);
    act_note(call, "serial", "%lld", (long long)row.serial);
    act_note(call, "tbs", "%s", hex_print(tbs_digest, sizeof tbs_digest, hex));
    call->serial = row.serial;
    return call->outcome == ACT_DONE;
}

/* page:S02 page:S03 page:S22 rule:issue */
bool issue_run(struct act_call *call, const struct resident *resident,
               const struct issue_facts *facts)
{
    struct date last_day;
    enum key_history history;
    const uint8_t *digest = call->proofs.key_digest;
    if (!check_request(call, facts->kind) || !check_key_in_card(call, facts, digest) ||
        !find_key(call, facts, digest, &history))
        return false;
    if (history == KEY_OF_THIS_APPLICATION)
        return true;
    if (history == KEY_KNOWN)
        return act_refuse(call, &reason_known_key);
    return issue_may(call, resident, facts, &last_day) && close_unused(call, facts) &&
           store_certificate(call, resident, facts, call->proofs.request.spki, digest, last_day);
}

static const struct authority *authority_of_leaf(const struct centre *centre, enum kind kind,
                                                 struct bytes leaf, struct fault *fault)
{
    struct cert cert;
    const struct authority *found = cert_parse(leaf, &cert, fault) == ERR_NONE
                                        ? authority_of_issued(centre, kind, &cert)
                                        : NULL;
    if (!found)
        fault_set(fault, ERR_STATE, "authority", "the certificate is of none of ours");
    return found;
}

bool issue_finish(struct act_call *call)
{
    struct buffer leaf CLEANUP_BUFFER;
    buffer_init(&leaf, LIMIT_CERTIFICATE);
    enum kind kind = call->fields.kind;
    enum err err = signing_certificate(call->centre, kind, call->serial, &leaf, &call->fault);
    if (err == ERR_NOT_FOUND)
        return act_refuse(call, &reason_signer);
    if (!act_ok(call, err))
        return false;
    act_answer(call, "serial", json_integer(call->serial));
    act_answer_bytes(call, "certificate", buffer_bytes(&leaf));
    const struct authority *authority =
        authority_of_leaf(call->centre, kind, buffer_bytes(&leaf), &call->fault);
    if (!act_ok(call, authority ? ERR_NONE : ERR_STATE))
        return false;
    act_answer_bytes(call, "authority", buffer_bytes(&authority->der));
    return call->outcome == ACT_DONE;
}

enum err issue_install_digest(struct centre *centre, enum kind kind, int64_t serial,
                              uint8_t out[static 32], struct fault *fault)
{
    struct buffer both CLEANUP_BUFFER;
    buffer_init(&both, (size_t)2 * LIMIT_CERTIFICATE);
    enum err err = signing_certificate(centre, kind, serial, &both, fault);
    if (err != ERR_NONE)
        return err;
    const struct authority *authority = authority_of_leaf(centre, kind, buffer_bytes(&both), fault);
    if (!authority)
        return ERR_STATE;
    buffer_put_bytes(&both, buffer_bytes(&authority->der));
    err = buffer_check(&both);
    if (err == ERR_NONE)
        sha256(buffer_bytes(&both), out);
    return err;
}
