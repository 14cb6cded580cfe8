/* The verdict of a relying party: valid, invalid or cannot tell, with its reason and where the
 * status came from. It carries no serial, subject or thumbprint, so that it may be logged
 * (promise 13). */
#pragma once

#include "base/date.h"
#include <stdbool.h>

#include "base/err.h"
#include "base/kind.h"

/* Zero is "cannot tell". Compare with == VERDICT_VALID, never by truth. */
enum verdict_answer { VERDICT_CANNOT_TELL, VERDICT_VALID, VERDICT_INVALID };

/* code, answer, name (stable), English sentence, Japanese sentence */
#define VERDICT_REASON_LIST(X)                                                                     \
    X(REASON_NO_STATUS, VERDICT_CANNOT_TELL, "no-status",                                          \
      "the certificate's status is not to be had", "証明書の状態を確認できません")                 \
    X(REASON_STATUS_REFUSED, VERDICT_CANNOT_TELL, "status-refused",                                \
      "what came as status cannot be trusted or is out of date",                                   \
      "状態の回答が信頼できないか、古くなっています")                                              \
    X(REASON_STATUS_LATER, VERDICT_CANNOT_TELL, "status-later",                                    \
      "the status was made after the moment asked about and does not tell about it",               \
      "状態の回答は照会した時点より後のもので、その時点の状態は分かりません")                      \
    X(REASON_STATUS_UNKNOWN, VERDICT_CANNOT_TELL, "status-unknown",                                \
      "the authority does not know the certificate", "認証局がこの証明書を把握していません")       \
    X(REASON_GOOD, VERDICT_VALID, "good", "signature, certificate and status are right",           \
      "署名、証明書、状態のいずれも正しく確認できました")                                          \
    X(REASON_MALFORMED, VERDICT_INVALID, "malformed", "not in the form that the rules ask for",    \
      "定められた形式ではありません")                                                              \
    X(REASON_CHANGED, VERDICT_INVALID, "changed",                                                  \
      "the content was changed, or the signature is not this certificate's",                       \
      "内容が変更されているか、この証明書による署名ではありません")                                \
    X(REASON_KIND, VERDICT_INVALID, "kind", "a certificate of another kind",                       \
      "種類の異なる証明書です")                                                                    \
    X(REASON_AUTHORITY, VERDICT_INVALID, "authority",                                              \
      "not of an authority that is trusted for this", "信頼する認証局の証明書ではありません")      \
    X(REASON_NOT_YET, VERDICT_INVALID, "not-yet", "the certificate is not valid yet",              \
      "証明書の有効期間の開始前です")                                                              \
    X(REASON_ENDED, VERDICT_INVALID, "ended", "the certificate has ended",                         \
      "証明書は有効ではなくなっています")                                                          \
    X(REASON_DATA_CHANGED, VERDICT_INVALID, "data-changed",                                        \
      "revoked: name, address or other data of the holder changed",                                \
      "記載事項の変更により失効しています")                                                        \
    X(REASON_LOST_OR_HELD, VERDICT_INVALID, "lost-or-held",                                        \
      "held or revoked: the card was lost or the key is in doubt",                                 \
      "紛失等により一時保留または失効しています")                                                  \
    X(REASON_RENEWED, VERDICT_INVALID, "renewed", "revoked: a newer certificate took its place",   \
      "更新により失効しています")                                                                  \
    X(REASON_REVOKED_OR_HELD, VERDICT_INVALID, "revoked-or-held",                                  \
      "revoked or held; the push set does not say why",                                            \
      "失効または一時保留されています (理由は配信データに含まれません)")

enum verdict_reason {
#define X(code, answer, name, en, ja) code,
    VERDICT_REASON_LIST(X)
#undef X
};

enum status_source { SOURCE_NONE, SOURCE_OCSP, SOURCE_CRL, SOURCE_PUSH_SET };

struct verdict {
    enum verdict_answer answer; /* always the reason's */
    enum verdict_reason reason;
    int64_t at;                /* the moment that was asked about */
    enum status_source source; /* who said what the status is; the rest is 0 when SOURCE_NONE */
    int64_t source_time;       /* when it was so: thisUpdate */
    int64_t source_until;      /* nextUpdate */
    bool is_revoked_or_held;   /* at `at`, or later (then since > at) */
    bool has_since;            /* the source says since when: not in a push set */
    int64_t since;             /* of the revocation or hold; its end is open */
    struct fault fault;        /* what exactly was wrong; empty when nothing was */
};

const char *verdict_name(enum verdict_answer answer); /* "valid", "invalid", "cannot-tell" */
const char *verdict_reason_name(enum verdict_reason reason);
const char *verdict_reason_sentence(enum verdict_reason reason, enum language language);
const char *verdict_source_name(enum status_source source); /* "none", "ocsp", "crl", "push-set" */

/* verdict_set writes reason and answer together. */
void verdict_set(struct verdict *verdict, enum verdict_reason reason);
