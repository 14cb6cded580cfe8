/* What the network sends to status: one connection's bytes, answered by the real server with its
 * routes, over a responder, maps and published lists of real authorities. The first byte says in
 * which form the rest comes: as it is, or as the body of a POST or the address of a GET of OCSP,
 * and whether it is the request itself or what one about these authorities is made of.
 * An answer that is OCSP is read by our own reader, and says good for the one serial that is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/key.h"
#include "signer/signer.h"
#include "status/pages.h"
#include "x509/cert.h"
#include "x509/ocsp.h"
#include "harness.h"

#define NOW         INT64_C(1795309323) /* 2026-11-22T01:02:03Z */
#define ANSWER_MAX  (1024 * 1024)
#define SERIAL_GOOD 2

enum { FORM_POST = 1, FORM_GET = 2, FORM_ENCODED = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/fuzz-pages-XXXXXX", address[64];
static struct signer *signer;
static struct bytes authorities[NUM_KINDS];
static struct status_map *maps[NUM_KINDS];
static struct pages pages;
static struct http_server *server;

static void end(void)
{
    http_server_stop(server);
    push_sets_free(pages.push_sets);
    responder_free(pages.responder);
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        status_map_free(maps[kind]);
    signer_free(signer);
    folder_drop(folder);
}

/* --- what stands behind the server --- */

static void sign(enum kind kind, enum signer_certificate what, enum profile_id profile,
                 const struct cert *issuer, struct cert_facts *facts, struct buffer *out)
{
    struct buffer tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    uint8_t key_id[20];
    enum algorithm algorithm;
    buffer_init(&tbs, LIMIT_CERTIFICATE);
    buffer_init(&signature, SIGNER_SIGNATURE_MAX);
    require(key_identifier(facts->spki, key_id) == ERR_NONE);
    facts->subject_key_id = bytes_of(key_id, sizeof key_id);
    require(cert_encode_tbs(profile_get(profile), profile_site_default(), issuer, facts, &tbs) ==
                ERR_NONE &&
            signer_sign_certificate(signer, kind, what, buffer_bytes(&tbs), &signature, NULL) ==
                ERR_NONE &&
            cert_parse_algorithm(buffer_bytes(&tbs), &algorithm) == ERR_NONE &&
            cert_assemble(buffer_bytes(&tbs), algorithm, buffer_bytes(&signature), out) ==
                ERR_NONE);
}

static void authority_make(enum kind kind)
{
    struct buffer spki CLEANUP_BUFFER, name CLEANUP_BUFFER, name_ja CLEANUP_BUFFER;
    struct buffer whole CLEANUP_BUFFER;
    struct buffer *all[] = {&spki, &name, &name_ja, &whole};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        buffer_init(all[i], LIMIT_CERTIFICATE);
    require(signer_authority_spki(signer, kind, 1, &spki) == ERR_NONE);
    profile_put_authority(profile_site_default(), kind, &name);
    profile_put_authority_ja(profile_site_default(), kind, &name_ja);
    struct cert_facts facts = {.serial = 1,
                               .not_before = 1790000000,
                               .not_after = date_last_second((struct date){2036, 9, 20}),
                               .subject = buffer_bytes(&name),
                               .subject_ja = buffer_bytes(&name_ja),
                               .spki = buffer_bytes(&spki)};
    sign(kind, SIGNER_AUTHORITY, PROFILE_AUTHORITY, NULL, &facts, &whole);
    require(signer_authority(signer, kind, 1, &authorities[kind]) == ERR_NONE &&
            status_authority_publish(folder, kind, 1, authorities[kind], NULL) == ERR_NONE);
}

static void map_make(enum kind kind)
{
    static const struct status_entry entries[] = {
        {.state = STATUS_GOOD, .last_day = {2031, 1, 2}},
        {.state = STATUS_HELD, .last_day = {2031, 1, 2}, .since = NOW - 3600},
        {.state = STATUS_REVOKED,
         .reason = STATUS_KEY_COMPROMISE,
         .last_day = {2031, 1, 2},
         .since = NOW - 3600},
        {.state = STATUS_RESERVED, .last_day = {2031, 1, 2}},
    };
    struct status_generation generation = {.first = 1, .last = STATUS_SERIAL_MAX};
    struct cert cert;
    char path[96];
    snprintf(path, sizeof path, "%s/%s.map", folder, kind_name(kind));
    require(cert_parse(authorities[kind], &cert, NULL) == ERR_NONE);
    sha256(cert.spki, generation.key);
    require(status_map_create(path, kind, NULL) == ERR_NONE &&
            status_map_open(path, kind, true, &maps[kind], NULL) == ERR_NONE &&
            status_map_set_generation(maps[kind], &generation) == ERR_NONE);
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        require(status_map_set(maps[kind], SERIAL_GOOD + i, &entries[i]) == ERR_NONE);
    require(status_map_set_epoch(maps[kind], 42) == ERR_NONE);
}

static void delegate(enum kind kind)
{
    struct buffer name CLEANUP_BUFFER, whole CLEANUP_BUFFER;
    struct cert issuer;
    buffer_init(&name, LIMIT_CERTIFICATE);
    buffer_init(&whole, LIMIT_CERTIFICATE);
    profile_put_responder(profile_site_default(), kind, &name);
    struct cert_facts facts = {.serial = 9,
                               .not_before = NOW,
                               .not_after = NOW + 24 * 3600,
                               .subject = buffer_bytes(&name),
                               .spki = responder_spki(pages.responder)};
    require(cert_parse(authorities[kind], &issuer, NULL) == ERR_NONE);
    sign(kind, SIGNER_RESPONDER, PROFILE_RESPONDER, &issuer, &facts, &whole);
    require(responder_install(pages.responder, kind, buffer_bytes(&whole), NOW, NULL) == ERR_NONE);
}

static void list_publish(enum kind kind)
{
    const struct status_list full = {.kind = kind, .generation = 1};
    struct status_crl_listing *listing CLEANUP_STATUS_CRL_LISTING = NULL;
    struct status_crl_request request = {.number = 1, .this_update = NOW};
    struct buffer signature CLEANUP_BUFFER;
    struct cert issuer;
    int fd CLEANUP_FD = -1;
    buffer_init(&signature, SIGNER_SIGNATURE_MAX);
    require(cert_parse(authorities[kind], &issuer, NULL) == ERR_NONE &&
            status_crl_listing_new(maps[kind], authorities[kind], 0, &listing, NULL) == ERR_NONE &&
            status_crl_build(listing, &request, &fd, NULL) == ERR_NONE &&
            signer_sign_crl(signer, kind, fd, &signature, NULL) == ERR_NONE &&
            status_crl_publish(folder, &full, fd, issuer.algorithm, buffer_bytes(&signature),
                               NULL) == ERR_NONE &&
            status_epoch_publish(folder, &full, 42, NULL) == ERR_NONE);
}

static void start(void)
{
    struct secret passphrase CLEANUP_SECRET;
    char keys[96];
    int listening;
    clock_start_at(NOW);
    secret_init(&passphrase);
    require(mkdtemp(folder) && secret_set(&passphrase, bytes_of_text("fuzz")) == ERR_NONE);
    snprintf(keys, sizeof keys, "%s/keys", folder);
    snprintf(address, sizeof address, "%s/socket", folder);
    require(mkdir(keys, 0700) == 0 &&
            signer_create(keys, profile_site_default(), NULL, &passphrase, NULL) == ERR_NONE &&
            signer_open(keys, profile_site_default(), &passphrase, &signer, NULL) == ERR_NONE);
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        authority_make(kind);
        map_make(kind);
    }
    pages.published = folder;
    pages.maps = (const struct status_map *const *)maps;
    require(responder_new(pages.maps, authorities, &pages.responder, NULL) == ERR_NONE &&
            push_sets_new(pages.responder, &pages.push_sets) == ERR_NONE);
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        delegate(kind);
        list_publish(kind);
    }
    require(push_sets_turn(pages.push_sets, NOW, NULL) == ERR_NONE &&
            socket_listen(address, &listening, NULL) == ERR_NONE &&
            pages_start(&pages, listening, 1, &server) == ERR_NONE);
    atexit(end);
}

