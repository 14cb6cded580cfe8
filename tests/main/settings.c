/* The table of settings: what a file may say, what an option may say, which of the two counts, and
 * that every command offers exactly the settings that are its own. */
#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "main/options.h"
#include "main/settings.h"

static const struct option options_of_every[] = {SETTING_OPTIONS(EVERY), {0}};
static const struct option options_of_serving[] = {SETTING_OPTIONS(SERVING), {0}};
static const struct option options_of_serve[] = {SETTING_OPTIONS(SERVE), {0}};

static bool parses(const char *text, struct settings *out, struct fault *fault)
{
    *fault = (struct fault){0};
    enum err err = settings_parse(bytes_of_text(text), out, fault);
    if (err != ERR_NONE)
        assert_int_equal(err, ERR_MALFORMED);
    return err == ERR_NONE;
}

static void refused(const char *text, const char *setting, const char *why)
{
    struct settings settings = {.file = "untouched"};
    struct fault fault;
    if (parses(text, &settings, &fault))
        fail_msg("accepted: %s", text);
    assert_string_equal(settings.file, "untouched");
    assert_string_equal(fault.rule, setting);
    assert_string_equal(fault.text, why);
}

static void a_file_is_read(void **state)
{
    (void)state;
    struct settings settings;
    struct fault fault;
    assert_true(parses("# a town\n\ndata = /var/lib/a folder\nlisten = [::1]:80\n"
                       "web = 127.0.0.1:0\nweb-url = https://town.example:8443\nuser = "
                       "jpkid\nstatus-threads = 64\n",
                       &settings, &fault));
    assert_string_equal(settings.of[SETTING_DATA].text, "/var/lib/a folder");
    assert_int_equal(settings.of[SETTING_DATA].line, 3);
    assert_string_equal(settings.of[SETTING_STATUS_THREADS].text, "64");
    assert_int_equal(settings.of[SETTING_STATUS_THREADS].line, 8);
    assert_true(parses("", &settings, &fault));
    assert_int_equal(settings.of[SETTING_DATA].line, 0);
}

static void what_is_wrong_is_told_with_line_and_setting(void **state)
{
    (void)state;
    refused("colour = red\n", "known setting", "line 1: there is no such setting");
    refused("Data = /a\n", "known setting", "line 1: there is no such setting");
    refused("config = /a\n", "known setting", "line 1: there is no such setting");
    refused("data=/a\n", "key = value", "line 1: not of this form");
    refused("data = /a\n\ndata = /a\n", "data", "line 3: stands there twice");
    refused("data = a\n", "data", "line 1: expected a folder by its whole path");
    refused("listen = localhost:80\n", "listen", "line 1: expected ADDRESS:PORT in numbers");
    refused("listen = 127.0.0.1:65536\n", "listen", "line 1: expected ADDRESS:PORT in numbers");
    refused("web = ::1:80\n", "web", "line 1: expected ADDRESS:PORT in numbers");
    static const char *const urls[] = {
        "town.example",          "ftp://town.example", "https://",     "https:///x",
        "https://town.example/", "http://a b",         "https://a?b",  "https://a#b",
        "https://a\"b",          "https://:80",        "https://a:",   "https://a:x",
        "https://a/b",           "https://u@a",        "https://a\tb", "//a"};
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        char line[64];
        snprintf(line, sizeof line, "web-url = %s\n", urls[i]);
        refused(line, "web-url", "line 1: expected an http or https address without a path");
    }
    refused("user = a b\n", "user", "line 1: expected the name of a user");
}

static void a_number_has_bounds(void **state)
{
    (void)state;
    static const char *const texts[] = {"0",  "65",  "-1",  "+1",  "02",
                                        "2 ", "0x2", "two", "1e1", "99999999999999999999"};
    struct settings settings;
    struct fault fault;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        char line[64];
        snprintf(line, sizeof line, "status-threads = %s\n", texts[i]);
        refused(line, "status-threads", "line 1: expected a number from 1 to 64");
    }
    assert_true(parses("status-threads = 1\n", &settings, &fault));
}

