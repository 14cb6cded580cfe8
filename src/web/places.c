#include "web/places.h"

#include <string.h>

static json_t *place_json(const struct page *page, const struct office *office)
{
    const struct site *site = page->site;
    struct bytes number;
    struct bytes name = office_label(office, page->language->words.base);
    json_t *json = json_pack("{s:o}", "name", json_of_bytes(name));
    if (office_number(&site->offices, office, &number))
        json_object_set_new(json, "telephone", json_of_bytes(number));
    else if (office->telephone.len)
        json_object_set_new(json, "is_number_hidden", json_true());
    if (office->address.len)
        json_object_set_new(json, office->place == PLACE_LINK ? "url" : "address",
                            json_of_bytes(office->address));
    return json;
}

json_t *places_json(const struct page *page, enum place place, enum procedure procedure)
{
    const struct offices *offices = &page->site->offices;
    json_t *list = json_array();
    for (size_t i = 0; i < offices->num; i++)
        if (offices->entries[i].place == place &&
            office_is_about(&offices->entries[i], procedure_name(procedure)))
            json_array_append_new(list, place_json(page, &offices->entries[i]));
    return list;
}

json_t *place_label(const struct page *page, const char *code)
{
    const struct offices *offices = &page->site->offices;
    for (size_t i = 0; i < offices->num; i++)
        if (bytes_equal_text(offices->entries[i].code, code))
            return json_of_bytes(office_label(&offices->entries[i], page->language->words.base));
    return json_string(code);
}
