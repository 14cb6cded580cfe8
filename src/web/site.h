/* What the pages are made of: templates, languages, what the town says. Read whole before the first
 * visitor, and never changed; only the program that draws can be lost. */
#pragma once

#include "guide/offices.h"
#include "guide/words.h"
#include "http/template.h"
#include "law/appointments.h"
#include "web/asset.h"
#include "web/forms.h"
#include "web/line.h"
#include "web/pace.h"

#define LANGUAGES_MAX 16
#define LANGUAGE_ID   16
#define SITE_URL      256

struct language_file {
    char id[LANGUAGE_ID]; /* the file's name, and what an address says: ja, en, ja-easy */
    struct buffer text;
    struct words words;
    json_t *phrases; /* of the pages: what stands under "page." */
};

struct card_logins;

struct site {
    bool is_sample;
    char url[SITE_URL]; /* under which people reach the pages, without a slash at its end */
    struct law_policy policy;
    struct buffer offices_text;
    struct offices offices;
    struct appointments appointments; /* commit decides by the same file */
    struct templates *templates;
    struct assets assets;
    struct forms *forms; /* what draws is asked by several threads in turn */
    struct line *line;   /* to commit; borrowed */
    struct pace *pace;
    struct card_logins *card_logins;
    size_t num_languages; /* the first is what a stranger gets */
    struct language_file *languages[LANGUAGES_MAX];
};

/* Where all that lies; each a path. Files of the town that are not there: the compiled policy, no
 * offices, no appointments. */
struct site_paths {
    const char *pages, *policy, *offices, *appointments;
    const char *forms; /* the program that draws them */
};

/* site_open: a fault names the file and what is wrong in it. */
enum err site_open(const struct site_paths *paths, struct line *line, bool is_sample,
                   const char *url, struct site **out, struct fault *fault) MUST_USE;
void site_close(struct site *site); /* takes NULL */
/* site_watched gives a descriptor on which poll says POLLHUP when the site must be opened anew. */
int site_watched(const struct site *site);

extern const struct http_route site_routes[];
extern const size_t num_site_routes;
