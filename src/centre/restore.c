#include "centre/restore.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "centre/crl.h"
#include "centre/journal.h"
#include "store/rows.h"

/* -- was it set back? -- */

static enum err set_back(struct fault *fault, const char *what, uint64_t signed_number,
                         uint64_t have)
{
    return fault_set(fault, ERR_STATE, "restored",
                     "the database was set back: the signer has signed %s %" PRIu64
                     ", the database has %" PRIu64
                     ". If it was restored, say so: jpkid restore --data FOLDER",
                     what, signed_number, have);
}

static enum err journal_check(struct store *store, const struct signer_checkpoint *checkpoint,
                              struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    uint8_t head[CHAIN_LEN] = {0};
    int64_t number;
    uint8_t last[CHAIN_LEN];
    if (checkpoint->number == 0)
        return ERR_NONE;
    store_query(store, STATEMENT_JOURNAL_READ,
                VALUES(value_integer((int64_t)checkpoint->number), value_integer(1)), &rows, fault);
    if (rows_next(&rows))
        row_copy_blob(&rows, 8, head, sizeof head);
    enum err err = rows_end(&rows);
    if (err == ERR_NONE && memcmp(head, checkpoint->head, sizeof head) == 0)
        return ERR_NONE;
    if (err == ERR_NONE)
        err = journal_head(store, &number, last, fault);
    return err == ERR_NONE
               ? set_back(fault, "another journal, to entry", checkpoint->number, (uint64_t)number)
               : err;
}

static enum err numbers_of(struct store *store, enum kind kind, int64_t *serial, int64_t *number,
                           struct fault *fault)
{
    struct crl_row last = {0};
    enum err err = store_ask_integer(store, STATEMENT_SIGNING_LAST_SERIAL,
                                     VALUES(value_integer(kind)), serial, fault);
    if (err == ERR_NONE)
        err = crl_last(store, kind, &last, fault);
    if (err == ERR_NONE)
        *number = last.number;
    return err;
}

static enum err numbers_check(struct store *store, enum kind kind,
                              const struct signer_floors_of_kind *floors, struct fault *fault)
{
    int64_t serial = 0, crl = 0;
    enum err err = numbers_of(store, kind, &serial, &crl, fault);
    if (err == ERR_NONE && (uint64_t)serial < floors->signed_serial)
        return set_back(fault, "serial", floors->signed_serial, (uint64_t)serial);
    if (err == ERR_NONE && (uint64_t)crl < floors->signed_crl)
        return set_back(fault, "CRL number", floors->signed_crl, (uint64_t)crl);
    return err;
}

enum err restore_check(struct store *store, const struct signer_floors *floors, struct fault *fault)
{
    enum err err = journal_check(store, &floors->checkpoint, fault);
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        err = numbers_check(store, (enum kind)kind, &floors->of[kind], fault);
    return err;
}

/* -- the statement -- */

static uint64_t higher(uint64_t a, int64_t b)
{
    return (int64_t)a > b ? a : (uint64_t)b;
}

/* Above everything that log, database and lists know, and above what a lost log may hide. */
static enum err floors_raise(struct centre *centre, enum kind kind,
                             const struct restore_facts *facts, struct restore_result *result,
                             struct fault *fault)
{
    struct signer_floors_of_kind *floors = &result->floors.of[kind];
    int64_t serial = 0, crl = 0;
    enum err err = numbers_of(centre->store, kind, &serial, &crl, fault);
    if (err != ERR_NONE)
        return err;
    *floors = (struct signer_floors_of_kind){
        .serial = higher(floors->serial, serial) + (uint64_t)facts->margin,
        .crl_number = higher(floors->crl_number, crl) + (uint64_t)facts->margin,
        .this_update = floors->this_update};
    if (facts->margin && floors->this_update < clock_now())
        floors->this_update = clock_now();
    if (floors->serial > STATUS_SERIAL_MAX / 2)
        return fault_set(fault, ERR_LIMIT, "margin", "serials would not be enough for the rest");
    return ERR_NONE;
}

static void put_floors(struct buffer *data, const char *name,
                       const struct signer_floors_of_kind *floors)
{
    buffer_put_format(
        data, ",\"%s\":{\"crl\":%" PRIu64 ",\"serial\":%" PRIu64 ",\"this_update\":%" PRId64 "}",
        name, floors->crl_number, floors->serial, floors->this_update);
}

/* What the journal says of the loss: the last head that the signer had signed before, so that a
 * checkpoint of the lost entries is known for what it is. */
static enum err statement_append(struct centre *centre, const struct restore_facts *facts,
                                 const struct restore_result *result, struct fault *fault)
{
    char hex[2 * CHAIN_LEN + 1];
    struct buffer data CLEANUP_BUFFER;
    const struct signer_checkpoint *last = &facts->floors.checkpoint;
    buffer_init(&data, 2048);
    buffer_put_format(
        &data,
        "{\"backup\":%" PRId64 ",\"changed\":%" PRId64 ",\"log\":\"%s\",\"margin\":%" PRId64
        ",\"signed\":{\"head\":\"%s\",\"number\":%" PRIu64 "},\"unknown\":%" PRId64,
        facts->backup, result->num_changed, facts->margin ? "lost" : "kept", facts->margin,
        hex_print(last->head, CHAIN_LEN, hex), last->number, result->num_unknown);
    for (int kind = 0; kind < NUM_KINDS; kind++)
        put_floors(&data, kind_name((enum kind)kind), &result->floors.of[kind]);
    buffer_put_text(&data, "}");
    struct chain_entry entry = {.time = clock_now(),
                                .kind = "restore:done",
                                .actor = "operator",
                                .role = "operator",
                                .second = ""};
    enum err err = buffer_check(&data);
    return err == ERR_NONE ? journal_append(centre->store, &entry, buffer_bytes(&data), fault)
                           : err;
}

static enum err restore_write(struct centre *centre, const struct restore_facts *facts,
                              struct restore_result *result, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (int i = 0; err == ERR_NONE && i < NUM_KINDS; i++) {
        enum kind kind = (enum kind)i;
        for (unsigned g = 1; err == ERR_NONE && g <= SIGNER_GENERATIONS_MAX; g++)
            if (facts->lists[kind][g - 1].len)
                err = restore_list(centre, kind, g, facts, result, fault);
        if (err == ERR_NONE)
            err = floors_raise(centre, kind, facts, result, fault);
    }
    if (err == ERR_NONE)
        err = statement_append(centre, facts, result, fault);
    int64_t number;
    if (err == ERR_NONE)
        err = journal_head(centre->store, &number, result->floors.checkpoint.head, fault);
    if (err == ERR_NONE)
        result->floors.checkpoint.number = (uint64_t)number;
    return err;
}

enum err restore_run(struct centre *centre, const struct restore_facts *facts,
                     struct restore_result *out, struct fault *fault)
{
    struct restore_result result = {.floors = facts->floors};
    result.floors.checkpoint.time = clock_now();
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    err = restore_write(centre, facts, &result, fault);
    if (err != ERR_NONE) {
        store_rollback(centre->store);
        return err;
    }
    err = store_commit(centre->store, fault);
    if (err == ERR_NONE)
        *out = result;
    return err;
}
