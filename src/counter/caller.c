/* What a caller says is compared here, and nothing of the record goes out: who answers the
 * telephone types what is said, and is told what fits. page:S38 */
#include "counter/caller.h"

#include <string.h>

#include "registry/address.h"
#include "registry/search.h"

#define QUESTIONS_NEEDED 2 /* answers that fit; fewer where the record knows fewer */

/* --- the questions --- */

static bool address_fits(const struct act_fields *said, const struct resident *resident)
{
    return address_is_told(said->address, resident->address);
}

static size_t next_figure(const char *text, size_t at)
{
    while (text[at] && (text[at] < '0' || text[at] > '9'))
        at++;
    return at;
}

static bool telephone_fits(const struct act_fields *said, const struct resident *resident)
{
    const char *a = said->telephone, *b = resident->telephone;
    size_t i = next_figure(a, 0), j = next_figure(b, 0);
    while (a[i] && a[i] == b[j]) {
        i = next_figure(a, i + 1);
        j = next_figure(b, j + 1);
    }
    return a[i] == b[j];
}

static bool has_address(const struct resident *resident)
{
    return resident->address[0] != '\0';
}

static bool has_telephone(const struct resident *resident)
{
    return resident->telephone[0] != '\0';
}

static const struct question {
    const char *name;
    uint64_t field;
    bool (*is_known)(const struct resident *resident);
    bool (*fits)(const struct act_fields *said, const struct resident *resident);
} questions[] = {
    {"address", FIELD_ADDRESS, has_address, address_fits},
    {"telephone", FIELD_TELEPHONE, has_telephone, telephone_fits},
};

static bool question_fits(const struct act_call *call, const struct question *question,
                          const struct resident *resident)
{
    return act_has(call, question->field) && question->is_known(resident) &&
           question->fits(&call->fields, resident);
}

/* Who is in the record without anything to ask about is not held by telephone. */
static bool is_shown(const struct act_call *call, const struct resident *resident)
{
    unsigned num_known = 0, num_fit = 0;
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        num_known += questions[i].is_known(resident);
        num_fit += question_fits(call, &questions[i], resident);
    }
    return num_fit && (num_fit == num_known || num_fit >= QUESTIONS_NEEDED);
}

/* --- the person --- */

static bool is_same(const char *said, const char *known)
{
    char a[FIELD_TEXT], b[FIELD_TEXT];
    search_fold(said, a, sizeof a);
    search_fold(known, b, sizeof b);
    return a[0] && strcmp(a, b) == 0;
}

/* The whole of a name, as it is written or read. */
static bool name_fits(const char *said, const struct resident *resident)
{
    char plain[2 * NAME_TEXT], name[NAME_TEXT];
    snprintf(plain, sizeof plain, "%s%s", resident->name.family, resident->name.given);
    return is_same(said, plain) || is_same(said, resident->kana) ||
           is_same(said, resident->name.alias) ||
           (name_join(&resident->name, name, NULL) == ERR_NONE && is_same(said, name));
}

struct found {
    size_t num, num_shown;
    struct resident one; /* who is shown; else whoever was found last */
};

static void look_at(struct act_call *call, const struct resident *resident, struct found *found)
{
    if (!name_fits(call->fields.name, resident))
        return;
    bool shown = is_shown(call, resident);
    if (shown || found->num_shown == 0)
        found->one = *resident;
    found->num++;
    found->num_shown += shown;
    act_is_about(call, resident->number);
}

/* All who were born on that day: a name is compared as a whole, however it is written. */
static bool find(struct act_call *call, struct found *found)
{
    struct store *store = call->centre->store;
    struct resident resident = {0};
    enum err err;
    while ((err = resident_next_born(store, call->fields.birth_date, resident.number, &resident,
                                     &call->fault)) == ERR_NONE)
        look_at(call, &resident, found);
    return err == ERR_NOT_FOUND || act_ok(call, err);
}

/* --- the answer --- */

static void tell_questions(struct act_call *call, const struct resident *resident)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(questions); i++)
        if (act_has(call, questions[i].field))
            json_array_append_new(list,
                                  json_pack("{s:s, s:b}", "question", questions[i].name, "fits",
                                            question_fits(call, &questions[i], resident)));
    act_answer(call, "questions", list);
}

/* Two of one name and birth date are told apart by what fits, or not at all: then nobody is shown,
 * and no answer says which of them it was about. */
bool caller_check(struct act_call *call)
{
    struct found found = {0};
    if (!find(call, &found))
        return false;
    bool is_one = found.num_shown == 1;
    const char *word = is_one           ? "shown"
                       : found.num == 0 ? "nobody"
                       : found.num == 1 ? "not-shown"
                                        : "several";
    act_answer(call, "found", json_string(word));
    act_note(call, "found", "%s", word);
    if (found.num == 1)
        tell_questions(call, &found.one);
    if (is_one) {
        act_answer(call, "resident", json_integer(found.one.number));
        if (found.one.card_id[0])
            act_answer(call, "card_state", json_string(card_state_name(found.one.card_state)));
    }
    return true;
}
