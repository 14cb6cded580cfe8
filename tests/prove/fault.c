/* Counting the calls of a role, and saying which one is to fail. */
#include "fault.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

static const char *const roles[RECORD_COUNTERS] = {"signer", "commit", "status", "web"};
static const struct {
    const char *name;
    enum fault_how how;
    int number;
} ways[] = {
    {"EIO", FAULT_ERROR, EIO},
    {"ENOSPC", FAULT_ERROR, ENOSPC},
    {"EINTR", FAULT_ERROR, EINTR},
    {"short", FAULT_SHORT, 0},
};

static int counter = -1; /* of this process */
static uint64_t wanted;  /* 0: no fault here */
static size_t way;
static bool goes_on;

static void way_read(char *name)
{
    size_t len = strlen(name);
    goes_on = len && name[len - 1] == '+';
    if (goes_on)
        name[len - 1] = '\0';
    while (way < sizeof ways / sizeof ways[0] && strcmp(ways[way].name, name) != 0)
        way++;
    if (way == sizeof ways / sizeof ways[0])
        abort();
}

void fault_open(const char *role)
{
    char who[16], how[16];
    unsigned long long number;
    const char *text = getenv("JPKI_FAULT");
    for (int i = 0; i < RECORD_COUNTERS; i++)
        if (strcmp(roles[i], role) == 0)
            counter = i;
    if (!text || sscanf(text, "%15[a-z]:%llu:%15s", who, &number, how) != 3 ||
        strcmp(who, role) != 0)
        return;
    way_read(how);
    wanted = number;
}

enum fault_how fault_next(bool is_write)
{
    struct record_head *head = record_head();
    if (!head || counter < 0)
        return FAULT_NONE;
    uint64_t number = atomic_fetch_add(&head->calls[counter], 1) + 1;
    bool is_meant = wanted && (number == wanted || (goes_on && number > wanted));
    if (!is_meant || (ways[way].how == FAULT_SHORT && !is_write))
        return FAULT_NONE;
    atomic_fetch_add(&head->num_faults, 1);
    errno = ways[way].number;
    return ways[way].how;
}
