/* What the readers of OCSP answers, CRLs and push sets share. Private to verify/. */
#pragma once

#include "verify/cert_status.h"

/* cert_status_check_window: may a statement of this life be listened to? ERR_DENIED with the fault
 * when not. longest: seconds. */
enum err cert_status_check_window(const struct cert_status_question *question, int64_t this_update,
                                  int64_t next_update, int64_t longest,
                                  struct fault *fault) MUST_USE;

/* cert_status_check_later: does what was stated, perhaps after question->at, tell about that
 * moment? See the end of cert_status.h. ERR_STATE with the fault when not. */
enum err cert_status_check_later(const struct cert_status_question *question,
                                 const struct cert_status *status, struct fault *fault) MUST_USE;

/* cert_status_responder_fault: why a responder's certificate does not count for a statement made at
 * that second; NULL when it does (RFC 6960 4.2.2.2). */
const char *cert_status_responder_fault(const struct cert_status_question *question,
                                        const struct cert *responder, int64_t made_at);

/* cert_status_refuse is fault_set with ERR_DENIED, and names the input. */
enum err cert_status_refuse(struct fault *fault, const char *input, const char *rule,
                            const char *text);
