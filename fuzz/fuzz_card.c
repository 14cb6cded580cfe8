/* What stands on a card or comes from one, beside its commands: the statement, the permit, the id
 * and the record. The first byte chooses; what is accepted is written again to the same. */
#include <stdlib.h>
#include <string.h>

#include "base/key_statement.h"
#include "client/card_record.h"
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_statement(struct bytes input)
{
    struct card_statement statement;
    uint8_t again[STATEMENT_LEN];
    if (statement_parse(input, &statement, NULL) != ERR_NONE)
        return;
    statement_encode(&statement, again);
    require(bytes_equal(bytes_of(again, sizeof again), input));
}

static void fuzz_permit(struct bytes input)
{
    struct permit permit;
    uint8_t again[PERMIT_LEN];
    if (permit_parse(input, &permit, NULL) != ERR_NONE)
        return;
    permit_encode(&permit, again);
    require(bytes_equal(bytes_of(again, sizeof again), input) &&
            permit_purpose_name(permit.purpose));
}

static void fuzz_id(struct bytes input)
{
    char text[64] = "";
    uint8_t id[CARD_ID_LEN];
    memcpy(text, input.data, input.len < sizeof text ? input.len : sizeof text - 1);
    if (card_id_parse(text, id, NULL) == ERR_NONE)
        require(strlen(text) == sizeof id && memcmp(text, id, sizeof id) == 0);
}

static void fuzz_record(struct bytes input)
{
    struct card_record record, again;
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, 4096);
    if (card_record_parse(input, &record, NULL) != ERR_NONE)
        return;
    card_record_encode(&record, &text);
    require(card_record_parse(buffer_bytes(&text), &again, NULL) == ERR_NONE &&
            memcmp(&again, &record, sizeof record) == 0);
}

static void fuzz_key_statement(struct bytes input)
{
    struct key_statement statement;
    uint8_t again[KEY_STATEMENT_LEN];
    if (key_statement_parse(input, &statement, NULL) != ERR_NONE)
        return;
    key_statement_encode(&statement, again);
    require(bytes_equal(bytes_of(again, sizeof again), input));
}

/* The order is that of the corpus: add at the end. */
static void (*const parsers[])(struct bytes input) = {fuzz_statement, fuzz_permit, fuzz_id,
                                                      fuzz_record, fuzz_key_statement};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0 && data[0] < COUNT_OF(parsers))
        parsers[data[0]](bytes_of(data + 1, size - 1));
    return 0;
}
