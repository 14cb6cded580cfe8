#include "client/card_command.h"

#include <string.h>

#include "base/limits.h"

#define PIN_MAX 16

/* Status words that mean something to a caller; whatever is not here is ERR_CARD. */
static const struct {
    unsigned mask, word;
    enum err err;
} meanings[] = {
    {0xFFFF, 0x9000, ERR_NONE},        {0xFFF0, 0x63C0, ERR_PIN},
    {0xFFFF, 0x6581, ERR_IO},          {0xFFFF, 0x6982, ERR_DENIED},
    {0xFFFF, 0x6984, ERR_LOCKED},      {0xFFFF, 0x6985, ERR_STATE},
    {0xFFFF, 0x6A81, ERR_UNSUPPORTED}, {0xFFFF, 0x6A82, ERR_NOT_FOUND},
    {0xFFFF, 0x6A83, ERR_NOT_FOUND},   {0xFFFF, 0x6A88, ERR_NOT_FOUND},
    {0xFFFF, 0x6B00, ERR_NOT_FOUND},   {0xFFFF, 0x6D00, ERR_UNSUPPORTED},
};

static enum err meaning_of(unsigned word)
{
    for (size_t i = 0; i < COUNT_OF(meanings); i++)
        if ((word & meanings[i].mask) == meanings[i].word)
            return meanings[i].err;
    return ERR_CARD;
}

static void encode(const struct card_command *command, struct buffer *apdu)
{
    buffer_put_u8(apdu, command->cla);
    buffer_put_u8(apdu, command->ins);
    buffer_put_u8(apdu, command->p1);
    buffer_put_u8(apdu, command->p2);
    if (command->data.len)
        buffer_put_u8(apdu, (uint8_t)command->data.len);
    buffer_put_bytes(apdu, command->data);
    if (command->le != NO_LE)
        buffer_put_u8(apdu, (uint8_t)command->le);
}

/* Data without status word; more than was asked for is nonsense. */
static enum err take_answer(const struct card_command *command, struct bytes response,
                            struct buffer *answer, struct fault *fault)
{
    size_t most = command->le == NO_LE ? 0 : command->le ? (size_t)command->le : 256;
    if (response.len - 2 > most)
        return fault_set(fault, ERR_CARD, command->name, "answered with %zu bytes too many",
                         response.len - 2 - most);
    if (!answer)
        return ERR_NONE;
    buffer_done(answer);
    buffer_put(answer, response.data, response.len - 2);
    return buffer_check(answer);
}

enum err card_ask(struct card_session *session, const struct card_command *command,
                  struct buffer *answer, unsigned *word, struct fault *fault)
{
    struct buffer apdu CLEANUP_BUFFER;
    struct buffer response CLEANUP_BUFFER;
    buffer_init(&apdu, 5 + 255 + 1);
    buffer_init(&response, LIMIT_APDU);
    fault_name_input(fault, "card");
    if (!session->channel || command->data.len > 255)
        return fault_set(fault, ERR_STATE, command->name, "no session, or too much data");
    encode(command, &apdu);
    enum err err = card_channel_transmit(session->channel, buffer_bytes(&apdu), &response);
    if (err != ERR_NONE)
        return fault_set(fault, err, command->name, "no answer");
    unsigned got = (unsigned)response.data[response.len - 2] << 8 | response.data[response.len - 1];
    if (word)
        *word = got;
    err = meaning_of(got);
    if (err != ERR_NONE)
        return fault_set(fault, err, command->name, "status word %04X", got);
    return take_answer(command, buffer_bytes(&response), answer, fault);
}

enum err card_select_file(struct card_session *session, uint8_t file, struct fault *fault)
{
    uint8_t id[] = {0x00, file};
    const struct card_command select = {"SELECT", 0x00, 0xA4, 0x02, 0x0C, {id, sizeof id}, NO_LE};
    return card_ask(session, &select, NULL, NULL, fault);
}

enum err card_select_jpki(struct card_session *session, struct fault *fault)
{
    static const uint8_t aid[] = {0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01};
    static const struct card_command select = {"SELECT of the application", 0x00, 0xA4, 0x04, 0x0C,
                                               {aid, sizeof aid},           NO_LE};
    return card_ask(session, &select, NULL, NULL, fault);
}

uint8_t pin_file_of(enum kind kind)
{
    return kind == KIND_SIGNATURE ? 0x1B : 0x18;
}

enum err card_ask_with_pin(struct card_session *session, struct card_command *command,
                           enum kind kind, const struct secret *pin, unsigned *word,
                           struct fault *fault)
{
    uint8_t text[PIN_MAX];
    struct bytes given = secret_bytes(pin);
    if (given.len == 0 || given.len > sizeof text) /* an empty one would only ask for the tries */
        return fault_set(fault, ERR_USAGE, command->name, "a PIN of %zu characters", given.len);
    for (size_t i = 0; i < given.len; i++) {
        bool is_lower = given.data[i] >= 'a' && given.data[i] <= 'z';
        text[i] = (uint8_t)(given.data[i] - (is_lower && kind == KIND_SIGNATURE ? 'a' - 'A' : 0));
    }
    command->data = bytes_of(text, given.len);
    enum err err = card_ask(session, command, NULL, word, fault);
    explicit_bzero(text, sizeof text);
    command->data = bytes_of(NULL, 0);
    return err;
}
