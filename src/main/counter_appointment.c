/* jpki counter free, book, booked, caller, move, cancel: the options of the acts on appointments,
 * and what their arguments become. */
#include <stdio.h>

#include "main/counter.h"

const struct option counter_free_options[] = {
    COUNTER_COMMON,
    {"office", required_argument, NULL, COUNTER_OFFICE},
    {"procedure", required_argument, NULL, COUNTER_PROCEDURE},
    {"date", required_argument, NULL, COUNTER_DATE},
    {0}};
const struct option counter_book_options[] = {
    COUNTER_COMMON,
    {"office", required_argument, NULL, COUNTER_OFFICE},
    {"procedure", required_argument, NULL, COUNTER_PROCEDURE},
    {"name", required_argument, NULL, COUNTER_NAME},
    {"birth-date", required_argument, NULL, COUNTER_BIRTH_DATE},
    {"telephone", required_argument, NULL, COUNTER_TELEPHONE},
    {"note", required_argument, NULL, COUNTER_NOTE},
    {0}};
const struct option counter_booked_options[] = {COUNTER_COMMON,
                                                {"office", required_argument, NULL, COUNTER_OFFICE},
                                                {"date", required_argument, NULL, COUNTER_DATE},
                                                {0}};
const struct option counter_caller_options[] = {
    COUNTER_COMMON,
    {"name", required_argument, NULL, COUNTER_NAME},
    {"birth-date", required_argument, NULL, COUNTER_BIRTH_DATE},
    {0}};
const struct option counter_move_options[] = {
    COUNTER_COMMON, {"office", required_argument, NULL, COUNTER_OFFICE}, {0}};

/* YYYY-MM-DDThh:mm, as the clock on the wall in Japan shows it. */
static bool begins_of(const char *word, int64_t *out)
{
    char text[TIME_TEXT];
    int64_t time;
    int len = snprintf(text, sizeof text, "%s:00Z", word);
    if (len != TIME_TEXT - 1 || time_parse(text, &time) != ERR_NONE)
        return false;
    *out = time - JAPAN_OFFSET;
    return true;
}

static int add_begins(const char *word, json_t *fields)
{
    int64_t begins;
    if (!begins_of(word, &begins))
        return complain_usage(say("%s: not a time (YYYY-MM-DDThh:mm, in Japan)",
                                  "%s: 日時 (YYYY-MM-DDThh:mm) ではありません"),
                              word);
    json_object_set_new(fields, "time", json_integer(begins));
    return EXIT_DONE;
}

int counter_word_begins(const struct counter_line *line, json_t *fields)
{
    return add_begins(line->words[0], fields);
}

int counter_words_move(const struct counter_line *line, json_t *fields)
{
    int64_t number;
    if (!counter_word_number(line->words[0], &number))
        return EXIT_USAGE;
    json_object_set_new(fields, "number", json_integer(number));
    return add_begins(line->words[1], fields);
}
