#include "tools.h"

#include "base/encoding.h"
#include "crypto/sign.h"
#include "x509/cert_request.h"

json_t *hex_of(const void *data, size_t len)
{
    static char text[2 * LIMIT_REQUEST + 1];
    return json_string(hex_print(data, len, text));
}

void nonce_for(int64_t application, uint8_t nonce[static 16])
{
    const struct counter_answer *answer =
        town_done("daiei1", "nonce", json_pack("{s:I}", "number", (json_int_t)application));
    assert_ok(hex_decode_exactly(counter_text(answer, "nonce"), nonce, 16));
}

void state_of(struct town_card *from, const uint8_t nonce[static 16],
              uint8_t statement[static STATEMENT_LEN])
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    assert_ok(card_session_begin(&from->channel, &session, NULL));
    assert_ok(card_statement(&session, bytes_of(nonce, 16), statement, NULL));
}

void software_request(enum key_type type, struct buffer *out)
{
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct buffer spki CLEANUP_BUFFER, info CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&spki, 1024);
    buffer_init(&info, 2048);
    buffer_init(&signature, SIGNATURE_MAX);
    assert_ok(private_key_generate(type, 2048, &key));
    assert_ok(private_key_spki(key, &spki));
    assert_ok(cert_request_encode_info(bytes_of(NULL, 0), buffer_bytes(&spki), &info));
    assert_ok(sign_message(key, HASH_SHA256, buffer_bytes(&info), &signature));
    assert_ok(cert_request_assemble(buffer_bytes(&info),
                                    type == KEY_RSA ? ALGORITHM_RSA_SHA256 : ALGORITHM_ECDSA_SHA256,
                                    buffer_bytes(&signature), out));
}

json_t *issue_fields(int64_t application, const uint8_t *nonce, const uint8_t *statement,
                     struct bytes request)
{
    return json_pack("{s:I, s:s, s:o, s:o, s:o}", "number", (json_int_t)application, "kind",
                     "authentication", "nonce", hex_of(nonce, 16), "statement",
                     hex_of(statement, STATEMENT_LEN), "request",
                     hex_of(request.data, request.len));
}

void software_key_refused(struct town_card *card, int64_t application, enum key_type type,
                          const char *code)
{
    uint8_t nonce[16], statement[STATEMENT_LEN];
    struct buffer request CLEANUP_BUFFER;
    buffer_init(&request, LIMIT_REQUEST);
    software_request(type, &request);
    nonce_for(application, nonce);
    state_of(card, nonce, statement);
    town_refused("daiei1", "issue",
                 issue_fields(application, nonce, statement, buffer_bytes(&request)), code);
}
