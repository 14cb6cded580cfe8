/* The signer's side of the socket: one question at a time, decoded strictly, answered from the
 * table below. A malformed question changes nothing and gets its error; the next one is read. A
 * second socket is for CRLs alone, beside all else. */
#include <string.h>
#include <sys/socket.h>

#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "signer/state.h"
#include "signer/wire.h"

struct question {
    struct reader fields;
    int passed; /* a descriptor, or -1; its own */
    struct fault fault;
};

static void question_done(struct question *question)
{
    fd_close(&question->passed);
}

static enum err malformed(struct question *question)
{
    return fault_set(&question->fault, ERR_MALFORMED, "question", "not of the form of its kind");
}

static bool take_kind(struct reader *reader, enum kind *out)
{
    uint8_t kind;
    if (!reader_u8(reader, &kind) || kind >= NUM_KINDS)
        return false;
    *out = (enum kind)kind;
    return true;
}

/* The last field. */
static bool take_generation(struct reader *reader, unsigned *generation)
{
    uint8_t number;
    if (!reader_u8(reader, &number) || number == 0)
        return false;
    *generation = number;
    return reader_is_done(reader);
}

static enum err put_signature(struct buffer *answer, enum err err, const struct buffer *signature)
{
    if (err == ERR_NONE)
        buffer_put_sized(answer, buffer_bytes(signature));
    return err;
}

static bool take_item(struct reader *reader, struct signer_item *out)
{
    uint8_t what;
    *out = (struct signer_item){.err = ERR_MALFORMED};
    if (!take_kind(reader, &out->kind) || !reader_u8(reader, &what) || what > SIGNER_RESPONDER)
        return false;
    out->what = (enum signer_certificate)what;
    return reader_sized(reader, &out->tbs);
}

static bool take_items(struct reader *reader, struct signer_item items[static SIGNER_BATCH_MAX],
                       size_t *num)
{
    uint8_t count;
    if (!reader_u8(reader, &count) || count == 0 || count > SIGNER_BATCH_MAX)
        return false;
    for (*num = 0; *num < count; ++*num)
        if (!take_item(reader, &items[*num]))
            return false;
    return reader_is_done(reader);
}

static void put_item(struct buffer *answer, const struct signer_item *item)
{
    buffer_put_sized(answer, bytes_of_text(err_name(item->err)));
    if (item->err == ERR_NONE) {
        buffer_put_sized(answer, bytes_of(item->signature, item->signature_len));
        return;
    }
    buffer_put_sized(answer, bytes_of_text(item->fault.rule));
    buffer_put_sized(answer, bytes_of_text(item->fault.text));
}

static enum err ask_certificates(struct signer *signer, struct question *question,
                                 struct buffer *answer)
{
    static struct signer_item items[SIGNER_BATCH_MAX]; /* one question at a time */
    size_t num;
    if (!take_items(&question->fields, items, &num))
        return malformed(question);
    signer_sign_certificates(signer, items, num);
    for (size_t i = 0; i < num; i++)
        put_item(answer, &items[i]);
    return ERR_NONE;
}

static enum err ask_crl(struct signer *signer, struct question *question, struct buffer *answer)
{
    enum kind kind;
    if (!take_kind(&question->fields, &kind) || !reader_is_done(&question->fields) ||
        question->passed < 0)
        return malformed(question);
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, SIGNER_SIGNATURE_MAX);
    enum err err = signer_sign_crl(signer, kind, question->passed, &signature, &question->fault);
    return put_signature(answer, err, &signature);
}

static enum err ask_permit(struct signer *signer, struct question *question, struct buffer *answer)
{
    struct bytes permit;
    uint8_t signature[SIGNER_RAW_LEN];
    if (!reader_sized(&question->fields, &permit) || !reader_is_done(&question->fields))
        return malformed(question);
    enum err err = signer_sign_permit(signer, permit, signature, &question->fault);
    if (err == ERR_NONE)
        buffer_put(answer, signature, sizeof signature);
    return err;
}

static enum err ask_checkpoint(struct signer *signer, struct question *question,
                               struct buffer *answer)
{
    struct signer_checkpoint checkpoint;
    struct bytes links;
    uint8_t signature[SIGNER_RAW_LEN];
    if (!checkpoint_take(&question->fields, &checkpoint) ||
        !reader_sized(&question->fields, &links) || !reader_is_done(&question->fields))
        return malformed(question);
    enum err err = signer_sign_checkpoint(signer, &checkpoint, links, signature, &question->fault);
    if (err == ERR_NONE)
        buffer_put(answer, signature, sizeof signature);
    return err;
}

static enum err ask_floors(struct signer *signer, struct question *question, struct buffer *answer)
{
    struct signer_floors floors;
    if (!reader_is_done(&question->fields))
        return malformed(question);
    signer_get_floors(signer, &floors);
    floors_put(answer, &floors);
    return ERR_NONE;
}

static enum err ask_authority(struct signer *signer, struct question *question,
                              struct buffer *answer)
{
    enum kind kind;
    unsigned generation;
    struct bytes certificate;
    if (!take_kind(&question->fields, &kind) || !take_generation(&question->fields, &generation))
        return malformed(question);
    enum err err = signer_authority(signer, kind, generation, &certificate);
    if (err == ERR_NONE)
        buffer_put_sized(answer, certificate);
    return err;
}

static enum err ask_authority_spki(struct signer *signer, struct question *question,
                                   struct buffer *answer)
{
    enum kind kind;
    unsigned generation;
    if (!take_kind(&question->fields, &kind) || !take_generation(&question->fields, &generation))
        return malformed(question);
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, LIMIT_KEY_FILE);
    enum err err = signer_authority_spki(signer, kind, generation, &spki);
    if (err == ERR_NONE)
        buffer_put_sized(answer, buffer_bytes(&spki));
    return err;
}

