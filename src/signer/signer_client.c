/* Commit's side: a question as a frame, its answer read strictly. The signer is not trusted further
 * than its signature can be verified, which is the caller's to do. */
#include "signer/signer_client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "base/text.h"
#include "signer/counted.h"
#include "signer/wire.h"

#define ANSWER_TIMEOUT 30000 /* milliseconds; a full CRL is linted meanwhile */

void signer_client_init(struct signer_client *client, int fd)
{
    *client = (struct signer_client){.fd = fd, .timeout = ANSWER_TIMEOUT};
}

void signer_client_done(struct signer_client *client)
{
    fd_close(&client->fd);
    buffer_done(&client->early);
}

static void question_init(struct buffer *question, enum signer_question number)
{
    buffer_init(question, LIMIT_FRAME);
    buffer_put_u8(question, (uint8_t)number);
}

static enum err err_of_name(struct bytes name)
{
    for (enum err code = ERR_NONE; code <= ERR_UNSUPPORTED; code++)
        if (bytes_equal_text(name, err_name(code)))
            return code;
    return ERR_PEER;
}

/* Its words go into answers to staff: what is no text is not repeated. */
static enum err read_refusal(struct reader *reader, enum err err, struct fault *fault)
{
    struct bytes rule, text;
    if (!reader_sized(reader, &rule) || !reader_sized(reader, &text) ||
        rule.len >= sizeof fault->rule || text.len >= sizeof fault->text)
        return ERR_PEER;
    if (!text_is_utf8(rule) || !text_is_utf8(text))
        return fault_set(fault, err, "signer", "%s", "it says why, but not in UTF-8");
    char rule_text[sizeof fault->rule] = "";
    struct reader rule_reader = reader_of(rule);
    if (!reader_copy(&rule_reader, rule_text, rule.len))
        return ERR_PEER;
    return fault_set(fault, err, rule_text, "%.*s", (int)text.len, (const char *)text.data);
}

static enum err connection_fault(struct fault *fault, enum err err)
{
    return fault_set(fault, err, "connection", "%s", err_sentence(err, LANGUAGE_EN));
}

/* What comes first is the answer to what was asked first. */
static void take_early(struct signer_client *client)
{
    int64_t left = client->deadline - clock_monotonic();
    if (client->batch != SIGNER_BATCH_SENT)
        return;
    buffer_init(&client->early, LIMIT_FRAME);
    client->early_err = frame_receive(client->fd, &client->early, left < 0 ? 0 : (int)left);
    client->batch = SIGNER_BATCH_ANSWERED;
}

static enum err send_question(struct signer_client *client, const struct buffer *question,
                              int passed, struct fault *fault)
{
    fault_name_input(fault, "signer");
    enum err err = buffer_check(question);
    if (err == ERR_NONE) {
        take_early(client);
        err = client->early_err;
    }
    if (err == ERR_NONE)
        err = frame_send_fd(client->fd, buffer_bytes(question), passed);
    return err == ERR_NONE ? err : connection_fault(fault, err);
}

/* *result reads what follows "none" in the answer. */
static enum err read_answer(struct bytes answer, struct reader *result, struct fault *fault)
{
    struct bytes name;
    *result = reader_of(answer);
    if (!reader_sized(result, &name))
        return ERR_PEER;
    enum err err = err_of_name(name);
    if (err == ERR_NONE)
        return ERR_NONE;
    err = read_refusal(result, err, fault);
    return reader_is_done(result) ? err : ERR_PEER;
}

/* Sends the question; *answer holds the frame and *result reads what follows "none". */
static enum err ask_uncounted(struct signer_client *client, const struct buffer *question,
                              int passed, struct buffer *answer, struct reader *result,
                              struct fault *fault)
{
    enum err err = send_question(client, question, passed, fault);
    if (err != ERR_NONE)
        return err;
    err = frame_receive(client->fd, answer, client->timeout);
    return err == ERR_NONE ? read_answer(buffer_bytes(answer), result, fault)
                           : connection_fault(fault, err);
}

static enum err ask(struct signer_client *client, const struct buffer *question, int passed,
                    struct buffer *answer, struct reader *result, struct fault *fault)
{
    struct fault unwanted = {0};
    struct fault *why = fault ? fault : &unwanted;
    int64_t start = clock_monotonic_micro();
    enum err err = ask_uncounted(client, question, passed, answer, result, why);
    counted_answer(buffer_bytes(question), clock_monotonic_micro() - start, err, why);
    return err;
}