static void bytes_that_nobody_sees_are_refused(void **state)
{
    (void)state;
    static const char nul[] = "data = /a\0b\n";
    struct settings settings;
    struct fault fault = {0};
    assert_int_equal(settings_parse(bytes_of(nul, sizeof nul - 1), &settings, &fault),
                     ERR_MALFORMED);
    refused("data = /a\r\n", "data", "line 1: expected a folder by its whole path");
    refused("data = /\xff\n", "data", "line 1: expected a folder by its whole path");
    char line[PATH_MAX + 16];
    memset(line, 'a', sizeof line);
    memcpy(line, "data = /", 8);
    memcpy(line + sizeof line - 2, "\n", 2);
    refused(line, "data", "line 1: expected a folder by its whole path");
}

static void no_secret_is_a_setting(void **state)
{
    (void)state;
    refused("passphrase = correct horse\n", "passphrase",
            "line 1: no secret stands in this file: --passphrase-fd, or the terminal");
    refused("pin = 1234\n", "pin",
            "line 1: no secret stands in this file: --passphrase-fd, or the terminal");
    refused("passphrase-fd = 3\n", "passphrase-fd",
            "line 1: a descriptor is of one start: give it on the command line");
}

/* Whichever command offers a setting offers it as what it is, once, and --config beside it. */
static void commands_offer_what_is_theirs(void **state)
{
    (void)state;
    static const struct {
        const struct option *options;
        unsigned settings;
    } commands[] = {
        {options_of_every, 1u << SETTING_DATA},
        {options_of_serving, 1u << SETTING_DATA | 1u << SETTING_LISTEN | 1u << SETTING_USER |
                                 1u << SETTING_STATUS_THREADS},
        {options_of_serve, 1u << SETTING_DATA | 1u << SETTING_LISTEN | 1u << SETTING_WEB |
                               1u << SETTING_WEB_URL | 1u << SETTING_USER |
                               1u << SETTING_STATUS_THREADS},
    };
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        unsigned offered = 0;
        for (const struct option *option = commands[i].options; option->name; option++) {
            assert_true(option->has_arg == required_argument && !(offered & 1u << option->val));
            offered |= 1u << option->val;
        }
        assert_int_equal(offered, commands[i].settings | 1u << OPTION_CONFIG);
    }
}

static const struct command serve = {.name = "serve", .options = options_of_serve};

/* Runs settings_read on words that end with NULL. */
static int read_words(const char *const *words, const char **values, struct settings *settings)
{
    static char copies[8][PATH_MAX];
    char *arguments[9] = {0};
    int num = 0;
    for (; words[num]; num++) {
        snprintf(copies[num], sizeof copies[num], "%s", words[num]);
        arguments[num] = copies[num];
    }
    return settings_read(num, arguments, &serve, values, FIRST_OPTION, settings);
}

static void an_option_wins_over_the_file_and_the_file_over_the_default(void **state)
{
    (void)state;
    char path[] = "/tmp/jpki-settings-XXXXXX";
    const char *values[FIRST_OPTION] = {0};
    struct settings settings;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(dprintf(fd, "data = /file\nlisten = 127.0.0.1:1\n"), 34);
    close(fd);
    const char *const words[] = {"serve", "--config", path, "--data", "option", NULL};
    assert_int_equal(read_words(words, values, &settings), EXIT_DONE);
    assert_string_equal(values[SETTING_DATA], "option");
    assert_string_equal(values[SETTING_LISTEN], "127.0.0.1:1");
    assert_string_equal(values[SETTING_STATUS_THREADS], "2");
    assert_null(values[SETTING_WEB]);
    const char *bad[FIRST_OPTION] = {0};
    const char *const wrong[] = {"serve", "--status-threads", "65", NULL};
    assert_int_equal(read_words(wrong, bad, &settings), EXIT_USAGE);
    unlink(path);
    const char *none[FIRST_OPTION] = {0};
    const char *const gone[] = {"serve", "--config", path, NULL};
    assert_int_equal(read_words(gone, none, &settings), EXIT_UNDECIDED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read),
        cmocka_unit_test(what_is_wrong_is_told_with_line_and_setting),
        cmocka_unit_test(a_number_has_bounds),
        cmocka_unit_test(bytes_that_nobody_sees_are_refused),
        cmocka_unit_test(no_secret_is_a_setting),
        cmocka_unit_test(commands_offer_what_is_theirs),
        cmocka_unit_test(an_option_wins_over_the_file_and_the_file_over_the_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
