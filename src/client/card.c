#include "client/card.h"

#include <string.h>

#include "base/limits.h"
#include "client/card_command.h"

enum err card_session_begin(struct card_channel *channel, struct card_session *out,
                            struct fault *fault)
{
    struct card_session session CLEANUP_CARD_SESSION = {NULL};
    fault_name_input(fault, "card");
    enum err err = card_channel_begin(channel);
    if (err != ERR_NONE)
        return fault_set(fault, err, "transaction", "another program holds the card");
    session.channel = channel;
    err = card_select_jpki(&session, fault);
    if (err == ERR_NONE)
        *out = (struct card_session){steal(&session.channel)};
    return err;
}

void card_session_end(struct card_session *session)
{
    if (!session->channel)
        return;
    enum err err = card_select_jpki(session, NULL); /* drops verified PINs */
    (void)err;                                      /* a card that is gone has none */
    card_channel_end(session->channel);
    session->channel = NULL;
}

/* ---- reading ---- */

/* Reads len bytes from an offset of the selected file, or fails. */
static enum err read_exactly(struct card_session *session, size_t offset, size_t len,
                             struct buffer *out, struct fault *fault)
{
    struct buffer part CLEANUP_BUFFER;
    buffer_init(&part, 256);
    while (len) {
        size_t wanted = len < 256 ? len : 256;
        const struct card_command read = {
            .name = "READ BINARY",
            .ins = 0xB0,
            .p1 = (uint8_t)(offset >> 8),
            .p2 = (uint8_t)offset,
            .le = (int)wanted & 0xFF,
        };
        enum err err = card_ask(session, &read, &part, NULL, fault);
        if (err != ERR_NONE)
            return err;
        if (part.len != wanted)
            return fault_set(fault, ERR_CARD, read.name, "the file is shorter than it says");
        buffer_put_bytes(out, buffer_bytes(&part));
        offset += wanted;
        len -= wanted;
    }
    return buffer_check(out);
}

static enum err read_file(struct card_session *session, uint8_t file, size_t len,
                          struct buffer *out, struct fault *fault)
{
    enum err err = card_select_file(session, file, fault);
    return err != ERR_NONE ? err : read_exactly(session, 0, len, out, fault);
}

static const struct {
    enum card_type type;
    const char *name, *label;
} types[] = {
    {CARD_UNKNOWN, "unknown", ""},
    {CARD_MY_NUMBER, "my-number", "JPKIAPICCTOKEN2"},
    {CARD_OLD_RESIDENT, "old-resident", "JPKIAPICCTOKEN"},
    {CARD_PHONE, "phone", "JPKIAPGPSETOKEN"},
    {CARD_PHONE, "phone", "JPKIAPIOSTOKEN"},
};

const char *card_type_name(enum card_type type)
{
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (types[i].type == type)
            return types[i].name;
    return types[0].name;
}

/* The label of the token information; what is not printable becomes a question mark. */
static void take_label(struct bytes label, struct card_description *out)
{
    while (label.len && label.data[label.len - 1] == ' ')
        label.len--;
    for (size_t i = 0; i < label.len; i++)
        out->label[i] = label.data[i] > ' ' && label.data[i] < 0x7F ? (char)label.data[i] : '?';
    out->label[label.len] = '\0';
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (strcmp(types[i].label, out->label) == 0)
            out->type = types[i].type;
}

enum err card_describe(struct card_session *session, struct card_description *out,
                       struct fault *fault)
{
    struct card_description found = {0};
    struct buffer content CLEANUP_BUFFER;
    buffer_init(&content, 64);
    enum err err = read_file(session, 0x06, 32, &content, fault);
    if (err == ERR_NONE)
        take_label(buffer_bytes(&content), &found);
    buffer_cut(&content, 0);
    if (err == ERR_NONE)
        err = read_file(session, 0x08, 2, &content, fault);
    for (size_t i = 0; err == ERR_NONE && i < NUM_KINDS; i++) {
        found.has_certificate[i] = content.data[i == KIND_SIGNATURE ? 0 : 1] == 0x8F;
        err = card_tries(session, (enum kind)i, &found.tries[i], fault);
    }
    if (err == ERR_NONE)
        *out = found;
    return err;
}

static enum err read_id_record(struct card_session *session, struct buffer *record,
                               struct fault *fault)
{
    static const uint8_t aid[] = {0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00};
    static const struct card_command select = {
        "SELECT of the common application", 0x00, 0xA4, 0x04, 0x0C, {aid, sizeof aid}, NO_LE};
    static const struct card_command read = {
        .name = "READ RECORD", .ins = 0xB2, .p1 = 1, .p2 = 0x0C};
    enum err err = card_ask(session, &select, NULL, NULL, fault);
    return err != ERR_NONE ? err : card_ask(session, &read, record, NULL, fault);
}

enum err card_read_id(struct card_session *session, uint8_t out[static CARD_ID_LEN],
                      struct fault *fault)
{
    struct buffer record CLEANUP_BUFFER;
    buffer_init(&record, 256);
    enum err err = read_id_record(session, &record, fault);
    enum err back = card_select_jpki(session, fault);
    if (err != ERR_NONE || back != ERR_NONE)
        return err != ERR_NONE ? err : back;
    if (record.len != 2 + CARD_ID_LEN || record.data[0] != 0x01 || record.data[1] != CARD_ID_LEN ||
        !card_id_is_valid(bytes_of(record.data + 2, CARD_ID_LEN)))
        return fault_set(fault, ERR_CARD, "READ RECORD", "this is no card id");
    memcpy(out, record.data + 2, CARD_ID_LEN);
    return ERR_NONE;
}

