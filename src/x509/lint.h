/* The linter: what a signer asks of bytes that it did not make. It parses the TBS, holds every
 * field against the profile row, and in the end writes the same facts again and compares the bytes,
 * so that nothing is signed that our own writer would not have written. Each answers ERR_NONE, or
 * ERR_DENIED (a rule is broken) or ERR_MALFORMED (not even DER) with the fault. */
#pragma once

#include "x509/cms.h"
#include "x509/crl.h"
#include "x509/ocsp.h"

/* lint_cert: that subjectKeyIdentifier is the hash of the key is left to the caller, who has a
 * hash. issuer is the parsed certificate of the authority that will sign; NULL for
 * PROFILE_AUTHORITY. */
enum err lint_cert(struct bytes tbs, enum profile_id id, const struct profile_site *site,
                   const struct cert *issuer, struct fault *fault) MUST_USE;
/* lint_parsed_cert is the same for what cert_parse_tbs has read. */
enum err lint_parsed_cert(const struct cert *cert, enum profile_id id,
                          const struct profile_site *site, const struct cert *issuer,
                          struct fault *fault) MUST_USE;
/* Serials strictly rising, numbers and times in range, life as the profile says. */
enum err lint_crl(struct bytes tbs, const struct cert *issuer, struct fault *fault) MUST_USE;
/* An answer lives at most 15 minutes; responder is the parsed certificate of the responder. */
enum err lint_ocsp(struct bytes tbs, const struct cert *responder, struct fault *fault) MUST_USE;
