/* The published folder: what anybody may read. Every file appears whole. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/mapping.h"
#include "status/published.h"
#include "status/status_client.h"
#include "x509/crl.h"

enum err published_path(const char *folder, enum kind kind, const char *suffix,
                        char path[static PATH_MAX])
{
    int len = snprintf(path, PATH_MAX, "%s/%s.%s", folder, kind_name(kind), suffix);
    return len < 0 || len >= PATH_MAX ? ERR_LIMIT : ERR_NONE;
}

enum err published_replace(const char *folder, enum kind kind, const char *suffix,
                           struct bytes content, struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = published_path(folder, kind, suffix, path);
    return err == ERR_NONE ? file_replace(path, content, 0644, fault) : err;
}

/* The epoch's file comes second: between the two it says less than the list knows, never more. */
enum err status_crl_publish(const char *folder, enum kind kind, int tbs_memfd,
                            enum algorithm algorithm, struct bytes signature, uint64_t epoch,
                            struct fault *fault)
{
    struct mapping tbs CLEANUP_MAPPING = {0};
    struct buffer crl CLEANUP_BUFFER;
    buffer_init(&crl, LIMIT_CRL);
    char text[32];
    int len = snprintf(text, sizeof text, "%llu\n", (unsigned long long)epoch);
    enum err err = mapping_open(tbs_memfd, LIMIT_CRL, &tbs, fault);
    if (err == ERR_NONE)
        err = crl_assemble(mapping_bytes(&tbs), algorithm, signature, &crl);
    if (err == ERR_NONE)
        err = published_replace(folder, kind, "crl", buffer_bytes(&crl), fault);
    if (err == ERR_NONE)
        err = published_replace(folder, kind, "epoch", bytes_of(text, (size_t)len), fault);
    return err;
}

enum err status_authority_publish(const char *folder, enum kind kind, struct bytes certificate,
                                  struct fault *fault)
{
    return published_replace(folder, kind, "cer", certificate, fault);
}
