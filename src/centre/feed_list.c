/* Building, checking and publishing it. */
#include "centre/feed_list.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/mapping.h"
#include "crypto/verify.h"
#include "store/rows.h"

void feed_list_done(struct feed_list *list)
{
    if (list->state == FEED_LIST_BUILT)
        fd_close(&list->memfd);
    *list = (struct feed_list){0};
}

/* --- what the database says --- */

struct followed {
    struct feed_list list;
    struct buffer signature; /* empty: it is not signed yet */
};

static void followed_done(struct followed *found)
{
    buffer_done(&found->signature);
}

/* number stays 0 when there is no list. */
static enum err followed_read(struct centre *centre, enum kind kind, unsigned generation,
                              struct followed *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    out->list = (struct feed_list){.memfd = -1};
    store_query(centre->store, STATEMENT_CRL_FOLLOWED,
                VALUES(value_integer(kind), value_integer(generation)), &rows, fault);
    if (rows_next(&rows)) {
        crl_row_read(&rows, &out->list.crl);
        if (!row_is_null(&rows, 4))
            buffer_put_bytes(&out->signature, row_blob(&rows, 4));
        out->list.last_this_update = row_integer(&rows, 5);
    }
    enum err err = rows_end(&rows);
    return err == ERR_NONE ? buffer_check(&out->signature) : err;
}

/* What a map beyond its epoch cannot show any more is left to the next list. */
static void list_begin(struct centre *centre, enum kind kind, unsigned generation,
                       const struct feed_list *found, struct feed_list *list)
{
    const struct status_list full = {.kind = kind, .generation = generation};
    feed_list_done(list);
    *list = *found;
    bool is_there = crl_is_published(centre, &full, &list->crl);
    bool is_past = (uint64_t)list->crl.epoch < status_map_epoch(centre->maps[kind]);
    list->state = is_there || is_past ? FEED_LIST_FINISHED : FEED_LIST_WANTED;
}

/* --- publishing --- */

static enum err signature_check(const struct authority *authority, int memfd,
                                struct bytes signature, struct fault *fault)
{
    struct mapping tbs CLEANUP_MAPPING = {0};
    enum err err = mapping_open(memfd, LIMIT_CRL, &tbs, fault);
    if (err == ERR_NONE)
        err = verify_message(authority->key, HASH_SHA256, mapping_bytes(&tbs), signature);
    return err == ERR_NONE
               ? ERR_NONE
               : fault_set(fault, ERR_DENIED, "list", "it is not signed by its authority");
}

static enum err list_publish(struct centre *centre, enum kind kind,
                             const struct authority *authority, struct feed_list *list,
                             struct bytes signature, struct fault *fault)
{
    const struct status_list full = {.kind = kind, .generation = authority->generation};
    enum err err = signature_check(authority, list->memfd, signature, fault);
    if (err == ERR_NONE)
        err = status_crl_publish(centre->published, &full, list->memfd,
                                 profile_signature(authority->cert.key.type), signature, fault);
    if (err == ERR_NONE)
        err = status_epoch_publish(centre->published, &full, (uint64_t)list->crl.epoch, fault);
    if (err != ERR_NONE)
        return err;
    fd_close(&list->memfd);
    list->state = FEED_LIST_FINISHED;
    return ERR_NONE;
}

enum err feed_list_look(struct centre *centre, enum kind kind, const struct authority *authority,
                        struct feed_list *list, struct fault *fault)
{
    struct followed found CLEANUP(followed_done);
    buffer_init(&found.signature, SIGNER_SIGNATURE_MAX);
    enum err err = followed_read(centre, kind, authority->generation, &found, fault);
    if (err != ERR_NONE || found.list.crl.number == 0)
        return err;
    if (found.list.crl.number != list->crl.number)
        list_begin(centre, kind, authority->generation, &found.list, list);
    if (list->state != FEED_LIST_BUILT || found.signature.len == 0)
        return ERR_NONE;
    return list_publish(centre, kind, authority, list, buffer_bytes(&found.signature), fault);
}

/* --- building --- */

static enum err digest_of(int memfd, uint8_t out[static SHA256_LEN], struct fault *fault)
{
    struct mapping tbs CLEANUP_MAPPING = {0};
    enum err err = mapping_open(memfd, LIMIT_CRL, &tbs, fault);
    if (err == ERR_NONE)
        sha256(mapping_bytes(&tbs), out);
    return err;
}

enum err feed_list_build(struct centre *centre, enum kind kind, const struct authority *authority,
                         struct feed_list *list, struct fault *fault)
{
    uint8_t digest[SHA256_LEN];
    const struct status_crl_request request = {
        .number = (uint64_t)list->crl.number,
        .this_update = list->crl.this_update,
        .last_this_update = list->last_this_update,
    };
    int memfd CLEANUP_FD = -1;
    struct status_crl_listing *listing CLEANUP_STATUS_CRL_LISTING = NULL;
    list->state = FEED_LIST_FINISHED;
    enum err err = status_crl_listing_new(centre->maps[kind], buffer_bytes(&authority->der),
                                          list->last_this_update, &listing, fault);
    if (err == ERR_NONE)
        err = status_crl_build(listing, &request, &memfd, fault);
    if (err == ERR_NONE)
        err = digest_of(memfd, digest, fault);
    if (err != ERR_NONE || !bytes_equal(bytes_of(digest, sizeof digest),
                                        bytes_of(list->crl.digest, sizeof list->crl.digest)))
        return err; /* words were beyond the epoch, as after a cut: the next list counts */
    list->state = FEED_LIST_BUILT;
    list->memfd = memfd;
    memfd = -1;
    return ERR_NONE;
}
