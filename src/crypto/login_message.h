/* What a card signs to log in. docs/PROTOCOL.login 3 */
#pragma once

#include "base/bytes.h"

#define LOGIN_SIGNED_LEN (12 + 32 + 32)

/* login_message writes "JPKI login 1" ‖ SHA-256(origin) ‖ SHA-256(nonce). The label keeps the
 * signature apart from those that the same key makes for TLS and PKCS#10. */
void login_message(const char *origin, struct bytes nonce, uint8_t out[static LOGIN_SIGNED_LEN]);
