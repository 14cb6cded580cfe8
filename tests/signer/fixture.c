#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

#include "base/date.h"
#include "base/limits.h"
#include "crypto/sign.h"
#include "crypto/verify.h"

struct signer *signer;
char signer_folder[64];
struct sample signer_authority_sample[NUM_KINDS];

void fixture_passphrase(struct secret *out)
{
    secret_init(out);
    assert_ok(secret_set(out, bytes_of_text("a passphrase for tests")));
}

static void signer_begin_open(void)
{
    struct secret passphrase CLEANUP_SECRET;
    fixture_passphrase(&passphrase);
    assert_ok(signer_open(signer_folder, &sample_site, &passphrase, &signer, NULL));
}

void fixture_authority_tbs(enum kind kind, unsigned generation, uint64_t serial, struct buffer *tbs)
{
    uint8_t key_id[20];
    struct buffer spki CLEANUP_BUFFER, name CLEANUP_BUFFER, name_ja CLEANUP_BUFFER;
    buffer_init(&spki, LIMIT_KEY_FILE);
    buffer_init(&name, LIMIT_CERTIFICATE);
    buffer_init(&name_ja, LIMIT_CERTIFICATE);
    assert_ok(signer_authority_spki(signer, kind, generation, &spki));
    assert_ok(key_identifier(buffer_bytes(&spki), key_id));
    profile_put_authority(&sample_site, kind, &name);
    profile_put_authority_ja(&sample_site, kind, &name_ja);
    struct cert_facts facts = {.serial = serial,
                               .not_before = SAMPLE_NOW - 1000,
                               .not_after = date_last_second((struct date){2036, 11, 21}),
                               .subject = buffer_bytes(&name),
                               .subject_ja = buffer_bytes(&name_ja),
                               .spki = buffer_bytes(&spki),
                               .subject_key_id = bytes_of(key_id, sizeof key_id)};
    assert_ok(cert_encode_tbs(profile_get(PROFILE_AUTHORITY), &sample_site, NULL, &facts, tbs));
}

static void authority_make(enum kind kind, unsigned generation, uint64_t serial)
{
    struct buffer tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&tbs, LIMIT_CERTIFICATE);
    buffer_init(&signature, SIGNATURE_MAX);
    fixture_authority_tbs(kind, generation, serial, &tbs);
    struct fault fault = {0};
    if (signer_sign_certificate(signer, kind, SIGNER_AUTHORITY, buffer_bytes(&tbs), &signature,
                                &fault) != ERR_NONE)
        fail_msg("%s: %s", fault.rule, fault.text);
}

static void authority_read(enum kind kind, unsigned generation)
{
    struct bytes der;
    struct sample *sample = &signer_authority_sample[kind];
    *sample = (struct sample){0};
    buffer_init(&sample->der, LIMIT_CERTIFICATE);
    assert_ok(signer_authority(signer, kind, generation, &der));
    buffer_put_bytes(&sample->der, der);
    assert_ok(cert_parse(buffer_bytes(&sample->der), &sample->cert, NULL));
}

const struct signer_token *fixture_token(void)
{
    static struct signer_token token;
    token = (struct signer_token){getenv("JPKI_TEST_MODULE"), getenv("JPKI_TEST_LABEL"),
                                  getenv("JPKI_TEST_TOKEN_FILES")};
    return token.module ? &token : NULL;
}

int signer_begin(void **state)
{
    (void)state;
    struct secret passphrase CLEANUP_SECRET;
    fixture_passphrase(&passphrase);
    snprintf(signer_folder, sizeof signer_folder, "/tmp/signer-test-XXXXXX");
    assert_non_null(mkdtemp(signer_folder));
    assert_ok(signer_create(signer_folder, &sample_site, fixture_token(), &passphrase, NULL));
    signer_begin_open();
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        authority_make(kind, 1, 1);
        authority_read(kind, 1);
    }
    return 0;
}

int signer_end(void **state)
{
    (void)state;
    signer_free(signer);
    signer = NULL;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        sample_free(&signer_authority_sample[kind]);
    return folder_remove(signer_folder);
}

void signer_again(void)
{
    signer_free(signer);
    signer = NULL;
    signer_begin_open();
}

void fixture_roll_over(enum kind kind, uint64_t serial, struct sample *before)
{
    struct secret passphrase CLEANUP_SECRET;
    unsigned generation = 1;
    struct bytes der;
    while (signer_authority(signer, kind, generation, &der) == ERR_NONE)
        generation++;
    fixture_passphrase(&passphrase);
    assert_ok(signer_add_generation(signer, kind, &passphrase, NULL));
    *before = signer_authority_sample[kind];
    before->cert = (struct cert){0};
    assert_ok(cert_parse(buffer_bytes(&before->der), &before->cert, NULL));
    authority_make(kind, generation, serial);
    authority_read(kind, generation);
}

void fixture_leaf(enum kind kind, uint64_t serial, struct sample *out)
{
    sample_leaf(kind, &signer_authority_sample[kind], serial, out);
}

void fixture_responder(enum kind kind, uint64_t serial, struct sample *out)
{
    sample_responder(kind, &signer_authority_sample[kind], serial, out);
}

enum err fixture_sign(enum kind kind, enum signer_certificate what, struct bytes tbs,
                      struct fault *fault)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, SIGNATURE_MAX);
    enum err err = signer_sign_certificate(signer, kind, what, tbs, &signature, fault);
    if (err != ERR_NONE) {
        assert_int_equal(signature.len, 0);
        return err;
    }
    assert_ok(public_key_parse(signer_authority_sample[kind].cert.spki, &key));
    assert_ok(verify_message(key, HASH_SHA256, tbs, buffer_bytes(&signature)));
    return ERR_NONE;
}

uint64_t fixture_sequence(void)
{
    struct signer_floors floors;
    signer_get_floors(signer, &floors);
    return floors.sequence;
}

void fixture_path(const char *name, char path[static 128])
{
    snprintf(path, 128, "%s/%s", signer_folder, name);
}
