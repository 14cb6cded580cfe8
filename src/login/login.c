#include "login/login.h"

#include <string.h>

#include "base/encoding.h"

struct reason {
    const char *name, *en, *ja;
};

/* By enum challenge_verdict; the good one's reason is the verdict's. */
static const struct reason challenge_reasons[] = {
    [CHALLENGE_UNKNOWN] = {"nonce-unknown", "the challenge was not given out here",
                           "このサイトが発行したチャレンジではありません"},
    [CHALLENGE_USED] = {"nonce-used", "the challenge has been used already",
                        "このチャレンジはすでに使用されています"},
    [CHALLENGE_LATE] = {"nonce-late", "the challenge is too old",
                        "チャレンジの有効時間が過ぎています"},
    [CHALLENGE_OTHER_SESSION] = {"nonce-other-session",
                                 "the challenge was given to another session",
                                 "別のセッションに発行されたチャレンジです"},
};
static const struct reason no_pseudonym = {"no-pseudonym", "the pseudonym could not be made",
                                           "仮名を作成できません"};

/* PROTOCOL.login 7, steps 3 to 7 */
static void token_check(const struct login_site *site, const struct login_attempt *attempt,
                        struct buffer *room, struct login_token *token, struct verdict *out)
{
    struct fault fault = {0};
    if (login_token_parse(attempt->token, room, token, &fault) != ERR_NONE) {
        verdict_set(out, REASON_MALFORMED);
        out->at = attempt->now;
        out->fault = fault;
        return;
    }
    struct check check = {.authorities = site->authorities,
                          .kind = KIND_AUTHENTICATION,
                          .at = attempt->now,
                          .now = attempt->now,
                          .source = site->source};
    check_login(&check, token, site->origin, attempt->nonce, out);
}

/* Without a pseudonym there is nobody to log in. */
static enum verdict_answer pseudonym_make(const struct login_site *site, struct bytes cert,
                                          char pseudonym[static LOGIN_PSEUDONYM])
{
    uint8_t value[CHECK_PSEUDONYM];
    if (check_pseudonym(bytes_of(site->pseudonym_key, LOGIN_KEY), cert, value) != ERR_NONE)
        return VERDICT_CANNOT_TELL;
    hex_print(value, sizeof value, pseudonym);
    return VERDICT_VALID;
}

/* page:S01 page:S06 rule:login */
void login_check(const struct login_site *site, const struct login_attempt *attempt,
                 struct login_result *out)
{
    *out = (struct login_result){.answer = VERDICT_INVALID};
    out->challenge =
        challenge_consume(site->challenges, attempt->nonce, attempt->session, attempt->now);
    if (out->challenge != CHALLENGE_GOOD)
        return;
    struct buffer room CLEANUP_BUFFER;
    buffer_init(&room, LOGIN_TOKEN_MAX);
    struct login_token token;
    token_check(site, attempt, &room, &token, &out->verdict);
    out->answer = out->verdict.answer;
    if (out->answer == VERDICT_VALID)
        out->answer = pseudonym_make(site, token.cert, out->pseudonym);
}

/* NULL when the reason is the verdict's own. */
static const struct reason *reason_of(const struct login_result *result)
{
    if (result->challenge != CHALLENGE_GOOD)
        return &challenge_reasons[result->challenge];
    return result->answer == result->verdict.answer ? NULL : &no_pseudonym;
}

const char *login_reason_name(const struct login_result *result)
{
    const struct reason *reason = reason_of(result);
    return reason ? reason->name : verdict_reason_name(result->verdict.reason);
}

const char *login_reason_sentence(const struct login_result *result, enum language language)
{
    const struct reason *reason = reason_of(result);
    if (!reason)
        return verdict_reason_sentence(result->verdict.reason, language);
    return language == LANGUAGE_JA ? reason->ja : reason->en;
}
