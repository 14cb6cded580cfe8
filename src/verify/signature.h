/* A CMS signature over a document, checked as such: is it the certificate's over this content?
 * Whose certificate it is and whether it was good is asked elsewhere. The content goes through in
 * parts, so that a document of any length needs no memory. */
#pragma once

#include "crypto/hash.h"
#include "x509/cms.h"

struct signature {
    struct cms cms;   /* borrows from the bytes given to signature_begin */
    struct cert cert; /* the signer's, from inside */
    struct hash_stream *content;
};

/* signature_begin reads SignedData: one signer, whose certificate is inside, with signed attributes
 * and an ESS signing-certificate-v2 that names that very certificate (RFC 5035 3). An attached
 * content is taken in at once. der must outlive *out. ERR_MALFORMED, ERR_UNSUPPORTED, ERR_DENIED
 * with the fault. */
enum err signature_begin(struct bytes der, struct signature *out, struct fault *fault) MUST_USE;
/* signature_content takes the next part of a detached content; ERR_STATE when it is attached. */
enum err signature_content(struct signature *signature, struct bytes part) MUST_USE;
/* signature_end: ERR_NONE when content, attributes and signature belong together, ERR_CRYPTO with
 * the fault when not. Once. */
enum err signature_end(struct signature *signature, struct fault *fault) MUST_USE;
void signature_done(struct signature *signature);
#define CLEANUP_SIGNATURE CLEANUP(signature_done)
