/* Entries, commitments and heads of the journal. */
#include "centre/chain.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/mac.h"

enum err chain_commit(const uint8_t salt[static CHAIN_LEN], struct bytes data,
                      uint8_t out[static CHAIN_LEN])
{
    return mac_sha256(bytes_of(salt, CHAIN_LEN), data, out);
}

enum err chain_link(const struct chain_entry *entry, uint8_t link[static CHAIN_LEN])
{
    struct buffer encoding CLEANUP_BUFFER;
    buffer_init(&encoding, LIMIT_JOURNAL_ENTRY);
    buffer_put_text(&encoding, "JPKI entry 1");
    buffer_put_u64(&encoding, (uint64_t)entry->number);
    buffer_put_u64(&encoding, (uint64_t)entry->time);
    buffer_put_sized(&encoding, bytes_of_text(entry->kind));
    buffer_put_sized(&encoding, bytes_of_text(entry->actor));
    buffer_put_sized(&encoding, bytes_of_text(entry->role));
    buffer_put_sized(&encoding, bytes_of_text(entry->second));
    buffer_put(&encoding, entry->commitment, CHAIN_LEN);
    enum err err = buffer_check(&encoding);
    if (err == ERR_NONE)
        sha256(buffer_bytes(&encoding), link);
    return err;
}

void chain_walk(uint8_t head[static CHAIN_LEN], const uint8_t link[static CHAIN_LEN])
{
    uint8_t both[2 * CHAIN_LEN];
    memcpy(both, head, CHAIN_LEN);
    memcpy(both + CHAIN_LEN, link, CHAIN_LEN);
    sha256(bytes_of(both, sizeof both), head);
}
