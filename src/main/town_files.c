#include "main/town_files.h"

#include <limits.h>

#include "base/file.h"
#include "base/limits.h"
#include "guide/offices.h"
#include "law/appointments.h"

static enum err text_read(const char *etc, const char *name, struct buffer *out,
                          struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = path_join(etc, name, path, fault);
    fault_name_input(fault, path);
    return err == ERR_NONE ? file_read(path, out, fault) : err;
}

static bool is_office(const struct offices *offices, const char *code)
{
    for (size_t i = 0; i < offices->num; i++)
        if (bytes_equal_text(offices->entries[i].code, code))
            return true;
    return false;
}

static enum err compare(const struct offices *offices, const struct appointments *appointments,
                        struct fault *fault)
{
    for (size_t i = 0; i < appointments->num_offices; i++)
        if (!is_office(offices, appointments->offices[i].code))
            return fault_set(fault, ERR_MALFORMED, "office", "%s: no office of etc/offices",
                             appointments->offices[i].code);
    return ERR_NONE;
}

enum err town_files_check(const char *etc, struct fault *fault)
{
    struct offices offices;
    struct appointments appointments;
    struct buffer listed CLEANUP_BUFFER, taken CLEANUP_BUFFER;
    buffer_init(&listed, LIMIT_CONFIG_FILE);
    buffer_init(&taken, LIMIT_CONFIG_FILE);
    enum err err = text_read(etc, "offices", &listed, fault);
    if (err == ERR_NONE)
        err = offices_parse(buffer_bytes(&listed), &offices, fault);
    if (err == ERR_NONE)
        err = text_read(etc, "appointments", &taken, fault);
    if (err == ERR_NONE)
        err = appointments_parse(buffer_bytes(&taken), &appointments, fault);
    return err == ERR_NONE ? compare(&offices, &appointments, fault) : err;
}
