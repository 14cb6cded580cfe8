/* Rows by the digest of what the browser has: whoever reads this memory logs in nowhere. */
#include "centre/session.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "centre/act.h"
#include "crypto/random.h"

static const struct reason reason_code = {
    "login", "", "login-code",
    "There is no such code, or it was used, or it is older than ten minutes.",
    "このコードは無効です。使用済みであるか、発行から10分を過ぎています。"};
static const struct reason reason_no_staff = {"login", "", "no-staff",
                                              "Nobody of the staff has this name.",
                                              "この名前の職員は登録されていません。"};

static const struct reason reason_pages = {
    "login", "", "not-by-pages",
    "This is not done through the pages. Ask for it at the computer of the centre.",
    "この操作は、ページからは行えません。認証局の端末で行ってください。"};
static const struct reason reason_others = {
    "login", "", "others-login",
    "An administrator alone sees and ends the cards and logins of somebody else.",
    "ほかの職員のカード及びログインの確認並びに利用停止は、管理者だけが行うことができます。"};

/* --- sessions --- */

static bool has_ended(const struct session *row, int64_t now)
{
    return !row->staff[0] || now - row->seen >= SESSION_IDLE || now - row->begun >= SESSION_LIFE;
}

static struct session *more_silent(struct session *a, struct session *b)
{
    return !a || b->seen < a->seen ? b : a;
}

static struct session *session_place(struct sessions *sessions, const char *staff, int64_t now)
{
    struct session *free_row = NULL, *own = NULL, *of_all = NULL;
    size_t num_own = 0;
    for (size_t i = 0; i < LIMIT_SESSIONS; i++) {
        struct session *row = &sessions->rows[i];
        if (has_ended(row, now)) {
            free_row = row;
            continue;
        }
        of_all = more_silent(of_all, row);
        if (strcmp(row->staff, staff) != 0)
            continue;
        own = more_silent(own, row);
        num_own++;
    }
    if (num_own >= LIMIT_SESSIONS_OF_ONE)
        return own;
    return free_row ? free_row : of_all;
}

void session_begin(struct sessions *sessions, const char *staff, int64_t now,
                   uint8_t id[static SESSION_ID])
{
    struct session *row = session_place(sessions, staff, now);
    *row = (struct session){.begun = now, .seen = now};
    random_bytes(id, SESSION_ID);
    sha256(bytes_of(id, SESSION_ID), row->digest);
    snprintf(row->staff, sizeof row->staff, "%s", staff);
}

void session_digest(const uint8_t id[static SESSION_ID], uint8_t out[static SHA256_LEN])
{
    sha256(bytes_of(id, SESSION_ID), out);
}

static struct session *session_row(struct sessions *sessions, const uint8_t id[static SESSION_ID])
{
    uint8_t digest[SHA256_LEN];
    sha256(bytes_of(id, SESSION_ID), digest);
    for (size_t i = 0; i < LIMIT_SESSIONS; i++)
        if (sessions->rows[i].staff[0] && digest_equal(sessions->rows[i].digest, digest))
            return &sessions->rows[i];
    return NULL;
}

const char *session_find(struct sessions *sessions, const uint8_t id[static SESSION_ID],
                         int64_t now)
{
    struct session *row = session_row(sessions, id);
    if (!row || has_ended(row, now))
        return NULL;
    row->seen = now;
    return row->staff;
}

void session_end(struct sessions *sessions, const uint8_t id[static SESSION_ID])
{
    struct session *row = session_row(sessions, id);
    if (row)
        *row = (struct session){0};
}

bool session_lives(const struct sessions *sessions, const uint8_t digest[static SHA256_LEN],
                   const char *staff, int64_t now)
{
    for (size_t i = 0; i < LIMIT_SESSIONS; i++) {
        const struct session *row = &sessions->rows[i];
        if (!has_ended(row, now) && digest_equal(row->digest, digest) &&
            strcmp(row->staff, staff) == 0)
            return true;
    }
    return false;
}

void session_end_all(struct sessions *sessions, const char *staff)
{
    for (size_t i = 0; i < LIMIT_SESSIONS; i++)
        if (strcmp(sessions->rows[i].staff, staff) == 0)
            sessions->rows[i] = (struct session){0};
}

/* --- codes --- */

