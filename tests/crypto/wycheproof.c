/* Project Wycheproof's vectors of signature verification: valid must be accepted, invalid refused,
 * a test for each file. Vectors called acceptable are PKCS#1 signatures whose DigestInfo lacks the
 * NULL (RFC 8017 A.2.4 leaves it to the verifier): we refuse them, one form is enough. */
#include "check.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "crypto/verify.h"

#define VECTOR_MAX 65536

struct group {
    struct public_key *key;
    struct bytes spki;
    enum hash hash, mask_hash;
    unsigned salt_len;
};

static enum err verify_plain(const struct group *group, struct bytes message,
                             struct bytes signature)
{
    return verify_message(group->key, group->hash, message, signature);
}

static enum err verify_with_salt(const struct group *group, struct bytes message,
                                 struct bytes signature)
{
    return verify_pss(group->key, group->hash, group->mask_hash, group->salt_len, message,
                      signature);
}

static enum err verify_raw(const struct group *group, struct bytes message, struct bytes signature)
{
    /* another length has no shape for verify_raw_p256 at all */
    if (signature.len != 64)
        return ERR_CRYPTO;
    return verify_raw_p256(bytes_of(group->spki.data + group->spki.len - 65, 65), message,
                           signature.data);
}

static const struct file {
    const char *name;
    enum err (*verify)(const struct group *group, struct bytes message, struct bytes signature);
    int valid, invalid, acceptable;
} files[] = {
    {"ecdsa_secp256r1_sha256", verify_plain, 174, 310, 0},
    {"ecdsa_secp256r1_sha256_p1363", verify_raw, 173, 89, 0},
    {"ecdsa_secp384r1_sha384", verify_plain, 194, 310, 0},
    {"ecdsa_secp521r1_sha512", verify_plain, 232, 310, 0},
    {"rsa_pss_2048_sha256_mgf1_0", verify_with_salt, 61, 42, 0},
    {"rsa_pss_2048_sha256_mgf1_32", verify_with_salt, 63, 45, 0},
    {"rsa_pss_misc", verify_with_salt, 150, 0, 0},
    {"rsa_signature_2048_sha256", verify_plain, 9, 249, 1},
    {"rsa_signature_2048_sha512", verify_plain, 8, 250, 1},
    {"rsa_signature_3072_sha256", verify_plain, 8, 250, 1},
    {"rsa_signature_4096_sha256", verify_plain, 7, 250, 1},
};

static enum hash hash_named(const json_t *name)
{
    static const char *const names[] = {
        [HASH_SHA1] = "SHA-1",     [HASH_SHA224] = "SHA-224", [HASH_SHA256] = "SHA-256",
        [HASH_SHA384] = "SHA-384", [HASH_SHA512] = "SHA-512",
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(names[i], json_string_value(name)) == 0)
            return (enum hash)i;
    fail_msg("unknown hash %s", json_string_value(name));
    return HASH_SHA1;
}

static void hex_member(const json_t *object, const char *name, struct buffer *out)
{
    buffer_init(out, VECTOR_MAX);
    const json_t *text = json_object_get(object, name);
    assert_true(json_is_string(text));
    assert_ok(hex_decode(bytes_of_text(json_string_value(text)), out));
}

struct counts {
    int valid, invalid, acceptable, disagreements;
};

static void judge(const struct file *file, const struct group *group, const json_t *test,
                  struct counts *counts)
{
    struct buffer message CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    hex_member(test, "msg", &message);
    hex_member(test, "sig", &signature);
    const char *result = json_string_value(json_object_get(test, "result"));
    bool accepted =
        file->verify(group, buffer_bytes(&message), buffer_bytes(&signature)) == ERR_NONE;
    bool valid = strcmp(result, "valid") == 0;
    counts->valid += valid;
    counts->invalid += strcmp(result, "invalid") == 0;
    counts->acceptable += strcmp(result, "acceptable") == 0;
    if (accepted == valid)
        return;
    counts->disagreements++;
    print_error("%s %d: %s, but it is %s\n", file->name,
                (int)json_integer_value(json_object_get(test, "tcId")),
                accepted ? "accepted" : "refused", result);
}

static void judge_group(const struct file *file, const json_t *json, struct counts *counts)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    struct buffer spki CLEANUP_BUFFER;
    hex_member(json, "publicKeyDer", &spki);
    assert_ok(public_key_parse(buffer_bytes(&spki), &key));
    struct group group = {.key = key, .spki = buffer_bytes(&spki)};
    group.hash = hash_named(json_object_get(json, "sha"));
    const json_t *mask_hash = json_object_get(json, "mgfSha");
    group.mask_hash = mask_hash ? hash_named(mask_hash) : group.hash;
    group.salt_len = (unsigned)json_integer_value(json_object_get(json, "sLen"));
    size_t i;
    const json_t *test;
    json_array_foreach (json_object_get(json, "tests"), i, test)
        judge(file, &group, test, counts);
}

static void agrees_with_a_file(void **state)
{
    const struct file *file = *state;
    char relative[128];
    snprintf(relative, sizeof relative, "wycheproof/%s_test.json", file->name);
    const char *path = vectors_path(relative);
    if (!path)
        skip();
    json_t *json = json_load_file(path, 0, NULL);
    assert_non_null(json);
    struct counts counts = {0};
    size_t i;
    const json_t *group;
    json_array_foreach (json_object_get(json, "testGroups"), i, group)
        judge_group(file, group, &counts);
    json_decref(json);
    assert_int_equal(counts.valid, file->valid);
    assert_int_equal(counts.invalid, file->invalid);
    assert_int_equal(counts.acceptable, file->acceptable);
    assert_int_equal(counts.disagreements, 0);
}

int main(void)
{
    struct CMUnitTest tests[COUNT_OF(files)];
    for (size_t i = 0; i < COUNT_OF(files); i++)
        tests[i] = (struct CMUnitTest){.name = files[i].name,
                                       .test_func = agrees_with_a_file,
                                       .initial_state = (void *)(uintptr_t)&files[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
