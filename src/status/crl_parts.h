/* What the files of CRLs share. Private to them. */
#pragma once

#include "status/status_client.h"
#include "x509/cert.h"

/* RFC 5280 3.3: an entry stays until it stood on one CRL made after the certificate ended. */
bool status_crl_lists(const struct status_entry *entry, int64_t last_this_update);

/* status_crl_generation finds the serials of the issuer's key; ERR_NOT_FOUND. */
enum err status_crl_generation(const struct status_map *map, const struct cert *issuer,
                               struct status_generation *out, struct fault *fault) MUST_USE;

/* A walk over a listing: of one municipality, or of all (0). Serials rise. */
struct status_crl_walk {
    const struct status_crl_listing *listing;
    uint16_t municipality;
    uint32_t next;
};
struct status_crl_walk status_crl_walk_of(const struct status_crl_listing *listing,
                                          uint16_t municipality);
/* False at the end. */
bool status_crl_walk_next(struct status_crl_walk *walk, uint64_t *serial, uint64_t *word);
uint32_t status_crl_num_listed(const struct status_crl_listing *listing);
const struct cert *status_crl_issuer(const struct status_crl_listing *listing);