static struct login_code *code_place(struct sessions *sessions, const char *staff)
{
    struct login_code *place = &sessions->codes[0];
    for (size_t i = 0; i < LIMIT_LOGIN_CODES; i++) {
        struct login_code *row = &sessions->codes[i];
        if (strcmp(row->staff, staff) == 0)
            return row;
        if (place->staff[0] && (!row->staff[0] || row->made < place->made))
            place = row;
    }
    return place;
}

void login_code_make(struct sessions *sessions, const char *staff, int64_t now,
                     char code[static LOGIN_CODE_TEXT])
{
    struct login_code *row = code_place(sessions, staff);
    code_make(LOGIN_CODE_LEN, code);
    *row = (struct login_code){.made = now};
    snprintf(row->staff, sizeof row->staff, "%s", staff);
    code_digest(code, row->digest);
}

bool login_code_take(struct sessions *sessions, const char *code, int64_t now,
                     char staff[static STAFF_NAME])
{
    uint8_t digest[SHA256_LEN];
    code_digest(code, digest);
    for (size_t i = 0; i < LIMIT_LOGIN_CODES; i++) {
        struct login_code *row = &sessions->codes[i];
        if (!row->staff[0] || !digest_equal(row->digest, digest))
            continue;
        bool is_good = now - row->made < LOGIN_CODE_LIFE;
        memcpy(staff, row->staff, STAFF_NAME);
        *row = (struct login_code){0};
        return is_good;
    }
    return false;
}

/* --- acts --- */

static void answer_staff(struct act_call *call, const struct staff *staff)
{
    struct buffer roles CLEANUP_BUFFER;
    buffer_init(&roles, 256);
    roles_print(staff->roles, &roles);
    act_answer(call, "name", json_string(staff->name));
    act_answer(call, "label", json_string(staff->label));
    act_answer(call, "roles", json_string(buffer_text(&roles)));
}

static bool find_staff(struct act_call *call, const char *name, struct staff *out)
{
    enum err err = staff_find(call->centre->store, name, out, &call->fault);
    if (err == ERR_NOT_FOUND || (err == ERR_NONE && !out->is_active))
        return act_refuse(call, &reason_no_staff);
    return act_ok(call, err);
}

/* One's own: who could have another's would be two persons. Who has a session gets none by it, or
 * a stolen one would live for ever. */
bool session_act_code(struct act_call *call)
{
    char code[LOGIN_CODE_TEXT];
    if (!session_refuse_pages(call))
        return false;
    login_code_make(&call->centre->sessions, call->actor.name, clock_monotonic(), code);
    act_answer(call, "login_code", json_string(code));
    explicit_bzero(code, sizeof code);
    return true;
}

bool session_owner(struct act_call *call, const char **out)
{
    *out = act_has(call, FIELD_NAME) ? call->fields.name : call->actor.name;
    return strcmp(*out, call->actor.name) == 0 || (call->actor.roles & ROLE_ADMINISTRATOR) ||
           act_refuse(call, &reason_others);
}

bool session_refuse_pages(struct act_call *call)
{
    return !call->peer.is_web || act_refuse(call, &reason_pages);
}

bool session_give(struct act_call *call, const char *name)
{
    struct staff staff;
    uint8_t id[SESSION_ID];
    if (!find_staff(call, name, &staff))
        return false;
    if (!staff_roles_on_pages(staff.roles))
        return act_refuse(call, &reason_pages);
    session_begin(&call->centre->sessions, staff.name, clock_monotonic(), id);
    act_note(call, "staff", "%s", staff.name);
    act_answer_bytes(call, "session", bytes_of(id, sizeof id));
    answer_staff(call, &staff);
    return true;
}

bool session_act_begin(struct act_call *call)
{
    char name[STAFF_NAME];
    if (!login_code_take(&call->centre->sessions, call->fields.login_code, clock_monotonic(), name))
        return act_refuse(call, &reason_code);
    return session_give(call, name);
}

bool session_act_show(struct act_call *call)
{
    answer_staff(call, &call->actor);
    return true;
}

/* The one by which it is asked, or all of a person's. */
bool session_act_end(struct act_call *call)
{
    const char *staff;
    if (!session_owner(call, &staff))
        return false;
    if (call->peer.is_web && !act_has(call, FIELD_NAME))
        session_end(&call->centre->sessions, call->session);
    else
        session_end_all(&call->centre->sessions, staff);
    return true;
}
