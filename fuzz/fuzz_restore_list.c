/* The entries of a revocation list that a restore takes over. The list is the authority's own, so
 * the input is signed here: what its issuer has signed may still be of another form than ours. A
 * revoked certificate stays revoked, and no floor passes the highest serial that there can be. */
#include <string.h>

#include "base/limits.h"
#include "centre/certificate.h"
#include "centre/restore.h"
#include "crypto/key.h"
#include "crypto/sign.h"
#include "x509/algorithm.h"
#include "x509/crl.h"
#include "x509/der.h"
#include "stored.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define THIS_UPDATE 1790000000

static struct private_key *key;
static struct buffer authority;
static struct cert cert;

static void authority_make(void)
{
    struct profile_site site = *profile_site_default();
    struct buffer spki CLEANUP_BUFFER, name CLEANUP_BUFFER, name_ja CLEANUP_BUFFER;
    struct buffer tbs CLEANUP_BUFFER;
    uint8_t key_id[20];
    struct buffer *all[] = {&spki, &name, &name_ja, &tbs, &authority};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        buffer_init(all[i], LIMIT_CERTIFICATE);
    strcpy(site.algorithm, "p-256");
    require(private_key_generate(KEY_P256, 0, &key) == ERR_NONE &&
            private_key_spki(key, &spki) == ERR_NONE &&
            key_identifier(buffer_bytes(&spki), key_id) == ERR_NONE);
    profile_put_authority(&site, KIND_SIGNATURE, &name);
    profile_put_authority_ja(&site, KIND_SIGNATURE, &name_ja);
    const struct cert_facts facts = {.serial = 1,
                                     .not_before = THIS_UPDATE,
                                     .not_after = THIS_UPDATE + 86400,
                                     .subject = buffer_bytes(&name),
                                     .subject_ja = buffer_bytes(&name_ja),
                                     .spki = buffer_bytes(&spki),
                                     .subject_key_id = bytes_of(key_id, sizeof key_id)};
    require(cert_encode_tbs(profile_get(PROFILE_AUTHORITY), &site, NULL, &facts, &tbs) == ERR_NONE);
    require(cert_assemble(buffer_bytes(&tbs), ALGORITHM_ECDSA_SHA256, bytes_of_text("none"),
                          &authority) == ERR_NONE &&
            cert_parse(buffer_bytes(&authority), &cert, NULL) == ERR_NONE);
}

/* A list without entries, and these put where entries stand. */
static void list_make(struct bytes entries, struct buffer *out)
{
    const struct crl_facts facts = {THIS_UPDATE, THIS_UPDATE + 86400, 7, bytes_of(NULL, 0)};
    struct buffer empty CLEANUP_BUFFER, tbs CLEANUP_BUFFER, head CLEANUP_BUFFER;
    struct buffer signature CLEANUP_BUFFER;
    struct buffer *all[] = {&empty, &tbs, &head, &signature};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        buffer_init(all[i], LIMIT_CMS_DETACHED);
    require(crl_encode_tbs(&cert, &facts, (struct crl_source){0}, &empty) == ERR_NONE);
    der_put_number(&head, 1);
    algorithm_put(&head, ALGORITHM_ECDSA_SHA256);
    buffer_put_bytes(&head, cert.subject);
    der_put_time(&head, facts.this_update);
    der_put_time(&head, facts.next_update);
    size_t begin = 2 + (empty.data[1] & 0x80 ? empty.data[1] & 0x7f : 0), at = begin + head.len;
    require(at < empty.len && memcmp(empty.data + begin, head.data, head.len) == 0);
    size_t mark = der_begin(&tbs, DER_SEQUENCE);
    buffer_put_bytes(&tbs, buffer_bytes(&head));
    size_t list = der_begin(&tbs, DER_SEQUENCE);
    buffer_put_bytes(&tbs, entries);
    der_close(&tbs, list);
    buffer_put(&tbs, empty.data + at, empty.len - at);
    der_close(&tbs, mark);
    require(sign_message(key, HASH_SHA256, buffer_bytes(&tbs), &signature) == ERR_NONE &&
            crl_assemble(buffer_bytes(&tbs), ALGORITHM_ECDSA_SHA256, buffer_bytes(&signature),
                         out) == ERR_NONE);
}

static void check(const struct restore_result *result)
{
    struct certificate revoked;
    require(result->floors.of[KIND_SIGNATURE].serial <= STATUS_SERIAL_MAX &&
            result->floors.of[KIND_SIGNATURE].crl_number == 7 &&
            result->floors.of[KIND_SIGNATURE].this_update == THIS_UPDATE);
    require(certificate_find(&stored_centre, KIND_SIGNATURE, 3, &revoked, NULL) == ERR_NONE &&
            revoked.state == STATUS_REVOKED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct restore_facts facts = {0};
    struct restore_result result = {0};
    struct buffer list CLEANUP_BUFFER;
    struct fault fault = {0};
    if (!stored_centre.store) {
        stored_start();
        authority_make();
    }
    buffer_init(&list, LIMIT_CMS_DETACHED);
    list_make(bytes_of(data, size), &list);
    facts.authorities[KIND_SIGNATURE][0] = buffer_bytes(&authority);
    facts.lists[KIND_SIGNATURE][0] = buffer_bytes(&list);
    require(store_begin(stored_centre.store, NULL) == ERR_NONE);
    enum err err = restore_list(&stored_centre, KIND_SIGNATURE, 1, &facts, &result, &fault);
    require(err == ERR_NONE || (fault.rule[0] && err != ERR_DENIED));
    if (err == ERR_NONE)
        check(&result);
    store_rollback(stored_centre.store);
    return 0;
}
