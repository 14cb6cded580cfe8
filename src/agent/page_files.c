#include "agent/page_files.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"

/* The design tokens are a package that may not be there: then style.css has colours of its own. */
static const struct {
    const char *address, *path;
    bool is_package;
} styles[NUM_STYLES] = {
    {"/tokens.css", "node_modules/@digital-go-jp/design-tokens/dist/tokens.css", true},
    {"/style.css", "style.css", false},
    {"/agent.css", "agent/agent.css", false},
};

static enum err template_read(struct page_files *files, const char *pages, const char *folder,
                              const char *name, struct fault *fault)
{
    char file[64], path[PATH_MAX];
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_PAGE_TEMPLATE);
    snprintf(file, sizeof file, "%s/%s.html", folder, name);
    enum err err = path_join(pages, file, path, fault);
    if (err == ERR_NONE)
        err = file_read(path, &text, fault);
    return err == ERR_NONE ? templates_add(files->templates, name, buffer_bytes(&text), fault)
                           : err;
}

static enum err style_read(struct page_files *files, const char *pages, size_t which,
                           struct fault *fault)
{
    char path[PATH_MAX];
    buffer_init(&files->styles[which], LIMIT_ASSET);
    enum err err = path_join(pages, styles[which].path, path, fault);
    if (err == ERR_NONE)
        err = file_read(path, &files->styles[which], fault);
    return err == ERR_NOT_FOUND && styles[which].is_package ? ERR_NONE : err;
}

enum err page_files_read(struct page_files *files, const char *pages, const char *folder,
                         const char *const *names, size_t num_names, struct fault *fault)
{
    enum err err = templates_new(&files->templates);
    for (size_t i = 0; err == ERR_NONE && i < num_names; i++)
        err = template_read(files, pages, folder, names[i], fault);
    if (err == ERR_NONE)
        err = templates_check(files->templates, fault);
    for (size_t i = 0; err == ERR_NONE && i < NUM_STYLES; i++)
        err = style_read(files, pages, i, fault);
    return err;
}

void page_files_done(struct page_files *files)
{
    for (size_t i = 0; i < NUM_STYLES; i++)
        buffer_done(&files->styles[i]);
    templates_free(files->templates);
}

struct bytes page_files_style(const struct page_files *files, const char *path)
{
    for (size_t i = 0; i < NUM_STYLES; i++)
        if (strcmp(path, styles[i].address) == 0)
            return buffer_bytes(&files->styles[i]);
    return bytes_of("", 0);
}
