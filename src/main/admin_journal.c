/* jpki admin journal: erase asks for the act; verify recomputes the whole journal from what the
 * centre shows, and holds it against its checkpoints, the centre's own and those that were carried
 * elsewhere. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "centre/chain.h"
#include "crypto/verify.h"
#include "main/counter.h"
#include "main/journal_erasures.h"

const struct option admin_journal_options[] = {
    COUNTER_COMMON, {"against", required_argument, NULL, COUNTER_AGAINST}, {0}};

struct checkpoint {
    int64_t number, time;
    uint8_t head[CHAIN_LEN], signature[64];
};

/* A restore, as its entry tells it: what was signed of the entries that it lost. */
struct restored {
    int64_t number, time; /* of the entry */
    int64_t last; /* lost entry whose head the signer had signed last; INT64_MAX: log lost */
};
#define RESTORES_MAX 64

struct verification {
    struct counter_line *line;
    int64_t last; /* number of the last entry that was read */
    int64_t time; /* its time */
    uint8_t head[CHAIN_LEN];
    uint8_t (*heads)[CHAIN_LEN]; /* of every entry, from number 0 on */
    size_t room;
    struct checkpoint *checkpoints;
    size_t num_checkpoints;
    struct restored restores[RESTORES_MAX];
    size_t num_restores;
    uint8_t point[65];
    struct erasures erasures;
};

static void verification_done(struct verification *verification)
{
    free(verification->heads);
    free(verification->checkpoints);
    erasures_done(&verification->erasures);
}

static int find_wrong(const char *what, int64_t number)
{
    return refuse(say("journal entry %" PRId64 ": %s", "記録簿 %" PRId64 " 番: %s"), number, what);
}

static bool keep_head(struct verification *verification)
{
    if ((size_t)verification->last >= verification->room) {
        size_t room = verification->room ? 2 * verification->room : 1024;
        void *heads = realloc(verification->heads, room * CHAIN_LEN);
        if (!heads)
            return false;
        verification->heads = heads;
        verification->room = room;
    }
    memcpy(verification->heads[verification->last], verification->head, CHAIN_LEN);
    return true;
}

static bool hex_field(json_t *object, const char *name, uint8_t *out, size_t len)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && hex_decode_exactly(text, out, len) == ERR_NONE;
}

static const char *text_field(json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* -- one entry -- */

/* What an entry that is longer than a page still lacks is asked for, piece by piece. */
static bool read_data(struct verification *verification, json_t *entry, struct buffer *out)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    size_t len = (size_t)json_integer_value(json_object_get(entry, "length")), before;
    do {
        before = out->len;
        if (hex_decode(bytes_of_text(text_field(entry, "data")), out) != ERR_NONE)
            return false;
        if (out->len == len)
            return true;
        json_t *fields = json_pack("{s:I, s:I, s:i}", "from", (json_int_t)verification->last,
                                   "after", (json_int_t)out->len, "limit", 1);
        counter_answer_done(&answer);
        counter_client_ask(&verification->line->client, "journal-read", fields, &answer);
        entry = json_array_get(json_object_get(answer.detail, "entries"), 0);
    } while (out->len > before && out->len < len);
    return false;
}

/* Checkpoints of what was lost name a time before the restore, and an entry that its statement
 * knows of. A restore whose data cannot be read excuses nothing. */
static void note_restore(struct verification *verification, json_t *entry, struct bytes data)
{
    json_t *said = json_loadb((const char *)data.data, data.len, 0, NULL);
    json_t *last = json_object_get(json_object_get(said, "signed"), "number");
    bool is_lost = strcmp(text_field(said, "log"), "lost") == 0;
    if (json_is_integer(last) && verification->num_restores < RESTORES_MAX)
        verification->restores[verification->num_restores++] = (struct restored){
            .number = verification->last,
            .time = json_integer_value(json_object_get(entry, "time")),
            .last = is_lost ? INT64_MAX : json_integer_value(last),
        };
    json_decref(said);
}

/* The personal data open the commitment, or say by which rule they were erased. */
static const char *check_data(struct verification *verification, json_t *entry,
                              const uint8_t commitment[static CHAIN_LEN])
{
    uint8_t salt[CHAIN_LEN], opened[CHAIN_LEN];
    struct buffer data CLEANUP_BUFFER;
    buffer_init(&data, LIMIT_STORE_VALUE);
    if (json_is_string(json_object_get(entry, "erased")))
        return erasures_mark(&verification->erasures, entry);
    if (!hex_field(entry, "salt", salt, sizeof salt) || !read_data(verification, entry, &data))
        return say("its data are missing", "内容が欠けています");
    if (chain_commit(salt, buffer_bytes(&data), opened) != ERR_NONE ||
        memcmp(opened, commitment, CHAIN_LEN) != 0)
        return say("its data were changed", "内容が変更されています");
    if (strcmp(text_field(entry, "kind"), "restore:done") == 0)
        note_restore(verification, entry, buffer_bytes(&data));
    if (strcmp(text_field(entry, "kind"), "journal-erase:part") == 0)
        return erasures_list(&verification->erasures, buffer_bytes(&data));
    return NULL;
}

