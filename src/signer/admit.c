/* What may follow what: serials, CRL numbers and thisUpdate rise, a checkpoint extends the last, a
 * challenge counts once. The same bytes may be signed again: their effect is in the world already.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "signer/state.h"

static void challenge_mark(const struct signed_record *record, uint8_t mark[static SEEN_LEN])
{
    uint8_t input[10 + CHALLENGE_LEN] = "challenge ";
    memcpy(input + 10, record->challenge, CHALLENGE_LEN);
    sha256(bytes_of(input, sizeof input), mark);
}

/* Of an authority: its key. */
static void authority_mark(const struct signed_record *record, uint8_t mark[static SEEN_LEN])
{
    uint8_t input[10 + SIGNED_DIGEST_LEN] = "authority ";
    memcpy(input + 10, record->scope, SIGNED_DIGEST_LEN);
    sha256(bytes_of(input, sizeof input), mark);
}

/* Of a list: its scope in the batch of its number. */
static void list_mark(const struct signed_record *record, uint8_t mark[static SEEN_LEN])
{
    uint8_t input[5 + 1 + 8 + SIGNED_DIGEST_LEN] = "list ";
    input[5] = (uint8_t)record->kind;
    memcpy(input + 6, &record->number, 8);
    memcpy(input + 14, record->scope, SIGNED_DIGEST_LEN);
    sha256(bytes_of(input, sizeof input), mark);
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
    uint8_t mark[SEEN_LEN];
    authority_mark(record, mark);
    if (!seen_has(&signer->seen, mark))
        return serial_rises(signer, record, fault);
    return fault_set(fault, ERR_DENIED, "one authority", "this key has its certificate already");
}

/* Lists of one batch, each of another scope, have number and thisUpdate in common. */
static bool is_of_last_batch(const struct signer *signer, const struct signed_record *record)
{
    const struct signer_floors *last = &signer->floors;
    uint8_t mark[SEEN_LEN];
    list_mark(record, mark);
    return record->number != 0 && record->number == last->of[record->kind].signed_crl &&
           record->number == last->of[record->kind].crl_number &&
           record->when == last->of[record->kind].this_update && !seen_has(&signer->seen, mark);
}

static enum err crl_rises(const struct signer *signer, const struct signed_record *record,
                          struct fault *fault)
{
    uint64_t number = signer->floors.of[record->kind].crl_number;
    int64_t time = signer->floors.of[record->kind].this_update;
    if (is_of_last_batch(signer, record))
        return ERR_NONE;
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
    uint8_t mark[SEEN_LEN];
    challenge_mark(record, mark);
    if (!seen_has(&signer->seen, mark))
        return ERR_NONE;
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

static void note_authority(struct signer *signer, const struct signed_record *record)
{
    uint8_t mark[SEEN_LEN];
    authority_mark(record, mark);
    seen_add(&signer->seen, mark);
    note_serial(signer, record);
}

static void note_crl(struct signer *signer, const struct signed_record *record)
{
    uint8_t mark[SEEN_LEN];
    list_mark(record, mark);
    seen_add(&signer->seen, mark);
    signer->floors.of[record->kind].crl_number = record->number;
    signer->floors.of[record->kind].signed_crl = record->number;
    signer->floors.of[record->kind].this_update = record->when;
}

static void note_restored(struct signer *signer, const struct signed_record *record)
{
    signer->floors.of[record->kind] = (struct signer_floors_of_kind){
        .serial = record->number, .crl_number = record->crl_number, .this_update = record->when};
}

static void note_challenge(struct signer *signer, const struct signed_record *record)
{
    uint8_t mark[SEEN_LEN];
    challenge_mark(record, mark);
    seen_add(&signer->seen, mark);
}

static void note_checkpoint(struct signer *signer, const struct signed_record *record)
{
    signer->floors.checkpoint.number = record->number;
    signer->floors.checkpoint.time = record->when;
    memcpy(signer->floors.checkpoint.head, record->head, SIGNER_HEAD_LEN);
}

/* One row a type: may it follow, may the same bytes be signed again, what it changes. */
static const struct {
    enum err (*follows)(const struct signer *signer, const struct signed_record *record,
                        struct fault *fault);
    bool may_repeat;
    void (*note)(struct signer *signer, const struct signed_record *record);
} rows[] = {
    [SIGNED_AUTHORITY] = {is_first, true, note_authority},
    [SIGNED_LEAF] = {serial_rises, true, note_serial},
    [SIGNED_RESPONDER] = {serial_rises, true, note_serial},
    [SIGNED_CRL] = {crl_rises, true, note_crl},
    [SIGNED_PERMIT] = {challenge_is_new, false, note_challenge},
    [SIGNED_CHECKPOINT] = {checkpoint_rises, true, note_checkpoint},
    [SIGNED_RESTORED] = {floors_rise, false, note_restored},
    [SIGNED_JOURNAL_AGAIN] = {journal_goes_on, false, note_checkpoint},
};

static void take_in(struct signer *signer, const struct signed_record *record)
{
    rows[record->type].note(signer, record);
    seen_add(&signer->seen, record->digest);
    signer->floors.sequence = record->sequence;
}

enum err signer_note(void *context, const struct signed_record *record)
{
    struct signer *signer = context;
    if (rows[record->type].follows(signer, record, NULL) != ERR_NONE)
        return ERR_MALFORMED;
    enum err err = seen_reserve(&signer->seen, 2);
    if (err == ERR_NONE)
        take_in(signer, record);
    return err;
}

enum err signer_admit(struct signer *signer, struct signed_record *record, struct fault *fault)
{
    if (signed_log_has_failed(signer->log))
        return fault_set(fault, ERR_IO, "signed.log", "it could not be written before");
    if (rows[record->type].may_repeat && seen_has(&signer->seen, record->digest))
        return ERR_NONE;
    enum err err = rows[record->type].follows(signer, record, fault);
    if (err != ERR_NONE)
        return err;
    record->time = clock_now();
    err = seen_reserve(&signer->seen, 2);
    if (err == ERR_NONE)
        err = signed_log_put(signer->log, record);
    if (err != ERR_NONE)
        return fault_set(fault, err, "signed.log", "the record could not be written");
    take_in(signer, record);
    return ERR_NONE;
}

enum err signer_admitted(struct signer *signer, struct fault *fault)
{
    enum err err = signed_log_sync(signer->log);
    return err == ERR_NONE ? ERR_NONE
                           : fault_set(fault, err, "signed.log", "the record could not be written");
}
