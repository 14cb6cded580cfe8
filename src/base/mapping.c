#include "base/mapping.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum err mapping_open(int fd, size_t cap, struct mapping *out, struct fault *fault)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return fault_set(fault, ERR_IO, "size", "%s", strerror(errno));
    if (info.st_size <= 0 || (size_t)info.st_size > cap)
        return fault_set(fault, ERR_LIMIT, "size", "%lld bytes", (long long)info.st_size);
    void *at = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED)
        return fault_set(fault, ERR_MEMORY, "mapping", "%s", strerror(errno));
    *out = (struct mapping){at, (size_t)info.st_size};
    return ERR_NONE;
}

struct bytes mapping_bytes(const struct mapping *mapping)
{
    return bytes_of(mapping->at, mapping->len);
}

void mapping_done(struct mapping *mapping)
{
    if (mapping->at)
        munmap(mapping->at, mapping->len);
    *mapping = (struct mapping){0};
}
