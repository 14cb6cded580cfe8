/* What may follow what: serials, CRL numbers and thisUpdate rise, a checkpoint extends the last, a
 * challenge counts once. The same bytes may be signed again: their effect is in the world already.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "signer/state.h"

static void challenge_mark(const struct signed_record *record, uint8_t mark[static INDEX_MARK_LEN])
{
    uint8_t input[10 + CHALLENGE_LEN] = "challenge ";
    memcpy(input + 10, record->challenge, CHALLENGE_LEN);
    sha256(bytes_of(input, sizeof input), mark);
}

/* Of an authority: its key. */
static void authority_mark(const struct signed_record *record, uint8_t mark[static INDEX_MARK_LEN])
{
    uint8_t input[10 + SIGNED_DIGEST_LEN] = "authority ";
    memcpy(input + 10, record->scope, SIGNED_DIGEST_LEN);
    sha256(bytes_of(input, sizeof input), mark);
}

/* Of a list: its scope in the batch of its number. */
static void list_mark(const struct signed_record *record, uint8_t mark[static INDEX_MARK_LEN])
{
    uint8_t input[5 + 1 + 8 + SIGNED_DIGEST_LEN] = "list ";
    input[5] = (uint8_t)record->kind;
    for (size_t i = 0; i < 8; i++)
        input[6 + i] = (uint8_t)(record->number >> (56 - 8 * i));
    memcpy(input + 14, record->scope, SIGNED_DIGEST_LEN);
    sha256(bytes_of(input, sizeof input), mark);
}

static enum err has_mark(void *context, uint64_t sequence, bool *has_it);

struct wanted_mark {
    const struct signer *signer;
    const uint8_t *mark;
};

/* While the log is read, what its end repeats of what is in a closed segment is not looked for
 * again: the index then would have to be asked about each record. It was when it was logged. */
static enum err mark_find(const struct signer *signer, const uint8_t mark[static INDEX_MARK_LEN],
                          bool *found, struct fault *fault)
{
    struct wanted_mark wanted = {signer, mark};
    enum err err = signed_index_find(signer->index, signer->is_log_read ? INDEX_ALL : INDEX_OPEN,
                                     mark, has_mark, &wanted, found);
    return err == ERR_NONE
               ? err
               : fault_set(fault, err, "signed.log", "what was signed before cannot be read");
}

static enum err serial_rises(const struct signer *signer, const struct signed_record *record,
                             struct fault *fault)
{
    uint64_t floor = signer->floors.of[record->kind].serial;
    if (record->number > floor)
        return ERR_NONE;
    return fault_set(fault, ERR_DENIED, "serial rises", "serial %" PRIu64 " is not above %" PRIu64,
                     record->number, floor);
}

/* The first that its key ever signs. */
static enum err is_first(const struct signer *signer, const struct signed_record *record,
                         struct fault *fault)
{
    uint8_t mark[INDEX_MARK_LEN];
    bool found;
    authority_mark(record, mark);
    enum err err = mark_find(signer, mark, &found, fault);
    if (err != ERR_NONE)
        return err;
    if (!found)
        return serial_rises(signer, record, fault);
    return fault_set(fault, ERR_DENIED, "one authority", "this key has its certificate already");
}

/* Lists of one batch, each of another scope, have number and thisUpdate in common. */
static enum err is_of_last_batch(const struct signer *signer, const struct signed_record *record,
                                 bool *is_it, struct fault *fault)
{
    const struct signer_floors_of_kind *last = &signer->floors.of[record->kind];
    uint8_t mark[INDEX_MARK_LEN];
    bool found = true;
    list_mark(record, mark);
    enum err err = ERR_NONE;
    if (record->number != 0 && record->number == last->signed_crl &&
        record->number == last->crl_number && record->when == last->this_update)
        err = mark_find(signer, mark, &found, fault);
    if (err == ERR_NONE)
        *is_it = !found;
    return err;
}

