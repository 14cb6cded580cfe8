/* A list of certificates for a mass act, as staff send it: in two parts, parted where the first
 * byte says, the second with the digest of the whole. Nine certificates are there. What is taken
 * has as many lines as it says, and each names one of them. */
#include <stdio.h>
#include <string.h>

#include "centre/act.h"
#include "crypto/hash.h"
#include "stored.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count_lines(struct bytes text)
{
    size_t num = 0;
    for (size_t i = 0; i < text.len; i++)
        num += text.data[i] == '\n';
    return num;
}

/* whole: empty, or the bytes whose digest comes with the part, which is the last. */
static bool send_part(struct bytes part, int64_t from, struct bytes whole)
{
    struct act_call call = {.centre = &stored_centre, .answer = json_object(), .outcome = ACT_DONE};
    snprintf(call.actor.name, sizeof call.actor.name, "one");
    call.fields.file = part;
    call.fields.from = from;
    if (whole.len) {
        call.fields.has = FIELD_DIGEST;
        sha256(whole, call.fields.digest);
    }
    bool is_taken = mass_list(&call);
    json_t *count = json_object_get(call.answer, "count");
    if (is_taken)
        require(json_integer_value(count) == from + (int64_t)count_lines(part) &&
                mass_list_finish(&call));
    else
        require(call.outcome == ACT_REFUSED);
    json_decref(call.answer);
    return is_taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (!stored_centre.store)
        stored_start();
    struct bytes whole = bytes_of(data + 1, size - 1);
    struct bytes first = bytes_of(whole.data, whole.len * data[0] / UINT8_MAX);
    struct bytes second = bytes_of(whole.data + first.len, whole.len - first.len);
    require(store_begin(stored_centre.store, NULL) == ERR_NONE);
    if (send_part(first, 0, second.len ? bytes_of(NULL, 0) : whole) && second.len)
        if (send_part(second, (int64_t)count_lines(first), whole))
            require(count_lines(whole) <= 9 && whole.data[whole.len - 1] == '\n');
    store_rollback(stored_centre.store);
    mass_desk_done(&stored_centre.mass);
    return 0;
}
