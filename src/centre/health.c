#include "centre/health.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "centre/crl.h"
#include "centre/erase.h"
#include "centre/follower.h"
#include "centre/journal.h"
#include "centre/permit_key.h"
#include "centre/term.h"
#include "store/rows.h"

#define MINUTE ((int64_t)60)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define YEAR   (365 * DAY)
#define MIB    ((uint64_t)1024 * 1024)

/* From when on something is told. A list is made every day and good for two; a responder's
 * certificate is renewed at half of its 24 hours; a leaf lives up to six years and ends no later
 * than its authority. */
#define CHECKPOINT_WARN (5 * MINUTE)
#define CHECKPOINT_LATE HOUR
#define CRL_WARN        (25 * HOUR)
#define RESPONDER_WARN  (10 * HOUR)
#define AUTHORITY_WARN  (6 * YEAR)
#define AUTHORITY_LATE  (1 * YEAR)
#define BACKUP_WARN     (26 * HOUR)
#define BACKUP_LATE     (7 * DAY)
#define PARKED_WARN     DAY
#define ERASURE_COUNT   100000 /* entries; more are not counted */
#define SYNC_WARN       200    /* milliseconds */
#define SYNC_LATE       2000
#define DISK_WARN       (1024 * MIB)
#define DISK_LATE       (128 * MIB)

static const char *const levels[] = {"ok", "warn", "wrong"};

/* What to do about a finding that is not ok. */
struct advice {
    const char *en, *ja;
};

static const struct advice advice_disk = {"make room, or acts will be refused",
                                          "空きを増やしてください。このままでは処理が拒否されます"};
static const struct advice advice_sync = {
    "the disk is slow or failing; every act waits for it",
    "ディスクが遅いか故障しています。すべての処理がこれを待ちます"};
static const struct advice advice_clock = {
    "the clock went back; set it right (NTP) before anything is issued",
    "時計が戻っています。発行の前に正しい時刻に合わせてください (NTP)"};
static const struct advice advice_journal = {
    "run jpki admin checkpoint, and look at what jpkid says",
    "jpki admin checkpoint を実行し、jpkid の出力を確認してください"};
static const struct advice advice_list = {
    "run jpki admin crl; relying parties refuse an old list",
    "jpki admin crl を実行してください。古い失効リストは検証者に拒否されます"};
static const struct advice advice_responder = {
    "status should have asked for a new one; look at what jpkid says",
    "status が更新を求めていません。jpkid の出力を確認してください"};
static const struct advice advice_authority = {
    "new certificates end with it: make the next generation (jpkid authority-new)",
    "新しい証明書もこの日までとなります。次の世代を作成してください (jpkid authority-new)"};
static const struct advice advice_backup = {"run jpkid backup, every day",
                                            "jpkid backup を毎日実行してください"};
static const struct advice advice_waiting = {
    "one for over a day: jpki counter parked",
    "1日以上の待ちがあります。jpki counter parked を確認してください"};

static const struct advice advice_follower = {"the signer makes none; look at what jpkid says",
                                              "更新されていません。jpkid の出力を確認してください"};
static const struct advice advice_erasure = {
    "run jpki admin journal erase; another person approves it",
    "jpki admin journal erase を実行し、別の職員が承認してください"};

/* Both sentences take the same arguments; the advice is told unless all is well. */
static void PRINTF_LIKE(5, 7) PRINTF_LIKE(6, 7)
    find(json_t *list, const char *what, enum health level, const struct advice *advice,
         const char *en, const char *ja, ...)
{
    char text_en[256], text_ja[256];
    va_list arguments;
    va_start(arguments, ja);
    vsnprintf(text_en, sizeof text_en, en, arguments);
    va_end(arguments);
    va_start(arguments, ja);
    vsnprintf(text_ja, sizeof text_ja, ja, arguments);
    va_end(arguments);
    bool is_ok = level == HEALTH_OK;
    json_array_append_new(list, json_pack("{s:s, s:s, s:s+++, s:s+++}", "what", what, "level",
                                          levels[level], "en", text_en, is_ok ? "" : ": ",
                                          is_ok ? "" : advice->en, "", "ja", text_ja,
                                          is_ok ? "" : "。", is_ok ? "" : advice->ja, ""));
}

static enum health above(int64_t value, int64_t warn, int64_t wrong)
{
    return value > wrong ? HEALTH_WRONG : value > warn ? HEALTH_WARN : HEALTH_OK;
}

/* -- each thing -- */

static bool tell_disk(struct act_call *call, json_t *list)
{
    struct statvfs disk;
    int fd CLEANUP_FD = open(call->centre->checkpoints, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstatvfs(fd, &disk) != 0) {
        find(list, "disk", HEALTH_WRONG, &advice_sync, "it cannot be read", "読み取れません");
        return true;
    }
    int64_t start = clock_monotonic();
    bool is_synced = fdatasync(fd) == 0;
    int64_t took = clock_monotonic() - start;
    uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
    enum health level = left < DISK_LATE   ? HEALTH_WRONG
                        : left < DISK_WARN ? HEALTH_WARN
                                           : HEALTH_OK;
    find(list, "disk", level, &advice_disk, "%" PRIu64 " MiB free", "空き %" PRIu64 " MiB",
         left / MIB);
    level = is_synced ? above(took, SYNC_WARN, SYNC_LATE) : HEALTH_WRONG;
    find(list, "sync", level, &advice_sync, "a sync takes %" PRId64 " ms", "同期 %" PRId64 " ms",
         took);
    return true;
}

