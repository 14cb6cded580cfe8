/* Reading files that hold DER or PEM. What the objects say is not looked at. */
#include "main/der_files.h"

#include <stdlib.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"

static enum err add_object(struct der_files *files, const char *path, struct buffer *der,
                           struct fault *fault)
{
    if (!files->ders) {
        files->ders = calloc(LIMIT_PATH_FILES, sizeof *files->ders);
        files->inputs = calloc(LIMIT_PATH_FILES, sizeof *files->inputs);
    }
    if (!files->ders || !files->inputs)
        return fault_set(fault, ERR_MEMORY, "memory", "none left");
    if (files->num == LIMIT_PATH_FILES)
        return fault_set(fault, ERR_LIMIT, "files", "more than %d", LIMIT_PATH_FILES);
    files->inputs[files->num] = (struct path_input){buffer_bytes(der), path};
    files->ders[files->num++] = *der;
    buffer_init(der, 0); /* the list's now */
    return ERR_NONE;
}

static enum err add_blocks(struct der_files *files, const char *path, const char *label,
                           struct bytes text, size_t cap, struct fault *fault)
{
    for (size_t num = 0;; num++) {
        struct buffer der CLEANUP_BUFFER;
        buffer_init(&der, cap);
        enum err err = pem_decode(text, label, &der, &text);
        if (err == ERR_NOT_FOUND && num != 0)
            return ERR_NONE;
        if (err == ERR_LIMIT)
            return fault_set(fault, err, "size", "longer than %zu bytes", cap);
        if (err != ERR_NONE)
            return fault_set(fault, ERR_MALFORMED, label, "neither DER nor PEM");
        err = add_object(files, path, &der, fault);
        if (err != ERR_NONE)
            return err;
    }
}

/* What these objects begin with is a SEQUENCE; no PEM file begins with its byte, a "0". */
static bool is_der(const struct buffer *content)
{
    return content->len != 0 && content->data[0] == 0x30;
}

enum err der_file_read(const char *path, const char *label, struct buffer *out, struct fault *fault)
{
    fault_name_input(fault, path);
    enum err err = file_read(path, out, fault);
    if (err != ERR_NONE || is_der(out))
        return err;
    struct buffer der CLEANUP_BUFFER;
    buffer_init(&der, out->cap);
    if (pem_decode(buffer_bytes(out), label, &der, NULL) != ERR_NONE)
        return fault_set(fault, ERR_MALFORMED, label, "neither DER nor PEM");
    buffer_cut(out, 0);
    buffer_put_bytes(out, buffer_bytes(&der));
    return buffer_check(out);
}

enum err der_files_add(struct der_files *files, const char *path, const char *label, size_t cap,
                       struct fault *fault)
{
    struct buffer content CLEANUP_BUFFER;
    buffer_init(&content, 2 * cap); /* PEM is a third longer; a file may hold a chain */
    fault_name_input(fault, path);
    enum err err = file_read(path, &content, fault);
    if (err != ERR_NONE)
        return err;
    if (!is_der(&content))
        return add_blocks(files, path, label, buffer_bytes(&content), cap, fault);
    if (content.len > cap)
        return fault_set(fault, ERR_LIMIT, "size", "longer than %zu bytes", cap);
    return add_object(files, path, &content, fault);
}

void der_files_done(struct der_files *files)
{
    for (size_t i = 0; i < files->num; i++)
        buffer_done(&files->ders[i]);
    free(files->ders);
    free(files->inputs);
    *files = (struct der_files){0};
}
