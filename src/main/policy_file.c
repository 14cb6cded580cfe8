#include "main/policy_file.h"

#include "base/file.h"
#include "base/limits.h"
#include "main/options.h"

int policy_file_read(const char *path, struct law_policy *out)
{
    struct law_policy policy = law_policy_default();
    if (path) {
        CLEANUP_BUFFER struct buffer text;
        struct fault fault = {0};
        buffer_init(&text, LIMIT_CONFIG_FILE);
        fault_name_input(&fault, path);
        if (file_read(path, &text, &fault) ||
            law_policy_parse(buffer_bytes(&text), &policy, &fault))
            return complain_fault(&fault);
    }
    *out = policy;
    return EXIT_DONE;
}
