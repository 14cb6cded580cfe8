/* What requests and responses of OCSP share; used by ocsp.c and ocsp_response.c alone. */
#pragma once

#include "x509/ocsp.h"

void ocsp_id_take(struct der *der, struct ocsp_id *out);
/* Extensions under a context tag, if they are there. nonce NULL: a nonce is nothing known here. */
void ocsp_take_extensions(struct der *der, uint8_t tag, struct bytes *nonce);
/* Writes the extensions with the nonce; nothing when it is empty. */
void ocsp_put_nonce(struct buffer *out, uint8_t tag, struct bytes nonce);
