/* Signing a file with the card, in CMS: the file is hashed as a stream of bytes, whatever it is;
 * the card signs the attributes; the signature is checked before it is handed out. Reader, PIN and
 * screen are not here. page:S04 */
#pragma once

#include "client/card.h"
#include "crypto/hash.h"

/* What is signed. */
struct sign_content {
    uint8_t sha256[SHA256_LEN];
    uint64_t len;
    struct buffer attached; /* the content itself, when it is to be carried inside */
    bool is_attached;
};

void sign_content_done(struct sign_content *content);
#define CLEANUP_SIGN_CONTENT CLEANUP(sign_content_done)

/* sign_content_read reads the file once, in parts. Detached: nothing of it is kept, and
 * there is no limit to its length. Attached: kept whole, ERR_LIMIT above LIMIT_CMS_ATTACHED. */
enum err sign_content_read(const char *path, bool is_attached, struct sign_content *out,
                           struct fault *fault) MUST_USE;

/* sign_content_by_card appends the CMS (cap: LIMIT_CMS_DETACHED, and the content when attached).
 * The signature PIN is verified in this session. time is the signing time, by the resident's clock.
 * ERR_STATE: the certificate in the card is no signature certificate, or is not in date at that
 * time; ERR_CARD: the card's signature does not fit its certificate. */
enum err sign_content_by_card(struct card_session *session, const struct sign_content *content,
                              int64_t time, struct buffer *cms, struct fault *fault) MUST_USE;