/* For the answers that are one sized string of bytes. */
static enum err ask_bytes(struct signer_client *client, const struct buffer *question, int passed,
                          struct buffer *out, struct fault *fault)
{
    struct buffer answer CLEANUP_BUFFER;
    buffer_init(&answer, LIMIT_FRAME);
    struct reader result;
    struct bytes bytes;
    enum err err = ask(client, question, passed, &answer, &result, fault);
    if (err != ERR_NONE)
        return err;
    if (!reader_sized(&result, &bytes) || !reader_is_done(&result))
        return ERR_PEER;
    buffer_put_bytes(out, bytes);
    return buffer_check(out);
}

/* For the answers of a fixed length. */
static enum err ask_fixed(struct signer_client *client, const struct buffer *question, uint8_t *out,
                          size_t len, struct fault *fault)
{
    struct buffer answer CLEANUP_BUFFER;
    buffer_init(&answer, LIMIT_FRAME);
    struct reader result;
    enum err err = ask(client, question, -1, &answer, &result, fault);
    if (err != ERR_NONE)
        return err;
    return result.left == len && reader_copy(&result, out, len) ? ERR_NONE : ERR_PEER;
}

/* --- batches --- */

static enum err take_item(struct reader *reader, struct signer_item *item)
{
    struct bytes name, signature;
    item->fault = (struct fault){0};
    if (!reader_sized(reader, &name))
        return ERR_PEER;
    item->err = err_of_name(name);
    if (item->err != ERR_NONE)
        return read_refusal(reader, item->err, &item->fault) == item->err ? ERR_NONE : ERR_PEER;
    if (!reader_sized(reader, &signature) || signature.len > sizeof item->signature)
        return ERR_PEER;
    memcpy(item->signature, signature.data, signature.len);
    item->signature_len = signature.len;
    return ERR_NONE;
}

static void batch_question(const struct signer_item *items, size_t num, struct buffer *out)
{
    question_init(out, SIGNER_ASK_CERTIFICATES);
    buffer_put_u8(out, (uint8_t)num);
    for (size_t i = 0; i < num; i++) {
        buffer_put_u8(out, (uint8_t)items[i].kind);
        buffer_put_u8(out, (uint8_t)items[i].what);
        buffer_put_sized(out, items[i].tbs);
    }
}

enum err signer_client_certificates_send(struct signer_client *client,
                                         const struct signer_item *items, size_t num,
                                         struct fault *fault)
{
    struct buffer question CLEANUP_BUFFER = {0};
    if (num == 0 || num > SIGNER_BATCH_MAX)
        return fault_set(fault, ERR_LIMIT, "batch", "%zu certificates", num);
    if (client->batch != SIGNER_BATCH_NONE)
        return fault_set(fault, ERR_STATE, "batch", "another one is under way");
    batch_question(items, num, &question);
    enum err err = send_question(client, &question, -1, fault);
    if (err != ERR_NONE)
        return err;
    client->batch = SIGNER_BATCH_SENT;
    client->deadline = clock_monotonic() + client->timeout;
    client->sent_at = clock_monotonic_micro();
    return ERR_NONE;
}

enum err signer_client_certificates_receive(struct signer_client *client, struct signer_item *items,
                                            size_t num, struct fault *fault)
{
    struct reader result;
    fault_name_input(fault, "signer");
    if (client->batch == SIGNER_BATCH_NONE)
        return fault_set(fault, ERR_STATE, "batch", "none is under way");
    take_early(client);
    client->batch = SIGNER_BATCH_NONE;
    struct buffer answer CLEANUP_BUFFER = client->early;
    client->early = (struct buffer){0};
    if (client->early_err != ERR_NONE)
        return connection_fault(fault, client->early_err);
    enum err err = read_answer(buffer_bytes(&answer), &result, fault);
    counted_batch(clock_monotonic_micro() - client->sent_at);
    for (size_t i = 0; err == ERR_NONE && i < num; i++) {
        err = take_item(&result, &items[i]);
        if (err == ERR_NONE)
            counted_item(&items[i]);
    }
    return err == ERR_NONE && !reader_is_done(&result) ? ERR_PEER : err;
}

int signer_client_wait(const struct signer_client *client)
{
    int64_t left = client->deadline - clock_monotonic();
    return client->batch == SIGNER_BATCH_SENT && left > 0 ? (int)left : 0;
}

enum err signer_client_certificates(struct signer_client *client, struct signer_item *items,
                                    size_t num, struct fault *fault)
{
    enum err err = signer_client_certificates_send(client, items, num, fault);
    return err == ERR_NONE ? signer_client_certificates_receive(client, items, num, fault) : err;
}

enum err signer_item_take(const struct signer_item *item, struct buffer *signature,
                          struct fault *fault)
{
    if (item->err != ERR_NONE)
        return fault_set(fault, item->err, item->fault.rule, "%s", item->fault.text);
    buffer_put(signature, item->signature, item->signature_len);
    return buffer_check(signature);
}

