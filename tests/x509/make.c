/* Writes one of each object into a folder, for the foreign judges of judges.py. With "fixed" the
 * keys are public halves only and the signatures filler, so that every run writes the same bytes.
 * A file of the source tree behind it is the profile; otherwise it is the delivered one. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "sample.h"
#include "x509/cert_request.h"
#include "x509/cms.h"
#include "x509/ocsp.h"

static const char *folder;
static const char document[] = "<申告書>見本／SAMPLE</申告書>\n";

#define SERIAL_GOOD UINT64_C(0x0705D990)
#define SERIAL_HELD UINT64_C(0x0705D991)

static void put_file(const char *name, struct bytes content)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_ok(file_replace(path, content, 0644, NULL));
}

/* Signs, assembles, writes. */
static void put_signed(const char *name, const struct sample *signer, struct bytes tbs)
{
    struct buffer signature CLEANUP_BUFFER, der CLEANUP_BUFFER;
    buffer_init(&signature, 1024);
    buffer_init(&der, 1 << 20);
    sample_sign(signer, tbs, &signature);
    assert_ok(cert_assemble(tbs, sample_algorithm(signer), buffer_bytes(&signature), &der));
    put_file(name, buffer_bytes(&der));
}

struct revoked {
    size_t given, num;
    uint8_t room[8];
};

static bool next_revoked(void *context, struct crl_entry *out)
{
    static const struct {
        int64_t before;
        enum crl_reason reason;
    } entries[] = {
        {60, CRL_REASON_HOLD}, {50, CRL_REASON_AFFILIATION_CHANGED}, {40, CRL_REASON_UNSPECIFIED}};
    struct revoked *revoked = context;
    if (revoked->given == revoked->num)
        return false;
    *out = (struct crl_entry){serial_encode(SERIAL_HELD + revoked->given, revoked->room),
                              SAMPLE_NOW - entries[revoked->given].before,
                              entries[revoked->given].reason};
    revoked->given++;
    return true;
}

static void put_crl(const char *name, const struct sample *authority, size_t num,
                    struct bytes issuing_point)
{
    struct buffer tbs CLEANUP_BUFFER;
    buffer_init(&tbs, 1 << 20);
    struct revoked revoked = {.num = num};
    const struct crl_facts facts = {SAMPLE_NOW, SAMPLE_NOW + PROFILE_CRL_LIFE, 7, issuing_point};
    assert_ok(crl_encode_tbs(&authority->cert, &facts, (struct crl_source){next_revoked, &revoked},
                             &tbs));
    put_signed(name, authority, buffer_bytes(&tbs));
}

static void put_ocsp(const char *prefix, const struct sample *authority,
                     const struct sample *responder, uint64_t serial, bool is_held)
{
    static const char nonce[] = "0123456789abcdef";
    uint8_t name_hash[20], room[8];
    char name[64];
    struct buffer request CLEANUP_BUFFER, tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER,
        der CLEANUP_BUFFER;
    buffer_init(&request, LIMIT_OCSP_REQUEST);
    buffer_init(&tbs, LIMIT_OCSP_RESPONSE);
    buffer_init(&signature, 1024);
    buffer_init(&der, LIMIT_OCSP_RESPONSE);
    assert_ok(hash_once(HASH_SHA1, authority->cert.subject, name_hash));
    struct ocsp_request asked = {.num = 1, .nonce = bytes_of(nonce, 16)};
    asked.ids[0] = (struct ocsp_id){.hash = ALGORITHM_SHA1,
                                    .name_hash = bytes_of(name_hash, 20),
                                    .key_hash = bytes_of(authority->key_id, 20),
                                    .serial = serial_encode(serial, room)};
    const struct ocsp_single single = {
        asked.ids[0],    is_held ? OCSP_STATUS_REVOKED : OCSP_STATUS_GOOD,
        SAMPLE_NOW - 60, CRL_REASON_HOLD,
        SAMPLE_NOW,      SAMPLE_NOW + PROFILE_OCSP_LIFE};
    const struct ocsp_facts facts = {bytes_of(responder->key_id, 20), SAMPLE_NOW, &single, 1,
                                     asked.nonce};
    assert_ok(ocsp_request_encode(&asked, &request));
    assert_ok(ocsp_encode_tbs(&facts, &tbs));
    sample_sign(responder, buffer_bytes(&tbs), &signature);
    assert_ok(ocsp_assemble(buffer_bytes(&tbs), ALGORITHM_ECDSA_SHA256, buffer_bytes(&signature),
                            buffer_bytes(&responder->der), &der));
    snprintf(name, sizeof name, "%s.ocsp-request", prefix);
    put_file(name, buffer_bytes(&request));
    snprintf(name, sizeof name, "%s.ocsp", prefix);
    put_file(name, buffer_bytes(&der));
}

