/* The register's acts: what comes in is registry's, what follows for certificates is law's. */
#include "centre/town.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "centre/outcome.h"
#include "crypto/random.h"
#include "registry/change_event.h"
#include "registry/import.h"
#include "registry/search.h"

static const struct reason reason_import = {"import", "", "import",
                                            "The file has bad lines; nothing was taken.",
                                            "誤りのある行があるため、取り込みませんでした。"};
static const struct reason reason_no_resident = {"registry", "S14", "no-resident",
                                                 "Nobody in the register has this number.",
                                                 "この番号の住民は登録されていません。"};

static const struct reason reason_two_persons = {"two-persons", "S45", "two-persons",
                                                 "Two persons decide this, in an act of its own.",
                                                 "専用の操作で、職員2名により処理してください。"};

/* -- finding -- */

static json_t *resident_json(const struct resident *resident)
{
    char name[NAME_TEXT], born[DATE_TEXT], until[DATE_TEXT] = "";
    if (name_join(&resident->name, name, NULL) != ERR_NONE)
        snprintf(name, sizeof name, "%s", resident->name.family);
    if (resident->card_until.year)
        date_print(resident->card_until, until);
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "resident",
                     (json_int_t)resident->number, "name", name, "born",
                     date_print(resident->born, born), "address",
                     resident->is_protected ? "" : resident->address, "card", resident->card_id,
                     "card_state", card_state_name(resident->card_state), "card_until", until);
}

#define FOUND_MAX LIMIT_ACT_RESIDENTS

static bool find_some(struct act_call *call, json_t *list)
{
    int64_t numbers[FOUND_MAX];
    size_t num;
    bool has_more;
    struct resident resident;
    const struct resident_search search = {.text = call->fields.name,
                                           .born = call->fields.birth_date};
    if (!act_ok(call, resident_search(call->centre->store, &search,
                                      (size_t)act_page_size(call, FOUND_MAX), numbers, &num,
                                      &has_more, &call->fault)))
        return false;
    for (size_t i = 0; i < num; i++) {
        if (!act_ok(call, resident_find(call->centre->store, numbers[i], &resident, &call->fault)))
            return false;
        json_array_append_new(list, resident_json(&resident));
        act_is_about(call, resident.number);
    }
    act_answer(call, "more", json_boolean(has_more));
    return true;
}

bool town_find(struct act_call *call)
{
    json_t *list = json_array();
    act_answer(call, "residents", list);
    if (!act_has(call, FIELD_RESIDENT))
        return find_some(call, list);
    struct resident resident;
    enum err err =
        resident_find(call->centre->store, call->fields.resident, &resident, &call->fault);
    if (err == ERR_NOT_FOUND)
        return act_refuse(call, &reason_no_resident);
    if (!act_ok(call, err))
        return false;
    json_array_append_new(list, resident_json(&resident));
    return true;
}

/* -- importing -- */

static void tell_faults(struct act_call *call, const struct import_report *report)
{
    json_t *list = json_array();
    size_t num = report->num_faults < LIMIT_CSV_FAULTS ? report->num_faults : LIMIT_CSV_FAULTS;
    for (size_t i = 0; i < num; i++) {
        char text[512];
        json_array_append_new(list,
                              json_string(fault_print(&report->faults[i], text, sizeof text)));
    }
    act_answer(call, "faults", list);
    act_answer(call, "num_faults", json_integer((json_int_t)report->num_faults));
}

bool town_import(struct act_call *call)
{
    struct import_report report CLEANUP_IMPORT_REPORT = {0};
    struct centre *centre = call->centre;
    enum err err = import_apply(centre->store, call->fields.file, "file", &centre->municipalities,
                                centre->substitutes, &report, &call->fault);
    if (err == ERR_MALFORMED && report.num_faults) {
        tell_faults(call, &report);
        return act_refuse(call, &reason_import);
    }
    if (!act_ok(call, err))
        return false;
    act_answer(call, "residents", json_integer((json_int_t)report.num_residents));
    act_note(call, "residents", "%zu", report.num_residents);
    return true;
}

/* -- events -- */

/* Events that end a certificate only because one of the four is another now. page:S09 */
static bool is_about_the_four(enum event event)
{
    static const enum event events[] = {EVENT_MOVED_WITHIN, EVENT_RENAMED, EVENT_SEX_CORRECTED,
                                        EVENT_BIRTH_DATE_CORRECTED, EVENT_ADDRESS_RENAMED};
    for (size_t i = 0; i < COUNT_OF(events); i++)
        if (events[i] == event)
            return true;
    return false;
}

static bool event_changes(struct act_call *call, struct change_event *out)
{
    const char *name;
    json_t *value;
    json_object_foreach (call->fields.changes, name, value) {
        if (out->num_changes == CHANGE_EVENT_ITEMS)
            return act_ok(call, fault_set(&call->fault, ERR_LIMIT, "changes", "more than %d",
                                          CHANGE_EVENT_ITEMS));
        struct item_change *change = &out->changes[out->num_changes++];
        change->value = json_string_value(value);
        if (item_parse_name(name, &change->item) != ERR_NONE)
            return act_ok(call, fault_set(&call->fault, ERR_MALFORMED, "changes",
                                          "no item is called %.40s", name));
    }
    return true;
}

/* The record first; *goes_on says whether anything follows for the certificates. */
static bool apply_to_register(struct act_call *call, struct resident *resident, bool *goes_on)
{
    struct date today = date_of_time(call->now);
    struct change_event event = {.resident = call->fields.resident,
                                 .event = call->fields.event,
                                 .recorded = today,
                                 .effective = today};
    struct change_answer answer;
    if (act_has(call, FIELD_EFFECTIVE))
        event.effective = call->fields.effective;
    uint8_t random[8];
    random_bytes(random, sizeof random);
    hex_print(random, sizeof random, event.number);
    if (act_has(call, FIELD_REFERENCE))
        memcpy(event.number, call->fields.reference, sizeof event.number);
    if (!event_changes(call, &event))
        return false;
    enum err err = change_event_apply(call->centre->store, &event, &call->centre->municipalities,
                                      call->centre->substitutes, &answer, &call->fault);
    if (err == ERR_NOT_FOUND)
        return act_refuse(call, &reason_no_resident);
    if (!act_ok(call, err))
        return false;
    *resident = answer.after;
    *goes_on = !answer.was_known && (answer.four_changed || !is_about_the_four(event.event));
    act_answer(call, "known", json_boolean(answer.was_known));
    return true;
}

static bool find_resident(struct act_call *call, struct resident *resident)
{
    enum err err =
        resident_find(call->centre->store, call->fields.resident, resident, &call->fault);
    return err == ERR_NOT_FOUND ? act_refuse(call, &reason_no_resident) : act_ok(call, err);
}

bool town_event(struct act_call *call)
{
    struct resident resident;
    bool goes_on = true;
    if (event_needs_two(call->fields.event))
        return act_refuse(call, &reason_two_persons);
    bool is_read = change_event_knows(call->fields.event)
                       ? apply_to_register(call, &resident, &goes_on)
                       : find_resident(call, &resident);
    if (!is_read)
        return false;
    act_answer(call, "resident", resident_json(&resident));
    /* The record has the new card already; what a re-issue makes void is the old one. */
    const struct outcome_request request = {.event = call->fields.event,
                                            .kinds = call->fields.kinds,
                                            .effective = call->fields.effective,
                                            .keeps_card =
                                                call->fields.event == EVENT_CARD_REISSUED};
    return !goes_on || outcome_apply(call, &resident, &request);
}
