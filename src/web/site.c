/* Reading what the pages are made of. */
#include "web/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "web/staff_login.h"

#define PHRASES   "page."
#define TEMPLATES ".html"
#define FIRST     "ja" /* what a stranger gets: the town's own language */

static bool has_hidden(struct bytes text)
{
    struct reader reader = reader_of(text);
    uint32_t code_point;
    while (text_next(&reader, &code_point))
        if (code_point != '\n' && text_is_hidden(code_point))
            return true;
    return false;
}

/* A file's text that people will read: well-formed, and in its lines nothing that nobody sees. */
static enum err text_read(const char *path, struct buffer *out, struct fault *fault)
{
    fault_name_input(fault, path);
    enum err err = file_read(path, out, fault);
    if (err == ERR_NONE && !text_is_utf8(buffer_bytes(out)))
        err = fault_set(fault, ERR_MALFORMED, "UTF-8", "it is none");
    if (err == ERR_NONE && has_hidden(buffer_bytes(out)))
        err = fault_set(fault, ERR_MALFORMED, "text", "it has characters that nobody sees");
    return err;
}

/* --- templates --- */

static enum err template_read(void *context, const char *folder, const char *file,
                              struct fault *fault)
{
    struct site *site = context;
    char path[PATH_MAX], name[NAME_MAX + 1];
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_PAGE_TEMPLATE);
    enum err err = path_join(folder, file, path, fault);
    if (err == ERR_NONE)
        err = text_read(path, &text, fault);
    snprintf(name, sizeof name, "%.*s", (int)(strlen(file) - strlen(TEMPLATES)), file);
    return err == ERR_NONE ? templates_add(site->templates, name, buffer_bytes(&text), fault) : err;
}

static int is_template(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name), end = strlen(TEMPLATES);
    return entry->d_name[0] != '.' && len > end &&
           strcmp(entry->d_name + len - end, TEMPLATES) == 0;
}

static enum err templates_need(const struct site *site, struct fault *fault)
{
    static const char *const names[] = {"home",
                                        "guide",
                                        "refusal",
                                        "appointment",
                                        "appointment-booked",
                                        "appointment-change",
                                        "appointment-shown",
                                        "staff-login",
                                        "staff-welcome",
                                        "staff-cards",
                                        "staff-new-card",
                                        "staff-home",
                                        "staff-refusal",
                                        "staff-hotline",
                                        "staff-terminal",
                                        "staff-terminals",
                                        "staff-held",
                                        "staff-appointments",
                                        "staff-caller",
                                        "staff-appointment",
                                        "staff-book",
                                        "staff-residents",
                                        "staff-resident",
                                        "staff-notices",
                                        "staff-forecast",
                                        "intake",
                                        "application",
                                        "audit",
                                        "audit-entry",
                                        "audit-chain",
                                        "audit-figures"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (!templates_has(site->templates, names[i]))
            return fault_set(fault, ERR_NOT_FOUND, "templates", "%s" TEMPLATES " is missing",
                             names[i]);
    return ERR_NONE;
}

/* --- languages --- */

static json_t *phrases_of(const struct words *words)
{
    json_t *phrases = json_object();
    size_t len = strlen(PHRASES);
    for (size_t i = 0; i < words->num; i++) {
        struct bytes key = words->pairs[i].key;
        if (key.len > len && memcmp(key.data, PHRASES, len) == 0)
            json_object_setn_new(phrases, (const char *)key.data + len, key.len - len,
                                 json_of_bytes(words->pairs[i].text));
    }
    return phrases;
}

/* What an address can say; not what an editor leaves beside it. */
static int is_language(const struct dirent *entry)
{
    return strspn(entry->d_name,
                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
           strlen(entry->d_name);
}

static enum err language_read(void *context, const char *folder, const char *file,
                              struct fault *fault)
{
    struct site *site = context;
    char path[PATH_MAX];
    fault_name_input(fault, file);
    if (site->num_languages == LANGUAGES_MAX || strlen(file) >= LANGUAGE_ID)
        return fault_set(fault, ERR_LIMIT, "languages", "too many, or too long a name");
    struct language_file *language = calloc(1, sizeof *language);
    if (!language)
        return fault_set(fault, ERR_MEMORY, "memory", "there is none");
    buffer_init(&language->text, LIMIT_CONFIG_FILE);
    snprintf(language->id, sizeof language->id, "%s", file);
    bool is_first = strcmp(file, FIRST) == 0;
    if (is_first && site->num_languages) {
        site->languages[site->num_languages] = site->languages[0];
        site->languages[0] = language;
    } else
        site->languages[site->num_languages] = language;
    site->num_languages++;
    enum err err = path_join(folder, file, path, fault);
    if (err == ERR_NONE)
        err = text_read(path, &language->text, fault);
    if (err == ERR_NONE)
        err = words_parse(buffer_bytes(&language->text), &language->words, fault);
    if (err == ERR_NONE)
        language->phrases = phrases_of(&language->words);
    return err;
}

static enum err languages_read(const char *pages, struct site *site, struct fault *fault)
{
    char folder[PATH_MAX];
    enum err err = path_join(pages, "languages", folder, fault);
    if (err == ERR_NONE)
        err = folder_each(folder, is_language, language_read, site, fault);
    if (err == ERR_NONE && site->num_languages == 0)
        err = fault_set(fault, ERR_NOT_FOUND, "languages", "there is none");
    /* what a language has no phrase for is said as the town says it */
    for (size_t i = 1; err == ERR_NONE && i < site->num_languages; i++)
        json_object_update_missing(site->languages[i]->phrases, site->languages[0]->phrases);
    return err;
}

/* --- what the town says --- */

static enum err policy_read(const char *path, struct site *site, struct fault *fault)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_CONFIG_FILE);
    site->policy = law_policy_default();
    enum err err = text_read(path, &text, fault);
    if (err == ERR_NOT_FOUND)
        return ERR_NONE;
    return err == ERR_NONE ? law_policy_parse(buffer_bytes(&text), &site->policy, fault) : err;
}

