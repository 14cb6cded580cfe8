#include "check.h"

#include <string.h>

#include "base/encoding.h"
#include "crypto/seal.h"

static void secret_of(const char *text, struct secret *out)
{
    assert_ok(secret_set(out, bytes_of_text(text)));
}

/* A new one: it knows no salt yet. */
static struct seal *seal_of(const struct secret *passphrase)
{
    static struct seal seal;
    seal_done(&seal);
    seal_init(&seal, passphrase);
    return &seal;
}

static struct bytes salt_of(const struct buffer *sealed)
{
    return bytes_of(sealed->data + 9, SEAL_SALT);
}

/* Files of one seal have one salt and each its nonce; another seal has another salt, and opens them
 * in any order. */
static void seals_files_together(void **state)
{
    (void)state;
    struct secret passphrase, content;
    struct seal seal CLEANUP_SEAL;
    struct buffer files[3];
    secret_of("correct horse", &passphrase);
    seal_init(&seal, &passphrase);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        buffer_init(&files[i], 1024);
        assert_ok(seal_close(i < 2 ? &seal : seal_of(&passphrase), "L", bytes_of("abc", i + 1),
                             &files[i]));
    }
    assert_true(bytes_equal(salt_of(&files[0]), salt_of(&files[1])));
    assert_memory_not_equal(files[0].data + 9 + SEAL_SALT, files[1].data + 9 + SEAL_SALT, 12);
    assert_false(bytes_equal(salt_of(&files[0]), salt_of(&files[2])));
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        size_t which = (2 * i) % COUNT_OF(files);
        assert_ok(seal_open(&seal, "L", buffer_bytes(&files[which]), &content));
        assert_int_equal(content.len, which + 1);
    }
    struct secret other; /* the key of the last salt is there still, the passphrase is not asked */
    secret_of("another", &other);
    seal.passphrase = &other;
    assert_ok(seal_open(&seal, "L", buffer_bytes(&files[1]), &content));
    assert_err(seal_open(&seal, "L", buffer_bytes(&files[2]), &content), ERR_CRYPTO);
    seal.passphrase = &passphrase;
    assert_ok(seal_open(&seal, "L", buffer_bytes(&files[0]), &content));
    struct buffer later CLEANUP_BUFFER;
    buffer_init(&later, 1024);
    assert_ok(
        seal_close(&seal, "L", bytes_of("d", 1), &later)); /* a salt that was read is not used */
    assert_false(bytes_equal(salt_of(&files[0]), salt_of(&later)));
    files[1].data[9] ^= 1; /* another salt is another key */
    assert_err(seal_open(&seal, "L", buffer_bytes(&files[1]), &content), ERR_CRYPTO);
    assert_ok(seal_open(&seal, "L", buffer_bytes(&files[0]), &content));
    for (size_t i = 0; i < COUNT_OF(files); i++)
        buffer_done(&files[i]);
}

static void opens_what_it_closed(void **state)
{
    (void)state;
    struct secret passphrase, content;
    struct buffer sealed CLEANUP_BUFFER, again CLEANUP_BUFFER;
    buffer_init(&sealed, 1024);
    buffer_init(&again, 1024);
    secret_of("correct horse", &passphrase);
    assert_ok(seal_close(seal_of(&passphrase), "journal", bytes_of_text("a key"), &sealed));
    assert_ok(seal_close(seal_of(&passphrase), "journal", bytes_of_text("a key"), &again));
    assert_false(bytes_equal(buffer_bytes(&sealed), buffer_bytes(&again)));
    assert_ok(seal_open(seal_of(&passphrase), "journal", buffer_bytes(&sealed), &content));
    assert_true(bytes_equal_text(secret_bytes(&content), "a key"));
    buffer_cut(&sealed, 0);
    assert_ok(seal_close(seal_of(&passphrase), "", bytes_of(NULL, 0), &sealed));
    assert_ok(seal_open(seal_of(&passphrase), "", buffer_bytes(&sealed), &content));
    assert_int_equal(content.len, 0);
}