/* --- one connection --- */

/* A request as a relying party makes it: for each certificate its authority with the hash, in one
 * byte, and the serial with its length before it; what is left is the nonce. */
static void ocsp_put(struct buffer *out, struct bytes rest)
{
    struct reader reader = reader_of(rest);
    struct ocsp_request request = {0};
    uint8_t hashes[OCSP_MAX_IDS][2][SHA256_LEN], about, len, num;
    if (!reader_u8(&reader, &num))
        return;
    for (size_t i = 0; i < num % OCSP_MAX_IDS + 1u; i++) {
        struct ocsp_id *id = &request.ids[i];
        struct cert cert;
        if (!reader_u8(&reader, &about) || !reader_u8(&reader, &len) ||
            !reader_take(&reader, len % 21u, &id->serial))
            return;
        enum hash hash = about & 2 ? HASH_SHA1 : HASH_SHA256;
        id->hash = about & 2 ? ALGORITHM_SHA1 : ALGORITHM_SHA256;
        id->name_hash = bytes_of(hashes[i][0], hash_len(hash));
        id->key_hash = bytes_of(hashes[i][1], hash_len(hash));
        require(cert_parse(authorities[about & 1], &cert, NULL) == ERR_NONE &&
                hash_once(hash, cert.subject, hashes[i][0]) == ERR_NONE &&
                hash_once(hash, cert.key.key, hashes[i][1]) == ERR_NONE);
        request.num++;
    }
    request.nonce =
        bytes_of(reader.at, reader.left < OCSP_MAX_NONCE ? reader.left : OCSP_MAX_NONCE);
    if (ocsp_request_encode(&request, out) != ERR_NONE)
        out->len = 0;
}