static enum err put_point(struct buffer *answer, enum err err,
                          const uint8_t point[static SIGNER_POINT_LEN])
{
    if (err == ERR_NONE)
        buffer_put(answer, point, SIGNER_POINT_LEN);
    return err;
}

static enum err ask_permit_key(struct signer *signer, struct question *question,
                               struct buffer *answer)
{
    unsigned generation;
    uint8_t point[SIGNER_POINT_LEN];
    if (!take_generation(&question->fields, &generation))
        return malformed(question);
    return put_point(answer, signer_permit_key(signer, generation, point), point);
}

static enum err ask_journal_key(struct signer *signer, struct question *question,
                                struct buffer *answer)
{
    uint8_t point[SIGNER_POINT_LEN];
    if (!reader_is_done(&question->fields))
        return malformed(question);
    return put_point(answer, signer_journal_key(signer, point), point);
}

static enum err ask_lists(struct signer *signer, struct question *question, struct buffer *answer);

/* All that the signer can be asked. The answer to a CRL locks what it needs itself. */
static const struct {
    enum err (*answer)(struct signer *signer, struct question *question, struct buffer *answer);
    bool locks;
} answers[] = {
    [SIGNER_ASK_CERTIFICATES] = {ask_certificates, false},
    [SIGNER_ASK_CRL] = {ask_crl, true},
    [SIGNER_ASK_PERMIT] = {ask_permit, false},
    [SIGNER_ASK_CHECKPOINT] = {ask_checkpoint, false},
    [SIGNER_ASK_FLOORS] = {ask_floors, false},
    [SIGNER_ASK_AUTHORITY] = {ask_authority, false},
    [SIGNER_ASK_PERMIT_KEY] = {ask_permit_key, false},
    [SIGNER_ASK_JOURNAL_KEY] = {ask_journal_key, false},
    [SIGNER_ASK_AUTHORITY_SPKI] = {ask_authority_spki, false},
    [SIGNER_ASK_LISTS] = {ask_lists, false},
};

static enum err answer_question(struct signer *signer, struct question *question, bool lists_only,
                                struct buffer *answer)
{
    uint8_t number;
    if (!reader_u8(&question->fields, &number) || number >= COUNT_OF(answers) ||
        !answers[number].answer || (lists_only && number != SIGNER_ASK_CRL))
        return malformed(question);
    if (answers[number].locks)
        return answers[number].answer(signer, question, answer);
    pthread_mutex_lock(&signer->lock);
    enum err err = answers[number].answer(signer, question, answer);
    pthread_mutex_unlock(&signer->lock);
    return err;
}

static void put_refusal(struct buffer *out, enum err err, const struct fault *fault)
{
    buffer_put_sized(out, bytes_of_text(err_name(err)));
    buffer_put_sized(out, bytes_of_text(fault->rule));
    buffer_put_sized(out, bytes_of_text(fault->text));
}

static enum err serve_one(struct signer *signer, int fd, bool lists_only)
{
    struct buffer frame CLEANUP_BUFFER, answer CLEANUP_BUFFER;
    struct question question CLEANUP(question_done) = {.passed = -1};
    buffer_init(&frame, LIMIT_FRAME);
    buffer_init(&answer, LIMIT_FRAME);
    enum err err = frame_receive_fd(fd, &frame, -1, &question.passed);
    if (err != ERR_NONE)
        return err;
    question.fields = reader_of(buffer_bytes(&frame));
    buffer_put_sized(&answer, bytes_of_text(err_name(ERR_NONE)));
    err = answer_question(signer, &question, lists_only, &answer);
    if (err == ERR_NONE)
        err = buffer_check(&answer);
    if (err != ERR_NONE) {
        buffer_done(&answer);
        put_refusal(&answer, err, &question.fault);
    }
    return frame_send(fd, buffer_bytes(&answer));
}

/* Until the other side ends it, or a key has failed. */
static enum err serve_socket(struct signer *signer, int fd, bool lists_only)
{
    enum err err = ERR_NONE;
    while (err == ERR_NONE) {
        err = serve_one(signer, fd, lists_only);
        if (err == ERR_NONE)
            err = signer_check(signer, NULL);
    }
    return err;
}

static void lists_close(struct signer *signer)
{
    fd_close(&signer->lists_fd);
    signer->lists_fd = -1;
}

static enum err serve_lists(void *context, struct fault *fault)
{
    struct signer *signer = context;
    (void)fault;
    enum err err = serve_socket(signer, signer->lists_fd, true);
    shutdown(signer->lists_fd, SHUT_RDWR); /* who waits for an answer waits no more */
    return err;
}

static enum err ask_lists(struct signer *signer, struct question *question, struct buffer *answer)
{
    (void)answer;
    if (!reader_is_done(&question->fields) || question->passed < 0)
        return malformed(question);
    if (signer->lists_fd >= 0)
        return fault_set(&question->fault, ERR_DENIED, "lists", "they have a socket already");
    signer->lists_fd = question->passed;
    question->passed = -1;
    enum err err = errand_begin(&signer->lists, serve_lists, signer);
    if (err != ERR_NONE)
        lists_close(signer);
    return err;
}

static void lists_end(struct signer *signer)
{
    if (signer->lists_fd < 0)
        return;
    shutdown(signer->lists_fd, SHUT_RDWR);
    (void)!errand_end(&signer->lists, NULL);
    lists_close(signer);
}

enum err signer_serve(struct signer *signer, int fd)
{
    enum err err = signer->workers ? ERR_NONE : workers_new(0, &signer->workers);
    if (err == ERR_NONE)
        err = serve_socket(signer, fd, false);
    lists_end(signer);
    return err;
}