static const char *check_entry(struct verification *verification, json_t *entry)
{
    uint8_t previous[CHAIN_LEN], head[CHAIN_LEN], link[CHAIN_LEN];
    struct chain_entry row = {
        .number = json_integer_value(json_object_get(entry, "number")),
        .time = json_integer_value(json_object_get(entry, "time")),
        .kind = text_field(entry, "kind"),
        .actor = text_field(entry, "actor"),
        .role = text_field(entry, "role"),
        .second = text_field(entry, "second"),
    };
    if (row.number != verification->last + 1)
        return say("an entry is missing before it", "直前の記録が欠けています");
    if (row.time < verification->time)
        return say("its time goes back", "時刻が戻っています");
    if (!hex_field(entry, "previous", previous, sizeof previous) ||
        !hex_field(entry, "head", head, sizeof head) ||
        !hex_field(entry, "commitment", row.commitment, sizeof row.commitment) ||
        chain_link(&row, link) != ERR_NONE)
        return say("it cannot be read", "読み取れません");
    bool follows = memcmp(previous, verification->head, CHAIN_LEN) == 0;
    chain_walk(verification->head, link);
    if (!follows || memcmp(head, verification->head, CHAIN_LEN) != 0)
        return say("it was changed", "変更されています");
    verification->last = row.number;
    verification->time = row.time;
    return check_data(verification, entry, row.commitment);
}

/* -- checkpoints -- */

static bool add_checkpoint(struct verification *verification, const struct checkpoint *checkpoint)
{
    void *rows = realloc(verification->checkpoints,
                         (verification->num_checkpoints + 1) * sizeof *checkpoint);
    if (!rows)
        return false;
    verification->checkpoints = rows;
    verification->checkpoints[verification->num_checkpoints++] = *checkpoint;
    return true;
}

static bool add_checkpoints(struct verification *verification, json_t *list)
{
    size_t i;
    json_t *row;
    json_array_foreach (list, i, row) {
        struct checkpoint checkpoint = {.number =
                                            json_integer_value(json_object_get(row, "number")),
                                        .time = json_integer_value(json_object_get(row, "time"))};
        if (!hex_field(row, "head", checkpoint.head, sizeof checkpoint.head) ||
            !hex_field(row, "signature", checkpoint.signature, sizeof checkpoint.signature) ||
            !add_checkpoint(verification, &checkpoint))
            return false;
    }
    return true;
}

/* Lines of docs/PROTOCOL.journal 3: NUMBER TIME HEAD SIGNATURE */
static bool read_against(struct verification *verification, const char *path)
{
    FILE *file = fopen(path, "re");
    char head[128], signature[256];
    struct checkpoint checkpoint;
    bool is_read = file != NULL;
    int num = 0;
    while (is_read && (num = fscanf(file, "%" SCNd64 " %" SCNd64 " %127s %255s", &checkpoint.number,
                                    &checkpoint.time, head, signature)) == 4)
        is_read = hex_decode_exactly(head, checkpoint.head, CHAIN_LEN) == ERR_NONE &&
                  hex_decode_exactly(signature, checkpoint.signature, 64) == ERR_NONE &&
                  add_checkpoint(verification, &checkpoint);
    if (file)
        fclose(file);
    return is_read && num == EOF;
}

static bool signature_is_right(const struct verification *verification,
                               const struct checkpoint *checkpoint)
{
    struct buffer covered CLEANUP_BUFFER;
    buffer_init(&covered, 128);
    buffer_put_text(&covered, "JPKI checkpoint 1");
    buffer_put_u64(&covered, (uint64_t)checkpoint->number);
    buffer_put_u64(&covered, (uint64_t)checkpoint->time);
    buffer_put(&covered, checkpoint->head, CHAIN_LEN);
    return verify_raw_p256(bytes_of(verification->point, 65), buffer_bytes(&covered),
                           checkpoint->signature) == ERR_NONE;
}

static bool is_lost(const struct verification *verification, const struct checkpoint *checkpoint)
{
    for (size_t i = 0; i < verification->num_restores; i++) {
        const struct restored *restored = &verification->restores[i];
        if (checkpoint->number >= restored->number && checkpoint->time <= restored->time &&
            checkpoint->number <= restored->last)
            return true;
    }
    return false;
}

static bool is_in_chain(const struct verification *verification,
                        const struct checkpoint *checkpoint)
{
    return checkpoint->number >= 0 && checkpoint->number <= verification->last &&
           memcmp(checkpoint->head, verification->heads[checkpoint->number], CHAIN_LEN) == 0;
}

