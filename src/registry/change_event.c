/* The table of the register's events, and the walk of one event into the record. */
#include "registry/change_event.h"

#include <string.h>

#include "store/rows.h"

#define BIT(item) (UINT32_C(1) << (item))
_Static_assert(NUM_ITEMS <= 32, "items fit into a set of 32");

#define NAME_ITEMS                                                                                 \
    (BIT(ITEM_FAMILY) | BIT(ITEM_GIVEN) | BIT(ITEM_FORMER) | BIT(ITEM_ALIAS) | BIT(ITEM_KANA))
#define PLACE_ITEMS (BIT(ITEM_ADDRESS) | BIT(ITEM_POSTCODE) | BIT(ITEM_TELEPHONE))

/* What becomes of leaves_on. */
enum leaving { LEAVING_STAYS, LEAVING_NONE, LEAVING_EFFECTIVE, LEAVING_RECORDED };

/* required: all must come; allowed: besides. fixed: an item that the event itself sets. */
static const struct change_row {
    enum event event;
    uint32_t required, allowed;
    enum leaving leaving;
    struct item_change fixed;
} change_rows[] = {
    {EVENT_MOVED_WITHIN, BIT(ITEM_ADDRESS), PLACE_ITEMS, LEAVING_STAYS, {0}},
    {EVENT_MOVE_OUT_FILED, 0, 0, LEAVING_EFFECTIVE, {0}},
    {EVENT_MOVE_OUT_WITHDRAWN, 0, 0, LEAVING_NONE, {0}},
    {EVENT_MOVED_OUT, 0, 0, LEAVING_EFFECTIVE, {ITEM_RESIDENCE, "moved-out"}},
    {EVENT_MOVED_IN_CONTINUED,
     BIT(ITEM_ADDRESS) | BIT(ITEM_MUNICIPALITY),
     PLACE_ITEMS,
     LEAVING_NONE,
     {ITEM_RESIDENCE, "here"}},
    {EVENT_CONTINUATION_MISSED, 0, 0, LEAVING_STAYS, {0}},
    {EVENT_RENAMED, 0, NAME_ITEMS, LEAVING_STAYS, {0}},
    {EVENT_SEX_CORRECTED, BIT(ITEM_SEX), 0, LEAVING_STAYS, {0}},
    {EVENT_BIRTH_DATE_CORRECTED, BIT(ITEM_BORN), BIT(ITEM_CARD_UNTIL), LEAVING_STAYS, {0}},
    {EVENT_OTHER_ITEM_CHANGED,
     0,
     BIT(ITEM_KANA) | BIT(ITEM_POSTCODE) | BIT(ITEM_TELEPHONE) | BIT(ITEM_LANGUAGE) |
         BIT(ITEM_PROTECTED) | BIT(ITEM_REPRESENTATIVE),
     LEAVING_STAYS,
     {0}},
    {EVENT_ADDRESS_RENAMED,
     BIT(ITEM_ADDRESS),
     PLACE_ITEMS | BIT(ITEM_MUNICIPALITY),
     LEAVING_STAYS,
     {0}},
    {EVENT_DIED, 0, 0, LEAVING_RECORDED, {ITEM_RESIDENCE, "died"}},
    {EVENT_LEFT_ABROAD, 0, 0, LEAVING_EFFECTIVE, {ITEM_RESIDENCE, "abroad"}},
    {EVENT_LEFT_ABROAD_CONTINUED,
     0,
     BIT(ITEM_ADDRESS),
     LEAVING_EFFECTIVE,
     {ITEM_RESIDENCE, "abroad"}},
    {EVENT_RETURNED_FROM_ABROAD,
     BIT(ITEM_ADDRESS),
     PLACE_ITEMS | BIT(ITEM_MUNICIPALITY),
     LEAVING_NONE,
     {ITEM_RESIDENCE, "here"}},
    {EVENT_DEREGISTERED, 0, 0, LEAVING_RECORDED, {ITEM_RESIDENCE, "deregistered"}},
    {EVENT_RECORD_ERROR,
     0,
     NAME_ITEMS | PLACE_ITEMS | BIT(ITEM_SEX) | BIT(ITEM_BORN) | BIT(ITEM_STANDING),
     LEAVING_STAYS,
     {0}},
    {EVENT_BECAME_WARD, 0, BIT(ITEM_REPRESENTATIVE), LEAVING_STAYS, {ITEM_STANDING, "ward"}},
    {EVENT_WARD_LIFTED, 0, BIT(ITEM_REPRESENTATIVE), LEAVING_STAYS, {ITEM_STANDING, ""}},
    {EVENT_STAY_EXTENDED,
     BIT(ITEM_STAY_UNTIL) | BIT(ITEM_CARD_UNTIL),
     0,
     LEAVING_STAYS,
     {ITEM_SPECIAL_PERIOD, ""}},
    {EVENT_STAY_SPECIAL_PERIOD,
     BIT(ITEM_STAY_UNTIL) | BIT(ITEM_CARD_UNTIL),
     0,
     LEAVING_STAYS,
     {ITEM_SPECIAL_PERIOD, "1"}},
    {EVENT_CARD_REISSUED,
     BIT(ITEM_CARD_ID) | BIT(ITEM_CARD_UNTIL),
     BIT(ITEM_OLD_CARD),
     LEAVING_STAYS,
     {ITEM_CARD_STATE, "good"}},
};

