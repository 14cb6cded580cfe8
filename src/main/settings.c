/* The settings of jpkid: read from a file, held against their bounds, joined with the options. */
#include "main/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/pairs.h"
#include "base/text.h"
#include "main/options.h"
#include "main/service.h"

#define EXPECTS_TEXT 64

enum setting_kind {
    KIND_FOLDER,
    KIND_ADDRESS,
    KIND_URL,
    KIND_NAME,
    KIND_NUMBER,
    NUM_SETTING_KINDS
};

static const struct setting_row {
    const char *name;
    enum setting_kind kind;
    const char *value; /* unless somebody says another; NULL: none */
    int least, most;
} rows[NUM_SETTINGS] = {
#define X(id, name, kind, value, least, most, of)                                                  \
    [SETTING_##id] = {name, KIND_##kind, value, least, most},
    SETTINGS(X)
#undef X
};

/* --- kinds --- */

/* A file has no folder of its own to begin at. */
static bool is_folder(const struct setting_row *row, const char *text, bool is_in_file)
{
    (void)row;
    return text[0] == '/' || (text[0] && !is_in_file);
}

static bool is_address(const struct setting_row *row, const char *text, bool is_in_file)
{
    (void)row;
    (void)is_in_file;
    return http_is_address(text);
}

/* What people may type: a host, perhaps with a port; the addresses of pages follow it. */
static bool is_url(const struct setting_row *row, const char *text, bool is_in_file)
{
    (void)row;
    (void)is_in_file;
    const char *host = strncmp(text, "https://", 8) == 0  ? text + 8
                       : strncmp(text, "http://", 7) == 0 ? text + 7
                                                          : "";
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    size_t name = strspn(host, letters);
    const char *port = host + name;
    bool is_port = port[0] == '\0' || (port[0] == ':' && port[1] && strlen(port) <= 6 &&
                                       strspn(port + 1, "0123456789") == strlen(port + 1));
    return name > 0 && is_port && strlen(text) < SERVICE_URL;
}

static bool is_name(const struct setting_row *row, const char *text, bool is_in_file)
{
    (void)row;
    (void)is_in_file;
    return text[0] && !strpbrk(text, " /:");
}

/* Digits alone, and none in front that says nothing. */
static bool is_number(const struct setting_row *row, const char *text, bool is_in_file)
{
    (void)is_in_file;
    size_t len = strlen(text);
    if (len == 0 || len > 9 || strspn(text, "0123456789") != len || (text[0] == '0' && len > 1))
        return false;
    int value = atoi(text);
    return value >= row->least && value <= row->most;
}

static const struct {
    bool (*is_ok)(const struct setting_row *row, const char *text, bool is_in_file);
    const char *en, *ja;
} kinds[NUM_SETTING_KINDS] = {
    [KIND_FOLDER] = {is_folder, "a folder by its whole path", "フォルダーの絶対パス"},
    [KIND_ADDRESS] = {is_address, "ADDRESS:PORT in numbers", "数字によるアドレス:ポート"},
    [KIND_URL] = {is_url, "an http or https address without a path",
                  "パスのない http または https のアドレス"},
    [KIND_NAME] = {is_name, "the name of a user", "利用者名"},
    [KIND_NUMBER] = {is_number, NULL, NULL}, /* its bounds are told */
};

static const char *expects(const struct setting_row *row, enum language language,
                           char text[static EXPECTS_TEXT])
{
    bool is_japanese = language == LANGUAGE_JA;
    if (row->kind == KIND_NUMBER)
        snprintf(text, EXPECTS_TEXT, is_japanese ? "%d から %d までの数" : "a number from %d to %d",
                 row->least, row->most);
    else
        snprintf(text, EXPECTS_TEXT, "%s", is_japanese ? kinds[row->kind].ja : kinds[row->kind].en);
    return text;
}

/* --- the file --- */

/* What somebody may try to write there, and why it is refused. */
static const struct {
    const char *name, *why;
} refused[] = {
    {"passphrase", "no secret stands in this file: --passphrase-fd, or the terminal"},
    {"passphrase-fd", "a descriptor is of one start: give it on the command line"},
    {"pin", "no secret stands in this file: --passphrase-fd, or the terminal"},
    {"clock", "a clock is of one start: give it on the command line"},
};

static enum err unknown(const struct pairs *pairs, struct bytes key, struct fault *fault)
{
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        if (bytes_equal_text(key, refused[i].name))
            return pairs_complain(pairs, refused[i].name, refused[i].why, fault);
    return pairs_complain(pairs, "known setting", "there is no such setting", fault);
}

static enum err value_take(const struct pairs *pairs, enum setting setting, struct bytes value,
                           struct settings *settings, struct fault *fault)
{
    const struct setting_row *row = &rows[setting];
    char *text = settings->of[setting].text, what[EXPECTS_TEXT], complaint[EXPECTS_TEXT + 16];
    if (settings->of[setting].line)
        return pairs_complain(pairs, row->name, "stands there twice", fault);
    bool is_text = value.len < sizeof settings->of[setting].text && text_is_utf8(value) &&
                   !text_has_hidden(value);
    if (is_text) {
        memcpy(text, value.data, value.len);
        text[value.len] = '\0';
    }
    snprintf(complaint, sizeof complaint, "expected %s", expects(row, LANGUAGE_EN, what));
    if (!is_text || !kinds[row->kind].is_ok(row, text, true))
        return pairs_complain(pairs, row->name, complaint, fault);
    settings->of[setting].line = pairs->line;
    return ERR_NONE;
}

static enum err pair_take(const struct pairs *pairs, struct bytes key, struct bytes value,
                          struct settings *settings, struct fault *fault)
{
    for (enum setting setting = 1; setting < NUM_SETTINGS; setting++)
        if (bytes_equal_text(key, rows[setting].name))
            return value_take(pairs, setting, value, settings, fault);
    return unknown(pairs, key, fault);
}

enum err settings_parse(struct bytes text, struct settings *out, struct fault *fault)
{
    struct settings settings = {0};
    struct pairs pairs = pairs_of(text);
    struct bytes key, value;
    for (;;) {
        enum err err = pairs_next(&pairs, &key, &value, fault);
        if (err == ERR_NOT_FOUND)
            break;
        if (err == ERR_NONE)
            err = pair_take(&pairs, key, value, &settings, fault);
        if (err != ERR_NONE)
            return err;
    }
    *out = settings;
    return ERR_NONE;
}

static enum err file_take(const char *file, struct settings *out, struct fault *fault)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_CONFIG_FILE);
    enum err err = file_read(file, &text, fault);
    fault_name_input(fault, file);
    if (err == ERR_NONE)
        err = settings_parse(buffer_bytes(&text), out, fault);
    if (err == ERR_NONE)
        out->file = file;
    return err;
}

