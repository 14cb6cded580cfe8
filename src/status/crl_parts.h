/* What the files of CRLs share. Private to them. */
#pragma once

#include "status/status_client.h"
#include "x509/cert.h"

/* RFC 5280 3.3: an entry stays until it stood on one CRL made after the certificate ended. */
bool status_crl_lists(const struct status_entry *entry, int64_t last_this_update);

/* status_crl_generation finds the serials of the issuer's key; ERR_NOT_FOUND. */
enum err status_crl_generation(const struct status_map *map, const struct cert *issuer,
                               struct status_generation *out, struct fault *fault) MUST_USE;

/* status_crl_listing_find: how many serials, and where they stand. Borrowed. */
size_t status_crl_listing_find(const struct status_crl_listing *listing, uint16_t municipality,
                               const uint32_t **serials);
