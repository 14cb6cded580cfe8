/* The whole check of a relying party: signature, kind, path, dates, status, one verdict. No socket
 * is opened here: the caller brings the bytes that are asked for. */
#pragma once

#include "base/login_token.h"
#include "verify/signature.h"
#include "verify/cert_status.h"

/* How to come by a status. Each may be NULL. All append to *out (cap set by the check) and return
 * an error when nothing is to be had. */
struct check_source {
    /* address is what the certificate says itself (AIA), "" when it says nothing. */
    enum err (*ocsp)(void *context, const char *address, struct bytes request, struct buffer *out,
                     struct fault *fault);
    enum err (*crl)(void *context, struct buffer *out, struct fault *fault);
    enum err (*push_set)(void *context, struct buffer *out, struct fault *fault);
    void *context;
};

struct check {
    const struct authorities *authorities;
    enum kind kind; /* wanted; a certificate of the other kind is refused. page:S03 */
    int64_t at;     /* the moment asked about; for a login, now */
    int64_t now;
    struct check_source source;
};

/* Each of these writes one verdict, whatever comes in. OCSP is asked first, then the CRL, then the
 * push set; a first definite status is not asked again. */

/* check_cert: kind, authority, path (RFC 5280 6), dates, status. */
void check_cert(const struct check *check, struct bytes cert, struct verdict *out);

/* check_login: the certificate's RSA signature (PKCS#1 v1.5, SHA-256) over what a card signs to log
 * in at an origin (docs/PROTOCOL.login), then as check_cert. Whether the nonce was given out, and
 * not used before, is the caller's. */
void check_login(const struct check *check, const struct login_token *token, const char *origin,
                 struct bytes nonce, struct verdict *out);

/* check_signature: a CMS signature whose content went in already. *signature is at its end then;
 * the caller still calls signature_done. */
void check_signature(const struct check *check, struct signature *signature, struct verdict *out);

/* check_refused makes the verdict of what signature_begin refused. */
void check_refused(const struct check *check, const struct fault *fault, struct verdict *out);

/* check_pseudonym is what a site may know a resident by: HMAC-SHA-256 under its own secret key over
 * "JPKI pseudonym 1" ‖ SHA-256(certificate). Two sites cannot compare theirs. */
#define CHECK_PSEUDONYM 32
enum err check_pseudonym(struct bytes key, struct bytes cert,
                         uint8_t out[static CHECK_PSEUDONYM]) MUST_USE;
