#include "check.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/phrase.h"
#include "base/file.h"

static char home[] = "/tmp/jpki-phrase-XXXXXX";
static char path[PATH_MAX];

static int begin(void **state)
{
    (void)state;
    if (!mkdtemp(home))
        return -1;
    setenv("XDG_CONFIG_HOME", home, 1);
    return phrase_path(path, NULL) == ERR_NONE ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    char folder[PATH_MAX + 16];
    snprintf(folder, sizeof folder, "%s/openjpki", home);
    return folder_remove(folder) || rmdir(home);
}

static void is_made_up_once(void **state)
{
    (void)state;
    struct phrase first, second;
    struct stat info;
    unlink(path);
    assert_ok(phrase_read(path, LANGUAGE_JA, &first, NULL));
    assert_true(first.is_new && strlen(first.text) >= 7);
    assert_string_equal(first.path, path);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_ok(phrase_read(path, LANGUAGE_EN, &second, NULL));
    assert_false(second.is_new);
    assert_string_equal(second.text, first.text);
}

static void is_made_up_by_chance(void **state)
{
    (void)state;
    struct phrase first, second;
    for (int i = 0, same = 0; i < 3; i++) {
        unlink(path);
        assert_ok(phrase_read(path, LANGUAGE_EN, &first, NULL));
        unlink(path);
        assert_ok(phrase_read(path, LANGUAGE_EN, &second, NULL));
        same += strcmp(first.text, second.text) == 0;
        assert_true(same < 2);
    }
}

static void is_what_the_resident_wrote(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "ねこ 二匹\n", "<b> & \"c\"\n"};
    struct phrase phrase;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_ok(file_replace(path, bytes_of_text(good[i]), 0600, NULL));
        assert_ok(phrase_read(path, LANGUAGE_EN, &phrase, NULL));
        assert_int_equal(strncmp(phrase.text, good[i], strlen(phrase.text)), 0);
        assert_null(strchr(phrase.text, '\n'));
    }
}

static void refuses_what_nobody_can_read(void **state)
{
    (void)state;
    static const char *const bad[] = {"",     "\n",       "two\nlines\n", "a\tb",
                                      "\xff", "a\u202eb", "\u200b"};
    char longest[LIMIT_PHRASE + 2];
    struct phrase phrase = {.text = "untouched"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_ok(file_replace(path, bytes_of_text(bad[i]), 0600, NULL));
        assert_err(phrase_read(path, LANGUAGE_EN, &phrase, NULL), ERR_MALFORMED);
    }
    memset(longest, 'a', sizeof longest);
    assert_ok(file_replace(path, bytes_of(longest, LIMIT_PHRASE), 0600, NULL));
    assert_ok(phrase_read(path, LANGUAGE_EN, &phrase, NULL));
    assert_ok(file_replace(path, bytes_of(longest, LIMIT_PHRASE + 1), 0600, NULL));
    assert_err(phrase_read(path, LANGUAGE_EN, &phrase, NULL), ERR_MALFORMED);
}

static void needs_a_home(void **state)
{
    (void)state;
    char found[PATH_MAX];
    setenv("XDG_CONFIG_HOME", "relative", 1);
    setenv("HOME", "/home/somebody", 1);
    assert_ok(phrase_path(found, NULL));
    assert_string_equal(found, "/home/somebody/.config/openjpki/phrase");
    unsetenv("HOME");
    assert_err(phrase_path(found, NULL), ERR_NOT_FOUND);
    setenv("XDG_CONFIG_HOME", home, 1);
    assert_ok(phrase_path(found, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_made_up_once),
        cmocka_unit_test(is_made_up_by_chance),
        cmocka_unit_test(is_what_the_resident_wrote),
        cmocka_unit_test(refuses_what_nobody_can_read),
        cmocka_unit_test(needs_a_home),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
