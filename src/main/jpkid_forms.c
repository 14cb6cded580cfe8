/* jpkid-forms sample|real: draws papers for web, which starts it before its sandbox and talks to it
 * through standard output, a socket. First it sends the blank forms of the page, in their order, a
 * frame each; then it gives up its files and answers requests (paper/serve.h) until web closes. A
 * program of its own: what draws is much code of others, and starts threads; no process that holds
 * a secret loads it. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/frame.h"
#include "base/limits.h"
#include "main/log.h"
#include "main/options.h"
#include "paper/form.h"
#include "paper/serve.h"

#define KEPT (16 * 1024 * 1024)

/* A page needs some megabytes for a moment. Given back to the kernel each time, they cost more than
 * the page: half of its processor time was spent on that. */
static void keep_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, KEPT);
    mallopt(M_MMAP_THRESHOLD, KEPT);
}

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

static enum err confine(struct fault *fault)
{
    struct sandbox_report report;
    char text[512];
    enum err err = paper_confine(&report, fault);
    if (err == ERR_NONE)
        log_say(LOG_CONFINED, LOG_ALONE, "jpkid-forms: %s",
                sandbox_print(&paper_plan, &report, text, sizeof text));
    return err;
}

static enum err run(const struct fonts *fonts, bool is_sample, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (enum form form = FORM_ISSUE; err == ERR_NONE && form < NUM_FORMS; form++)
        err = draw_and_send(fonts, form, is_sample, fault);
    fault_name_input(fault, "jpkid-forms");
    if (err == ERR_NONE)
        err = confine(fault);
    return err == ERR_NONE ? paper_serve(STDOUT_FILENO, fonts, is_sample, fault) : err;
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
    keep_memory();
    signal(SIGTERM, SIG_IGN); /* of systemd, to all: it ends because web does, not before it */
    enum err err = fonts_open(&fonts, &fault);
    if (err == ERR_NONE)
        err = run(fonts, strcmp(argv[1], "sample") == 0, &fault);
    fonts_close(fonts);
    if (err == ERR_NONE)
        return EXIT_DONE;
    log_fault(LOG_FAILED, &fault);
    return EXIT_UNDECIDED;
}
