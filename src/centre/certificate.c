/* Rows of certificates: reading, adding, changing their state. */
#include "centre/certificate.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/hash.h"
#include "store/rows.h"

static void certificate_read(struct rows *rows, struct certificate *out)
{
    *out = (struct certificate){
        .kind = (enum kind)row_integer_within(rows, 0, 0, NUM_KINDS - 1),
        .serial = row_integer(rows, 1),
        .application = row_integer(rows, 2),
        .resident = row_integer(rows, 3),
        .is_signed = !row_is_null(rows, 6),
        .issued = row_integer(rows, 7),
        .last_day = date_of_days((int32_t)row_integer_within(rows, 8, 0, INT32_MAX)),
        .state = (enum status_state)row_integer_within(rows, 9, STATUS_RESERVED, STATUS_REVOKED),
        .reason = (enum status_reason)row_integer_within(rows, 10, 0, 10),
        .since = row_integer(rows, 11),
        .is_installed = !row_is_null(rows, 12),
        .held_by = row_is_null(rows, 13) ? 0 : row_integer(rows, 13),
    };
    row_copy_text(rows, 4, out->card, sizeof out->card);
    row_copy_blob(rows, 5, out->key_digest, sizeof out->key_digest);
    if (out->is_signed)
        row_copy_blob(rows, 6, out->leaf_digest, sizeof out->leaf_digest);
}

const char *certificate_state_word(enum status_state state)
{
    static const char *const words[] = {
        [STATUS_NEVER] = "never", [STATUS_RESERVED] = "reserved", [STATUS_GOOD] = "good",
        [STATUS_HELD] = "held",   [STATUS_REVOKED] = "revoked",
    };
    return words[state];
}

void certificate_list_done(struct certificate_list *list)
{
    free(list->rows);
    *list = (struct certificate_list){0};
}

static enum err list_grow(struct certificate_list *list)
{
    if (list->num < list->room)
        return ERR_NONE;
    size_t room = list->room ? 2 * list->room : 16;
    struct certificate *rows = reallocarray(list->rows, room, sizeof *rows);
    if (!rows)
        return ERR_MEMORY;
    list->rows = rows;
    list->room = room;
    return ERR_NONE;
}

enum err certificate_list(struct centre *centre, enum statement statement, struct value value,
                          struct certificate_list *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(centre->store, statement, VALUES(value), &rows, fault);
    while (rows_next(&rows)) {
        enum err err = list_grow(out);
        if (err != ERR_NONE)
            return err;
        certificate_read(&rows, &out->rows[out->num++]);
    }
    return rows_end(&rows);
}

enum err certificate_find(struct centre *centre, enum kind kind, int64_t serial,
                          struct certificate *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct certificate found = {0};
    store_query(centre->store, STATEMENT_CERTIFICATE_BY_SERIAL,
                VALUES(value_integer(kind), value_integer(serial)), &rows, fault);
    if (rows_next(&rows))
        certificate_read(&rows, &found);
    enum err err = rows_end_one(&rows);
    if (err == ERR_NONE)
        *out = found;
    return err;
}

enum certificate_state certificate_state_on(const struct certificate *certificate, struct date on)
{
    static const enum certificate_state states[] = {
        [STATUS_NEVER] = CERTIFICATE_NONE,      [STATUS_RESERVED] = CERTIFICATE_GOOD,
        [STATUS_GOOD] = CERTIFICATE_GOOD,       [STATUS_HELD] = CERTIFICATE_HELD,
        [STATUS_REVOKED] = CERTIFICATE_REVOKED,
    };
    enum certificate_state state = states[certificate->state];
    if (state != CERTIFICATE_REVOKED && date_compare(certificate->last_day, on) < 0)
        return CERTIFICATE_EXPIRED;
    return state;
}

bool certificate_is_live(const struct certificate *certificate, struct date on)
{
    enum certificate_state state = certificate_state_on(certificate, on);
    return state == CERTIFICATE_GOOD || state == CERTIFICATE_HELD;
}

enum err certificate_add(struct centre *centre, const struct certificate *certificate,
                         const char *common_name, struct fault *fault)
{
    return store_run(centre->store, STATEMENT_CERTIFICATE_INSERT,
                     VALUES(value_integer(certificate->kind), value_integer(certificate->serial),
                            value_integer(certificate->application),
                            value_integer(certificate->resident), value_text(certificate->card),
                            value_blob(bytes_of(certificate->key_digest, 32)),
                            value_text(common_name), value_integer(certificate->issued),
                            value_integer(date_to_days(certificate->last_day))),
                     fault);
}

enum err certificate_hold_by(struct centre *centre, const struct certificate *certificate,
                             int64_t mass, struct fault *fault)
{
    return store_run_one(centre->store, STATEMENT_CERTIFICATE_HELD_BY,
                         VALUES(value_integer(certificate->kind),
                                value_integer(certificate->serial),
                                mass ? value_integer(mass) : value_null()),
                         fault);
}

enum err certificate_change(struct centre *centre, const struct certificate *certificate,
                            enum status_state state, enum status_reason reason, int64_t since,
                            int64_t application, struct fault *fault)
{
    enum err err =
        store_run_one(centre->store, STATEMENT_CERTIFICATE_STATE,
                      VALUES(value_integer(certificate->kind), value_integer(certificate->serial),
                             value_integer(state), value_integer(reason), value_integer(since)),
                      fault);
    const struct change change = {.kind = certificate->kind,
                                  .serial = certificate->serial,
                                  .state = state,
                                  .reason = reason,
                                  .time = since,
                                  .application = application};
    return err != ERR_NONE ? err : change_add(centre, &change, fault);
}

static enum err certificate_refused(struct centre *centre, enum kind kind, int64_t serial,
                                    struct fault *fault)
{
    struct certificate row;
    enum err err = certificate_find(centre, kind, serial, &row, fault);
    return err != ERR_NONE ? err
                           : certificate_change(centre, &row, STATUS_REVOKED, STATUS_UNSPECIFIED,
                                                clock_now(), row.application, fault);
}

enum err certificate_signed(struct centre *centre, enum kind kind, int64_t serial, struct bytes der,
                            struct fault *fault)
{
    if (der.len == 0)
        return certificate_refused(centre, kind, serial, fault);
    struct rows rows CLEANUP_ROWS = {0};
    struct change change = {.kind = kind, .serial = serial, .reason = STATUS_UNSPECIFIED};
    uint8_t digest[SHA256_LEN];
    sha256(der, digest);
    store_query(centre->store, STATEMENT_CERTIFICATE_SIGNED,
                VALUES(value_integer(kind), value_integer(serial),
                       value_blob(bytes_of(digest, sizeof digest))),
                &rows, fault);
    if (rows_next(&rows)) {
        change.state = (enum status_state)row_integer_within(&rows, 0, 0, STATUS_REVOKED);
        change.application = row_integer(&rows, 1);
    }
    enum err err = rows_end_one(&rows);
    /* An event may have ended it while it waited: then it stays ended. */
    return err == ERR_NONE && change.state == STATUS_GOOD ? change_add(centre, &change, fault)
                                                          : err;
}

enum err certificate_installed(struct centre *centre, const struct certificate *certificate,
                               int64_t now, struct fault *fault)
{
    return store_run_one(centre->store, STATEMENT_CERTIFICATE_INSTALLED,
                         VALUES(value_integer(certificate->kind),
                                value_integer(certificate->serial), value_integer(now)),
                         fault);
}