static enum err crl_rises(const struct signer *signer, const struct signed_record *record,
                          struct fault *fault)
{
    uint64_t number = signer->floors.of[record->kind].crl_number;
    int64_t time = signer->floors.of[record->kind].this_update;
    bool is_beside;
    enum err err = is_of_last_batch(signer, record, &is_beside, fault);
    if (err != ERR_NONE || is_beside)
        return err;
    if (record->number <= number)
        return fault_set(fault, ERR_DENIED, "CRL number rises",
                         "CRL number %" PRIu64 " is not above %" PRIu64, record->number, number);
    if (record->when <= time)
        return fault_set(fault, ERR_DENIED, "thisUpdate rises",
                         "thisUpdate %" PRId64 " is not above %" PRId64, record->when, time);
    return ERR_NONE;
}

static enum err challenge_is_new(const struct signer *signer, const struct signed_record *record,
                                 struct fault *fault)
{
    uint8_t mark[INDEX_MARK_LEN];
    bool found;
    challenge_mark(record, mark);
    enum err err = mark_find(signer, mark, &found, fault);
    if (err != ERR_NONE || !found)
        return err;
    return fault_set(fault, ERR_DENIED, "challenge is new", "this challenge was signed before");
}

static enum err checkpoint_rises(const struct signer *signer, const struct signed_record *record,
                                 struct fault *fault)
{
    const struct signer_checkpoint *last = &signer->floors.checkpoint;
    if (record->number > last->number)
        return ERR_NONE;
    return fault_set(fault, ERR_DENIED, "checkpoint rises",
                     "entry %" PRIu64 " does not extend %" PRIu64, record->number, last->number);
}

static enum err floors_rise(const struct signer *signer, const struct signed_record *record,
                            struct fault *fault)
{
    const struct signer_floors_of_kind *floors = &signer->floors.of[record->kind];
    if (record->number >= floors->serial && record->crl_number >= floors->crl_number &&
        record->when >= floors->this_update)
        return ERR_NONE;
    return fault_set(fault, ERR_DENIED, "floors rise", "a restore lowers no floor");
}

/* Only the operator's command leads here, never commit. */
static enum err journal_goes_on(const struct signer *signer, const struct signed_record *record,
                                struct fault *fault)
{
    (void)signer;
    (void)record;
    (void)fault;
    return ERR_NONE;
}

static void note_serial(struct signer *signer, const struct signed_record *record)
{
    signer->floors.of[record->kind].serial = record->number;
    signer->floors.of[record->kind].signed_serial = record->number;
}

static void note_crl(struct signer *signer, const struct signed_record *record)
{
    signer->floors.of[record->kind].crl_number = record->number;
    signer->floors.of[record->kind].signed_crl = record->number;
    signer->floors.of[record->kind].this_update = record->when;
}

static void note_restored(struct signer *signer, const struct signed_record *record)
{
    signer->floors.of[record->kind] = (struct signer_floors_of_kind){
        .serial = record->number, .crl_number = record->crl_number, .this_update = record->when};
}

/* A challenge has its mark, and raises nothing. */
static void note_permit(struct signer *signer, const struct signed_record *record)
{
    (void)signer;
    (void)record;
}

static void note_checkpoint(struct signer *signer, const struct signed_record *record)
{
    signer->floors.checkpoint.number = record->number;
    signer->floors.checkpoint.time = record->when;
    memcpy(signer->floors.checkpoint.head, record->head, SIGNER_HEAD_LEN);
}

/* One row a type: may it follow, may the same bytes be signed again (then their digest is a mark),
 * its other mark, what it changes. */
static const struct {
    enum err (*follows)(const struct signer *signer, const struct signed_record *record,
                        struct fault *fault);
    bool may_repeat;
    void (*mark)(const struct signed_record *record, uint8_t mark[static INDEX_MARK_LEN]);
    void (*note)(struct signer *signer, const struct signed_record *record);
} rows[] = {
    [SIGNED_AUTHORITY] = {is_first, true, authority_mark, note_serial},
    [SIGNED_LEAF] = {serial_rises, true, NULL, note_serial},
    [SIGNED_RESPONDER] = {serial_rises, true, NULL, note_serial},
    [SIGNED_CRL] = {crl_rises, true, list_mark, note_crl},
    [SIGNED_PERMIT] = {challenge_is_new, false, challenge_mark, note_permit},
    [SIGNED_CHECKPOINT] = {checkpoint_rises, true, NULL, note_checkpoint},
    [SIGNED_RESTORED] = {floors_rise, false, NULL, note_restored},
    [SIGNED_JOURNAL_AGAIN] = {journal_goes_on, false, NULL, note_checkpoint},
};

