/* One word of the map: state and reason in 4 bits, municipality in 11, last valid day in 16, second
 * of revocation or hold in 32; the highest bit is zero. */
#include "status/status_client.h"

#define MUNICIPALITY_SHIFT 48
#define DAY_SHIFT          32
#define STATE_SHIFT        59
#define MUNICIPALITY_MAX   0x7ff
#define DAY_MAX            0xffff
#define SECOND_MAX         UINT32_MAX

/* The four bits. Never reuse a number: they stand on disks. */
static const struct {
    enum status_state state;
    enum status_reason reason;
} codes[] = {
    {STATUS_NEVER, STATUS_UNSPECIFIED},
    {STATUS_RESERVED, STATUS_UNSPECIFIED},
    {STATUS_GOOD, STATUS_UNSPECIFIED},
    {STATUS_HELD, STATUS_UNSPECIFIED},
    {STATUS_REVOKED, STATUS_UNSPECIFIED},
    {STATUS_REVOKED, STATUS_KEY_COMPROMISE},
    {STATUS_REVOKED, STATUS_CA_COMPROMISE},
    {STATUS_REVOKED, STATUS_AFFILIATION_CHANGED},
    {STATUS_REVOKED, STATUS_SUPERSEDED},
    {STATUS_REVOKED, STATUS_CESSATION_OF_OPERATION},
    {STATUS_REVOKED, STATUS_PRIVILEGE_WITHDRAWN},
};

static bool has_time(enum status_state state)
{
    return state == STATUS_HELD || state == STATUS_REVOKED;
}

static bool code_find(const struct status_entry *entry, uint64_t *out)
{
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (codes[i].state == entry->state && codes[i].reason == entry->reason) {
            *out = i;
            return true;
        }
    return false;
}

enum err status_word_encode(const struct status_entry *entry, uint64_t *out)
{
    uint64_t code;
    if (!code_find(entry, &code) || entry->municipality > MUNICIPALITY_MAX)
        return ERR_MALFORMED;
    if (has_time(entry->state) ? entry->since <= 0 || entry->since > SECOND_MAX : entry->since != 0)
        return ERR_MALFORMED;
    if (entry->state == STATUS_NEVER) {
        *out = 0;
        return ERR_NONE;
    }
    if (!date_is_complete(entry->last_day))
        return ERR_MALFORMED;
    int32_t day = date_to_days(entry->last_day);
    if (day < 0 || day > DAY_MAX)
        return ERR_MALFORMED;
    *out = code << STATE_SHIFT | (uint64_t)entry->municipality << MUNICIPALITY_SHIFT |
           (uint64_t)day << DAY_SHIFT | (uint64_t)entry->since;
    return ERR_NONE;
}

bool status_word_is_good(uint64_t word)
{
    return word >> STATE_SHIFT == STATUS_GOOD && (word & SECOND_MAX) == 0;
}

enum err status_word_decode(uint64_t word, struct status_entry *out)
{
    uint64_t code = word >> STATE_SHIFT;
    if (code >= COUNT_OF(codes))
        return ERR_MALFORMED;
    struct status_entry entry = {.state = codes[code].state,
                                 .reason = codes[code].reason,
                                 .municipality =
                                     (uint16_t)(word >> MUNICIPALITY_SHIFT & MUNICIPALITY_MAX),
                                 .since = (int64_t)(word & SECOND_MAX)};
    if (word == 0) {
        *out = entry;
        return ERR_NONE;
    }
    if (code == 0 || has_time(entry.state) != (entry.since != 0))
        return ERR_MALFORMED;
    entry.last_day = date_of_days((int32_t)(word >> DAY_SHIFT & DAY_MAX));
    *out = entry;
    return ERR_NONE;
}