enum err signer_client_certificate(struct signer_client *client, enum kind kind,
                                   enum signer_certificate what, struct bytes tbs,
                                   struct buffer *signature, struct fault *fault)
{
    struct signer_item item = {.kind = kind, .what = what, .tbs = tbs};
    enum err err = signer_client_certificates(client, &item, 1, fault);
    return err == ERR_NONE ? signer_item_take(&item, signature, fault) : err;
}

/* --- one thing at a time --- */

enum err signer_client_crl(struct signer_client *client, enum kind kind, int memfd,
                           struct buffer *signature, struct fault *fault)
{
    struct buffer question CLEANUP_BUFFER;
    question_init(&question, SIGNER_ASK_CRL);
    buffer_put_u8(&question, (uint8_t)kind);
    return ask_bytes(client, &question, memfd, signature, fault);
}

enum err signer_client_lists(struct signer_client *client, struct signer_client *out,
                             struct fault *fault)
{
    int pair[2];
    struct buffer question CLEANUP_BUFFER, answer CLEANUP_BUFFER;
    struct reader result;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return fault_set(fault, ERR_IO, "socket pair", "%s", strerror(errno));
    int near CLEANUP_FD = pair[0], far CLEANUP_FD = pair[1];
    question_init(&question, SIGNER_ASK_LISTS);
    buffer_init(&answer, LIMIT_FRAME);
    enum err err = ask(client, &question, far, &answer, &result, fault);
    if (err != ERR_NONE)
        return err;
    if (!reader_is_done(&result))
        return ERR_PEER;
    signer_client_init(out, near);
    out->timeout = client->timeout;
    near = -1;
    return ERR_NONE;
}

enum err signer_client_permit(struct signer_client *client, struct bytes permit,
                              uint8_t signature[static SIGNER_RAW_LEN], struct fault *fault)
{
    struct buffer question CLEANUP_BUFFER;
    question_init(&question, SIGNER_ASK_PERMIT);
    buffer_put_sized(&question, permit);
    return ask_fixed(client, &question, signature, SIGNER_RAW_LEN, fault);
}

enum err signer_client_checkpoint(struct signer_client *client,
                                  const struct signer_checkpoint *checkpoint, struct bytes links,
                                  uint8_t signature[static SIGNER_RAW_LEN], struct fault *fault)
{
    struct buffer question CLEANUP_BUFFER;
    question_init(&question, SIGNER_ASK_CHECKPOINT);
    checkpoint_put(&question, checkpoint);
    buffer_put_sized(&question, links);
    return ask_fixed(client, &question, signature, SIGNER_RAW_LEN, fault);
}

enum err signer_client_floors(struct signer_client *client, struct signer_floors *out)
{
    struct buffer question CLEANUP_BUFFER, answer CLEANUP_BUFFER;
    question_init(&question, SIGNER_ASK_FLOORS);
    buffer_init(&answer, LIMIT_FRAME);
    struct reader result;
    struct signer_floors floors;
    enum err err = ask(client, &question, -1, &answer, &result, NULL);
    if (err != ERR_NONE)
        return err;
    if (!floors_take(&result, &floors) || !reader_is_done(&result))
        return ERR_PEER;
    *out = floors;
    return ERR_NONE;
}

enum err signer_client_authority(struct signer_client *client, enum kind kind, unsigned generation,
                                 struct buffer *certificate)
{
    struct buffer question CLEANUP_BUFFER;
    question_init(&question, SIGNER_ASK_AUTHORITY);
    buffer_put_u8(&question, (uint8_t)kind);
    buffer_put_u8(&question, (uint8_t)generation);
    return ask_bytes(client, &question, -1, certificate, NULL);
}

enum err signer_client_authority_spki(struct signer_client *client, enum kind kind,
                                      unsigned generation, struct buffer *spki)
{
    struct buffer question CLEANUP_BUFFER;
    question_init(&question, SIGNER_ASK_AUTHORITY_SPKI);
    buffer_put_u8(&question, (uint8_t)kind);
    buffer_put_u8(&question, (uint8_t)generation);
    return ask_bytes(client, &question, -1, spki, NULL);
}

enum err signer_client_permit_key(struct signer_client *client, unsigned generation,
                                  uint8_t point[static SIGNER_POINT_LEN])
{
    struct buffer question CLEANUP_BUFFER;
    question_init(&question, SIGNER_ASK_PERMIT_KEY);
    buffer_put_u8(&question, (uint8_t)generation);
    return ask_fixed(client, &question, point, SIGNER_POINT_LEN, NULL);
}

enum err signer_client_journal_key(struct signer_client *client,
                                   uint8_t point[static SIGNER_POINT_LEN])
{
    struct buffer question CLEANUP_BUFFER;
    question_init(&question, SIGNER_ASK_JOURNAL_KEY);
    return ask_fixed(client, &question, point, SIGNER_POINT_LEN, NULL);
}
