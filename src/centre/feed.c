/* Reading changes, authorities, lists and this node's certificates. */
#include "centre/feed.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/limits.h"
#include "centre/change.h"
#include "centre/crl.h"
#include "centre/setup.h"
#include "centre/signing.h"
#include "store/rows.h"

#define TURN_PARTS 100 /* of change_feed_part in one transaction */

/* --- authorities --- */

static enum err authority_take(struct authority *authority, struct rows *rows, struct fault *fault)
{
    buffer_init(&authority->der, LIMIT_CERTIFICATE);
    buffer_init(&authority->spki, LIMIT_CERTIFICATE);
    enum err err = signing_assemble(row_blob(rows, 0), row_blob(rows, 1), &authority->der);
    if (err == ERR_NONE)
        err = cert_parse(buffer_bytes(&authority->der), &authority->cert, fault);
    if (err != ERR_NONE)
        return err;
    buffer_put_bytes(&authority->spki, authority->cert.spki);
    return public_key_parse(authority->cert.spki, &authority->key);
}

static enum err authorities_of_kind(struct centre *centre, enum kind kind, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct authorities_of_kind *all = &centre->authorities[kind];
    enum err err = ERR_NONE;
    store_query(centre->store, STATEMENT_AUTHORITY_LIST, VALUES(value_integer(kind)), &rows, fault);
    while (err == ERR_NONE && rows_next(&rows)) {
        if (all->num == STATUS_GENERATIONS_MAX)
            return fault_set(fault, ERR_LIMIT, "authority", "too many generations");
        struct authority *next = &all->generations[all->num++];
        next->generation = all->num;
        err = authority_take(next, &rows, fault);
    }
    return err != ERR_NONE ? err : rows_end(&rows);
}

/* All anew: what lists are built from, what the maps know, what status reads at its start. */
static enum err authorities_read(struct centre *centre, struct fault *fault)
{
    enum err err = ERR_NONE;
    authority_unload(centre);
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        err = authorities_of_kind(centre, (enum kind)kind, fault);
    return err == ERR_NONE ? setup_show_authorities(centre, fault) : err;
}

/* --- opening --- */

enum err feed_open(const struct feed_paths *paths, struct feed *out, struct fault *fault)
{
    *out = (struct feed){0};
    struct centre *centre = &out->centre;
    snprintf(centre->synced, sizeof centre->synced, "%s", paths->synced);
    snprintf(centre->published, sizeof centre->published, "%s", paths->published);
    enum err err = store_open(paths->database, STORE_FOLLOWER, &centre->store, fault);
    if (err == ERR_NONE)
        err = store_check_version(centre->store, fault);
    if (err == ERR_NONE)
        err = maps_open(centre, paths->maps, &out->maps_were, fault);
    return err == ERR_NONE ? authorities_read(centre, fault) : err;
}

void feed_done(struct feed *feed)
{
    for (int kind = 0; kind < NUM_KINDS; kind++)
        for (size_t i = 0; i < STATUS_GENERATIONS_MAX; i++)
            feed_list_done(&feed->lists[kind][i]);
    authority_unload(&feed->centre);
    maps_done(&feed->centre);
    store_close(feed->centre.store);
    *feed = (struct feed){0};
}

/* --- a turn --- */

/* A list of a generation that is not known here: it came while nobody served at the writer's. */
static enum err authorities_look(struct centre *centre, struct fault *fault)
{
    struct crl_row last;
    enum err err = ERR_NONE;
    bool is_new = false;
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++) {
        err = crl_last_of(centre->store, (enum kind)kind, centre->authorities[kind].num + 1, NULL,
                          &last, fault);
        is_new = is_new || (err == ERR_NONE && last.number > 0);
    }
    return err == ERR_NONE && is_new ? authorities_read(centre, fault) : err;
}

typedef enum err list_visit(struct centre *centre, enum kind kind,
                            const struct authority *authority, struct feed_list *list,
                            struct fault *fault);

static enum err each_list(struct feed *feed, list_visit *visit, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        const struct authorities_of_kind *all = &feed->centre.authorities[kind];
        for (unsigned i = 0; err == ERR_NONE && i < all->num; i++)
            err = visit(&feed->centre, (enum kind)kind, &all->generations[i], &feed->lists[kind][i],
                        fault);
    }
    return err;
}

/* The next epoch at which a list is to be built: the feed stops there. */
static uint64_t next_stop(const struct feed *feed)
{
    int64_t stop = INT64_MAX;
    for (int kind = 0; kind < NUM_KINDS; kind++)
        for (size_t i = 0; i < STATUS_GENERATIONS_MAX; i++) {
            const struct feed_list *list = &feed->lists[kind][i];
            if (list->state == FEED_LIST_WANTED && list->crl.epoch < stop)
                stop = list->crl.epoch;
        }
    return (uint64_t)stop;
}

static enum err build_reached(struct centre *centre, enum kind kind,
                              const struct authority *authority, struct feed_list *list,
                              struct fault *fault)
{
    bool is_reached = list->state == FEED_LIST_WANTED &&
                      (uint64_t)list->crl.epoch <= status_map_epoch(centre->maps[kind]);
    return is_reached ? feed_list_build(centre, kind, authority, list, fault) : ERR_NONE;
}

