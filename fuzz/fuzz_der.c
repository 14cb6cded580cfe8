/* Every parser of x509. The first byte chooses one; the rest is its input. What is accepted must
 * hold together: lists have the entries that were counted, names print, attributes come back. */
#include <stdlib.h>

#include "x509/cert_request.h"
#include "x509/cms.h"
#include "x509/lint.h"
#include "x509/ocsp.h"
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_name(struct bytes name)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, 1 << 20);
    require(name_print(name, &text) == ERR_NONE);
}

static void fuzz_cert(struct bytes input)
{
    struct cert cert;
    struct fault fault = {0};
    enum kind kind;
    if (cert_parse(input, &cert, &fault) != ERR_NONE) {
        require(fault.code != ERR_NONE && fault.text[0]);
        return;
    }
    print_name(cert.subject);
    (void)cert_kind(&cert, &kind);
    require(cert.whole.len == input.len && cert_parse_tbs(cert.tbs, &cert, NULL) == ERR_NONE);
    for (enum profile_id id = 0; id < NUM_PROFILES; id++) {
        const struct cert *issuer = id == PROFILE_AUTHORITY ? NULL : &cert;
        enum err err = lint_cert(cert.tbs, id, profile_site_default(), issuer, &fault);
        require(err == ERR_NONE || fault.text[0]);
    }
}

static void fuzz_crl(struct bytes input)
{
    struct crl crl;
    struct crl_entry entry;
    if (crl_parse(input, &crl, NULL) != ERR_NONE)
        return;
    struct reader entries = reader_of(crl.entries);
    size_t num = 0;
    while (crl_next(&entries, &entry))
        num++;
    require(num == crl.num_entries);
}

static void fuzz_ocsp_request(struct bytes input)
{
    struct ocsp_request request;
    if (ocsp_request_parse(input, &request, NULL) == ERR_NONE)
        require(request.num > 0 && request.num <= OCSP_MAX_IDS);
}

static void fuzz_ocsp_response(struct bytes input)
{
    struct ocsp_response response;
    if (ocsp_response_parse(input, &response, NULL) == ERR_NONE &&
        response.outcome == OCSP_SUCCESSFUL)
        require(ocsp_parse_tbs(response.tbs, &response, NULL) == ERR_NONE);
}

static void fuzz_request(struct bytes input)
{
    struct cert_request request;
    if (cert_request_parse(input, &request, NULL) == ERR_NONE)
        print_name(request.subject);
}

static void fuzz_cms(struct bytes input)
{
    struct cms cms;
    size_t signer;
    struct buffer attributes CLEANUP_BUFFER;
    buffer_init(&attributes, 1 << 20);
    if (cms_parse(input, &cms, NULL) != ERR_NONE)
        return;
    (void)cms_find_signer(&cms, &signer);
    require(cms_signed_attributes(&cms, &attributes) == ERR_NONE);
}

static void fuzz_name(struct bytes input)
{
    struct name name;
    if (name_parse(input, &name, NULL) == ERR_NONE)
        print_name(input);
}

static void fuzz_spki(struct bytes input)
{
    struct spki spki;
    if (spki_parse(input, &spki, NULL) == ERR_NONE)
        require(spki.key.len < input.len);
}

/* The order is that of the corpus: add at the end. */
static void (*const parsers[])(struct bytes input) = {
    fuzz_cert,    fuzz_crl, fuzz_ocsp_request, fuzz_ocsp_response,
    fuzz_request, fuzz_cms, fuzz_name,         fuzz_spki,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0 && data[0] < COUNT_OF(parsers))
        parsers[data[0]](bytes_of(data + 1, size - 1));
    return 0;
}