/* The journal's last time is what the database knows of the clock. */
static bool tell_clock_and_journal(struct act_call *call, json_t *list)
{
    struct rows rows CLEANUP_ROWS = {0};
    int64_t entry = 0, time = 0;
    store_query(call->centre->store, STATEMENT_JOURNAL_LAST, NO_VALUES, &rows, &call->fault);
    if (rows_next(&rows)) {
        entry = row_integer(&rows, 0);
        time = row_integer(&rows, 2);
    }
    if (!act_ok(call, rows_end(&rows)))
        return false;
    enum health level = above(time - call->now, 2, MINUTE);
    find(list, "clock", level, &advice_clock, "%" PRId64 " s behind the journal's last entry",
         "記録簿の末尾より %" PRId64 " 秒遅れ", time > call->now ? time - call->now : 0);
    struct rows last CLEANUP_ROWS = {0};
    int64_t signed_entry = 0, signed_time = 0;
    store_query(call->centre->store, STATEMENT_CHECKPOINT_LAST, NO_VALUES, &last, &call->fault);
    if (rows_next(&last)) {
        signed_entry = row_integer(&last, 0);
        signed_time = row_integer(&last, 2);
    }
    if (!act_ok(call, rows_end(&last)))
        return false;
    level = entry == signed_entry
                ? HEALTH_OK
                : above(call->now - signed_time, CHECKPOINT_WARN, CHECKPOINT_LATE);
    find(list, "journal", level, &advice_journal, "%" PRId64 " entries, signed up to %" PRId64,
         "%" PRId64 " 件、署名済み %" PRId64 " 件", entry, signed_entry);
    return true;
}

static bool tell_list(struct act_call *call, json_t *list, enum kind kind)
{
    char what[32];
    struct crl_row last = {0};
    struct centre *centre = call->centre;
    if (!act_ok(call, crl_last_of(centre->store, kind, authority_newest(centre, kind)->generation,
                                  NULL, &last, &call->fault)))
        return false;
    int64_t age = call->now - last.this_update;
    bool lacks = (uint64_t)last.epoch < status_map_epoch(centre->maps[kind]) &&
                 centre->has_new_change && clock_monotonic() - centre->change_at > MINUTE * 1000;
    enum health level = lacks ? HEALTH_WRONG : above(age, CRL_WARN, PROFILE_CRL_LIFE);
    snprintf(what, sizeof what, "list of %s", kind_name(kind));
    find(list, what, level, &advice_list,
         "number %" PRId64 ", %" PRId64 " h old, ends in %" PRId64 " h",
         "番号 %" PRId64 "、%" PRId64 " 時間前に発行、残り %" PRId64 " 時間", last.number,
         age / HOUR, (last.this_update + PROFILE_CRL_LIFE - call->now) / HOUR);
    return true;
}

static bool tell_responder(struct act_call *call, json_t *list, enum kind kind)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct cert cert = {0};
    char what[32];
    store_query(call->centre->store, STATEMENT_RESPONDER_READ, VALUES(value_integer(kind)), &rows,
                &call->fault);
    enum err err =
        rows_next(&rows) ? cert_parse_tbs(row_blob(&rows, 0), &cert, &call->fault) : ERR_NONE;
    int64_t left = cert.not_after - call->now;
    if (!act_ok(call, rows_end(&rows)) || !act_ok(call, err))
        return false;
    enum health level = left < 0 ? HEALTH_WRONG : left < RESPONDER_WARN ? HEALTH_WARN : HEALTH_OK;
    snprintf(what, sizeof what, "OCSP of %s", kind_name(kind));
    find(list, what, level, &advice_responder, "its certificate ends in %" PRId64 " h",
         "応答者証明書の残り %" PRId64 " 時間", left / HOUR);
    return true;
}

static bool tell_authority(struct act_call *call, json_t *list, enum kind kind)
{
    int64_t left = authority_newest(call->centre, kind)->cert.not_after - call->now;
    char what[32];
    enum health level = left < AUTHORITY_LATE   ? HEALTH_WRONG
                        : left < AUTHORITY_WARN ? HEALTH_WARN
                                                : HEALTH_OK;
    snprintf(what, sizeof what, "authority of %s", kind_name(kind));
    find(list, what, level, &advice_authority, "ends in %" PRId64 " days", "残り %" PRId64 " 日",
         left / DAY);
    return true;
}

