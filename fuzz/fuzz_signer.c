/* What a commit that was taken over may send the signer: one question, as signer_serve reads it.
 * The first byte says whether a descriptor comes along; then the question, sized; the rest is what
 * the descriptor holds. Each question gets one answer. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "base/permit.h"
#include "crypto/hash.h"
#include "crypto/key.h"
#include "crypto/permit_key.h"
#include "signer/signer.h"
#include "signer/wire.h"
#include "x509/cert.h"
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct signer *signer;
static char folder[] = "/tmp/fuzz-signer-XXXXXX";

static void end(void)
{
    signer_free(signer);
    folder_drop(folder);
}

static void authority_make(const struct profile_site *site, enum kind kind)
{
    struct buffer spki CLEANUP_BUFFER, name CLEANUP_BUFFER, name_ja CLEANUP_BUFFER;
    struct buffer tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    uint8_t key_id[20];
    struct buffer *all[] = {&spki, &name, &name_ja, &tbs, &signature};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        buffer_init(all[i], LIMIT_CERTIFICATE);
    require(signer_authority_spki(signer, kind, 1, &spki) == ERR_NONE &&
            key_identifier(buffer_bytes(&spki), key_id) == ERR_NONE);
    profile_put_authority(site, kind, &name);
    profile_put_authority_ja(site, kind, &name_ja);
    struct cert_facts facts = {.serial = 1,
                               .not_before = 1790000000,
                               .not_after = date_last_second((struct date){2036, 9, 20}),
                               .subject = buffer_bytes(&name),
                               .subject_ja = buffer_bytes(&name_ja),
                               .spki = buffer_bytes(&spki),
                               .subject_key_id = bytes_of(key_id, sizeof key_id)};
    require(cert_encode_tbs(profile_get(PROFILE_AUTHORITY), site, NULL, &facts, &tbs) == ERR_NONE &&
            signer_sign_certificate(signer, kind, SIGNER_AUTHORITY, buffer_bytes(&tbs), &signature,
                                    NULL) == ERR_NONE);
}

static void start(void)
{
    struct secret passphrase CLEANUP_SECRET;
    const struct profile_site *site = profile_site_default();
    secret_init(&passphrase);
    require(mkdtemp(folder) && secret_set(&passphrase, bytes_of_text("fuzz")) == ERR_NONE &&
            signer_create(folder, site, NULL, &passphrase, NULL) == ERR_NONE &&
            signer_open(folder, site, &passphrase, &signer, NULL) == ERR_NONE &&
            signer_add_permit_key(signer, 2, &passphrase, NULL) == ERR_NONE);
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        authority_make(site, kind);
    atexit(end);
}

/* A commit knows the permit keys: the key id of a permit, behind its label, is made the right one,
 * of the old or of the new key; and, if wanted, the digest that of the new one. */
static void put_key_id(struct buffer *question, bool is_new, bool has_digest)
{
    const size_t at = 1 + 4 + strlen("JPKI permit 1"),
                 digest_at = 1 + 4 + PERMIT_SIGNED_LEN - PERMIT_DIGEST_LEN;
    uint8_t point[SIGNER_POINT_LEN];
    if (question->len < digest_at + PERMIT_DIGEST_LEN || question->data[0] != SIGNER_ASK_PERMIT)
        return;
    require(signer_permit_key(signer, is_new ? 2 : 1, point) == ERR_NONE);
    permit_key_id(point, question->data + at);
    if (!has_digest)
        return;
    require(signer_permit_key(signer, 2, point) == ERR_NONE);
    sha256(bytes_of(point, sizeof point), question->data + digest_at);
}

static void ask(struct bytes question, int passed)
{
    int pair[2];
    struct buffer answer CLEANUP_BUFFER;
    struct bytes word;
    buffer_init(&answer, LIMIT_FRAME);
    require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    require(frame_send_fd(pair[0], question, passed) == ERR_NONE &&
            shutdown(pair[0], SHUT_WR) == 0);
    require(signer_serve(signer, pair[1]) == ERR_CLOSED);
    require(frame_receive(pair[0], &answer, 0) == ERR_NONE);
    struct reader reader = reader_of(buffer_bytes(&answer));
    require(reader_sized(&reader, &word) && word.len > 0);
    close(pair[0]);
    close(pair[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader reader = reader_of(bytes_of(data, size));
    uint8_t passes;
    struct bytes question;
    if (!signer)
        start();
    if (!reader_u8(&reader, &passes) || !reader_sized(&reader, &question))
        return 0;
    int fd CLEANUP_FD = passes & 1 ? memfd_create("list", MFD_CLOEXEC | MFD_ALLOW_SEALING) : -1;
    if (fd >= 0)
        require(write(fd, reader.at, reader.left) == (ssize_t)reader.left &&
                fcntl(fd, F_ADD_SEALS,
                      passes & 2 ? 0 : F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) == 0);
    struct buffer copy CLEANUP_BUFFER;
    buffer_init(&copy, LIMIT_FRAME);
    buffer_put_bytes(&copy, question);
    put_key_id(&copy, passes & 4, passes & 8);
    ask(buffer_bytes(&copy), fd);
    return 0;
}
