/* A CRL from a listing: everything in it, or what is a municipality's. */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "status/crl_parts.h"
#include "x509/crl.h"

#define ENTRY_USUAL 36 /* bytes of one with a serial of four bytes, a UTCTime and a reason */

struct walk {
    struct status_crl_walk listing;
    int64_t last_this_update;
    uint8_t serial[8];
    bool is_broken; /* a word that means nothing was met */
};

static bool next_entry(void *context, struct crl_entry *out)
{
    struct walk *walk = context;
    struct status_entry entry;
    for (uint64_t serial, word; status_crl_walk_next(&walk->listing, &serial, &word);) {
        if (status_word_decode(word, &entry) != ERR_NONE) {
            walk->is_broken = true;
            return false;
        }
        if (!status_crl_lists(&entry, walk->last_this_update))
            continue;
        out->serial = serial_encode(serial, walk->serial);
        out->revoked_at = entry.since;
        out->reason = entry.state == STATUS_HELD ? CRL_REASON_HOLD : (enum crl_reason)entry.reason;
        return true;
    }
    return false;
}

static enum err encode(const struct status_crl_listing *listing,
                       const struct status_crl_request *request, struct buffer *tbs,
                       struct fault *fault)
{
    struct walk walk = {.listing = status_crl_walk_of(listing, request->municipality),
                        .last_this_update = request->last_this_update};
    struct crl_facts facts = {.this_update = request->this_update,
                              .next_update = request->this_update + PROFILE_CRL_LIFE,
                              .number = request->number,
                              .issuing_point = request->issuing_point};
    if (!request->municipality)
        buffer_reserve(tbs, ENTRY_USUAL * status_crl_num_listed(listing));
    enum err err = crl_encode_tbs(status_crl_issuer(listing), &facts,
                                  (struct crl_source){next_entry, &walk}, tbs);
    if (walk.is_broken)
        err = ERR_MALFORMED;
    return err == ERR_NONE ? ERR_NONE
                           : fault_set(fault, err, "CRL", "the list could not be written");
}

static enum err request_check(const struct status_crl_request *request, struct fault *fault)
{
    if (request->this_update <= request->last_this_update)
        return fault_set(fault, ERR_USAGE, "thisUpdate", "times of a CRL rise");
    bool is_municipal = request->municipality != 0;
    if (request->municipality >= STATUS_MUNICIPALITIES ||
        is_municipal != (request->issuing_point.len != 0))
        return fault_set(fault, ERR_USAGE, "scope",
                         "a municipality and its distribution point, or neither");
    return ERR_NONE;
}

enum err status_crl_build(const struct status_crl_listing *listing,
                          const struct status_crl_request *request, int *out, struct fault *fault)
{
    struct buffer tbs CLEANUP_BUFFER;
    buffer_init(&tbs, LIMIT_CRL);
    enum err err = request_check(request, fault);
    if (err == ERR_NONE)
        err = encode(listing, request, &tbs, fault);
    if (err == ERR_NONE && memfd_sealed("crl", buffer_bytes(&tbs), out) != ERR_NONE)
        return fault_set(fault, ERR_IO, "memfd", "%s", strerror(errno));
    return err;
}