/* --- joined with the options --- */

static int option_check(enum setting setting, const char *text)
{
    const struct setting_row *row = &rows[setting];
    char what[EXPECTS_TEXT];
    if (!text || kinds[row->kind].is_ok(row, text, false))
        return EXIT_DONE;
    return complain_usage(say("--%s %s: expected %s", "--%s %s: %s が必要です"), row->name, text,
                          expects(row, language_of_locale(), what));
}

static void values_fill(const char **values, const struct settings *settings)
{
    for (enum setting setting = 1; setting < NUM_SETTINGS; setting++)
        if (!values[setting])
            values[setting] =
                settings->of[setting].line ? settings->of[setting].text : rows[setting].value;
}

int settings_read(int argc, char **argv, const struct command *command, const char **values,
                  size_t num_values, struct settings *out)
{
    struct fault fault = {0};
    int status = EXIT_DONE;
    if (!options_read_all(argc, argv, command->options, values, num_values))
        return EXIT_USAGE;
    for (enum setting setting = 1; setting < NUM_SETTINGS && status == EXIT_DONE; setting++)
        status = option_check(setting, values[setting]);
    if (status != EXIT_DONE)
        return status;
    *out = (struct settings){0};
    if (values[OPTION_CONFIG] && file_take(values[OPTION_CONFIG], out, &fault) != ERR_NONE)
        return complain_fault(&fault);
    values_fill(values, out);
    return EXIT_DONE;
}

/* --- telling --- */

static void print_value(enum setting setting, const char *value, const struct settings *settings,
                        FILE *out)
{
    const char *name = rows[setting].name;
    if (!value)
        fprintf(out, "# not set\n#%s =\n", name);
    else if (value == settings->of[setting].text)
        fprintf(out, "# %s, line %d\n%s = %s\n", settings->file, settings->of[setting].line, name,
                value);
    else
        fprintf(out, "# %s\n%s = %s\n", value == rows[setting].value ? "default" : "command line",
                name, value);
}

void settings_print(const struct command *command, const char *const *values,
                    const struct settings *settings, FILE *out)
{
    for (const struct option *option = command->options; option->name; option++)
        if (option->val < NUM_SETTINGS)
            print_value((enum setting)option->val, values[option->val], settings, out);
}

static bool has_setting(const struct command *command, const char *name)
{
    for (const struct option *option = command->options; option->name; option++)
        if (strcmp(option->name, name) == 0)
            return true;
    return false;
}

void settings_list(const struct command *commands)
{
    char what[EXPECTS_TEXT];
    for (enum setting setting = 1; setting < NUM_SETTINGS; setting++) {
        const struct setting_row *row = &rows[setting];
        int num = 0;
        printf("%s: %s; default %s;", row->name, expects(row, LANGUAGE_EN, what),
               row->value ? row->value : "none");
        for (const struct command *command = commands; command->name; command++)
            if (has_setting(command, row->name))
                printf("%s %s", num++ ? "," : "", command->name);
        putchar('\n');
    }
}
