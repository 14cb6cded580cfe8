/* Reading etc/appointments: one row a key. */
#include "law/appointments.h"

#include <string.h>

#include "base/pairs.h"

struct file {
    struct appointments *out;
    const struct pairs *pairs;
    struct fault *fault;
};

/* name: the key behind its prefix, where the row has one. */
typedef enum err key_reader(const struct file *file, struct bytes name, struct bytes value);

static enum err complain(const struct file *file, const char *rule, const char *text)
{
    return pairs_complain(file->pairs, rule, text, file->fault);
}

static struct appointment_office *last_office(const struct file *file)
{
    return &file->out->offices[file->out->num_offices - 1];
}

/* -- values -- */

/* Digits without a zero before them. */
static bool number_of(struct bytes text, unsigned *out)
{
    unsigned number = 0;
    if (text.len == 0 || text.len > 4 || text.data[0] == '0')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        number = number * 10 + (unsigned)(text.data[i] - '0');
    }
    *out = number;
    return true;
}

/* One of a town's or an office's numbers; it was 0 before. */
static enum err read_once(const struct file *file, struct bytes value, unsigned most, unsigned step,
                          unsigned *out, const char *rule)
{
    unsigned number;
    if (*out)
        return complain(file, rule, "stands there twice");
    if (!number_of(value, &number) || number > most || number % step)
        return complain(file, rule, "not a number within its bounds");
    *out = number;
    return ERR_NONE;
}

/* YYYY-MM-DD, or MM-DD of every year. */
static bool day_of(struct bytes text, bool may_be_yearly, struct date *out)
{
    char whole[DATE_TEXT] = "2000-"; /* a leap year */
    bool is_yearly = may_be_yearly && text.len == strlen("MM-DD");
    size_t before = is_yearly ? strlen("YYYY-") : 0;
    struct date day;
    if (before + text.len != DATE_TEXT - 1)
        return false;
    memcpy(whole + before, text.data, text.len);
    if (date_parse(whole, &day) != ERR_NONE)
        return false;
    if (is_yearly)
        day.year = 0;
    *out = day;
    return true;
}

/* Parts a text at its first blank; false: it has none. */
static bool part(struct bytes text, struct bytes *first, struct bytes *second)
{
    const uint8_t *blank = text.len ? memchr(text.data, ' ', text.len) : NULL;
    if (!blank)
        return false;
    *first = bytes_of(text.data, (size_t)(blank - text.data));
    *second = bytes_of(blank + 1, text.len - first->len - 1);
    return true;
}

