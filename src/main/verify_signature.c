/* jpki verify FILE: a CMS signature over a document. This file brings the bytes (files, HTTP); the
 * judgement is verify's. */
#include "main/verify.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "http/client.h"
#include "main/der_files.h"
#include "verify/check.h"

static enum err pin_file(struct authorities *authorities, enum kind kind, const char *path,
                         struct fault *fault)
{
    struct der_files files CLEANUP_DER_FILES = {0};
    enum err err = der_files_add(&files, path, DER_LABEL_CERT, LIMIT_CERTIFICATE, fault);
    for (size_t i = 0; i < files.num && err == ERR_NONE; i++)
        err = authorities_add(authorities, kind, files.inputs[i].der, fault);
    return err;
}

/* In a folder the name says the kind: signature.cer, signature-2.cer, authentication.pem. */
static bool kind_of_file(const char *name, enum kind *out)
{
    static const char *const endings[] = {".cer", ".crt", ".der", ".pem"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < COUNT_OF(endings); i++)
        for (int kind = 0; kind < NUM_KINDS; kind++) {
            const char *word = kind_name((enum kind)kind);
            if (strcmp(dot, endings[i]) == 0 && strncmp(name, word, strlen(word)) == 0) {
                *out = (enum kind)kind;
                return true;
            }
        }
    return false;
}

static void close_folder(DIR **folder)
{
    if (*folder)
        closedir(*folder);
}

static enum err pin_folder(struct authorities *authorities, const char *path, struct fault *fault)
{
    DIR *folder CLEANUP(close_folder) = opendir(path);
    fault_name_input(fault, path);
    if (!folder)
        return fault_set(fault, ERR_IO, "open", "%s", strerror(errno));
    size_t num = 0;
    for (const struct dirent *entry; (entry = readdir(folder));) {
        enum kind kind;
        char file[PATH_MAX];
        if (!kind_of_file(entry->d_name, &kind))
            continue;
        enum err err = path_join(path, entry->d_name, file, fault);
        if (err != ERR_NONE)
            return err;
        fault_name_input(fault, file);
        err = pin_file(authorities, kind, file, fault);
        if (err != ERR_NONE)
            return err;
        num += kind == KIND_SIGNATURE;
    }
    if (num)
        return ERR_NONE;
    return fault_set(fault, ERR_NOT_FOUND, "authority", "no signature*.cer in the folder");
}

static enum err pin_all(const struct verify_given *given, struct authorities *authorities,
                        struct fault *fault)
{
    for (size_t i = 0; i < given->num; i++) {
        struct stat found;
        const char *path = given->values[i];
        bool is_folder = stat(path, &found) == 0 && S_ISDIR(found.st_mode);
        enum err err = is_folder ? pin_folder(authorities, path, fault)
                                 : pin_file(authorities, KIND_SIGNATURE, path, fault);
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

static const char *first(const struct verify_given *given)
{
    return given->num ? given->values[0] : NULL;
}

static enum err fetch_ocsp(void *context, const char *address, struct bytes request,
                           struct buffer *out, struct fault *fault)
{
    const struct verify_options *options = context;
    const char *given = first(&options->given[VERIFY_OCSP]);
    struct http_fetch fetch = {
        .url = given ? given : address,
        .content_type = "application/ocsp-request",
        .accept = "application/ocsp-response",
        .body = request,
        .is_post = true,
    };
    struct http_answer answer;
    fault_name_input(fault, *fetch.url ? fetch.url : "OCSP");
    if (!*fetch.url)
        return fault_set(fault, ERR_NOT_FOUND, "status",
                         "none of --ocsp, --crl, --push-set is given");
    enum err err = http_fetch(&fetch, out, &answer, fault);
    if (err == ERR_NONE && answer.status != 200)
        return fault_set(fault, ERR_PEER, "HTTP", "status %d", answer.status);
    return err;
}

static enum err fetch_crl(void *context, struct buffer *out, struct fault *fault)
{
    const struct verify_options *options = context;
    return der_file_read(options->given[VERIFY_CRL].values[0], DER_LABEL_CRL, out, fault);
}

static enum err fetch_push_set(void *context, struct buffer *out, struct fault *fault)
{
    const struct verify_options *options = context;
    return file_read(options->given[VERIFY_PUSH_SET].values[0], out, fault);
}

static enum err take_part(void *context, struct bytes part, struct fault *fault)
{
    (void)fault;
    return signature_content(context, part);
}

static enum err read_content(const char *path, struct signature *signature, struct fault *fault)
{
    int fd CLEANUP_FD =
        strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    fault_name_input(fault, path);
    if (fd < 0)
        return fault_set(fault, ERR_IO, "open", "%s", strerror(errno));
    return fd_read_parts(fd, take_part, signature, fault);
}

static int refuse_content(const struct verify_options *options, const struct check *check,
                          const struct fault *fault)
{
    struct verdict verdict;
    check_refused(check, fault, &verdict);
    return verify_report(&verdict, options->given[VERIFY_JSON].num != 0);
}

static int decide(const struct verify_options *options, const struct check *check,
                  struct signature *signature)
{
    struct fault fault = {0};
    struct verdict verdict;
    const char *content = first(&options->given[VERIFY_CONTENT]);
    if (content && !signature->cms.is_detached)
        return complain_usage("%s", say("--content: the signature carries its content",
                                        "--content: 署名は文書を内包しています"));
    if (!content && signature->cms.is_detached)
        return complain_usage("%s", say("--content is missing: the signature is detached",
                                        "--content が必要です (分離署名)"));
    if (content && read_content(content, signature, &fault) != ERR_NONE)
        return complain_fault(&fault);
    check_signature(check, signature, &verdict);
    return verify_report(&verdict, options->given[VERIFY_JSON].num != 0);
}

/* What can be read but is no signature is invalid; what cannot be read is not decided. */
static int read_and_decide(const struct verify_options *options, const struct check *check)
{
    struct signature signature CLEANUP_SIGNATURE = {0};
    struct buffer der CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&der, 2 * LIMIT_CMS_ATTACHED);
    enum err err = der_file_read(options->file, DER_LABEL_CMS, &der, &fault);
    if (err != ERR_NONE && err != ERR_MALFORMED && err != ERR_LIMIT)
        return complain_fault(&fault);
    if (err == ERR_NONE)
        err = signature_begin(buffer_bytes(&der), &signature, &fault);
    return err == ERR_NONE ? decide(options, check, &signature)
                           : refuse_content(options, check, &fault);
}

int verify_signature(const struct verify_options *options)
{
    struct authorities *authorities CLEANUP_AUTHORITIES = NULL;
    struct fault fault = {0};
    struct verify_options copy = *options; /* the sources' context */
    bool has_crl = options->given[VERIFY_CRL].num, has_ocsp = options->given[VERIFY_OCSP].num;
    bool has_push_set = options->given[VERIFY_PUSH_SET].num;
    enum err err = authorities_new(&authorities);
    if (err == ERR_NONE)
        err = pin_all(&options->given[VERIFY_AUTHORITY], authorities, &fault);
    if (err != ERR_NONE)
        return complain_fault(&fault);
    struct check check = {
        .authorities = authorities,
        .kind = KIND_SIGNATURE,
        .at = options->time,
        .now = clock_now(),
        .source = {.ocsp = (has_crl || has_push_set) && !has_ocsp ? NULL : fetch_ocsp,
                   .crl = has_crl ? fetch_crl : NULL,
                   .push_set = has_push_set ? fetch_push_set : NULL,
                   .context = &copy},
    };
    return read_and_decide(options, &check);
}
