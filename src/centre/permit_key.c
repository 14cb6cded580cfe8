#include "centre/permit_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "centre/centre.h"
#include "centre/journal.h"
#include "crypto/permit_key.h"
#include "store/rows.h"

#define PROPERTY "permit-keys" /* how many were settled; not there: the first alone */

enum err permit_keys_load(struct centre *centre, struct fault *fault)
{
    struct permit_keys *keys = &centre->permit_keys;
    enum err err = ERR_NONE;
    for (keys->num = 0; err == ERR_NONE && keys->num < SIGNER_GENERATIONS_MAX;) {
        struct permit_key *next = &keys->generations[keys->num];
        err = signer_client_permit_key(centre->signer, keys->num + 1, next->point);
        if (err != ERR_NONE)
            break;
        permit_key_id(next->point, next->id);
        permit_key_digest(next->point, next->digest);
        keys->num++;
    }
    if (keys->num > 0 && (err == ERR_NONE || err == ERR_NOT_FOUND))
        return ERR_NONE;
    return fault_set(fault, err, "signer", "the signer names no permit key");
}

enum err permit_key_find(const struct permit_keys *keys, const uint8_t id[static PERMIT_KEY_ID_LEN],
                         unsigned *generation)
{
    for (unsigned i = 0; i < keys->num; i++)
        if (memcmp(keys->generations[i].id, id, PERMIT_KEY_ID_LEN) == 0) {
            *generation = i + 1;
            return ERR_NONE;
        }
    return ERR_NOT_FOUND;
}

/* -- what follows from a new one -- */

enum err permit_key_publish(struct centre *centre, unsigned generation, struct fault *fault)
{
    char path[CENTRE_PATH + 32], suffix[16] = "";
    struct buffer spki CLEANUP_BUFFER, pem CLEANUP_BUFFER;
    buffer_init(&spki, LIMIT_KEY_FILE);
    buffer_init(&pem, LIMIT_KEY_FILE);
    const struct permit_key *key = &centre->permit_keys.generations[generation - 1];
    enum err err = permit_key_spki(bytes_of(key->point, sizeof key->point), &spki);
    if (err != ERR_NONE)
        return fault_set(fault, err, "permit key", "the signer's is none of P-256");
    pem_encode("PUBLIC KEY", buffer_bytes(&spki), &pem);
    if (generation > 1)
        snprintf(suffix, sizeof suffix, "-%u", generation);
    snprintf(path, sizeof path, "%s/permit-key%s.pem", centre->published, suffix);
    return file_replace(path, buffer_bytes(&pem), 0644, fault);
}

enum err permit_keys_settled(struct store *store, unsigned *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    unsigned num = 1;
    store_query(store, STATEMENT_PROPERTY_READ, VALUES(value_text(PROPERTY)), &rows, fault);
    if (rows_next(&rows)) {
        char text[8];
        row_copy_text(&rows, 0, text, sizeof text);
        num = (unsigned)strtoul(text, NULL, 10);
    }
    enum err err = rows_end(&rows);
    if (err == ERR_NONE)
        *out = num;
    return err;
}

static enum err key_note(struct centre *centre, unsigned generation, struct fault *fault)
{
    char id[2 * PERMIT_KEY_ID_LEN + 1], data[96], number[16];
    struct chain_entry entry = {.time = clock_now(),
                                .kind = "permit-key:done",
                                .actor = "system",
                                .role = "system",
                                .second = ""};
    hex_print(centre->permit_keys.generations[generation - 1].id, PERMIT_KEY_ID_LEN, id);
    snprintf(data, sizeof data, "{\"generation\":%u,\"key\":\"%s\"}", generation, id);
    snprintf(number, sizeof number, "%u", generation);
    enum err err = journal_append(centre->store, &entry, bytes_of_text(data), fault);
    return err != ERR_NONE ? err
                           : store_run(centre->store, STATEMENT_PROPERTY_WRITE,
                                       VALUES(value_text(PROPERTY), value_text(number)), fault);
}

static enum err key_settle(struct centre *centre, unsigned generation, struct fault *fault)
{
    enum err err = permit_key_publish(centre, generation, fault);
    if (err == ERR_NONE)
        err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    err = key_note(centre, generation, fault);
    if (err == ERR_NONE)
        return store_commit(centre->store, fault);
    store_rollback(centre->store);
    return err;
}

enum err permit_keys_settle(struct centre *centre, struct fault *fault)
{
    unsigned settled;
    enum err err = permit_keys_settled(centre->store, &settled, fault);
    while (err == ERR_NONE && settled < centre->permit_keys.num)
        err = key_settle(centre, ++settled, fault);
    return err;
}

/* -- cards -- */

/* A card of which nothing else was ever said obeys the first one. */
enum err permit_keys_count(struct centre *centre, int64_t out[static SIGNER_GENERATIONS_MAX],
                           struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    int64_t first, counts[SIGNER_GENERATIONS_MAX] = {0};
    enum err err = store_ask_integer(centre->store, STATEMENT_CARD_COUNT, NO_VALUES, &first, fault);
    if (err != ERR_NONE)
        return err;
    store_query(centre->store, STATEMENT_CARD_PERMIT_KEY_COUNTS, NO_VALUES, &rows, fault);
    while (rows_next(&rows)) {
        int64_t generation = row_integer(&rows, 0);
        if (generation < 1 || generation > SIGNER_GENERATIONS_MAX)
            continue;
        counts[generation - 1] += row_integer(&rows, 1);
        first -= row_integer(&rows, 1);
    }
    err = rows_end(&rows);
    if (err != ERR_NONE)
        return err;
    counts[0] += first;
    memcpy(out, counts, sizeof counts);
    return ERR_NONE;
}
