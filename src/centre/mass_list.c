/* Lists of certificates as they come in: serials in rising order, one a line, so that a set has one
 * digest, the SHA-256 of its lines. A list comes in parts; a bad line refuses its part, and with it
 * the list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "centre/act.h"
#include "centre/mass.h"
#include "store/rows.h"

static const struct reason reason_list = {"mass", "", "bad-list",
                                          "The list has bad lines; it was not taken.",
                                          "誤りのある行があるため、一覧を受け付けませんでした。"};
static const struct reason reason_kind = {
    "mass", "", "no-list-begun", "No list of this kind that has come so far is this person's.",
    "この種類で、ここまで受け付けた一覧はありません。"};
static const struct reason reason_long = {"mass", "", "list-too-long",
                                          "A list has 1,000,000 certificates at most.",
                                          "一覧は 1,000,000 件までです。"};
struct part {
    int64_t first_line; /* lines before it */
    size_t num;
    int64_t serials[LIMIT_MASS_PART];
};

static void list_done(struct mass_list *list)
{
    parts_done(&list->parts);
    *list = (struct mass_list){0};
}

void mass_desk_done(struct mass_desk *desk)
{
    list_done(&desk->list);
    list_done(&desk->next);
}

/* -- complaining about lines -- */

static void complain_line(struct act_call *call, json_t *faults, int64_t line, const char *what)
{
    char text[256];
    snprintf(text, sizeof text, "list : line %lld : %s", (long long)line, what);
    if (json_array_size(faults) < LIMIT_CSV_FAULTS)
        json_array_append_new(faults, json_string(text));
    act_answer(call, "num_faults",
               json_integer(1 + json_integer_value(json_object_get(call->answer, "num_faults"))));
}

static bool refuse_lines(struct act_call *call, json_t *faults)
{
    if (json_array_size(faults) == 0) {
        json_decref(faults);
        return true;
    }
    act_answer(call, "faults", faults);
    return act_refuse(call, &reason_list);
}

/* -- reading -- */

/* A serial as one writes it, without zeros before it; 0 for anything else. */
static int64_t serial_parse(struct bytes line)
{
    int64_t serial = 0;
    if (line.len == 0 || line.len > 9 || line.data[0] == '0')
        return 0;
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] < '0' || line.data[i] > '9')
            return 0;
        serial = 10 * serial + (line.data[i] - '0');
    }
    return serial <= (int64_t)STATUS_SERIAL_MAX ? serial : 0;
}

static struct bytes next_line(struct bytes *text)
{
    const uint8_t *end = memchr(text->data, '\n', text->len);
    size_t len = end ? (size_t)(end - text->data) : text->len;
    struct bytes line = bytes_of(text->data, len);
    *text = bytes_of(text->data + len + (end ? 1 : 0), text->len - len - (end ? 1 : 0));
    return line;
}

/* Reads every line into the part; `last` is the serial before it. */
static bool part_read(struct act_call *call, int64_t last, struct part *part)
{
    struct bytes text = call->fields.file;
    json_t *faults = json_array();
    if (text.len == 0 || text.data[text.len - 1] != '\n')
        complain_line(call, faults, part->first_line + 1,
                      "the part does not end with a line's end");
    for (int64_t line = part->first_line + 1; text.len; line++) {
        int64_t serial = serial_parse(next_line(&text));
        if (part->num == LIMIT_MASS_PART) {
            complain_line(call, faults, line, "too many lines in one part");
            break;
        }
        if (serial == 0)
            complain_line(call, faults, line, "not a serial number");
        else if (serial <= last)
            complain_line(call, faults, line,
                          serial == last ? "the same as the line before"
                                         : "not above the line before");
        last = serial > last ? serial : last;
        part->serials[part->num++] = serial;
    }
    return refuse_lines(call, faults);
}

/* -- storing -- */

#define AT_ONCE 31 /* serials of MASS_ENTRIES_INSERT */

static enum err part_store(struct centre *centre, int64_t number, const struct part *part,
                           struct fault *fault)
{
    struct value values[1 + AT_ONCE] = {value_integer(number)};
    size_t i = 0;
    enum err err = ERR_NONE;
    for (; err == ERR_NONE && i + AT_ONCE <= part->num; i += AT_ONCE) {
        for (size_t j = 0; j < AT_ONCE; j++)
            values[1 + j] = value_integer(part->serials[i + j]);
        err = store_run(centre->store, STATEMENT_MASS_ENTRIES_INSERT, values, 1 + AT_ONCE, fault);
    }
    for (; err == ERR_NONE && i < part->num; i++)
        err = store_run(centre->store, STATEMENT_MASS_ENTRY_INSERT,
                        VALUES(value_integer(number), value_integer(part->serials[i])), fault);
    return err;
}

