#include "main/profile_file.h"

#include "base/file.h"
#include "base/limits.h"

enum err profile_file_read(const char *path, struct profile_site *out, struct fault *fault)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_CONFIG_FILE);
    enum err err = file_read(path, &text, fault);
    fault_name_input(fault, path);
    return err == ERR_NONE ? profile_site_parse(buffer_bytes(&text), out, fault) : err;
}