/* A file may have filler behind the object, so the length is the object's own. */
enum err card_read_certificate(struct card_session *session, enum kind kind,
                               enum card_certificate which, struct buffer *out, struct fault *fault)
{
    static const uint8_t files[NUM_KINDS][2] = {
        [KIND_SIGNATURE] = {[CARD_LEAF] = 0x01, [CARD_AUTHORITY] = 0x02},
        [KIND_AUTHENTICATION] = {[CARD_LEAF] = 0x0A, [CARD_AUTHORITY] = 0x0B},
    };
    struct buffer head CLEANUP_BUFFER;
    buffer_init(&head, 4);
    enum err err = read_file(session, files[kind][which], 4, &head, fault);
    if (err != ERR_NONE)
        return err;
    if (head.data[0] != 0x30 || head.data[1] != 0x82)
        return fault_set(fault, ERR_NOT_FOUND, "READ BINARY", "the file holds no certificate");
    size_t len = ((size_t)head.data[2] << 8 | head.data[3]) + 4;
    if (len > LIMIT_CERTIFICATE)
        return fault_set(fault, ERR_LIMIT, "READ BINARY", "a certificate of %zu bytes", len);
    return read_exactly(session, 0, len, out, fault);
}

/* subject: STATEMENT_OF_… */
static enum err ask_statement(struct card_session *session, uint8_t subject, struct bytes nonce,
                              uint8_t *out, size_t len, struct fault *fault)
{
    const struct card_command ask = {"INTERNAL AUTHENTICATE", 0x00, 0x88, 0, subject, nonce, 0};
    struct buffer answer CLEANUP_BUFFER;
    buffer_init(&answer, 256);
    enum err err = card_ask(session, &ask, &answer, NULL, fault);
    if (err != ERR_NONE)
        return err;
    if (answer.len != len)
        return fault_set(fault, ERR_CARD, ask.name, "a statement of %zu bytes", answer.len);
    memcpy(out, answer.data, len);
    return ERR_NONE;
}

enum err card_statement(struct card_session *session, struct bytes nonce,
                        uint8_t out[static STATEMENT_LEN], struct fault *fault)
{
    return ask_statement(session, STATEMENT_OF_CONTENTS, nonce, out, STATEMENT_LEN, fault);
}

enum err card_key_statement(struct card_session *session, struct bytes nonce,
                            uint8_t out[static KEY_STATEMENT_LEN], struct fault *fault)
{
    return ask_statement(session, STATEMENT_OF_PERMIT_KEY, nonce, out, KEY_STATEMENT_LEN, fault);
}

/* ---- PINs ---- */

enum err card_tries(struct card_session *session, enum kind kind, uint8_t *out, struct fault *fault)
{
    static const struct card_command ask = {"VERIFY", 0x00, 0x20, 0x00, 0x80, {0}, NO_LE};
    unsigned word;
    enum err err = card_select_file(session, pin_file_of(kind), fault);
    if (err == ERR_NONE)
        err = card_ask(session, &ask, NULL, &word, fault);
    if (err == ERR_PIN) {
        *out = (uint8_t)(word & 0x0F);
        return ERR_NONE;
    }
    return err == ERR_NONE ? fault_set(fault, ERR_CARD, ask.name, "no tries were told") : err;
}

enum err card_verify_pin(struct card_session *session, enum kind kind, const struct secret *pin,
                         uint8_t *tries_left, struct fault *fault)
{
    struct card_command verify = {"VERIFY", 0x00, 0x20, 0x00, 0x80, {0}, NO_LE};
    unsigned word = 0;
    enum err err = card_select_file(session, pin_file_of(kind), fault);
    if (err == ERR_NONE)
        err = card_ask_with_pin(session, &verify, kind, pin, &word, fault);
    if (tries_left && err == ERR_PIN)
        *tries_left = (uint8_t)(word & 0x0F);
    if (tries_left && err == ERR_LOCKED)
        *tries_left = 0;
    return err == ERR_PIN && (word & 0x0F) == 0 ? ERR_LOCKED : err;
}

enum err card_change_pin(struct card_session *session, enum kind kind, const struct secret *pin,
                         struct fault *fault)
{
    struct card_command change = {"CHANGE REFERENCE DATA", 0x00, 0x24, 0x01, 0x80, {0}, NO_LE};
    enum err err = card_select_file(session, pin_file_of(kind), fault);
    return err != ERR_NONE ? err : card_ask_with_pin(session, &change, kind, pin, NULL, fault);
}

/* ---- signatures ---- */

/* P2 says whose key. The signature must have the length that RSA-2048 gives. */
static enum err sign_by(struct card_session *session, uint8_t p2, struct bytes digest_info,
                        struct buffer *out, struct fault *fault)
{
    const struct card_command sign = {
        "COMPUTE DIGITAL SIGNATURE", 0x80, 0x2A, 0x00, p2, digest_info, 0};
    struct buffer answer CLEANUP_BUFFER;
    buffer_init(&answer, 256);
    enum err err = card_ask(session, &sign, &answer, NULL, fault);
    if (err != ERR_NONE)
        return err;
    if (answer.len != 256)
        return fault_set(fault, ERR_CARD, sign.name, "a signature of %zu bytes", answer.len);
    buffer_put_bytes(out, buffer_bytes(&answer));
    return buffer_check(out);
}

enum err card_sign(struct card_session *session, enum kind kind, struct bytes digest_info,
                   struct buffer *out, struct fault *fault)
{
    enum err err = card_select_file(session, kind_key_file(kind), fault);
    return err != ERR_NONE ? err : sign_by(session, 0x80, digest_info, out, fault);
}

enum err card_sign_request(struct card_session *session, enum kind kind, struct bytes digest_info,
                           struct buffer *out, struct fault *fault)
{
    return sign_by(session, kind_key_file(kind), digest_info, out, fault);
}
