/* CRLs: numbered, stored, signed, published; the full list of each authority, with each change and
 * once a day. */
#pragma once

#include "centre/centre.h"

#define CRL_DELAY 5           /* seconds after a change: several go into one */
#define CRL_EVERY (24 * 3600) /* seconds */

/* crl_publish makes, signs and publishes the list of one kind: number and thisUpdate above the
 * last, journalled and durable before the signer sees them. */
enum err crl_publish(struct centre *centre, enum kind kind, struct fault *fault) MUST_USE;
/* crl_publish_due does it for each kind whose list lacks a change, is a day old, or was
 * stored and not published. */
enum err crl_publish_due(struct centre *centre, struct fault *fault) MUST_USE;
