/* The arithmetic of the journal: how an entry is written, what a commitment is, how heads follow
 * each other. Pure; shared by the writer and by the program that verifies. docs/PROTOCOL.journal.
 */
#pragma once

#include "base/bytes.h"

#define CHAIN_LEN 32

/* What the chain holds of one entry. Texts are borrowed; second is "" where one person sufficed. */
struct chain_entry {
    int64_t number, time;
    const char *kind, *actor, *role, *second;
    uint8_t commitment[CHAIN_LEN];
};

/* chain_commit gives HMAC-SHA256(salt, data): hides the data, and holds them. */
enum err chain_commit(const uint8_t salt[static CHAIN_LEN], struct bytes data,
                      uint8_t out[static CHAIN_LEN]) MUST_USE;

/* chain_link gives SHA-256 of the entry's encoding. ERR_MEMORY. */
enum err chain_link(const struct chain_entry *entry, uint8_t link[static CHAIN_LEN]) MUST_USE;

/* chain_walk goes from one head to the next: SHA-256(head ‖ link). */
void chain_walk(uint8_t head[static CHAIN_LEN], const uint8_t link[static CHAIN_LEN]);