static const struct change_row *find_row(enum event event)
{
    for (size_t i = 0; i < COUNT_OF(change_rows); i++)
        if (change_rows[i].event == event)
            return &change_rows[i];
    return NULL;
}

bool change_event_knows(enum event event)
{
    return find_row(event) != NULL;
}

static enum err check_number(const struct change_event *event, struct fault *fault)
{
    size_t len = strnlen(event->number, sizeof event->number);
    bool is_good = len > 0 && len < sizeof event->number;
    for (size_t i = 0; is_good && i < len; i++)
        is_good = event->number[i] > ' ' && event->number[i] < 0x7F;
    if (!is_good)
        return fault_set(fault, ERR_MALFORMED, "number", "is not 1 to %d visible characters",
                         CHANGE_EVENT_NUMBER - 1);
    if (!date_is_complete(event->recorded) || !date_is_complete(event->effective))
        return fault_set(fault, ERR_MALFORMED, "date", "recorded or effective is missing");
    return ERR_NONE;
}

static enum err check_items(const struct change_event *event, const struct change_row *row,
                            struct fault *fault)
{
    uint32_t seen = 0;
    if (event->num_changes > CHANGE_EVENT_ITEMS)
        return fault_set(fault, ERR_LIMIT, "changes", "more than %d", CHANGE_EVENT_ITEMS);
    for (size_t i = 0; i < event->num_changes; i++) {
        enum item item = event->changes[i].item;
        if ((size_t)item >= NUM_ITEMS || !((row->required | row->allowed) & BIT(item)))
            return fault_set(fault, ERR_MALFORMED, item_name(item), "%s does not change it",
                             event_name(event->event));
        if (seen & BIT(item))
            return fault_set(fault, ERR_MALFORMED, item_name(item), "is given twice");
        seen |= BIT(item);
    }
    for (size_t i = 0; i < NUM_ITEMS; i++)
        if (row->required & ~seen & BIT(i))
            return fault_set(fault, ERR_MALFORMED, item_name((enum item)i), "is missing in %s",
                             event_name(event->event));
    return ERR_NONE;
}

/* The lines "item<TAB>value" of the items that the event names, as they stand in a record. */
static void put_items(const struct change_event *event, const struct resident *resident,
                      struct buffer *out)
{
    for (size_t i = 0; i < event->num_changes; i++) {
        buffer_put_format(out, "%s\t", item_name(event->changes[i].item));
        item_put(resident, event->changes[i].item, out);
        buffer_put_text(out, "\n");
    }
}

static enum err apply(const struct change_event *event, const struct change_row *row,
                      struct resident *resident, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < event->num_changes; i++)
        err = item_set(resident, event->changes[i].item, event->changes[i].value, fault);
    if (err == ERR_NONE && row->fixed.value)
        err = item_set(resident, row->fixed.item, row->fixed.value, fault);
    if (row->leaving == LEAVING_NONE)
        resident->leaves_on = (struct date){0};
    else if (row->leaving != LEAVING_STAYS)
        resident->leaves_on =
            row->leaving == LEAVING_EFFECTIVE ? event->effective : event->recorded;
    return err;
}

static enum err check_after(struct store *store, const struct change_answer *answer,
                            const struct municipalities *municipalities,
                            const struct substitutes *substitutes, struct fault *fault)
{
    struct resident_four four;
    enum err err = resident_check(&answer->after, municipalities, fault);
    if (err == ERR_NONE)
        err = resident_four(&answer->after, substitutes, &four, fault);
    if (err != ERR_NONE || answer->after.representative == answer->before.representative ||
        answer->after.representative == 0)
        return err;
    struct resident representative;
    err = resident_find(store, answer->after.representative, &representative, fault);
    return err == ERR_NOT_FOUND
               ? fault_set(fault, ERR_MALFORMED, "representative", "is nobody of the register")
               : err;
}

static enum err write_event(struct store *store, const struct change_event *event,
                            const struct change_answer *answer, struct fault *fault)
{
    struct buffer changes CLEANUP_BUFFER, before CLEANUP_BUFFER;
    buffer_init(&changes, 16 * 1024);
    buffer_init(&before, 16 * 1024);
    put_items(event, &answer->after, &changes);
    put_items(event, &answer->before, &before);
    if (buffer_check(&changes) != ERR_NONE || buffer_check(&before) != ERR_NONE)
        return fault_set(fault, ERR_MEMORY, "event", "out of memory");
    enum err err = store_run(
        store, STATEMENT_RESIDENT_EVENT_INSERT,
        VALUES(value_text(event->number), value_integer(event->resident),
               value_text(event_name(event->event)), value_integer(date_to_days(event->recorded)),
               value_integer(date_to_days(event->effective)),
               value_text_bytes(buffer_bytes(&changes)), value_text_bytes(buffer_bytes(&before))),
        fault);
    return err == ERR_NONE ? resident_update(store, &answer->after, fault) : err;
}