static enum err offices_read(const char *path, struct site *site, struct fault *fault)
{
    enum err err = text_read(path, &site->offices_text, fault);
    if (err == ERR_NOT_FOUND)
        return ERR_NONE;
    return err == ERR_NONE ? offices_parse(buffer_bytes(&site->offices_text), &site->offices, fault)
                           : err;
}

static enum err appointments_read(const char *path, struct site *site, struct fault *fault)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_CONFIG_FILE);
    enum err err = text_read(path, &text, fault);
    if (err == ERR_NOT_FOUND)
        return ERR_NONE;
    return err == ERR_NONE ? appointments_parse(buffer_bytes(&text), &site->appointments, fault)
                           : err;
}

/* --- the site --- */

static enum err site_read(const struct site_paths *paths, struct site *site, struct fault *fault)
{
    enum err err = templates_new(&site->templates);
    if (err == ERR_NONE)
        err = folder_each(paths->pages, is_template, template_read, site, fault);
    if (err == ERR_NONE)
        err = templates_check(site->templates, fault);
    if (err == ERR_NONE)
        err = templates_need(site, fault);
    if (err == ERR_NONE)
        err = languages_read(paths->pages, site, fault);
    if (err == ERR_NONE)
        err = policy_read(paths->policy, site, fault);
    if (err == ERR_NONE)
        err = offices_read(paths->offices, site, fault);
    if (err == ERR_NONE)
        err = appointments_read(paths->appointments, site, fault);
    if (err == ERR_NONE)
        err = assets_read(paths->pages, &site->assets, fault);
    site->forms = calloc(1, sizeof *site->forms);
    if (err == ERR_NONE && !site->forms)
        err = fault_set(fault, ERR_MEMORY, "memory", "there is none");
    return err == ERR_NONE ? forms_open(paths->forms, site->is_sample, site->forms, fault) : err;
}

enum err site_open(const struct site_paths *paths, struct line *line, bool is_sample,
                   const char *url, struct site **out, struct fault *fault)
{
    struct site *site = calloc(1, sizeof *site);
    if (!site)
        return fault_set(fault, ERR_MEMORY, "memory", "there is none");
    site->is_sample = is_sample;
    site->line = line;
    buffer_init(&site->offices_text, LIMIT_CONFIG_FILE);
    snprintf(site->url, sizeof site->url, "%s", url);
    enum err err = pace_new(&site->pace);
    if (err == ERR_NONE)
        err = card_logins_new(&site->card_logins);
    if (err == ERR_NONE)
        err = site_read(paths, site, fault);
    if (err != ERR_NONE)
        site_close(site);
    else
        *out = site;
    return err;
}

void site_close(struct site *site)
{
    if (!site)
        return;
    for (size_t i = 0; i < site->num_languages; i++) {
        json_decref(site->languages[i]->phrases);
        buffer_done(&site->languages[i]->text);
        free(site->languages[i]);
    }
    templates_free(site->templates);
    pace_free(site->pace);
    card_logins_free(site->card_logins);
    assets_done(&site->assets);
    if (site->forms)
        forms_done(site->forms);
    free(site->forms);
    buffer_done(&site->offices_text);
    free(site);
}

int site_watched(const struct site *site)
{
    return forms_watched(site->forms);
}
