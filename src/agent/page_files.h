/* Templates and style sheets of pages on this computer, as files have them. The style is that of
 * the town's pages, with what only these need. */
#pragma once

#include "http/template.h"

#define NUM_STYLES 3

struct page_files {
    struct templates *templates;
    struct buffer styles[NUM_STYLES];
};

/* page_files_read reads the named templates of a folder in `pages`, and the style sheets; a fault
 * names the file. After an error page_files_done frees what was read. */
enum err page_files_read(struct page_files *files, const char *pages, const char *folder,
                         const char *const *names, size_t num_names, struct fault *fault) MUST_USE;
void page_files_done(struct page_files *files);
/* page_files_style is that of a style sheet that pages ask for by this path; empty when there is no
 * such. Borrowed. */
struct bytes page_files_style(const struct page_files *files, const char *path);