/* The last whole line of the notes: SECONDS ENTRIES SHA256 FOLDER. */
static int64_t last_backup(const struct centre *centre)
{
    char path[CENTRE_PATH + 16];
    struct buffer notes CLEANUP_BUFFER;
    buffer_init(&notes, LIMIT_CONFIG_FILE);
    snprintf(path, sizeof path, "%s", centre->checkpoints);
    char *slash = strrchr(path, '/');
    snprintf(slash ? slash + 1 : path, 16, "backups");
    if (file_read(path, &notes, NULL) != ERR_NONE || notes.len == 0 || !buffer_text(&notes))
        return 0;
    notes.data[notes.len - 1] = '\0';
    const char *line = strrchr(buffer_text(&notes), '\n');
    return strtoll(line ? line + 1 : buffer_text(&notes), NULL, 10);
}

static bool tell_backup(struct act_call *call, json_t *list)
{
    int64_t made = last_backup(call->centre), age = call->now - made;
    enum health level = made == 0 ? HEALTH_WARN : above(age, BACKUP_WARN, BACKUP_LATE);
    if (made == 0)
        find(list, "backup", level, &advice_backup, "there is none", "一度も作成されていません");
    else
        find(list, "backup", level, &advice_backup, "the last was made %" PRId64 " h ago",
             "最後の作成から %" PRId64 " 時間", age / HOUR);
    return true;
}

#define PARKED_MOST 1000

static bool tell_parked(struct act_call *call, json_t *list)
{
    struct rows rows CLEANUP_ROWS = {0};
    int64_t num = 0, oldest = call->now;
    store_query(call->centre->store, STATEMENT_PARKED_LIST,
                VALUES(value_integer(0), value_integer(PARKED_MOST)), &rows, &call->fault);
    for (; rows_next(&rows); num++)
        if (row_integer(&rows, 3) < oldest)
            oldest = row_integer(&rows, 3);
    if (!act_ok(call, rows_end(&rows)))
        return false;
    enum health level = above(call->now - oldest, PARKED_WARN, INT64_MAX);
    find(list, "waiting", level, &advice_waiting, "%" PRId64 " acts wait for a second person",
         "承認待ち %" PRId64 " 件", num);
    return true;
}

static bool tell_erasure(struct act_call *call, json_t *list)
{
    int64_t number, num, due;
    struct centre *centre = call->centre;
    if (!act_ok(call, erase_running(centre, &number, &num, &call->fault)) ||
        !act_ok(call, term_count(centre->store, date_of_time(call->now), ERASURE_COUNT, &due,
                                 &call->fault)))
        return false;
    if (number)
        find(list, "erasure", HEALTH_OK, NULL, "it runs: %" PRId64 " entries erased",
             "実行中: %" PRId64 " 件消去済み", num);
    else
        find(list, "erasure", due ? HEALTH_WARN : HEALTH_OK, &advice_erasure,
             "the term of %" PRId64 " journal entries has ended",
             "記録簿の %" PRId64 " 件が保存期間を満了", due);
    return true;
}

/* One row for each generation that still has cards, and the newest. */
static bool tell_permit_keys(struct act_call *call, json_t *list)
{
    const struct permit_keys *keys = &call->centre->permit_keys;
    int64_t cards[SIGNER_GENERATIONS_MAX];
    if (!act_ok(call, permit_keys_count(call->centre, cards, &call->fault)))
        return false;
    for (unsigned i = 0; i < keys->num; i++) {
        char what[32];
        bool is_newest = i + 1 == keys->num;
        snprintf(what, sizeof what, "permit key %u", i + 1);
        if (cards[i] > 0 || is_newest)
            find(list, what, HEALTH_OK, NULL, "%" PRId64 " registered cards obey it",
                 "登録カード %" PRId64 " 枚が使用", cards[i]);
    }
    return true;
}

static void tell_follower(void *context, const char *name, int64_t end)
{
    char what[FIELD_TEXT + 16];
    int64_t left = end - clock_now();
    enum health level = left < 0 ? HEALTH_WRONG : left < RESPONDER_WARN ? HEALTH_WARN : HEALTH_OK;
    snprintf(what, sizeof what, "follower %s", name);
    if (end == 0)
        find(context, what, HEALTH_WARN, &advice_follower, "it has no certificate yet",
             "証明書がまだありません");
    else
        find(context, what, level, &advice_follower, "its certificate ends in %" PRId64 " h",
             "応答者証明書の残り %" PRId64 " 時間", left / HOUR);
}

bool health_tell(struct act_call *call)
{
    json_t *list = json_array();
    bool is_told = tell_disk(call, list) && tell_clock_and_journal(call, list);
    for (int kind = 0; is_told && kind < NUM_KINDS; kind++)
        is_told = tell_list(call, list, (enum kind)kind) &&
                  tell_responder(call, list, (enum kind)kind) &&
                  tell_authority(call, list, (enum kind)kind);
    is_told = is_told && tell_backup(call, list) && tell_parked(call, list) &&
              tell_erasure(call, list) && tell_permit_keys(call, list) &&
              act_ok(call, follower_each(call->centre, tell_follower, list, &call->fault));
    act_answer(call, "health", list);
    return is_told && call->outcome == ACT_DONE;
}
