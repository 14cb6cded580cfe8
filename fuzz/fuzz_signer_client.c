/* What a signer that was taken over may answer commit: the first byte chooses the question, the
 * rest is the body of the one frame that answers it. What is accepted fits its field; what is not
 * leaves the caller's place as it was. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "signer/signer_client.h"
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_fault(const struct fault *fault)
{
    require(memchr(fault->rule, 0, sizeof fault->rule) &&
            memchr(fault->text, 0, sizeof fault->text));
}

static void check_batch(struct signer_client *client, size_t num)
{
    struct signer_item items[SIGNER_BATCH_MAX] = {0};
    struct fault fault = {0};
    for (size_t i = 0; i < num; i++)
        items[i] = (struct signer_item){.what = SIGNER_LEAF, .tbs = bytes_of_text("tbs")};
    if (signer_client_certificates(client, items, num, &fault) != ERR_NONE) {
        check_fault(&fault);
        return;
    }
    for (size_t i = 0; i < num; i++) {
        struct buffer signature CLEANUP_BUFFER;
        buffer_init(&signature, SIGNER_SIGNATURE_MAX);
        enum err err = signer_item_take(&items[i], &signature, &fault);
        require(err == items[i].err && signature.len == items[i].signature_len);
        require(err == ERR_NONE || signature.len == 0);
        check_fault(&items[i].fault);
    }
}

static void check_bytes(struct signer_client *client, uint8_t question)
{
    struct buffer out CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&out, SIGNER_SIGNATURE_MAX);
    enum err err = question == 0 ? signer_client_crl(client, KIND_SIGNATURE, -1, &out, &fault)
                   : question == 1
                       ? signer_client_authority(client, KIND_SIGNATURE, 1, &out)
                       : signer_client_authority_spki(client, KIND_AUTHENTICATION, 2, &out);
    require(out.len <= SIGNER_SIGNATURE_MAX && (err == ERR_NONE || out.len == 0));
    check_fault(&fault);
}

/* A byte that is not written keeps its mark. */
static void check_fixed(struct signer_client *client, uint8_t question)
{
    uint8_t out[SIGNER_POINT_LEN + 1], before[sizeof out];
    struct signer_checkpoint checkpoint = {.number = 1};
    struct fault fault = {0};
    memset(out, 0xa5, sizeof out);
    memcpy(before, out, sizeof out);
    size_t len = question < 2 ? SIGNER_RAW_LEN : SIGNER_POINT_LEN;
    enum err err = question == 0   ? signer_client_permit(client, bytes_of_text("p"), out, &fault)
                   : question == 1 ? signer_client_checkpoint(client, &checkpoint,
                                                              bytes_of_text(""), out, &fault)
                   : question == 2 ? signer_client_permit_key(client, 1, out)
                                   : signer_client_journal_key(client, out);
    size_t kept = err == ERR_NONE ? len : 0;
    require(memcmp(out + kept, before + kept, sizeof out - kept) == 0);
    check_fault(&fault);
}

static void check_floors(struct signer_client *client)
{
    struct signer_floors floors, before;
    memset(&floors, 0xa5, sizeof floors);
    before = floors;
    if (signer_client_floors(client, &floors) != ERR_NONE)
        require(memcmp(&floors, &before, sizeof floors) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int pair[2];
    if (size == 0)
        return 0;
    struct signer_client client CLEANUP_SIGNER_CLIENT;
    require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    signer_client_init(&client, pair[0]);
    client.timeout = 0;
    require(frame_send(pair[1], bytes_of(data + 1, size - 1)) == ERR_NONE);
    uint8_t question = data[0] % 10;
    if (question < 2)
        check_batch(&client, question ? 3 : 1);
    else if (question < 5)
        check_bytes(&client, question - 2);
    else if (question < 9)
        check_fixed(&client, question - 5);
    else
        check_floors(&client);
    fd_close(&pair[1]);
    return 0;
}
