/* A push set that a stranger hands to a relying party. What is accepted keeps its own numbers:
 * looked at serial by serial it has the members that it says, and written again from them it is
 * read to the same. */
#include "base/limits.h"
#include "x509/push_set.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LOOKED_AT (4 * PUSH_SET_BLOCK) /* serials; a longer set is only parsed */

static enum err fill(void *context, uint64_t first, unsigned num,
                     uint64_t *bits[static PUSH_SET_LAYERS])
{
    for (unsigned i = 0; i < num; i++) {
        enum push_set_answer says = push_set_find(context, first + i);
        if (says == PUSH_SET_SAYS_LISTED)
            bits[PUSH_SET_LISTED][i / 64] |= UINT64_C(1) << i % 64;
        if (says == PUSH_SET_SAYS_UNKNOWN)
            bits[PUSH_SET_UNKNOWN][i / 64] |= UINT64_C(1) << i % 64;
    }
    return ERR_NONE;
}

static void write_again(struct push_set *set)
{
    struct push_set again;
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, LIMIT_PUSH_SET);
    if (push_set_encode(&set->facts, (struct push_set_source){fill, set}, set->certificate, &out) !=
        ERR_NONE)
        abort();
    push_set_put_signature(&out, set->signature);
    if (push_set_parse(buffer_bytes(&out), &again, NULL) != ERR_NONE ||
        memcmp(again.num_members, set->num_members, sizeof set->num_members) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct push_set set;
    if (push_set_parse(bytes_of(data, size), &set, NULL) != ERR_NONE)
        return 0;
    if (push_set_find(&set, set.facts.first - 1) != PUSH_SET_SAYS_UNKNOWN ||
        push_set_find(&set, set.facts.last + 1) != PUSH_SET_SAYS_UNKNOWN)
        abort();
    if (set.facts.last - set.facts.first + 1 <= LOOKED_AT)
        write_again(&set);
    return 0;
}
