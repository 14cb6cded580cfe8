/* A verdict for people and for programs. No serial, subject or thumbprint is in it (promise 13). */
#include "main/verify.h"

#include <jansson.h>
#include <stdio.h>

#include "verify/verdict.h"

static void print_time(const char *name, int64_t t)
{
    char text[TIME_TEXT];
    printf("%s: %s\n", name, time_print(t, text));
}

static void report_text(const struct verdict *verdict)
{
    printf("%s\n%s\n", verdict_name(verdict->answer), verdict_reason_name(verdict->reason));
    print_time("at", verdict->at);
    printf("source: %s\n", verdict_source_name(verdict->source));
    if (verdict->source != SOURCE_NONE) {
        print_time("source-time", verdict->source_time);
        print_time("source-until", verdict->source_until);
    }
    if (verdict->has_since)
        print_time("since", verdict->since);
    printf("\n%s\n", verdict_reason_sentence(verdict->reason, language_of_locale()));
}

static void set_time(json_t *json, const char *name, bool is_known, int64_t t)
{
    char text[TIME_TEXT];
    json_object_set_new(json, name, is_known ? json_string(time_print(t, text)) : json_null());
}

static void report_json(const struct verdict *verdict)
{
    bool has_source = verdict->source != SOURCE_NONE;
    json_t *json = json_object();
    json_object_set_new(json, "verdict", json_string(verdict_name(verdict->answer)));
    json_object_set_new(json, "reason", json_string(verdict_reason_name(verdict->reason)));
    set_time(json, "at", true, verdict->at);
    json_object_set_new(json, "source", json_string(verdict_source_name(verdict->source)));
    set_time(json, "source_time", has_source, verdict->source_time);
    set_time(json, "source_until", has_source, verdict->source_until);
    set_time(json, "since", verdict->has_since, verdict->since);
    json_dumpf(json, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(json);
}

int verify_report(const struct verdict *verdict, bool is_json)
{
    static const int statuses[] = {
        [VERDICT_CANNOT_TELL] = EXIT_UNDECIDED,
        [VERDICT_VALID] = EXIT_DONE,
        [VERDICT_INVALID] = EXIT_REFUSED,
    };
    if (is_json)
        report_json(verdict);
    else
        report_text(verdict);
    if (verdict->fault.code != ERR_NONE)
        complain_fault(&verdict->fault);
    else if (verdict->answer != VERDICT_VALID)
        fprintf(stderr, "jpki: %s\n",
                verdict_reason_sentence(verdict->reason, language_of_locale()));
    return statuses[verdict->answer];
}
