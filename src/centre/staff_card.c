#include "centre/staff_card.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "centre/certificate.h"
#include "crypto/login_message.h"
#include "crypto/random.h"
#include "crypto/verify.h"
#include "login/challenge.h"
#include "store/rows.h"
#include "x509/cert.h"

#define LOGIN_LEN sizeof(((struct act_fields *)0)->login)

static const struct reason reason_late = {
    "login", "", "login-late",
    "This login did not begin here, was used before, or is older than five minutes. Begin again.",
    "このログインは、この画面で始めたものではないか、使用済みであるか、5分を過ぎています。"
    "初めからやり直してください。"};
static const struct reason reason_signature = {"login", "S06", "login-signature",
                                               "The card did not sign this login.",
                                               "カードの署名が正しくありません。"};
static const struct reason reason_kind = {"kind", "S03", "login-kind",
                                          "This is not a certificate for logging in.",
                                          "利用者証明用電子証明書ではありません。"};
static const struct reason reason_foreign = {"login", "", "login-foreign",
                                             "This certificate was not issued here.",
                                             "この認証局が発行した電子証明書ではありません。"};
static const struct reason reason_not_good = {
    "status", "", "login-not-good", "This certificate is held or revoked, or its last day is over.",
    "この電子証明書は、一時保留中か、失効しているか、有効期間を過ぎています。"};
static const struct reason reason_unknown = {
    "staff-card", "", "staff-card-unknown",
    "Nobody of the staff has registered this card. Log in with a code, then register it.",
    "このカードは職員のカードとして登録されていません。コードでログインし、登録してください。"};
static const struct reason reason_ended = {
    "staff-card", "", "staff-card-ended",
    "This card was reported lost or given up. Log in with a code.",
    "このカードは紛失の届出等により利用できません。コードでログインしてください。"};
static const struct reason reason_known = {
    "staff-card", "", "staff-card-known",
    "This card is, or was, registered already. What was reported lost is not taken again.",
    "このカードは登録済みです。紛失の届出をしたカードは、再び登録することはできません。"};
static const struct reason reason_none = {"staff-card", "", "staff-card-none",
                                          "This person has no registered card.",
                                          "この職員には登録されたカードがありません。"};
/* --- what the card proves --- */

static int64_t seconds_now(void)
{
    return clock_monotonic() / 1000;
}

static bool is_signed(const struct act_call *call, const struct cert *cert)
{
    uint8_t message[LOGIN_SIGNED_LEN];
    const struct act_fields *fields = &call->fields;
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    login_message(call->centre->web_origin,
                  bytes_of(fields->login_nonce, sizeof fields->login_nonce), message);
    return public_key_parse(cert->spki, &key) == ERR_NONE &&
           verify_message(key, HASH_SHA256, bytes_of(message, sizeof message),
                          buffer_bytes(&fields->signature)) == ERR_NONE;
}

/* The row of this very certificate: that its digest stands there is better than a path. */
static bool find_issued(struct act_call *call, const struct cert *cert, struct certificate *out)
{
    uint64_t serial;
    uint8_t digest[SHA256_LEN];
    sha256(cert->whole, digest);
    if (!serial_decode(cert->serial, &serial) || serial > INT64_MAX)
        return act_refuse(call, &reason_foreign);
    enum err err =
        certificate_find(call->centre, KIND_AUTHENTICATION, (int64_t)serial, out, &call->fault);
    if (err == ERR_NOT_FOUND || (err == ERR_NONE && memcmp(out->leaf_digest, digest, 32) != 0))
        return act_refuse(call, &reason_foreign);
    return act_ok(call, err);
}

/* PROTOCOL.login 7, in its order: the nonce is used up whatever comes later. page:S03 page:S06 */
static bool hear_card(struct act_call *call, struct certificate *out)
{
    struct cert cert;
    enum kind kind;
    const struct act_fields *fields = &call->fields;
    if (challenge_consume(call->centre->login_challenges,
                          bytes_of(fields->login_nonce, sizeof fields->login_nonce),
                          bytes_of(fields->login, LOGIN_LEN), seconds_now()) != CHALLENGE_GOOD)
        return act_refuse(call, &reason_late);
    if (!act_ok(call, cert_parse(buffer_bytes(&fields->certificate), &cert, &call->fault)))
        return false;
    if (!is_signed(call, &cert))
        return act_refuse(call, &reason_signature);
    if (!cert_kind(&cert, &kind) || kind != KIND_AUTHENTICATION)
        return act_refuse(call, &reason_kind);
    if (!find_issued(call, &cert, out))
        return false;
    return certificate_state_on(out, date_of_time(call->now)) == CERTIFICATE_GOOD ||
           act_refuse(call, &reason_not_good);
}

