/* What the signer signed and refused, as its client sees it, for whoever watches (base/counters).
 */
#pragma once

#include "signer/signer_client.h"

/* counted_batch: a batch was answered, so many microseconds after it was sent; counted_item: one of
 * its items. */
void counted_batch(int64_t micro);
void counted_item(const struct signer_item *item);
/* counted_answer: a question as it was sent, and what came of it. Questions that are no signature
 * do not count. */
void counted_answer(struct bytes question, int64_t micro, enum err err, const struct fault *fault);