static void request_put(struct buffer *out, uint8_t form, struct bytes rest)
{
    struct buffer der CLEANUP_BUFFER;
    buffer_init(&der, ANSWER_MAX);
    if (form & FORM_ENCODED)
        ocsp_put(&der, rest);
    else
        buffer_put_bytes(&der, rest);
    if (form & FORM_POST) {
        buffer_put_format(out,
                          "POST /ocsp HTTP/1.1\r\nHost: a\r\nContent-Type: "
                          "application/ocsp-request\r\nContent-Length: %zu\r\n\r\n",
                          der.len);
        buffer_put_bytes(out, buffer_bytes(&der));
    } else if (form & FORM_GET) {
        buffer_put_text(out, "GET /ocsp/");
        base64_encode(buffer_bytes(&der), out);
        buffer_put_text(out, " HTTP/1.1\r\nHost: a\r\n\r\n");
    } else {
        buffer_put_bytes(out, rest);
    }
}

static void exchange(struct bytes request, struct buffer *answer)
{
    int fd CLEANUP_FD = -1;
    static uint8_t part[65536];
    ssize_t got;
    require(socket_connect(address, &fd, NULL) == ERR_NONE);
    for (size_t at = 0; at < request.len; at += (size_t)got)
        if ((got = send(fd, request.data + at, request.len - at, MSG_NOSIGNAL)) <= 0)
            break; /* it was refused before its end */
    (void)shutdown(fd, SHUT_WR);
    while ((got = read(fd, part, sizeof part)) > 0)
        buffer_put(answer, part, (size_t)got);
}

static bool is_serial_good(struct bytes serial)
{
    return serial.len == 1 && serial.data[0] == SERIAL_GOOD;
}

static void check_ocsp(struct bytes der)
{
    struct ocsp_response response;
    struct fault fault = {0};
    if (ocsp_response_parse(der, &response, &fault) != ERR_NONE) {
        fprintf(stderr, "%s: %s\n", fault.rule, fault.text);
        abort();
    }
    if (response.outcome != OCSP_SUCCESSFUL)
        return;
    for (size_t i = 0; i < response.num; i++)
        require(response.singles[i].status != OCSP_STATUS_GOOD ||
                is_serial_good(response.singles[i].id.serial));
}

/* The first answer of the connection; further ones stand behind it. */
static void check_answer(struct bytes request, struct bytes answer)
{
    static const char type[] = "Content-Type: application/ocsp-response\r\n";
    static const char length[] = "Content-Length: ";
    if (!answer.data || answer.len == 0 || memmem(request.data, request.len, "HEAD", 4))
        return; /* the answer to HEAD has a length and no body */
    require(answer.len > 12 && memcmp(answer.data, "HTTP/1.1 ", 9) == 0);
    const uint8_t *head_end = memmem(answer.data, answer.len, "\r\n\r\n", 4);
    require(head_end != NULL);
    size_t head_len = (size_t)(head_end - answer.data) + 4;
    const char *at = memmem(answer.data, head_len, length, sizeof length - 1);
    if (!at || !memmem(answer.data, head_len, type, sizeof type - 1))
        return;
    size_t len = strtoul(at + sizeof length - 1, NULL, 10);
    if (len > 0 && answer.len - head_len >= len)
        check_ocsp(bytes_of(answer.data + head_len, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer request CLEANUP_BUFFER, answer CLEANUP_BUFFER;
    if (!server)
        start();
    if (size == 0)
        return 0;
    buffer_init(&request, ANSWER_MAX);
    buffer_init(&answer, 64 * ANSWER_MAX);
    request_put(&request, data[0], bytes_of(data + 1, size - 1));
    exchange(buffer_bytes(&request), &answer);
    check_answer(buffer_bytes(&request), buffer_bytes(&answer));
    return 0;
}
