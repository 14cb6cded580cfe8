/* The register's acts: what comes in is registry's, what follows for certificates is law's. */
#include "centre/town.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "centre/import.h"
#include "registry/import.h"
#include "registry/search.h"

static const struct reason reason_import = {"import", "", "import",
                                            "The file has bad lines; nothing was taken.",
                                            "誤りのある行があるため、取り込みませんでした。"};
const struct reason town_no_resident = {"registry", "S14", "no-resident",
                                        "Nobody in the register has this number.",
                                        "この番号の住民は登録されていません。"};

/* -- finding -- */

json_t *town_resident_json(const struct resident *resident)
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
        json_array_append_new(list, town_resident_json(&resident));
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
        return act_refuse(call, &town_no_resident);
    if (!act_ok(call, err))
        return false;
    json_array_append_new(list, town_resident_json(&resident));
    return true;
}

/* -- importing -- */

const struct reason *town_reason_import(void)
{
    return &reason_import;
}

void town_tell_faults(struct act_call *call, const struct import_report *report, int64_t num_faults)
{
    json_t *list = json_array();
    size_t num = report->num_faults < LIMIT_CSV_FAULTS ? report->num_faults : LIMIT_CSV_FAULTS;
    for (size_t i = 0; i < num; i++) {
        char text[512];
        json_array_append_new(list,
                              json_string(fault_print(&report->faults[i], text, sizeof text)));
    }
    act_answer(call, "faults", list);
    act_answer(call, "num_faults", json_integer(num_faults));
}

bool town_import(struct act_call *call)
{
    struct import_report report CLEANUP_IMPORT_REPORT = {0};
    struct centre *centre = call->centre;
    if (!import_comes_first(call))
        return false;
    enum err err = import_apply(centre->store, call->fields.file, "file", &centre->municipalities,
                                centre->substitutes, &report, &call->fault);
    if (err == ERR_MALFORMED && report.num_faults) {
        town_tell_faults(call, &report, (int64_t)report.num_faults);
        return act_refuse(call, &reason_import);
    }
    if (!act_ok(call, err))
        return false;
    act_answer(call, "residents", json_integer((json_int_t)report.num_residents));
    act_note(call, "residents", "%zu", report.num_residents);
    return true;
}
