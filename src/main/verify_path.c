/* jpki verify --path: RFC 5280 path validation of any profile, from files. */
#include "main/verify.h"

#include <stdio.h>

#include "base/limits.h"
#include "main/der_files.h"

/* What could be read but is no proof is 1; what could not be read is 2. */
static int complain_path(enum err err, const struct fault *fault)
{
    int status = complain_fault(fault);
    return err == ERR_MALFORMED || err == ERR_LIMIT ? EXIT_REFUSED : status;
}

static enum err read_given(const struct verify_given *given, const char *label, size_t cap,
                           struct der_files *out, struct fault *fault)
{
    for (size_t i = 0; i < given->num; i++) {
        enum err err = der_files_add(out, given->values[i], label, cap, fault);
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

struct path_files {
    struct der_files cert, anchors, untrusted, crls;
};

static void path_files_done(struct path_files *files)
{
    der_files_done(&files->cert);
    der_files_done(&files->anchors);
    der_files_done(&files->untrusted);
    der_files_done(&files->crls);
}

static enum err path_files_read(const struct verify_options *options, struct path_files *out,
                                struct fault *fault)
{
    const struct {
        enum verify_option option;
        const char *label;
        size_t cap;
        struct der_files *files;
    } rows[] = {
        {VERIFY_CERT, DER_LABEL_CERT, LIMIT_PATH_CERTIFICATE, &out->cert},
        {VERIFY_ANCHOR, DER_LABEL_CERT, LIMIT_PATH_CERTIFICATE, &out->anchors},
        {VERIFY_UNTRUSTED, DER_LABEL_CERT, LIMIT_PATH_CERTIFICATE, &out->untrusted},
        {VERIFY_CRL, DER_LABEL_CRL, LIMIT_CRL, &out->crls},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum err err = read_given(&options->given[rows[i].option], rows[i].label, rows[i].cap,
                                  rows[i].files, fault);
        if (err != ERR_NONE)
            return err;
    }
    if (out->cert.num == 1)
        return ERR_NONE;
    fault_name_input(fault, options->given[VERIFY_CERT].values[0]);
    return fault_set(fault, ERR_MALFORMED, DER_LABEL_CERT, "more than one");
}

int verify_path(const struct verify_options *options)
{
    const struct verify_given *given = options->given;
    struct path_files files CLEANUP(path_files_done) = {0};
    struct fault fault = {0};
    enum err err = path_files_read(options, &files, &fault);
    if (err != ERR_NONE)
        return complain_path(err, &fault);
    struct path_request request = {
        .cert = files.cert.inputs[0],
        .anchors = files.anchors.inputs,
        .num_anchors = files.anchors.num,
        .untrusted = files.untrusted.inputs,
        .num_untrusted = files.untrusted.num,
        .crls = files.crls.inputs,
        .num_crls = files.crls.num,
        .policies = given[VERIFY_POLICY].values,
        .num_policies = given[VERIFY_POLICY].num,
        .explicit_policy = given[VERIFY_EXPLICIT_POLICY].num != 0,
        .inhibit_map = given[VERIFY_INHIBIT_MAP].num != 0,
        .inhibit_any = given[VERIFY_INHIBIT_ANY].num != 0,
        .time = options->time,
    };
    enum path_verdict verdict = PATH_NOT_VALID;
    fault = (struct fault){0};
    err = path_check(&request, &verdict, &fault);
    if (err == ERR_USAGE)
        return complain_usage("%s", fault.text);
    puts(verdict == PATH_VALID ? "valid" : "invalid");
    if (verdict == PATH_VALID)
        return EXIT_DONE;
    fault_name_input(&fault, given[VERIFY_CERT].values[0]);
    complain_fault(&fault);
    return err == ERR_MEMORY ? EXIT_UNDECIDED : EXIT_REFUSED;
}
