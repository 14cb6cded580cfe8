/* jpkid-forms sample|real: draws the blank forms of the page for web, which starts it before its
 * sandbox, and sends each as a frame to standard output, in their order. A program of its own: what
 * draws is much code of others, and starts threads; no process that holds a secret loads it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/frame.h"
#include "base/limits.h"
#include "main/log.h"
#include "main/options.h"
#include "paper/form.h"

static enum err draw_and_send(const struct fonts *fonts, enum form form, bool is_sample,
                              struct fault *fault)
{
    const struct content blank = {.is_sample = is_sample};
    struct buffer pdf CLEANUP_BUFFER;
    buffer_init(&pdf, LIMIT_FORM);
    fault_name_input(fault, form_name(form));
    enum err err = form_draw(fonts, form, &blank, &pdf, fault);
    if (err != ERR_NONE)
        return err;
    err = frame_send(STDOUT_FILENO, buffer_bytes(&pdf));
    return err == ERR_NONE ? ERR_NONE : fault_set(fault, err, "web", "it does not take the form");
}

int main(int argc, char **argv)
{
    struct fonts *fonts = NULL;
    struct fault fault = {0};
    if (argc != 2 || (strcmp(argv[1], "sample") != 0 && strcmp(argv[1], "real") != 0)) {
        fputs("jpkid-forms: started by jpkid serve alone\n", stderr);
        return EXIT_USAGE;
    }
    log_open("web");
    enum err err = fonts_open(&fonts, &fault);
    for (enum form form = FORM_ISSUE; err == ERR_NONE && form < NUM_FORMS; form++)
        err = draw_and_send(fonts, form, strcmp(argv[1], "sample") == 0, &fault);
    fonts_close(fonts);
    if (err == ERR_NONE)
        return EXIT_DONE;
    log_fault(LOG_FAILED, &fault);
    return EXIT_UNDECIDED;
}