static bool digit_pair(const uint8_t *at, unsigned most, unsigned *out)
{
    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
        return false;
    *out = (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0');
    return *out <= most;
}

static bool minute_of(const uint8_t *at, uint16_t *out)
{
    unsigned hour, minute;
    if (at[2] != ':' || !digit_pair(at, 23, &hour) || !digit_pair(at + 3, 59, &minute) ||
        minute % APPOINTMENT_UNIT)
        return false;
    *out = (uint16_t)(hour * 60 + minute);
    return true;
}

/* HH:MM-HH:MM */
static bool span_of(struct bytes text, struct appointment_span *out)
{
    return text.len == strlen("HH:MM-HH:MM") && text.data[5] == '-' &&
           minute_of(text.data, &out->from) && minute_of(text.data + 6, &out->until) &&
           out->from < out->until;
}

/* -- what the town decides -- */

static enum err read_slot(const struct file *file, struct bytes name, struct bytes value)
{
    (void)name;
    return read_once(file, value, 60, APPOINTMENT_UNIT, &file->out->slot, "slot");
}

static enum err read_days(const struct file *file, struct bytes name, struct bytes value)
{
    (void)name;
    return read_once(file, value, LIMIT_APPOINTMENT_DAYS, 1, &file->out->days, "days");
}

static enum err read_last_day(const struct file *file, struct bytes name, struct bytes value)
{
    (void)name;
    if (file->out->last_day.year)
        return complain(file, "last-day", "stands there twice");
    return day_of(value, false, &file->out->last_day)
               ? ERR_NONE
               : complain(file, "last-day", "not a day (YYYY-MM-DD)");
}

static enum err read_closed(const struct file *file, struct bytes name, struct bytes value)
{
    (void)name;
    struct appointments *out = file->out;
    struct bytes first = value, last = value;
    if (out->num_closed == LIMIT_APPOINTMENT_CLOSED)
        return complain(file, "closed", "too many days");
    struct appointment_closed *closed = &out->closed[out->num_closed];
    if (part(value, &first, &last) && bytes_equal(first, last))
        return complain(file, "closed", "a range ends on another day");
    if (!day_of(first, true, &closed->first) || !day_of(last, true, &closed->last) ||
        !closed->first.year != !closed->last.year)
        return complain(file, "closed", "not a day or two (YYYY-MM-DD, or MM-DD of every year)");
    if (closed->first.year && date_compare(closed->last, closed->first) < 0)
        return complain(file, "closed", "the range ends before it begins");
    out->num_closed++;
    return ERR_NONE;
}

static enum err read_minutes(const struct file *file, struct bytes name, struct bytes value)
{
    char word[32];
    enum procedure procedure;
    if (name.len >= sizeof word)
        return complain(file, "minutes", "there is no such procedure");
    memcpy(word, name.data, name.len);
    word[name.len] = '\0';
    if (strlen(word) != name.len || procedure_parse(word, &procedure) != ERR_NONE)
        return complain(file, "minutes", "there is no such procedure");
    return read_once(file, value, LIMIT_APPOINTMENT_MINUTES, APPOINTMENT_UNIT,
                     &file->out->minutes[procedure], "minutes");
}

/* -- an office -- */

static enum err read_office(const struct file *file, struct bytes name, struct bytes value)
{
    (void)name;
    struct appointments *out = file->out;
    if (!office_code_is_valid(value))
        return complain(file, "office", "not a code of small letters, digits and hyphens");
    for (size_t i = 0; i < out->num_offices; i++)
        if (bytes_equal_text(value, out->offices[i].code))
            return complain(file, "office", "stands there twice");
    if (out->num_offices == LIMIT_APPOINTMENT_OFFICES)
        return complain(file, "office", "too many offices");
    struct appointment_office *office = &out->offices[out->num_offices++];
    *office = (struct appointment_office){0};
    memcpy(office->code, value.data, value.len);
    return ERR_NONE;
}

static enum err read_places(const struct file *file, struct bytes name, struct bytes value)
{
    (void)name;
    return read_once(file, value, LIMIT_APPOINTMENT_PLACES, 1, &last_office(file)->places,
                     "places");
}

static const char *const weekdays[DAYS_OF_WEEK] = {"monday", "tuesday",  "wednesday", "thursday",
                                                   "friday", "saturday", "sunday"};

static enum err read_hours(const struct file *file, struct bytes name, struct bytes value)
{
    size_t day = 0;
    struct bytes first = value, second;
    while (!bytes_equal_text(name, weekdays[day]))
        day++;
    struct appointment_span *spans = last_office(file)->hours[day];
    if (spans[0].until)
        return complain(file, weekdays[day], "stands there twice");
    bool has_two = part(value, &first, &second);
    if (!span_of(first, &spans[0]) || (has_two && !span_of(second, &spans[1])))
        return complain(file, weekdays[day],
                        "not HH:MM-HH:MM once or twice, in steps of 5 minutes");
    if (has_two && spans[1].from <= spans[0].until)
        return complain(file, weekdays[day], "the second part begins behind the first");
    return ERR_NONE;
}

/* -- keys -- */

enum scope { OF_TOWN, OF_OFFICE, BEGINS_OFFICE };

static const struct key_row {
    const char *key; /* ended by a point: what follows is the name */
    enum scope scope;
    key_reader *read;
} keys[] = {
    {"slot", OF_TOWN, read_slot},         {"days", OF_TOWN, read_days},
    {"last-day", OF_TOWN, read_last_day}, {"closed", OF_TOWN, read_closed},
    {"minutes.", OF_TOWN, read_minutes},  {"office", BEGINS_OFFICE, read_office},
    {"places", OF_OFFICE, read_places},   {"monday", OF_OFFICE, read_hours},
    {"tuesday", OF_OFFICE, read_hours},   {"wednesday", OF_OFFICE, read_hours},
    {"thursday", OF_OFFICE, read_hours},  {"friday", OF_OFFICE, read_hours},
    {"saturday", OF_OFFICE, read_hours},  {"sunday", OF_OFFICE, read_hours},
};

/* The name is the whole key, or what stands behind the point. */
static bool is_key(const struct key_row *row, struct bytes key, struct bytes *name)
{
    size_t len = strlen(row->key);
    bool has_name = row->key[len - 1] == '.';
    if (!has_name) {
        *name = key;
        return bytes_equal_text(key, row->key);
    }
    if (key.len <= len || memcmp(key.data, row->key, len) != 0)
        return false;
    *name = bytes_of(key.data + len, key.len - len);
    return true;
}

static enum err pair_read(const struct file *file, struct bytes key, struct bytes value)
{
    struct bytes name;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (!is_key(&keys[i], key, &name))
            continue;
        if (keys[i].scope == OF_OFFICE && file->out->num_offices == 0)
            return complain(file, keys[i].key, "belongs to no office");
        if (keys[i].scope == OF_TOWN && file->out->num_offices)
            return complain(file, keys[i].key, "stands before the first office");
        return keys[i].read(file, name, value);
    }
    return complain(file, "known key", "there is no such key");
}

/* -- the whole -- */

static bool has_hours(const struct appointment_office *office)
{
    for (size_t day = 0; day < DAYS_OF_WEEK; day++)
        if (office->hours[day][0].until)
            return true;
    return false;
}

static bool has_minutes(const struct appointments *appointments)
{
    for (size_t i = 0; i < NUM_PROCEDURES; i++)
        if (appointments->minutes[i])
            return true;
    return false;
}

static enum err check_whole(const struct appointments *appointments, struct fault *fault)
{
    if (!appointments->slot || !appointments->days || !appointments->last_day.year ||
        !has_minutes(appointments))
        return fault_set(fault, ERR_MALFORMED, "town",
                         "slot, days, last-day or minutes is missing");
    if (appointments->num_offices == 0)
        return fault_set(fault, ERR_MALFORMED, "office", "there is none");
    for (size_t i = 0; i < appointments->num_offices; i++) {
        const struct appointment_office *office = &appointments->offices[i];
        if (!office->places || !has_hours(office))
            return fault_set(fault, ERR_MALFORMED, "office", "%s: places or hours are missing",
                             office->code);
    }
    return ERR_NONE;
}

enum err appointments_parse(struct bytes text, struct appointments *out, struct fault *fault)
{
    struct appointments found = {0};
    struct pairs pairs = pairs_of(text);
    const struct file file = {&found, &pairs, fault};
    struct bytes key, value;
    for (;;) {
        enum err err = pairs_next(&pairs, &key, &value, fault);
        if (err == ERR_NOT_FOUND)
            break;
        if (err == ERR_NONE)
            err = pair_read(&file, key, value);
        if (err != ERR_NONE)
            return err;
    }
    enum err err = check_whole(&found, fault);
    if (err == ERR_NONE)
        *out = found;
    return err;
}
