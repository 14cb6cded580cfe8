/* See parts.h. */
#include "centre/parts.h"

#include <stdio.h>
#include <string.h>

#include "centre/act.h"

static const struct reason reason_order = {
    "mass", "", "no-list-begun", "No list of this kind that has come so far is this person's.",
    "この種類で、ここまで受け付けた一覧はありません。"};
static const struct reason reason_digest = {
    "mass", "", "list-changed", "What came has another SHA-256 than the list that was meant.",
    "受け付けた一覧の SHA-256 が一致しません。"};

void parts_done(struct parts *parts)
{
    hash_stream_free(parts->hash);
    *parts = (struct parts){0};
}

bool parts_open(struct act_call *call, const struct parts *begun, struct parts *out)
{
    if (call->fields.from == 0) {
        *out = (struct parts){0};
        snprintf(out->first, sizeof out->first, "%s", call->actor.name);
        return act_ok(call, hash_stream_new(HASH_SHA256, &out->hash));
    }
    if (!begun->hash || begun->count != call->fields.from ||
        strcmp(begun->first, call->actor.name) != 0)
        return act_refuse(call, &reason_order);
    *out = *begun;
    out->hash = NULL;
    return act_ok(call, hash_stream_copy(begun->hash, &out->hash));
}

bool parts_add(struct act_call *call, struct parts *parts, int64_t num_lines)
{
    parts->count += num_lines;
    return act_ok(call, hash_stream_update(parts->hash, call->fields.file));
}

bool parts_is_last(const struct act_call *call)
{
    return act_has(call, FIELD_DIGEST);
}

bool parts_end(struct act_call *call, struct parts *parts, uint8_t digest[static SHA256_LEN])
{
    if (!act_ok(call, hash_stream_finish(parts->hash, digest)))
        return false;
    if (memcmp(digest, call->fields.digest, SHA256_LEN) != 0)
        return act_refuse(call, &reason_digest);
    act_answer_bytes(call, "digest", bytes_of(digest, SHA256_LEN));
    return true;
}
