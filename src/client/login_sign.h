/* What the card does for a login: certificate, PIN and signature over a page's question, inside one
 * transaction. SELECT follows in it, whatever happened, so that no other program finds a verified
 * PIN (docs/PROTOCOL.login, section 6). */
#pragma once

#include "client/card_pin.h"
#include "client/login.h"

/* The parts of a token. */
struct login_proof {
    struct buffer cert, signature;
};

void login_proof_init(struct login_proof *proof);
void login_proof_done(struct login_proof *proof);
#define CLEANUP_LOGIN_PROOF CLEANUP(login_proof_done)
struct login_token login_proof_token(const struct login_proof *proof); /* borrowed */

/* login_sign fills *proof when the answer is PIN_IS_VERIFIED; else it is to be thrown away. */
void login_sign(struct card_channel *channel, const struct pin_use *use, const struct secret *pin,
                const struct login_page *page, struct login_proof *proof, struct pin_result *out);
