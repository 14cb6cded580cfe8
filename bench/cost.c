#include "cost.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "check.h"

#include "base/file.h"

double cost_cpu(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

long cost_peak(void)
{
    static const char field[] = "VmHWM:";
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, 16384);
    assert_ok(file_read("/proc/self/status", &text, NULL));
    const char *found = strstr(buffer_text(&text), field);
    return found ? strtol(found + strlen(field), NULL, 10) : 0;
}

void cost_forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    assert_non_null(file);
    fputs("5", file);
    fclose(file);
}