/* In the same view the map that was read to the end knows the last change. Where it knows more, the
 * database was set back behind an open connection. */
static enum err check_end(const struct centre *centre, struct fault *fault)
{
    int64_t last = 0;
    enum err err =
        store_ask_integer(centre->store, STATEMENT_CHANGE_LAST_EPOCH, NO_VALUES, &last, fault);
    if (err != ERR_NONE)
        return err;
    for (int kind = 0; kind < NUM_KINDS; kind++)
        if (status_map_epoch(centre->maps[kind]) != (uint64_t)last)
            return fault_set(fault, ERR_STATE, "history",
                             "the database was set back: its last change is not the map's");
    return ERR_NONE;
}

static enum err note_news(struct centre *centre, struct fault *fault)
{
    int64_t last = 0;
    bool has_news = false;
    enum err err =
        store_ask_integer(centre->store, STATEMENT_CHANGE_LAST_EPOCH, NO_VALUES, &last, fault);
    for (int kind = 0; kind < NUM_KINDS; kind++)
        has_news = has_news || status_map_epoch(centre->maps[kind]) < (uint64_t)last;
    return err == ERR_NONE && has_news ? maps_note(centre, fault) : err;
}

/* In the reader's one view: a list and the changes behind it are seen together or not at all. */
static enum err read_view(struct feed *feed, bool *is_behind, struct fault *fault)
{
    struct centre *centre = &feed->centre;
    enum err err = note_news(centre, fault);
    if (err == ERR_NONE)
        err = authorities_look(centre, fault);
    if (err == ERR_NONE)
        err = each_list(feed, feed_list_look, fault);
    for (int part = 0; err == ERR_NONE && part < TURN_PARTS; part++) {
        uint64_t stop = next_stop(feed);
        bool is_all = false;
        err = change_feed_part(centre, stop, &is_all, fault);
        if (err != ERR_NONE || !is_all)
            continue;
        if (stop == INT64_MAX) {
            *is_behind = false;
            return check_end(centre, fault);
        }
        err = each_list(feed, build_reached, fault);
    }
    return err;
}

/* What was read is brought to the disk at once: the note then knows the journal's head with which
 * the changes came, and another history is seen even after a cut. */
static enum err keep(struct feed *feed, int64_t start, bool is_behind, struct fault *fault)
{
    struct centre *centre = &feed->centre;
    for (int kind = 0; !is_behind && kind < NUM_KINDS; kind++)
        status_map_set_fed(centre->maps[kind], start);
    return is_behind && !maps_sync_is_due(centre) ? ERR_NONE : maps_sync(centre, fault);
}

enum err feed_turn(struct feed *feed, bool *is_behind, struct fault *fault)
{
    struct centre *centre = &feed->centre;
    int64_t start = clock_boot();
    *is_behind = true;
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    err = read_view(feed, is_behind, fault);
    if (err != ERR_NONE) {
        store_rollback(centre->store);
        return err;
    }
    err = store_commit(centre->store, fault);
    return err == ERR_NONE ? keep(feed, start, *is_behind, fault) : err;
}

/* --- this node's certificates --- */

static enum err certificate_send(struct feed *feed, enum kind kind, unsigned generation,
                                 struct bytes spki, int fd, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct buffer der CLEANUP_BUFFER;
    buffer_init(&der, LIMIT_CERTIFICATE);
    enum err err = ERR_NONE;
    store_query(feed->centre.store, STATEMENT_FOLLOWER_CERTIFICATE_READ,
                VALUES(value_integer(kind), value_integer(generation), value_blob(spki)), &rows,
                fault);
    if (rows_next(&rows)) {
        err = signing_assemble(row_blob(&rows, 0), row_blob(&rows, 1), &der);
        if (err == ERR_NONE && rows_end(&rows) == ERR_NONE &&
            status_client_send_responder(fd, kind, buffer_bytes(&der)) != ERR_NONE)
            err = fault_set(fault, ERR_PEER, "wish", "the answer is not read");
    }
    return err != ERR_NONE ? err : rows_end(&rows);
}

static enum err certificates_send(struct feed *feed, struct bytes spki, int fd, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (int kind = 0; kind < NUM_KINDS; kind++)
        for (unsigned g = 1; err == ERR_NONE && g <= feed->centre.authorities[kind].num; g++)
            err = certificate_send(feed, (enum kind)kind, g, spki, fd, fault);
    return err;
}

enum err feed_answer(struct feed *feed, int fd, bool *is_unknown, struct fault *fault)
{
    struct status_wish wish;
    bool is_whole;
    int64_t num = 0;
    *is_unknown = feed->was_unknown;
    enum err err = wish_desk_read(&feed->desk, fd, &is_whole, &wish);
    if (err != ERR_NONE)
        return fault_set(fault, err, "wish", "what came is none");
    if (!is_whole)
        return ERR_NONE;
    struct bytes spki = bytes_of(wish.spki, wish.spki_len);
    err = store_ask_integer(feed->centre.store, STATEMENT_FOLLOWER_IS_KNOWN,
                            VALUES(value_blob(spki)), &num, fault);
    if (err != ERR_NONE)
        return err;
    *is_unknown = feed->was_unknown = num == 0;
    return num ? certificates_send(feed, spki, fd, fault) : ERR_NONE;
}