static enum err has_mark(void *context, uint64_t sequence, bool *has_it)
{
    const struct wanted_mark *wanted = context;
    struct signed_record record;
    uint8_t mark[INDEX_MARK_LEN];
    enum err err = signed_log_get(wanted->signer->log, sequence, &record);
    if (err != ERR_NONE)
        return err;
    *has_it =
        rows[record.type].may_repeat && memcmp(record.digest, wanted->mark, INDEX_MARK_LEN) == 0;
    if (*has_it || !rows[record.type].mark)
        return ERR_NONE;
    rows[record.type].mark(&record, mark);
    *has_it = memcmp(mark, wanted->mark, INDEX_MARK_LEN) == 0;
    return ERR_NONE;
}

static void take_in(struct signer *signer, const struct signed_record *record)
{
    uint8_t mark[INDEX_MARK_LEN];
    if (rows[record->type].may_repeat)
        signed_index_add(signer->index, record->digest, record->sequence);
    if (rows[record->type].mark) {
        rows[record->type].mark(record, mark);
        signed_index_add(signer->index, mark, record->sequence);
    }
    rows[record->type].note(signer, record);
    signer->floors.sequence = record->sequence;
}

/* When another batch might not have room in the open segment. */
static enum err segment_close(struct signer *signer)
{
    struct index_state state = {.floors = signer->floors};
    if (!signed_index_is_full(signer->index, state.floors.sequence, SIGNED_UNSYNCED_MAX))
        return ERR_NONE;
    memcpy(state.chain, signed_log_chain(signer->log), sizeof state.chain);
    return signed_index_close(signer->index, &state);
}

enum err signer_note(void *context, const struct signed_record *record)
{
    struct signer *signer = context;
    if (rows[record->type].follows(signer, record, NULL) != ERR_NONE)
        return ERR_MALFORMED;
    take_in(signer, record);
    return segment_close(signer);
}

enum err signer_was_signed(const struct signer *signer, const uint8_t digest[static SHA256_LEN],
                           bool *was, struct fault *fault)
{
    return mark_find(signer, digest, was, fault);
}

/* What rises cannot have been signed before, so that only the rest is looked for. */
static enum err repeat_check(const struct signer *signer, const struct signed_record *record,
                             enum err denied, struct fault *fault)
{
    bool was_signed;
    if (denied != ERR_DENIED || !rows[record->type].may_repeat)
        return denied;
    enum err err = mark_find(signer, record->digest, &was_signed, fault);
    return err != ERR_NONE || was_signed ? err : denied;
}

enum err signer_admit(struct signer *signer, struct signed_record *record, struct fault *fault)
{
    if (signed_log_has_failed(signer->log) || signed_index_has_failed(signer->index))
        return fault_set(fault, ERR_IO, "signed.log", "it could not be written before");
    enum err err = rows[record->type].follows(signer, record, fault);
    if (err != ERR_NONE)
        return repeat_check(signer, record, err, fault);
    record->time = clock_now();
    err = signed_log_put(signer->log, record);
    if (err != ERR_NONE)
        return fault_set(fault, err, "signed.log", "the record could not be written");
    take_in(signer, record);
    return ERR_NONE;
}

enum err signer_admitted(struct signer *signer, struct fault *fault)
{
    enum err err = signed_log_sync(signer->log);
    if (err == ERR_NONE)
        err = segment_close(signer);
    return err == ERR_NONE ? ERR_NONE
                           : fault_set(fault, err, "signed.log", "the record could not be written");
}
