/* The permit key in its generations, as the centre knows them: the signer has the keys, every card
 * obeys one of them. Which one a card obeys is in card.h. */
#pragma once

#include "base/permit.h"
#include "signer/signer_client.h"
#include "store/store.h"

struct centre;

struct permit_key {
    uint8_t point[PERMIT_POINT_LEN];
    uint8_t id[PERMIT_KEY_ID_LEN];     /* as permits name it */
    uint8_t digest[PERMIT_DIGEST_LEN]; /* as the permit says it that leads a card to it */
};

struct permit_keys {
    struct permit_key generations[SIGNER_GENERATIONS_MAX]; /* g at g - 1 */
    unsigned num;                                          /* the newest generation */
};

/* permit_keys_load reads all generations from the signer. */
enum err permit_keys_load(struct centre *centre, struct fault *fault) MUST_USE;
/* permit_key_find gives the generation of a key identifier; ERR_NOT_FOUND: none of ours. */
enum err permit_key_find(const struct permit_keys *keys, const uint8_t id[static PERMIT_KEY_ID_LEN],
                         unsigned *generation) MUST_USE;

/* permit_key_publish writes the file with which cards are made (jpki card make --permit-key). */
enum err permit_key_publish(struct centre *centre, unsigned generation,
                            struct fault *fault) MUST_USE;
/* permit_keys_settle publishes and journals the generations that this database has not seen yet:
 * one that `jpkid permit-key-new` made and could not finish is finished by the next start. */
enum err permit_keys_settle(struct centre *centre, struct fault *fault) MUST_USE;
/* permit_keys_settled gives how many were; one that is made now is the next. */
enum err permit_keys_settled(struct store *store, unsigned *out, struct fault *fault) MUST_USE;

/* permit_keys_count gives the number of registered cards that obey each generation. */
enum err permit_keys_count(struct centre *centre, int64_t out[static SIGNER_GENERATIONS_MAX],
                           struct fault *fault) MUST_USE;
