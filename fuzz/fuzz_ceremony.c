/* The file of a ceremony: who does what, and how many holders open the keys. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "main/ceremony.h"
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char *name, bool is_needed)
{
    size_t len = strnlen(name, CEREMONY_NAME + 1);
    struct bytes text = bytes_of(name, len);
    require(len <= CEREMONY_NAME && (len || !is_needed));
    require(text_is_utf8(text) && text_count(text) <= 64 && !text_has_hidden(text));
}

static void check(const struct ceremony *ceremony)
{
    check_name(ceremony->title, true);
    check_name(ceremony->place, true);
    check_name(ceremony->leader, true);
    check_name(ceremony->operator, true);
    require(strcmp(ceremony->leader, ceremony->operator) != 0);
    require(ceremony->threshold >= 2 && ceremony->threshold <= ceremony->num_holders &&
            ceremony->num_holders <= SHARES_MAX);
    for (unsigned i = 0; i < ceremony->num_holders; i++)
        check_name(ceremony->holders[i], true);
    for (size_t i = 0; i < CEREMONY_WITNESSES; i++) {
        check_name(ceremony->witnesses[i], i == 0);
        require(strcmp(ceremony->witnesses[i], ceremony->operator) != 0);
    }
    require(strlen(ceremony->file_digest) == 64);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ceremony empty;
    struct ceremony ceremony CLEANUP_CEREMONY = empty;
    struct fault fault = {0};
    char path[64];
    int fd CLEANUP_FD = -1;
    require(memfd_sealed("ceremony", bytes_of(data, size), &fd) == ERR_NONE);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (ceremony_read(path, &ceremony, &fault) == ERR_NONE)
        check(&ceremony);
    else
        require(fault.rule[0] && fault.text[0]);
    return 0;
}