static int compare_serials(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* A mass act is about certificates that are there: a serial of nobody's is a mistake in the list.
 */
static bool part_is_known(struct act_call *call, const struct mass_list *list,
                          const struct part *part)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *faults = json_array();
    store_query(call->centre->store, STATEMENT_MASS_UNKNOWN,
                VALUES(value_integer(list->number), value_integer(list->kind),
                       value_integer(list->last), value_integer(LIMIT_CSV_FAULTS)),
                &rows, &call->fault);
    while (rows_next(&rows)) {
        int64_t serial = row_integer(&rows, 0);
        const int64_t *at =
            bsearch(&serial, part->serials, part->num, sizeof serial, compare_serials);
        complain_line(call, faults, part->first_line + 1 + (at ? at - part->serials : 0),
                      "no certificate of this kind has this serial number");
    }
    if (!act_ok(call, rows_end(&rows))) {
        json_decref(faults);
        return false;
    }
    return refuse_lines(call, faults);
}

/* -- the act -- */

/* A list that begins; what was begun before and is not whole is given up. */
static bool list_begin(struct act_call *call, struct mass_list *list)
{
    struct store *store = call->centre->store;
    list->kind = call->fields.kind;
    return act_ok(call, store_run(store, STATEMENT_MASS_DROP_BEGUN, NO_VALUES, &call->fault)) &&
           act_ok(call,
                  store_ask_integer(store, STATEMENT_MASS_INSERT,
                                    VALUES(value_integer(list->kind), value_text(list->parts.first),
                                           value_integer(call->now)),
                                    &list->number, &call->fault));
}

static bool list_open(struct act_call *call, struct mass_list *list)
{
    const struct mass_list *begun = &call->centre->mass.list;
    if (!parts_open(call, &begun->parts, &list->parts))
        return false;
    if (call->fields.from == 0)
        return list_begin(call, list);
    list->number = begun->number;
    list->last = begun->last;
    list->kind = begun->kind;
    return begun->kind == call->fields.kind || act_refuse(call, &reason_kind);
}

static bool list_end(struct act_call *call, struct mass_list *list)
{
    struct store *store = call->centre->store;
    uint8_t digest[SHA256_LEN];
    if (!parts_is_last(call))
        return true;
    return parts_end(call, &list->parts, digest) &&
           act_ok(call, store_run_one(store, STATEMENT_MASS_WHOLE,
                                      VALUES(value_integer(list->number),
                                             value_integer(list->parts.count),
                                             value_blob(bytes_of(digest, sizeof digest))),
                                      &call->fault)) &&
           act_ok(call, store_run(store, STATEMENT_MASS_DROP_OLD,
                                  VALUES(value_integer(LIMIT_MASS_LISTS)), &call->fault));
}

static bool list_take(struct act_call *call, struct mass_list *list, struct part *part)
{
    part->first_line = list->parts.count;
    if (!part_read(call, list->last, part))
        return false;
    if (list->parts.count + (int64_t)part->num > LIMIT_MASS_ENTRIES)
        return act_refuse(call, &reason_long);
    if (!act_ok(call, part_store(call->centre, list->number, part, &call->fault)) ||
        !part_is_known(call, list, part) || !parts_add(call, &list->parts, (int64_t)part->num))
        return false;
    list->last = part->serials[part->num - 1];
    return list_end(call, list);
}

bool mass_list(struct act_call *call)
{
    struct mass_desk *desk = &call->centre->mass;
    struct part *part = calloc(1, sizeof *part);
    if (!part)
        return act_fail(call, ERR_MEMORY);
    list_done(&desk->next);
    desk->next_call = call;
    bool is_taken = list_open(call, &desk->next) && list_take(call, &desk->next, part);
    free(part);
    if (!is_taken)
        return false;
    act_answer(call, "number", json_integer(desk->next.number));
    act_answer(call, "count", json_integer(desk->next.parts.count));
    return call->outcome == ACT_DONE;
}

/* Now that the part is on the disk, the next one may follow. A whole list is nobody's to go on. */
bool mass_list_finish(struct act_call *call)
{
    struct mass_desk *desk = &call->centre->mass;
    if (desk->next_call != call)
        return true;
    list_done(&desk->list);
    desk->list = desk->next;
    desk->next = (struct mass_list){0};
    desk->next_call = NULL;
    desk->is_idle = false; /* another list may have been dropped */
    if (parts_is_last(call))
        list_done(&desk->list);
    return true;
}

enum err mass_start(struct centre *centre, struct fault *fault)
{
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    err = store_run(centre->store, STATEMENT_MASS_DROP_BEGUN, NO_VALUES, fault);
    if (err == ERR_NONE)
        return store_commit(centre->store, fault);
    store_rollback(centre->store);
    return err;
}
