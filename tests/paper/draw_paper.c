/* Writes papers as files for what other programs say of them: draw-paper FOLDER PAPER|all
 * [--sample] [ITEM=TEXT …]. "all" are the forms. It says how much of a processor each took, the
 * fonts once before it. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "paper/form.h"
#include "paper/leaks.h"
#include "paper/letter.h"

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void take_word(const char *word, struct content *content)
{
    const char *text = strchr(word, '=');
    if (strcmp(word, "--sample") == 0)
        content->is_sample = true;
    else if (text)
        content->items[content_item_of(bytes_of(word, (size_t)(text - word)))] =
            bytes_of_text(text + 1);
}

static enum err write_file(const char *folder, const char *name, const struct buffer *pdf)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.pdf", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file)
        return ERR_IO;
    bool is_whole = fwrite(pdf->data, 1, pdf->len, file) == pdf->len;
    return fclose(file) == 0 && is_whole ? ERR_NONE : ERR_IO;
}

static enum err draw_form(const struct fonts *fonts, enum form form, const struct content *content,
                          const char *folder, struct fault *fault)
{
    struct buffer pdf CLEANUP_BUFFER;
    buffer_init(&pdf, LIMIT_FORM);
    enum err err = form_draw(fonts, form, content, &pdf, fault);
    return err == ERR_NONE ? write_file(folder, form_name(form), &pdf) : err;
}

static enum err draw_letter(const struct fonts *fonts, enum letter letter,
                            const struct content *content, const char *folder, struct fault *fault)
{
    struct buffer pdf CLEANUP_BUFFER;
    buffer_init(&pdf, LIMIT_FORM);
    enum err err = letter_draw(fonts, letter, content, &pdf, fault);
    return err == ERR_NONE ? write_file(folder, letter_name(letter), &pdf) : err;
}

static enum err draw(const struct fonts *fonts, const char *name, const struct content *content,
                     const char *folder, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (enum form form = FORM_ISSUE; err == ERR_NONE && form < NUM_FORMS; form++)
        if (strcmp(name, "all") == 0 || strcmp(name, form_name(form)) == 0)
            err = draw_form(fonts, form, content, folder, fault);
    for (enum letter letter = LETTER_INQUIRY; err == ERR_NONE && letter < NUM_LETTERS; letter++)
        if (strcmp(name, letter_name(letter)) == 0)
            err = draw_letter(fonts, letter, content, folder, fault);
    return err;
}

int main(int argc, char **argv)
{
    struct content content = {.is_sample = false};
    struct fonts *fonts = NULL;
    struct fault fault = {0};
    char text[512];
    if (argc < 3)
        return 2;
    for (int i = 3; i < argc; i++)
        take_word(argv[i], &content);
    enum err err = fonts_open(&fonts, &fault);
    double begun = milliseconds();
    if (err == ERR_NONE)
        err = draw(fonts, argv[2], &content, argv[1], &fault);
    double first = milliseconds() - begun;
    if (err == ERR_NONE)
        err = draw(fonts, argv[2], &content, argv[1], &fault);
    double second = milliseconds() - begun - first;
    fonts_close(fonts);
    if (err != ERR_NONE)
        fprintf(stderr, "%s: %s\n", err_name(err), fault_print(&fault, text, sizeof text));
    else
        printf("%.1f ms, and again %.1f ms\n", first, second);
    return err != ERR_NONE;
}
