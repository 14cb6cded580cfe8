/* Offices, hotlines and links of a town: etc/offices. page:S17 page:S39 page:S51 */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"

enum place { PLACE_OFFICE, PLACE_HOTLINE, PLACE_LINK };

#define OFFICES_MAX 32

/* One entry. The code is an office's, and no other has it: etc/appointments means the same one by
 * it. The address of a link is one of https, and is shown as it stands; every text is borrowed from
 * the file's text, empty where there is none. */
struct office {
    enum place place;
    struct bytes name, english, code, telephone, address, procedures;
};

struct offices {
    bool is_sample; /* made with sample data: numbers are not shown */
    size_t num;
    struct office entries[OFFICES_MAX];
};

/* offices_parse reads the text, which must outlive *out. */
enum err offices_parse(struct bytes text, struct offices *out, struct fault *fault) MUST_USE;

/* office_label is its name, in English where that is wanted and there. */
struct bytes office_label(const struct office *office, enum language language);
/* office_number gives the telephone number that may be shown; false: there is none, or it is hidden
 * because all is a sample. */
bool office_number(const struct offices *offices, const struct office *office, struct bytes *out);

/* office_is_about: is the entry shown for this procedure's name? */
bool office_is_about(const struct office *office, const char *procedure);
