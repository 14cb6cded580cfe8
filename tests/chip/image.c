/* The image: what is written is read again, what was damaged is refused, and a power cut at any
 * commit leaves the old card or the new one. */
#include "test_card.h"

#include <unistd.h>

#include "base/file.h"

static struct test_card card;
static struct image old_image, new_image;

static int setup(void **state)
{
    (void)state;
    test_card_new(&card, false);
    issue(&card, KIND_SIGNATURE);
    old_image = card.saved;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_card_done(&card);
    return 0;
}

static void encode(const struct image *image, struct buffer *out)
{
    buffer_init(out, LIMIT_CARD_IMAGE);
    image_encode(image, out);
    assert_ok(buffer_check(out));
}

static bool images_equal(const struct image *a, const struct image *b)
{
    struct buffer left CLEANUP_BUFFER;
    struct buffer right CLEANUP_BUFFER;
    encode(a, &left);
    encode(b, &right);
    return bytes_equal(buffer_bytes(&left), buffer_bytes(&right));
}

static void reads_what_it_wrote(void **state)
{
    (void)state;
    static struct image again;
    char path[] = "/tmp/jpki-image-XXXXXX";
    int fd CLEANUP_FD = mkstemp(path);
    assert_true(fd >= 0);
    assert_err(image_create(path, &old_image, NULL), ERR_EXISTS);
    assert_ok(image_write(path, &old_image, NULL));
    assert_ok(image_read(path, &again, NULL));
    assert_true(images_equal(&again, &old_image));
    unlink(path);
    assert_err(image_read(path, &again, NULL), ERR_NOT_FOUND);
}

static void refuses_a_damaged_image(void **state)
{
    (void)state;
    static struct image image;
    struct buffer content CLEANUP_BUFFER;
    encode(&old_image, &content);
    assert_ok(image_parse(buffer_bytes(&content), &image, NULL));
    for (size_t at = 0; at < content.len; at += 13) {
        content.data[at] ^= 0x40;
        assert_err(image_parse(buffer_bytes(&content), &image, NULL), ERR_MALFORMED);
        content.data[at] ^= 0x40;
    }
    for (size_t len = 0; len < content.len; len += 31)
        assert_err(image_parse(bytes_of(content.data, len), &image, NULL), ERR_MALFORMED);
}

/* A right checksum does not make a wrong card right. */
static void assert_refused(const struct image *bad)
{
    static struct image image;
    struct buffer content CLEANUP_BUFFER;
    encode(bad, &content);
    assert_err(image_parse(buffer_bytes(&content), &image, NULL), ERR_MALFORMED);
}

static void refuses_what_no_card_is(void **state)
{
    (void)state;
    static struct image bad;
    bad = old_image;
    bad.kinds[KIND_SIGNATURE].tries = 6;
    assert_refused(&bad);
    bad = old_image;
    bad.kinds[KIND_AUTHENTICATION].tries = 1; /* tries, but no PIN */
    assert_refused(&bad);
    bad = old_image;
    bad.kinds[KIND_SIGNATURE].pin_len = 17;
    assert_refused(&bad);
    bad = old_image;
    bad.card_id[27] = 'x';
    assert_refused(&bad);
}

/* Installs a prepared second certificate; the last command's status word. */
static unsigned install(struct bytes staged)
{
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    select_file(&card, 0x1B);
    unsigned word = verify_pin(&card, "ABC123");
    if (word != 0x9000)
        return word;
    card.num_saves = 0;
    assert_word(permit_install(&card, KIND_SIGNATURE, 9, staged), 0x9000);
    assert_word(stage(&card, staged), 0x9000);
    return ask(&card, "00440000");
}

static void swaps_in_one_commit_or_not_at_all(void **state)
{
    (void)state;
    static struct image with_spare;
    struct buffer staged CLEANUP_BUFFER;
    buffer_init(&staged, 8192);
    test_card_insert(&card, &old_image);
    enter(&card, KIND_SIGNATURE);
    assert_word(permit_simple(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 9), 0x9000);
    assert_word(ask(&card, generate_of(KIND_SIGNATURE)), 0x9000);
    make_staged(&card, &staged);
    with_spare = card.saved;
    assert_word(install(buffer_bytes(&staged)), 0x9000);
    assert_int_equal(card.num_saves, 1); /* key, leaf, authority, spare: one commit */
    new_image = card.saved;
    assert_false(images_equal(&new_image, &with_spare));

    test_card_insert(&card, &with_spare);
    enter(&card, KIND_SIGNATURE);
    card.num_saves = 0;
    assert_word(permit_install(&card, KIND_SIGNATURE, 9, buffer_bytes(&staged)), 0x9000);
    assert_word(stage(&card, buffer_bytes(&staged)), 0x9000);
    card.cut_before = 1;
    assert_word(ask(&card, "00440000"), 0x6581);
    assert_true(images_equal(&card.saved, &with_spare));

    test_card_insert(&card, &with_spare);
    enter(&card, KIND_SIGNATURE);
    card.num_saves = 0;
    assert_word(permit_install(&card, KIND_SIGNATURE, 9, buffer_bytes(&staged)), 0x9000);
    assert_word(stage(&card, buffer_bytes(&staged)), 0x9000);
    card.cut_after = 1;
    assert_word(ask(&card, "00440000"), 0x6581);
    assert_true(images_equal(&card.saved, &new_image));
}

/* After 6581 the card goes on as the card that it was: the spare can still be installed. */
static void heals_after_a_commit_that_failed(void **state)
{
    (void)state;
    struct buffer staged CLEANUP_BUFFER;
    buffer_init(&staged, 8192);
    test_card_insert(&card, &old_image);
    enter(&card, KIND_SIGNATURE);
    assert_word(permit_simple(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 9), 0x9000);
    card.num_saves = 0;
    card.cut_before = 1;
    assert_word(ask(&card, generate_of(KIND_SIGNATURE)), 0x6581);
    assert_true(images_equal(&card.saved, &old_image));
    card.cut_before = 0;
    assert_word(permit_simple(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 9), 0x9000);
    assert_word(ask(&card, generate_of(KIND_SIGNATURE)), 0x9000);
    make_staged(&card, &staged);
    assert_word(install(buffer_bytes(&staged)), 0x9000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_wrote),
        cmocka_unit_test(refuses_a_damaged_image),
        cmocka_unit_test(refuses_what_no_card_is),
        cmocka_unit_test(swaps_in_one_commit_or_not_at_all),
        cmocka_unit_test(heals_after_a_commit_that_failed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
