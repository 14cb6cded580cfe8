/* Writes forms as files for tests/paper/form.py: draw-form FOLDER FORM|all [--sample] [ITEM=TEXT
 * …]. With "all" it says how long they took. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "paper/form.h"
#include "paper/leaks.h"

static const char *const item_names[NUM_ITEMS] = {
    [ITEM_NONE] = "",
    [ITEM_NAME] = "name",
    [ITEM_CERT_NAME] = "cert-name",
    [ITEM_FURIGANA] = "furigana",
    [ITEM_ADDRESS] = "address",
    [ITEM_BIRTH_DATE] = "birth-date",
    [ITEM_SEX] = "sex",
    [ITEM_NUMBER] = "number",
};

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void take_word(const char *word, struct form_content *content)
{
    if (strcmp(word, "--sample") == 0)
        content->is_sample = true;
    for (size_t i = 1; i < NUM_ITEMS; i++) {
        size_t len = strlen(item_names[i]);
        if (strncmp(word, item_names[i], len) == 0 && word[len] == '=')
            content->items[i] = bytes_of_text(word + len + 1);
    }
}

static enum err draw_one(const struct fonts *fonts, enum form form,
                         const struct form_content *content, const char *folder,
                         struct fault *fault)
{
    char path[512];
    struct buffer pdf CLEANUP_BUFFER;
    buffer_init(&pdf, LIMIT_FORM);
    enum err err = form_draw(fonts, form, content, &pdf, fault);
    snprintf(path, sizeof path, "%s/%s.pdf", folder, form_name(form));
    FILE *file = err == ERR_NONE ? fopen(path, "wb") : NULL;
    if (file && fwrite(pdf.data, 1, pdf.len, file) != pdf.len)
        err = ERR_IO;
    if (file)
        fclose(file);
    return err;
}

int main(int argc, char **argv)
{
    struct form_content content = {.is_sample = false};
    struct fonts *fonts = NULL;
    struct fault fault = {0};
    char text[512];
    if (argc < 3)
        return 2;
    for (int i = 3; i < argc; i++)
        take_word(argv[i], &content);
    double begun = milliseconds();
    enum err err = fonts_open(&fonts, &fault);
    for (enum form form = FORM_ISSUE; err == ERR_NONE && form < NUM_FORMS; form++)
        if (strcmp(argv[2], "all") == 0 || strcmp(argv[2], form_name(form)) == 0)
            err = draw_one(fonts, form, &content, argv[1], &fault);
    fonts_close(fonts);
    if (err != ERR_NONE)
        fprintf(stderr, "%s: %s\n", err_name(err), fault_print(&fault, text, sizeof text));
    else
        printf("%.1f ms\n", milliseconds() - begun);
    return err != ERR_NONE;
}
