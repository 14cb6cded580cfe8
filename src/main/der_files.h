/* Objects read from files that may be DER or PEM: certificates and CRLs, for validation. */
#pragma once

#include "base/bytes.h"
#include "crypto/path.h"

#define DER_LABEL_CERT "CERTIFICATE"
#define DER_LABEL_CRL  "X509 CRL"
#define DER_LABEL_CMS  "CMS"

/* der_file_read appends one object: the file's DER, or its first PEM block of that label. The cap
 * is out's. ERR_MALFORMED when there is none in it, ERR_LIMIT when it is longer, ERR_NOT_FOUND or
 * ERR_IO when the file cannot be read. */
enum err der_file_read(const char *path, const char *label, struct buffer *out,
                       struct fault *fault) MUST_USE;

/* A list of objects; inputs[i].name is the file's path, borrowed from the caller. */
struct der_files {
    size_t num;
    struct buffer *ders;
    struct path_input *inputs;
};

/* der_files_add reads one file: a DER object, or all PEM blocks of that label. cap: of one object,
 * bytes. Errors as der_file_read; ERR_LIMIT also above LIMIT_PATH_FILES. */
enum err der_files_add(struct der_files *files, const char *path, const char *label, size_t cap,
                       struct fault *fault) MUST_USE;
void der_files_done(struct der_files *files);
#define CLEANUP_DER_FILES CLEANUP(der_files_done)