/* --- whose it is --- */

/* ERR_NOT_FOUND: nobody's. */
static enum err card_owner(struct store *store, const struct certificate *certificate,
                           char staff[static STAFF_NAME], bool *has_ended, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(store, STATEMENT_STAFF_CARD_FIND,
                VALUES(value_blob(bytes_of(certificate->leaf_digest, SHA256_LEN))), &rows, fault);
    if (rows_next(&rows)) {
        row_copy_text(&rows, 0, staff, STAFF_NAME);
        *has_ended = !row_is_null(&rows, 1);
    }
    return rows_end_one(&rows);
}

/* --- acts --- */

/* In memory alone, so that strangers cost nothing; the oldest makes room. */
bool staff_card_act_challenge(struct act_call *call)
{
    uint8_t login[LOGIN_LEN], nonce[LOGIN_NONCE];
    random_bytes(login, sizeof login);
    if (!act_ok(call, challenge_issue(call->centre->login_challenges, bytes_of(login, sizeof login),
                                      seconds_now(), nonce)))
        return false;
    act_answer_bytes(call, "login", bytes_of(login, sizeof login));
    act_answer_bytes(call, "login_nonce", bytes_of(nonce, sizeof nonce));
    return true;
}

bool staff_card_act_login(struct act_call *call)
{
    struct certificate certificate;
    char staff[STAFF_NAME];
    bool has_ended = false;
    if (!hear_card(call, &certificate))
        return false;
    enum err err = card_owner(call->centre->store, &certificate, staff, &has_ended, &call->fault);
    if (err == ERR_NOT_FOUND)
        return act_refuse(call, &reason_unknown);
    if (!act_ok(call, err))
        return false;
    return has_ended ? act_refuse(call, &reason_ended) : session_give(call, staff);
}

bool staff_card_act_add(struct act_call *call)
{
    struct certificate certificate;
    char staff[STAFF_NAME];
    bool has_ended;
    if (!hear_card(call, &certificate))
        return false;
    enum err err = card_owner(call->centre->store, &certificate, staff, &has_ended, &call->fault);
    if (err == ERR_NONE)
        return act_refuse(call, &reason_known);
    if (err != ERR_NOT_FOUND)
        return act_fail(call, err);
    call->fault = (struct fault){0};
    act_note(call, "serial", "%lld", (long long)certificate.serial);
    act_answer(call, "serial", json_integer(certificate.serial));
    return act_ok(call,
                  store_run(call->centre->store, STATEMENT_STAFF_CARD_INSERT,
                            VALUES(value_blob(bytes_of(certificate.leaf_digest, SHA256_LEN)),
                                   value_text(call->actor.name), value_integer(certificate.serial),
                                   value_integer(call->now)),
                            &call->fault));
}

/* Whoever found it may be logged in with it: that ends, too. */
bool staff_card_act_end(struct act_call *call)
{
    const char *staff;
    int64_t num = 0;
    struct store *store = call->centre->store;
    if (!session_owner(call, &staff) ||
        !act_ok(call, store_run_counted(store, STATEMENT_STAFF_CARD_END,
                                        VALUES(value_text(staff), value_integer(call->now),
                                               value_text(call->actor.name)),
                                        &num, &call->fault)))
        return false;
    if (num == 0)
        return act_refuse(call, &reason_none);
    session_end_all(&call->centre->sessions, staff);
    act_answer(call, "count", json_integer(num));
    return true;
}

bool staff_card_act_list(struct act_call *call)
{
    const char *staff;
    struct rows rows CLEANUP_ROWS = {0};
    if (!session_owner(call, &staff))
        return false;
    json_t *list = json_array();
    store_query(call->centre->store, STATEMENT_STAFF_CARD_LIST, VALUES(value_text(staff)), &rows,
                &call->fault);
    while (rows_next(&rows)) {
        char added[DATE_TEXT], ended[DATE_TEXT];
        bool is_good = row_is_null(&rows, 2);
        json_t *row =
            json_pack("{s:I, s:s, s:b}", "serial", (json_int_t)row_integer(&rows, 0), "added",
                      date_print(date_of_time(row_integer(&rows, 1)), added), "is_good", is_good);
        if (!is_good)
            json_object_set_new(
                row, "ended", json_string(date_print(date_of_time(row_integer(&rows, 2)), ended)));
        json_array_append_new(list, row);
    }
    act_answer(call, "cards", list);
    return act_ok(call, rows_end(&rows));
}
