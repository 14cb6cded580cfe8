/* The published folder: what anybody may read. Every file appears whole. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/mapping.h"
#include "crypto/hash.h"
#include "status/published.h"
#include "status/status_client.h"
#include "x509/crl.h"

const char *status_published_name(enum kind kind, unsigned generation,
                                  char name[static STATUS_NAME])
{
    if (generation == 1)
        snprintf(name, STATUS_NAME, "%s", kind_name(kind));
    else
        snprintf(name, STATUS_NAME, "%s-%u", kind_name(kind), generation);
    return name;
}

enum err published_path(const char *folder, enum kind kind, unsigned generation, const char *suffix,
                        char path[static PATH_MAX])
{
    char name[STATUS_NAME], file[STATUS_NAME + 16];
    snprintf(file, sizeof file, "%s.%s", status_published_name(kind, generation, name), suffix);
    return path_join(folder, file, path, NULL);
}

enum err published_replace(const char *folder, enum kind kind, unsigned generation,
                           const char *suffix, struct bytes content, struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = published_path(folder, kind, generation, suffix, path);
    return err == ERR_NONE ? file_replace(path, content, 0644, fault) : err;
}

enum err published_parse(const char *name, const char *ending, enum kind *kind,
                         unsigned *generation)
{
    for (int k = 0; k < NUM_KINDS; k++)
        for (unsigned g = 1; g <= STATUS_GENERATIONS_MAX; g++) {
            char own[STATUS_NAME];
            size_t len = strlen(status_published_name((enum kind)k, g, own));
            if (strncmp(name, own, len) == 0 && strcmp(name + len, ending) == 0) {
                *kind = (enum kind)k;
                *generation = g;
                return ERR_NONE;
            }
        }
    return ERR_NOT_FOUND;
}

#define EPOCH_TEXT 32

static int epoch_print(uint64_t epoch, char text[static EPOCH_TEXT])
{
    return snprintf(text, EPOCH_TEXT, "%llu\n", (unsigned long long)epoch);
}

/* The epoch's file comes second: between the two it says less than the list knows, never more. */
enum err status_crl_publish(const char *folder, enum kind kind, unsigned generation, int tbs_memfd,
                            enum algorithm algorithm, struct bytes signature, uint64_t epoch,
                            struct fault *fault)
{
    struct mapping tbs CLEANUP_MAPPING = {0};
    struct buffer crl CLEANUP_BUFFER;
    buffer_init(&crl, LIMIT_CRL);
    char text[EPOCH_TEXT];
    int len = epoch_print(epoch, text);
    enum err err = mapping_open(tbs_memfd, LIMIT_CRL, &tbs, fault);
    if (err == ERR_NONE)
        err = crl_assemble(mapping_bytes(&tbs), algorithm, signature, &crl);
    if (err == ERR_NONE)
        err = published_replace(folder, kind, generation, "crl", buffer_bytes(&crl), fault);
    if (err == ERR_NONE)
        err = published_replace(folder, kind, generation, "epoch", bytes_of(text, (size_t)len),
                                fault);
    return err;
}

static enum err published_read(const char *folder, enum kind kind, unsigned generation,
                               const char *suffix, struct buffer *out)
{
    char path[PATH_MAX];
    enum err err = published_path(folder, kind, generation, suffix, path);
    return err == ERR_NONE ? file_read(path, out, NULL) : err;
}

bool status_crl_is_published(const char *folder, enum kind kind, unsigned generation,
                             struct bytes tbs_digest, uint64_t epoch)
{
    struct buffer list CLEANUP_BUFFER, beside CLEANUP_BUFFER;
    buffer_init(&list, LIMIT_CRL);
    buffer_init(&beside, EPOCH_TEXT);
    struct crl crl;
    uint8_t digest[SHA256_LEN];
    char text[EPOCH_TEXT];
    epoch_print(epoch, text);
    if (published_read(folder, kind, generation, "crl", &list) != ERR_NONE ||
        published_read(folder, kind, generation, "epoch", &beside) != ERR_NONE ||
        crl_parse(buffer_bytes(&list), &crl, NULL) != ERR_NONE)
        return false;
    sha256(crl.tbs, digest);
    return bytes_equal(tbs_digest, bytes_of(digest, sizeof digest)) &&
           bytes_equal_text(buffer_bytes(&beside), text);
}

enum err status_authority_publish(const char *folder, enum kind kind, unsigned generation,
                                  struct bytes certificate, struct fault *fault)
{
    return published_replace(folder, kind, generation, "cer", certificate, fault);
}
