/* What a resident's certificate says: its common name and its TBSCertificate, from the register,
 * the profile and the authority. */
#pragma once

#include "centre/certificate.h"
#include "registry/resident.h"

/* subject_common_name makes one that no certificate has yet; inside the act's transaction. */
enum err subject_common_name(struct centre *centre, enum kind kind, int64_t now,
                             char out[static PROFILE_COMMON_NAME], struct fault *fault) MUST_USE;

/* subject_is_of says whether a certificate's basic four are the register's of today. page:S09 */
enum err subject_is_of(struct centre *centre, const struct resident *resident,
                       const struct basic_four *four, bool *out, struct fault *fault) MUST_USE;

/* subject_encode_tbs appends the TBSCertificate for a row's kind, serial, times and card. */
enum err subject_encode_tbs(struct centre *centre, const struct resident *resident,
                            const struct certificate *row, const char *common_name,
                            struct bytes spki, struct buffer *out, struct fault *fault) MUST_USE;
