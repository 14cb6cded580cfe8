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

/* --- names --- */

const char *status_published_name(enum kind kind, unsigned generation,
                                  char name[static STATUS_NAME])
{
    if (generation == 1)
        snprintf(name, STATUS_NAME, "%s", kind_name(kind));
    else
        snprintf(name, STATUS_NAME, "%s-%u", kind_name(kind), generation);
    return name;
}

static const char *name_with(const struct status_list *list, const char *more,
                             char name[static STATUS_NAME])
{
    char own[STATUS_NAME];
    status_published_name(list->kind, list->generation, own);
    if (!list->municipality[0])
        more = "";
    snprintf(name, STATUS_NAME, "%.20s%s%.9s", own, more[0] ? "." : "", more);
    return name;
}

const char *status_list_name(const struct status_list *list, char name[static STATUS_NAME])
{
    return name_with(list, list->municipality, name);
}

const char *published_epoch_name(const struct status_list *list, char name[static STATUS_NAME])
{
    return name_with(list, "municipal", name);
}

/* What follows NAME in a name; NULL: it does not begin with one. */
static const char *after_name(const char *name, enum kind kind, unsigned generation)
{
    char own[STATUS_NAME];
    size_t len = strlen(status_published_name(kind, generation, own));
    return strncmp(name, own, len) == 0 ? name + len : NULL;
}

static enum err parse_with(const char *name,
                           bool (*parse_rest)(const char *rest, const char *ending,
                                              struct status_list *out),
                           const char *ending, struct status_list *out)
{
    for (int k = 0; k < NUM_KINDS; k++)
        for (unsigned g = 1; g <= STATUS_GENERATIONS_MAX; g++) {
            struct status_list found = {.kind = (enum kind)k, .generation = g};
            const char *rest = after_name(name, found.kind, g);
            if (rest && parse_rest(rest, ending, &found)) {
                *out = found;
                return ERR_NONE;
            }
        }
    return ERR_NOT_FOUND;
}

static bool is_ending(const char *rest, const char *ending, struct status_list *out)
{
    (void)out;
    return strcmp(rest, ending) == 0;
}

/* ".CODE" and the ending, or the ending alone. */
static bool is_list_ending(const char *rest, const char *ending, struct status_list *out)
{
    const size_t num_digits = STATUS_CODE - 1;
    if (rest[0] == '.' && strspn(rest + 1, "0123456789") == num_digits) {
        memcpy(out->municipality, rest + 1, num_digits);
        rest += 1 + num_digits;
    }
    return strcmp(rest, ending) == 0;
}

enum err published_parse(const char *name, const char *ending, struct status_list *out)
{
    return parse_with(name, is_ending, ending, out);
}

enum err published_parse_list(const char *name, struct status_list *out)
{
    return parse_with(name, is_list_ending, ".crl", out);
}

bool status_list_is_municipal(const char *file)
{
    static const char *const endings[] = {".crl", ".tbs", ".epoch"};
    struct status_list list;
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (parse_with(file, is_list_ending, endings[i], &list) == ERR_NONE && list.municipality[0])
            return true;
    return parse_with(file, is_ending, ".municipal.epoch", &list) == ERR_NONE;
}

/* --- files --- */

enum err published_path(const char *folder, const char *name, const char *suffix,
                        char path[static PATH_MAX])
{
    char file[STATUS_NAME + 16];
    snprintf(file, sizeof file, "%s.%s", name, suffix);
    return path_join(folder, file, path, NULL);
}

static enum err published_replace(const char *folder, const char *name, const char *suffix,
                                  struct bytes content, struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = published_path(folder, name, suffix, path);
    return err == ERR_NONE ? file_replace(path, content, 0644, fault) : err;
}

static enum err published_read(const char *folder, const char *name, const char *suffix,
                               struct buffer *out)
{
    char path[PATH_MAX];
    enum err err = published_path(folder, name, suffix, path);
    return err == ERR_NONE ? file_read(path, out, NULL) : err;
}

enum err status_crl_keep(const char *folder, const struct status_list *list, struct bytes tbs,
                         struct fault *fault)
{
    char name[STATUS_NAME];
    return published_replace(folder, status_list_name(list, name), "tbs", tbs, fault);
}

enum err status_crl_publish(const char *folder, const struct status_list *list, int tbs_memfd,
                            enum algorithm algorithm, struct bytes signature, struct fault *fault)
{
    struct mapping tbs CLEANUP_MAPPING = {0};
    struct buffer crl CLEANUP_BUFFER;
    buffer_init(&crl, LIMIT_CRL);
    char name[STATUS_NAME];
    enum err err = mapping_open(tbs_memfd, LIMIT_CRL, &tbs, fault);
    if (err == ERR_NONE)
        err = crl_assemble(mapping_bytes(&tbs), algorithm, signature, &crl);
    return err == ERR_NONE ? published_replace(folder, status_list_name(list, name), "crl",
                                               buffer_bytes(&crl), fault)
                           : err;
}

bool status_crl_is_published(const char *folder, const struct status_list *list,
                             struct bytes tbs_digest)
{
    struct buffer file CLEANUP_BUFFER;
    buffer_init(&file, LIMIT_CRL);
    struct crl crl;
    char name[STATUS_NAME];
    uint8_t digest[SHA256_LEN];
    if (published_read(folder, status_list_name(list, name), "crl", &file) != ERR_NONE ||
        crl_parse(buffer_bytes(&file), &crl, NULL) != ERR_NONE)
        return false;
    sha256(crl.tbs, digest);
    return bytes_equal(tbs_digest, bytes_of(digest, sizeof digest));
}

#define EPOCH_TEXT 32

static struct bytes epoch_print(uint64_t epoch, char text[static EPOCH_TEXT])
{
    int len = snprintf(text, EPOCH_TEXT, "%llu\n", (unsigned long long)epoch);
    return bytes_of(text, (size_t)len);
}

/* The epoch's file comes second: between the two it says less than the list knows, never more. */
enum err status_epoch_publish(const char *folder, const struct status_list *list, uint64_t epoch,
                              struct fault *fault)
{
    char text[EPOCH_TEXT], name[STATUS_NAME];
    return published_replace(folder, published_epoch_name(list, name), "epoch",
                             epoch_print(epoch, text), fault);
}

bool status_epoch_is_published(const char *folder, const struct status_list *list, uint64_t epoch)
{
    struct buffer beside CLEANUP_BUFFER;
    buffer_init(&beside, EPOCH_TEXT);
    char text[EPOCH_TEXT], name[STATUS_NAME];
    return published_read(folder, published_epoch_name(list, name), "epoch", &beside) == ERR_NONE &&
           bytes_equal(buffer_bytes(&beside), epoch_print(epoch, text));
}

enum err status_authority_publish(const char *folder, enum kind kind, unsigned generation,
                                  struct bytes certificate, struct fault *fault)
{
    char name[STATUS_NAME];
    return published_replace(folder, status_published_name(kind, generation, name), "cer",
                             certificate, fault);
}
