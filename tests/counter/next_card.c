/* The next card's switch: authorities with P-256 keys certify today's RSA card, judged by openssl,
 * and take a request for a P-256 key. page:S02 */
#include "tools.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

static struct town_card card;

static int begin(void **state)
{
    town_algorithm = "p-256";
    return town_begin(state);
}

static int finish(void **state)
{
    town_card_done(&card);
    return town_end(state);
}

static void a_resident_has_a_certificate(void **state)
{
    (void)state;
    town_card_make(&card, "0003720000000013137220340514", false);
    town_card_register(&card);
    int64_t number = town_open(1001, "new", "holder", "both", "never-set");
    const struct counter_answer *answer = town_run(number, &card, NULL);
    assert_int_equal(answer->outcome, COUNTER_DONE);
    assert_string_equal(counter_text(answer, "state"), "finished");
}

static bool shell(const char *command)
{
    return system(command) == 0;
}

/* The card's leaf and the published authority and list of a kind, as openssl reads them. */
static void write_files(enum kind kind)
{
    char path[128], command[1024];
    snprintf(path, sizeof path, "%s/%s-leaf.cer", town_folder, kind_name(kind));
    assert_ok(file_replace(path, image_part_bytes(&card.saved.kinds[kind].leaf), 0644, NULL));
    snprintf(command, sizeof command,
             "cd %s && openssl x509 -in %s-leaf.cer -out %s.leaf &&"
             " openssl x509 -in published/%s.cer -out %s.ca &&"
             " openssl crl -in published/%s.crl -out %s.list",
             town_folder, kind_name(kind), kind_name(kind), kind_name(kind), kind_name(kind),
             kind_name(kind), kind_name(kind));
    assert_true(shell(command));
}

static bool openssl_verifies(enum kind leaf, enum kind authority)
{
    char command[512];
    snprintf(command, sizeof command,
             "cd %s && openssl verify -x509_strict -check_ss_sig -crl_check_all -attime 1796090400"
             " -CAfile %s.ca -CRLfile %s.list %s.leaf >said 2>&1",
             town_folder, kind_name(authority), kind_name(authority), kind_name(leaf));
    return shell(command);
}

static bool openssl_shows(enum kind kind, const char *file, const char *text)
{
    char command[512];
    snprintf(command, sizeof command, "cd %s && openssl x509 -in %s.%s -noout -text | grep -q '%s'",
             town_folder, kind_name(kind), file, text);
    return shell(command);
}

static void that_openssl_accepts(void **state)
{
    (void)state;
    write_files(KIND_SIGNATURE);
    write_files(KIND_AUTHENTICATION);
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        assert_true(openssl_verifies(kind, kind));
        assert_false(openssl_verifies(kind, kind == 0 ? 1 : 0));
        assert_true(openssl_shows(kind, "leaf", "Signature Algorithm: ecdsa-with-SHA256"));
        assert_true(openssl_shows(kind, "leaf", "Public-Key: (2048 bit)"));
        assert_true(openssl_shows(kind, "ca", "ASN1 OID: prime256v1"));
    }
}

/* The proof holds and the key is good: what is left is that no card holds it. */
static void takes_a_request_for_a_p256_key(void **state)
{
    (void)state;
    static struct town_card other;
    town_card_make(&other, "0003720000000023137220330302", false);
    town_card_register(&other);
    int64_t number = town_open(1002, "new", "holder", "authentication", "never-set");
    town_run(number, &other, "issue");
    software_key_refused(&other, number, KEY_P256, "key-not-in-card");
    software_key_refused(&other, number, KEY_RSA, "key-not-in-card");
    software_key_refused(&other, number, KEY_P384, "no-proof");
    town_card_done(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_resident_has_a_certificate),
        cmocka_unit_test(that_openssl_accepts),
        cmocka_unit_test(takes_a_request_for_a_p256_key),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