/* Is the event of the row the same as this one? Of an erased one, what is left is compared. */
static bool says_the_same(struct rows *rows, const struct change_event *event,
                          const struct resident *after)
{
    struct buffer changes CLEANUP_BUFFER;
    buffer_init(&changes, 16 * 1024);
    put_items(event, after, &changes);
    return row_integer(rows, 0) == event->resident &&
           bytes_equal_text(row_text(rows, 1), event_name(event->event)) &&
           (event->is_recorded_assumed || row_integer(rows, 2) == date_to_days(event->recorded)) &&
           (event->is_effective_assumed ||
            row_integer(rows, 3) == date_to_days(event->effective)) &&
           (row_is_null(rows, 4) || bytes_equal(row_text(rows, 4), buffer_bytes(&changes)));
}

/* after: the record as this event would make it. */
static enum err find_known(struct store *store, const struct change_event *event,
                           const struct resident *after, bool *was_known, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(store, STATEMENT_RESIDENT_EVENT_FIND, VALUES(value_text(event->number)), &rows,
                fault);
    bool is_known = rows_next(&rows);
    bool is_same = is_known && says_the_same(&rows, event, after);
    enum err err = rows_end(&rows);
    if (err == ERR_NONE && is_known && !is_same)
        return fault_set(fault, ERR_EXISTS, "number", "%s was another event", event->number);
    if (err == ERR_NONE)
        *was_known = is_known;
    return err;
}

/* The lines of put_items: does one begin with that item? */
static bool names_item(struct bytes lines, enum item item)
{
    const char *name = item_name(item);
    size_t len = strlen(name);
    while (lines.len) {
        const uint8_t *end = memchr(lines.data, '\n', lines.len);
        size_t line = end ? (size_t)(end - lines.data) + 1 : lines.len;
        if (line > len && memcmp(lines.data, name, len) == 0 && lines.data[len] == '\t')
            return true;
        lines = bytes_of(lines.data + line, lines.len - line);
    }
    return false;
}

/* Does the event of the database's row set what this one sets? */
static bool sets_the_same(struct rows *rows, const struct change_event *event,
                          const struct change_row *row)
{
    char name[64];
    enum event other;
    row_copy_text(rows, 0, name, sizeof name);
    const struct change_row *later = event_parse(name, &other) == ERR_NONE ? find_row(other) : NULL;
    if (later && row->leaving != LEAVING_STAYS && later->leaving != LEAVING_STAYS)
        return true;
    if (later && row->fixed.value && later->fixed.value && later->fixed.item == row->fixed.item)
        return true;
    for (size_t i = 0; !row_is_null(rows, 1) && i < event->num_changes; i++)
        if (names_item(row_text(rows, 1), event->changes[i].item))
            return true;
    return false;
}

/* What was recorded later is what the record says now: an event that comes behind it does not put
 * the older value back. */
static enum err check_order(struct store *store, const struct change_event *event,
                            const struct change_row *row, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    bool is_late = false;
    store_query(
        store, STATEMENT_RESIDENT_EVENTS_LATER,
        VALUES(value_integer(event->resident), value_integer(date_to_days(event->recorded))), &rows,
        fault);
    while (rows_next(&rows))
        is_late = is_late || sets_the_same(&rows, event, row);
    enum err err = rows_end(&rows);
    return err == ERR_NONE && is_late
               ? fault_set(fault, ERR_STATE, "order", "a later event has changed the same")
               : err;
}

enum err change_event_apply(struct store *store, const struct change_event *event,
                            const struct municipalities *municipalities,
                            const struct substitutes *substitutes, struct change_answer *out,
                            struct fault *fault)
{
    const struct change_row *row = find_row(event->event);
    if (!row)
        return fault_set(fault, ERR_UNSUPPORTED, "event", "%s is not of the register",
                         event_name(event->event));
    struct change_answer answer = {0};
    enum err err = check_number(event, fault);
    if (err == ERR_NONE)
        err = check_items(event, row, fault);
    if (err == ERR_NONE)
        err = resident_find(store, event->resident, &answer.before, fault);
    answer.after = answer.before;
    if (err == ERR_NONE)
        err = apply(event, row, &answer.after, fault);
    if (err == ERR_NONE)
        err = find_known(store, event, &answer.after, &answer.was_known, fault);
    if (err == ERR_NONE && answer.was_known)
        answer.after = answer.before;
    if (err == ERR_NONE && !answer.was_known) {
        bool has_died = answer.before.residence == RESIDENCE_DIED;
        if (has_died && event->event != EVENT_RECORD_ERROR)
            return fault_set(fault, ERR_STATE, "residence", "they have died");
        err = check_order(store, event, row, fault);
        if (err == ERR_NONE)
            err = check_after(store, &answer, municipalities, substitutes, fault);
        if (err == ERR_NONE)
            err = write_event(store, event, &answer, fault);
    }
    if (err != ERR_NONE)
        return err;
    answer.four_changed = !resident_has_same_four(&answer.before, &answer.after);
    *out = answer;
    return ERR_NONE;
}
