/* Files of pairs, and what is read from them: the policy and the profile. A policy that was
 * accepted is written and read to the same. */
#include "base/pairs.h"
#include "law/policy.h"
#include "x509/profile_site.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(struct bytes text)
{
    struct pairs pairs = pairs_of(text);
    struct bytes key, value;
    size_t left = text.len + 1;
    while (pairs_next(&pairs, &key, &value, NULL) == ERR_NONE) {
        if (pairs.left.len >= left || !key.len || !value.len)
            abort();
        left = pairs.left.len;
    }
}

static void read_policy(struct bytes text)
{
    struct law_policy policy = law_policy_default(), again = law_policy_default();
    struct buffer first CLEANUP_BUFFER, second CLEANUP_BUFFER;
    buffer_init(&first, 1 << 16);
    buffer_init(&second, 1 << 16);
    if (law_policy_parse(text, &policy, NULL) != ERR_NONE)
        return;
    law_policy_encode(&policy, &first);
    if (law_policy_parse(buffer_bytes(&first), &again, NULL) != ERR_NONE)
        abort();
    law_policy_encode(&again, &second);
    if (!bytes_equal(buffer_bytes(&first), buffer_bytes(&second)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = bytes_of(data, size);
    struct profile_site site;
    walk(text);
    read_policy(text);
    if (profile_site_parse(text, &site, NULL) == ERR_NONE && !site.organization[0])
        abort();
    return 0;
}