static int check_checkpoints(const struct verification *verification, size_t *num_lost)
{
    for (size_t i = 0; i < verification->num_checkpoints; i++) {
        const struct checkpoint *checkpoint = &verification->checkpoints[i];
        if (!signature_is_right(verification, checkpoint))
            return find_wrong(say("the signature of its checkpoint is wrong",
                                  "チェックポイントの署名が正しくありません"),
                              checkpoint->number);
        if (is_in_chain(verification, checkpoint))
            continue;
        if (is_lost(verification, checkpoint)) {
            ++*num_lost;
            continue;
        }
        if (checkpoint->number > verification->last || checkpoint->number < 0)
            return find_wrong(say("the journal was cut: a checkpoint names a later entry",
                                  "記録簿が切り詰められています"),
                              checkpoint->number);
        return find_wrong(say("the journal was rewritten: its checkpoint has another head",
                              "記録簿が書き換えられています"),
                          checkpoint->number);
    }
    return EXIT_DONE;
}

/* -- the whole -- */

/* One page of entries; *more tells whether there are others. */
static int read_page(struct verification *verification, bool *more)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    size_t i;
    json_t *entry;
    int64_t first = verification->last + 1;
    counter_client_ask(&verification->line->client, "journal-read",
                       json_pack("{s:I}", "from", (json_int_t)first), &answer);
    if (answer.outcome != COUNTER_DONE)
        return counter_complain(&answer);
    if (!hex_field(answer.detail, "key", verification->point, sizeof verification->point) ||
        !add_checkpoints(verification, json_object_get(answer.detail, "checkpoints")))
        return complain_err("journal", ERR_PEER);
    json_array_foreach (json_object_get(answer.detail, "entries"), i, entry) {
        const char *wrong = check_entry(verification, entry);
        if (wrong)
            return find_wrong(wrong, json_integer_value(json_object_get(entry, "number")));
        if (!keep_head(verification))
            return complain_err("journal", ERR_MEMORY);
    }
    *more = verification->last >= first && json_is_true(json_object_get(answer.detail, "more"));
    return EXIT_DONE;
}

static void print_result(const struct verification *verification)
{
    if (verification->line->values[COUNTER_JSON])
        printf("{\"entries\": %" PRId64 ", \"erased\": %zu"
               ", \"checkpoints\": %zu, \"restores\": %zu}\n",
               verification->last, verification->erasures.num, verification->num_checkpoints,
               verification->num_restores);
    else
        printf(say("the journal holds: %" PRId64 " entries, %zu erased, %zu checkpoints\n",
                   "記録簿は正しい状態です: %" PRId64
                   " 件 (消去済み %zu 件)、チェックポイント %zu 件\n"),
               verification->last, verification->erasures.num, verification->num_checkpoints);
}

/* A restore is never silent: whoever could fake one is the operator. */
static void say_restores(const struct verification *verification, size_t num_lost)
{
    if (verification->line->values[COUNTER_JSON])
        return; /* print_result has them */
    for (size_t i = 0; i < verification->num_restores; i++)
        printf(say("entry %" PRId64 ": the journal was restored; what stood from here on before is "
                   "lost. Ask the operator why\n",
                   "%" PRId64
                   " 番: 記録簿が復元されています。以前のこれ以降の記録は失われています。"
                   "運用者に理由を確認してください\n"),
               verification->restores[i].number);
    if (num_lost)
        printf(
            say("%zu checkpoints are of lost entries\n", "失われた記録のチェックポイント %zu 件\n"),
            num_lost);
}

static int verify(struct verification *verification)
{
    bool more = true;
    const char *against = verification->line->values[COUNTER_AGAINST];
    if (!keep_head(verification))
        return complain_err("journal", ERR_MEMORY);
    while (more) {
        int status = read_page(verification, &more);
        if (status != EXIT_DONE)
            return status;
    }
    if (against && !read_against(verification, against))
        return complain_err(against, ERR_MALFORMED);
    size_t num_lost = 0;
    int64_t number;
    const char *wrong = erasures_check(&verification->erasures, &number);
    if (wrong)
        return find_wrong(wrong, number);
    int status = check_checkpoints(verification, &num_lost);
    if (status == EXIT_DONE && !verification->line->values[COUNTER_JSON])
        erasures_print(&verification->erasures);
    if (status == EXIT_DONE)
        say_restores(verification, num_lost);
    if (status == EXIT_DONE)
        print_result(verification);
    return status;
}

/* Another person approves it: jpki counter approve. */
static int erase(struct counter_line *line)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (line->values[COUNTER_AGAINST])
        return complain_usage("admin journal erase: --against belongs to verify");
    counter_client_ask(&line->client, "journal-erase", json_object(), &answer);
    return counter_print(line, &answer);
}

int run_admin_journal(const struct command *command, int argc, char **argv)
{
    struct counter_line line CLEANUP_COUNTER_LINE;
    struct verification verification CLEANUP(verification_done) = {.line = &line};
    int status = counter_line_read(argc, argv, command->options, 1, &line);
    if (status != EXIT_DONE)
        return status;
    if (strcmp(line.words[0], "erase") == 0)
        return erase(&line);
    if (strcmp(line.words[0], "verify") != 0)
        return complain_usage("admin journal %s: verify or erase is meant", line.words[0]);
    return verify(&verification);
}
