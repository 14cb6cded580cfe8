/* Object identifiers: one table of those that this program knows, and the way between the dotted
 * and the encoded form for those that come from a configuration or from outside. */
#pragma once

#include "base/bytes.h"

/* code, dotted, content octets, name */
#define OID_LIST(X)                                                                                \
    X(OID_COMMON_NAME, "2.5.4.3", "\x55\x04\x03", "CN")                                            \
    X(OID_COUNTRY, "2.5.4.6", "\x55\x04\x06", "C")                                                 \
    X(OID_LOCALITY, "2.5.4.7", "\x55\x04\x07", "L")                                                \
    X(OID_STATE, "2.5.4.8", "\x55\x04\x08", "ST")                                                  \
    X(OID_ORGANIZATION, "2.5.4.10", "\x55\x04\x0A", "O")                                           \
    X(OID_ORGANIZATIONAL_UNIT, "2.5.4.11", "\x55\x04\x0B", "OU")                                   \
    X(OID_SUBJECT_KEY_ID, "2.5.29.14", "\x55\x1D\x0E", "subjectKeyIdentifier")                     \
    X(OID_KEY_USAGE, "2.5.29.15", "\x55\x1D\x0F", "keyUsage")                                      \
    X(OID_SUBJECT_ALT_NAME, "2.5.29.17", "\x55\x1D\x11", "subjectAltName")                         \
    X(OID_ISSUER_ALT_NAME, "2.5.29.18", "\x55\x1D\x12", "issuerAltName")                           \
    X(OID_BASIC_CONSTRAINTS, "2.5.29.19", "\x55\x1D\x13", "basicConstraints")                      \
    X(OID_CRL_NUMBER, "2.5.29.20", "\x55\x1D\x14", "cRLNumber")                                    \
    X(OID_REASON_CODE, "2.5.29.21", "\x55\x1D\x15", "reasonCode")                                  \
    X(OID_INVALIDITY_DATE, "2.5.29.24", "\x55\x1D\x18", "invalidityDate")                          \
    X(OID_ISSUING_POINT, "2.5.29.28", "\x55\x1D\x1C", "issuingDistributionPoint")                  \
    X(OID_NAME_CONSTRAINTS, "2.5.29.30", "\x55\x1D\x1E", "nameConstraints")                        \
    X(OID_CRL_POINTS, "2.5.29.31", "\x55\x1D\x1F", "cRLDistributionPoints")                        \
    X(OID_POLICIES, "2.5.29.32", "\x55\x1D\x20", "certificatePolicies")                            \
    X(OID_POLICY_MAPPINGS, "2.5.29.33", "\x55\x1D\x21", "policyMappings")                          \
    X(OID_AUTHORITY_KEY_ID, "2.5.29.35", "\x55\x1D\x23", "authorityKeyIdentifier")                 \
    X(OID_POLICY_CONSTRAINTS, "2.5.29.36", "\x55\x1D\x24", "policyConstraints")                    \
    X(OID_EXTENDED_KEY_USAGE, "2.5.29.37", "\x55\x1D\x25", "extKeyUsage")                          \
    X(OID_INHIBIT_ANY_POLICY, "2.5.29.54", "\x55\x1D\x36", "inhibitAnyPolicy")                     \
    X(OID_AUTHORITY_INFO, "1.3.6.1.5.5.7.1.1", "\x2B\x06\x01\x05\x05\x07\x01\x01",                 \
      "authorityInfoAccess")                                                                       \
    X(OID_CPS, "1.3.6.1.5.5.7.2.1", "\x2B\x06\x01\x05\x05\x07\x02\x01", "cps")                     \
    X(OID_CLIENT_AUTH, "1.3.6.1.5.5.7.3.2", "\x2B\x06\x01\x05\x05\x07\x03\x02", "clientAuth")      \
    X(OID_OCSP_SIGNING, "1.3.6.1.5.5.7.3.9", "\x2B\x06\x01\x05\x05\x07\x03\x09", "OCSPSigning")    \
    X(OID_OCSP, "1.3.6.1.5.5.7.48.1", "\x2B\x06\x01\x05\x05\x07\x30\x01", "ocsp")                  \
    X(OID_OCSP_BASIC, "1.3.6.1.5.5.7.48.1.1", "\x2B\x06\x01\x05\x05\x07\x30\x01\x01", "ocspBasic") \
    X(OID_OCSP_NONCE, "1.3.6.1.5.5.7.48.1.2", "\x2B\x06\x01\x05\x05\x07\x30\x01\x02", "ocspNonce") \
    X(OID_OCSP_NOCHECK, "1.3.6.1.5.5.7.48.1.5", "\x2B\x06\x01\x05\x05\x07\x30\x01\x05",            \
      "ocspNoCheck")                                                                               \
    X(OID_SHA1, "1.3.14.3.2.26", "\x2B\x0E\x03\x02\x1A", "sha1")                                   \
    X(OID_SHA256, "2.16.840.1.101.3.4.2.1", "\x60\x86\x48\x01\x65\x03\x04\x02\x01", "sha256")      \
    X(OID_SHA384, "2.16.840.1.101.3.4.2.2", "\x60\x86\x48\x01\x65\x03\x04\x02\x02", "sha384")      \
    X(OID_SHA512, "2.16.840.1.101.3.4.2.3", "\x60\x86\x48\x01\x65\x03\x04\x02\x03", "sha512")      \
    X(OID_RSA, "1.2.840.113549.1.1.1", "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01", "rsaEncryption")    \
    X(OID_RSA_SHA256, "1.2.840.113549.1.1.11", "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B",             \
      "sha256WithRSAEncryption")                                                                   \
    X(OID_RSA_SHA384, "1.2.840.113549.1.1.12", "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0C",             \
      "sha384WithRSAEncryption")                                                                   \
    X(OID_RSA_SHA512, "1.2.840.113549.1.1.13", "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0D",             \
      "sha512WithRSAEncryption")                                                                   \
    X(OID_EC_KEY, "1.2.840.10045.2.1", "\x2A\x86\x48\xCE\x3D\x02\x01", "ecPublicKey")              \
    X(OID_P256, "1.2.840.10045.3.1.7", "\x2A\x86\x48\xCE\x3D\x03\x01\x07", "prime256v1")           \
    X(OID_P384, "1.3.132.0.34", "\x2B\x81\x04\x00\x22", "secp384r1")                               \
    X(OID_ECDSA_SHA256, "1.2.840.10045.4.3.2", "\x2A\x86\x48\xCE\x3D\x04\x03\x02",                 \
      "ecdsa-with-SHA256")                                                                         \
    X(OID_ECDSA_SHA384, "1.2.840.10045.4.3.3", "\x2A\x86\x48\xCE\x3D\x04\x03\x03",                 \
      "ecdsa-with-SHA384")                                                                         \
    X(OID_DATA, "1.2.840.113549.1.7.1", "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", "data")            \
    X(OID_SIGNED_DATA, "1.2.840.113549.1.7.2", "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02",             \
      "signedData")                                                                                \
    X(OID_CONTENT_TYPE, "1.2.840.113549.1.9.3", "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x03",            \
      "contentType")                                                                               \
    X(OID_MESSAGE_DIGEST, "1.2.840.113549.1.9.4", "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x04",          \
      "messageDigest")                                                                             \
    X(OID_SIGNING_TIME, "1.2.840.113549.1.9.5", "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x05",            \
      "signingTime")                                                                               \
    X(OID_SIGNING_CERTIFICATE, "1.2.840.113549.1.9.16.2.47",                                       \
      "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x02\x2F", "signingCertificateV2")                      \
    X(OID_JPKI_NAME, "1.2.392.200149.8.5.5.1", "\x2A\x83\x08\x8C\x9B\x55\x08\x05\x05\x01",         \
      "commonName")                                                                                \
    X(OID_JPKI_NAME_FLAGS, "1.2.392.200149.8.5.5.2", "\x2A\x83\x08\x8C\x9B\x55\x08\x05\x05\x02",   \
      "substituteCharacterOfCommonName")                                                           \
    X(OID_JPKI_SEX, "1.2.392.200149.8.5.5.3", "\x2A\x83\x08\x8C\x9B\x55\x08\x05\x05\x03",          \
      "gender")                                                                                    \
    X(OID_JPKI_BIRTH_DATE, "1.2.392.200149.8.5.5.4", "\x2A\x83\x08\x8C\x9B\x55\x08\x05\x05\x04",   \
      "dateOfBirth")                                                                               \
    X(OID_JPKI_ADDRESS, "1.2.392.200149.8.5.5.5", "\x2A\x83\x08\x8C\x9B\x55\x08\x05\x05\x05",      \
      "address")                                                                                   \
    X(OID_JPKI_ADDRESS_FLAGS, "1.2.392.200149.8.5.5.6",                                            \
      "\x2A\x83\x08\x8C\x9B\x55\x08\x05\x05\x06", "substituteCharacterOfAddress")

enum oid {
    OID_UNKNOWN,
#define X(code, dotted, octets, name) code,
    OID_LIST(X)
#undef X
        OID_END
};

struct bytes oid_octets(enum oid oid);  /* the content octets; static. Empty for OID_UNKNOWN */
const char *oid_name(enum oid oid);     /* "unknown" for OID_UNKNOWN */
const char *oid_dotted(enum oid oid);   /* static */
enum oid oid_find(struct bytes octets); /* OID_UNKNOWN when it is not in the table */

/* oid_encode appends the content octets of a dotted text; an arc may have 128 bits (2.25.<UUID>).
 * ERR_MALFORMED. */
enum err oid_encode(const char *dotted, struct buffer *octets) MUST_USE;
/* oid_print appends the dotted text of well-formed content octets; an arc above 128 bits is written
 * as a question mark. */
void oid_print(struct bytes octets, struct buffer *text);

struct der;
void oid_put(struct buffer *out, enum oid oid); /* writes the whole element */
enum oid oid_take(struct der *der);             /* OID_UNKNOWN also after a fault */