static void hides_the_content(void **state)
{
    (void)state;
    struct secret passphrase;
    struct buffer sealed CLEANUP_BUFFER;
    buffer_init(&sealed, 1024);
    secret_of("correct horse", &passphrase);
    assert_ok(
        seal_close(seal_of(&passphrase), "journal", bytes_of_text("a very secret key"), &sealed));
    assert_null(memmem(sealed.data, sealed.len, "secret", 6));
    assert_null(memmem(sealed.data, sealed.len, "horse", 5));
}

static void refuses_another_passphrase_or_label(void **state)
{
    (void)state;
    struct secret passphrase, other, content = {.len = 3};
    struct buffer sealed CLEANUP_BUFFER;
    buffer_init(&sealed, 1024);
    secret_of("correct horse", &passphrase);
    secret_of("correct horsf", &other);
    assert_ok(
        seal_close(seal_of(&passphrase), "authority-signature-1", bytes_of_text("a key"), &sealed));
    assert_err(seal_open(seal_of(&other), "authority-signature-1", buffer_bytes(&sealed), &content),
               ERR_CRYPTO);
    assert_err(
        seal_open(seal_of(&passphrase), "authority-signature-2", buffer_bytes(&sealed), &content),
        ERR_CRYPTO);
    assert_int_equal(content.len, 3);
}

/* A byte in each part: magic, version, salt, nonce, label, ciphertext, tag. (Each costs a scrypt.)
 */
static void refuses_every_change(void **state)
{
    (void)state;
    struct secret passphrase, content;
    struct buffer sealed CLEANUP_BUFFER;
    buffer_init(&sealed, 1024);
    secret_of("p", &passphrase);
    assert_ok(seal_close(seal_of(&passphrase), "L", bytes_of_text("k"), &sealed));
    for (size_t i = 0; i < sealed.len; i += i < 9 ? 1 : 5) {
        sealed.data[i] ^= 1;
        assert_string_not_equal(
            err_name(seal_open(seal_of(&passphrase), "L", buffer_bytes(&sealed), &content)),
            "none");
        sealed.data[i] ^= 1;
    }
    assert_ok(seal_open(seal_of(&passphrase), "L", buffer_bytes(&sealed), &content));
}

static void refuses_what_is_too_short_or_too_long(void **state)
{
    (void)state;
    struct secret passphrase, content;
    struct buffer sealed CLEANUP_BUFFER;
    buffer_init(&sealed, 64 * 1024);
    secret_of("p", &passphrase);
    assert_ok(seal_close(seal_of(&passphrase), "L", bytes_of_text("k"), &sealed));
    size_t whole = sealed.len;
    for (size_t len = 0; len < whole - 1; len++)
        assert_err(seal_open(seal_of(&passphrase), "L", bytes_of(sealed.data, len), &content),
                   ERR_MALFORMED);
    buffer_put_u8(&sealed, 0);
    assert_err(seal_open(seal_of(&passphrase), "L", buffer_bytes(&sealed), &content), ERR_CRYPTO);
    while (sealed.len <= 16 * 1024)
        buffer_put_u64(&sealed, 0);
    assert_err(seal_open(seal_of(&passphrase), "L", buffer_bytes(&sealed), &content), ERR_LIMIT);
    assert_err(seal_open(seal_of(&passphrase), "L", bytes_of(sealed.data, 8 * 1024), &content),
               ERR_MALFORMED);
    assert_err(
        seal_close(seal_of(&passphrase), "L", bytes_of(sealed.data, SECRET_MAX + 1), &sealed),
        ERR_LIMIT);
}

static void leaves_nothing_behind_when_there_is_no_room(void **state)
{
    (void)state;
    struct secret passphrase;
    struct buffer sealed CLEANUP_BUFFER;
    buffer_init(&sealed, 50); /* the head fits, the rest does not */
    secret_of("p", &passphrase);
    assert_err(seal_close(seal_of(&passphrase), "L", bytes_of_text("k"), &sealed), ERR_LIMIT);
    assert_int_equal(sealed.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_what_it_closed),
        cmocka_unit_test(seals_files_together),
        cmocka_unit_test(hides_the_content),
        cmocka_unit_test(refuses_another_passphrase_or_label),
        cmocka_unit_test(refuses_every_change),
        cmocka_unit_test(refuses_what_is_too_short_or_too_long),
        cmocka_unit_test(leaves_nothing_behind_when_there_is_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
