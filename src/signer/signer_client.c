/* Commit's side: a question as a frame, its answer read strictly. The signer is not trusted further
 * than its signature can be verified, which is the caller's to do. */
#include "signer/signer_client.h"

#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "signer/wire.h"

#define ANSWER_TIMEOUT 30000 /* milliseconds; a full CRL is linted meanwhile */

void signer_client_init(struct signer_client *client, int fd)
{
    *client = (struct signer_client){.fd = fd, .timeout = ANSWER_TIMEOUT};
}

void signer_client_done(struct signer_client *client)
{
    fd_close(&client->fd);
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

static enum err read_refusal(struct reader *reader, enum err err, struct fault *fault)
{
    struct bytes rule, text;
    if (!reader_sized(reader, &rule) || !reader_sized(reader, &text) || !reader_is_done(reader) ||
        rule.len >= sizeof fault->rule || text.len >= sizeof fault->text)
        return ERR_PEER;
    char rule_text[sizeof fault->rule] = "";
    struct reader rule_reader = reader_of(rule);
    if (!reader_copy(&rule_reader, rule_text, rule.len))
        return ERR_PEER;
    return fault_set(fault, err, rule_text, "%.*s", (int)text.len, (const char *)text.data);
}

/* Sends the question; *answer holds the frame and *result reads what follows "none". */
static enum err ask(struct signer_client *client, const struct buffer *question, int passed,
                    struct buffer *answer, struct reader *result, struct fault *fault)
{
    struct bytes name;
    fault_name_input(fault, "signer");
    enum err err = buffer_check(question);
    if (err == ERR_NONE)
        err = frame_send_fd(client->fd, buffer_bytes(question), passed);
    if (err == ERR_NONE)
        err = frame_receive(client->fd, answer, client->timeout);
    if (err != ERR_NONE)
        return fault_set(fault, err, "connection", "%s", err_sentence(err, LANGUAGE_EN));
    *result = reader_of(buffer_bytes(answer));
    if (!reader_sized(result, &name))
        return ERR_PEER;
    err = err_of_name(name);
    return err == ERR_NONE ? ERR_NONE : read_refusal(result, err, fault);
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

enum err signer_client_certificate(struct signer_client *client, enum kind kind,
                                   enum signer_certificate what, struct bytes tbs,
                                   struct buffer *signature, struct fault *fault)
{
    struct buffer question CLEANUP_BUFFER;
    question_init(&question, SIGNER_ASK_CERTIFICATE);
    buffer_put_u8(&question, (uint8_t)kind);
    buffer_put_u8(&question, (uint8_t)what);
    buffer_put_sized(&question, tbs);
    return ask_bytes(client, &question, -1, signature, fault);
}

enum err signer_client_crl(struct signer_client *client, enum kind kind, int memfd,
                           struct buffer *signature, struct fault *fault)
{
    struct buffer question CLEANUP_BUFFER;
    question_init(&question, SIGNER_ASK_CRL);
    buffer_put_u8(&question, (uint8_t)kind);
    return ask_bytes(client, &question, memfd, signature, fault);
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

static bool take_floors(struct reader *reader, struct signer_floors *out)
{
    if (!reader_u64(reader, &out->sequence))
        return false;
    for (size_t kind = 0; kind < NUM_KINDS; kind++) {
        uint64_t time;
        if (!reader_u64(reader, &out->of[kind].serial) ||
            !reader_u64(reader, &out->of[kind].crl_number) || !reader_u64(reader, &time))
            return false;
        out->of[kind].this_update = (int64_t)time;
    }
    return checkpoint_take(reader, &out->checkpoint) && reader_is_done(reader);
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
    if (!take_floors(&result, &floors))
        return ERR_PEER;
    *out = floors;
    return ERR_NONE;
}

enum err signer_client_authority(struct signer_client *client, enum kind kind,
                                 struct buffer *certificate)
{
    struct buffer question CLEANUP_BUFFER;
    question_init(&question, SIGNER_ASK_AUTHORITY);
    buffer_put_u8(&question, (uint8_t)kind);
    return ask_bytes(client, &question, -1, certificate, NULL);
}

enum err signer_client_authority_spki(struct signer_client *client, enum kind kind,
                                      struct buffer *spki)
{
    struct buffer question CLEANUP_BUFFER;
    question_init(&question, SIGNER_ASK_AUTHORITY_SPKI);
    buffer_put_u8(&question, (uint8_t)kind);
    return ask_bytes(client, &question, -1, spki, NULL);
}

enum err signer_client_permit_key(struct signer_client *client,
                                  uint8_t point[static SIGNER_POINT_LEN])
{
    struct buffer question CLEANUP_BUFFER;
    question_init(&question, SIGNER_ASK_PERMIT_KEY);
    return ask_fixed(client, &question, point, SIGNER_POINT_LEN, NULL);
}

enum err signer_client_journal_key(struct signer_client *client,
                                   uint8_t point[static SIGNER_POINT_LEN])
{
    struct buffer question CLEANUP_BUFFER;
    question_init(&question, SIGNER_ASK_JOURNAL_KEY);
    return ask_fixed(client, &question, point, SIGNER_POINT_LEN, NULL);
}