static void put_request(const struct sample *leaf)
{
    struct buffer info CLEANUP_BUFFER;
    buffer_init(&info, LIMIT_REQUEST);
    assert_ok(cert_request_encode_info((struct bytes){NULL, 0}, leaf->cert.spki, &info));
    put_signed("request.p10", leaf, buffer_bytes(&info));
}

static void put_cms(const char *name, const struct sample *authority, const struct sample *leaf,
                    bool is_attached)
{
    struct buffer attributes CLEANUP_BUFFER, signature CLEANUP_BUFFER, der CLEANUP_BUFFER;
    uint8_t content_hash[32], cert_hash[32];
    const struct bytes content = bytes_of_text(document);
    buffer_init(&attributes, 4096);
    buffer_init(&signature, 1024);
    buffer_init(&der, LIMIT_CMS_DETACHED);
    sha256(content, content_hash);
    sha256(leaf->cert.whole, cert_hash);
    const struct cms_facts facts = {&leaf->cert, bytes_of(cert_hash, 32), authority->cert.whole,
                                    bytes_of(content_hash, 32), SAMPLE_NOW};
    assert_ok(cms_encode_attributes(&facts, &attributes));
    sample_sign(leaf, buffer_bytes(&attributes), &signature);
    assert_ok(cms_assemble(&facts, buffer_bytes(&attributes), sample_algorithm(leaf),
                           buffer_bytes(&signature), is_attached ? &content : NULL, &der));
    put_file(name, buffer_bytes(&der));
}

/* Everything below the authority of one kind; file names begin with the kind. */
static void put_kind(enum kind kind)
{
    struct sample authority, good, held, responder;
    char name[64];
    sample_authority(kind, &authority);
    sample_leaf(kind, &authority, SERIAL_GOOD, &good);
    sample_leaf(kind, &authority, SERIAL_HELD, &held);
    sample_responder(kind, &authority, 0x0705D992, &responder);
    const struct {
        const char *name;
        const struct sample *sample;
    } certs[] = {
        {"authority", &authority}, {"good", &good}, {"held", &held}, {"responder", &responder}};
    for (size_t i = 0; i < COUNT_OF(certs); i++) {
        snprintf(name, sizeof name, "%s-%s.cer", kind_name(kind), certs[i].name);
        put_file(name, buffer_bytes(&certs[i].sample->der));
    }
    snprintf(name, sizeof name, "%s-full.crl", kind_name(kind));
    put_crl(name, &authority, 3, (struct bytes){NULL, 0});
    snprintf(name, sizeof name, "%s-municipal.crl", kind_name(kind));
    put_crl(name, &authority, 1, good.cert.crl_point);
    snprintf(name, sizeof name, "%s-empty.crl", kind_name(kind));
    put_crl(name, &authority, 0, (struct bytes){NULL, 0});
    snprintf(name, sizeof name, "%s-good", kind_name(kind));
    put_ocsp(name, &authority, &responder, SERIAL_GOOD, false);
    snprintf(name, sizeof name, "%s-held", kind_name(kind));
    put_ocsp(name, &authority, &responder, SERIAL_HELD, true);
    if (kind == KIND_SIGNATURE) {
        put_request(&good);
        put_cms("detached.p7s", &authority, &good, false);
        put_cms("attached.p7m", &authority, &good, true);
    }
    sample_free(&authority);
    sample_free(&good);
    sample_free(&held);
    sample_free(&responder);
}

static int put_leaf(const char *kind_text, const char *path, int64_t age)
{
    struct buffer text CLEANUP_BUFFER, spki CLEANUP_BUFFER;
    struct sample authority, leaf;
    enum kind kind;
    buffer_init(&text, LIMIT_CERTIFICATE);
    buffer_init(&spki, LIMIT_CERTIFICATE);
    if (kind_parse(kind_text, &kind) != ERR_NONE || file_read(path, &text, NULL) != ERR_NONE ||
        pem_decode(buffer_bytes(&text), "PUBLIC KEY", &spki, NULL) != ERR_NONE)
        return 64;
    sample_authority(kind, &authority);
    sample_leaf_of(kind, &authority, SERIAL_GOOD, buffer_bytes(&spki), clock_now() - age, &leaf);
    put_file("authority.cer", buffer_bytes(&authority.der));
    put_file("leaf.cer", buffer_bytes(&leaf.der));
    sample_free(&authority);
    sample_free(&leaf);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 64;
    folder = argv[1];
    if (argc > 4 && strcmp(argv[2], "leaf") == 0)
        return put_leaf(argv[3], argv[4], argc > 5 ? atoll(argv[5]) : 0);
    sample_is_fixed = argc > 2 && strcmp(argv[2], "fixed") == 0;
    if (argc > 3)
        sample_site_read(argv[3]);
    if (argc > 4) /* the next card's authorities; residents' keys rsa-2048 or p-256 */
        strcpy(sample_site.algorithm, "p-256");
    if (argc > 4 && strcmp(argv[4], "p-256") == 0)
        sample_leaf_key = KEY_P256;
    put_file("document.xml", bytes_of_text(document));
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        put_kind(kind);
    return 0;
}
