/* fontconfig finds the files, with a configuration of our own that lets in two families. */
#include "paper/fonts_choose.h"

#include <cairo-ft.h>
#include <fontconfig/fontconfig.h>
#include <hb.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>
#include <stdlib.h>

#include "base/text.h"

enum { IPAEX, IPAMJ, NUM_FONTS };

static const char *const families[NUM_FONTS] = {
    [IPAEX] = "IPAexMincho", [IPAMJ] = "IPAmjMincho", /* all of 文字情報基盤, with its variants */
};

static const char configuration[] =
    "<fontconfig>"
    "<dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir>"
    "<cachedir>/var/cache/fontconfig</cachedir>"
    "<selectfont><acceptfont>"
    "<pattern><patelt name=\"family\"><string>IPAexMincho</string></patelt></pattern>"
    "<pattern><patelt name=\"family\"><string>IPAmjMincho</string></patelt></pattern>"
    "</acceptfont><rejectfont><pattern/></rejectfont></selectfont>"
    "</fontconfig>";

struct fonts {
    FcConfig *config;
    PangoFontMap *map;
    PangoContext *context;
    PangoFont *of[NUM_FONTS];
};

/* --- opening --- */

static enum err config_read(struct fonts *fonts, struct fault *fault)
{
    fonts->config = FcConfigCreate();
    if (!fonts->config ||
        !FcConfigParseAndLoadFromMemory(fonts->config, (const FcChar8 *)configuration, FcTrue) ||
        !FcConfigBuildFonts(fonts->config))
        return fault_set(fault, ERR_IO, "fontconfig", "it cannot list the fonts");
    return ERR_NONE;
}

static bool has_family(const struct fonts *fonts, const char *family)
{
    const FcFontSet *all = FcConfigGetFonts(fonts->config, FcSetSystem);
    FcChar8 *name;
    for (int i = 0; all && i < all->nfont; i++)
        if (FcPatternGetString(all->fonts[i], FC_FAMILY, 0, &name) == FcResultMatch &&
            FcStrCmp(name, (const FcChar8 *)family) == 0)
            return true;
    return false;
}

/* cairo and harfbuzz each open the file when they first need it, and keep it: now, while files may
 * be opened. */
static bool file_is_read(PangoFont *font)
{
    cairo_scaled_font_t *scaled = pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font));
    FT_Face face = scaled ? cairo_ft_scaled_font_lock_face(scaled) : NULL;
    if (face)
        cairo_ft_scaled_font_unlock_face(scaled);
    return face && hb_face_get_glyph_count(hb_font_get_face(pango_font_get_hb_font(font))) > 0;
}

static enum err font_load(struct fonts *fonts, int font, struct fault *fault)
{
    if (!has_family(fonts, families[font]))
        return fault_set(fault, ERR_NOT_FOUND, families[font], "the font is not installed");
    PangoFontDescription *description = pango_font_description_new();
    pango_font_description_set_family_static(description, families[font]);
    fonts->of[font] = pango_font_map_load_font(fonts->map, fonts->context, description);
    pango_font_description_free(description);
    return fonts->of[font] && file_is_read(fonts->of[font])
               ? ERR_NONE
               : fault_set(fault, ERR_IO, families[font], "it cannot be read");
}

/* Places on paper are not those of a screen's pixels. */
static void context_make(struct fonts *fonts)
{
    cairo_font_options_t *options = cairo_font_options_create();
    fonts->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(fonts->map), fonts->config);
    fonts->context = pango_font_map_create_context(fonts->map);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(fonts->context, options);
    pango_context_set_round_glyph_positions(fonts->context, FALSE);
    pango_context_set_language(fonts->context, pango_language_from_string("ja"));
    cairo_font_options_destroy(options);
}

enum err fonts_open(struct fonts **out, struct fault *fault)
{
    struct fonts *fonts = calloc(1, sizeof *fonts);
    if (!fonts)
        return fault_set(fault, ERR_MEMORY, "memory", "there is none");
    fault_name_input(fault, "fonts");
    enum err err = config_read(fonts, fault);
    if (err == ERR_NONE)
        context_make(fonts);
    for (int i = 0; err == ERR_NONE && i < NUM_FONTS; i++)
        err = font_load(fonts, i, fault);
    if (err != ERR_NONE)
        fonts_close(fonts);
    else
        *out = fonts;
    return err;
}

void fonts_close(struct fonts *fonts)
{
    if (!fonts)
        return;
    for (int i = 0; i < NUM_FONTS; i++)
        g_clear_object(&fonts->of[i]);
    g_clear_object(&fonts->context);
    g_clear_object(&fonts->map);
    if (fonts->config)
        FcConfigDestroy(fonts->config);
    free(fonts);
}

PangoContext *fonts_context(const struct fonts *fonts)
{
    return fonts->context;
}

/* --- choosing --- */

/* A character, and the selector of its variant: 0 when none follows. */
struct character {
    uint32_t base, selector;
};

static bool take_character(struct reader *reader, struct character *out)
{
    struct reader behind;
    uint32_t next;
    out->selector = 0;
    if (!text_next(reader, &out->base))
        return false;
    behind = *reader;
    if (text_next(&behind, &next) && text_is_variation_selector(next)) {
        out->selector = next;
        *reader = behind;
    }
    return true;
}

static bool font_has(PangoFont *font, struct character character)
{
    hb_font_t *face = pango_font_get_hb_font(font);
    hb_codepoint_t glyph;
    return character.selector
               ? hb_font_get_variation_glyph(face, character.base, character.selector, &glyph)
               : hb_font_get_nominal_glyph(face, character.base, &glyph);
}

static const char *family_of(const struct fonts *fonts, struct character character, enum hand hand)
{
    static const int order[][NUM_FONTS] = {
        [HAND_PRINTED] = {IPAEX, IPAMJ},
        [HAND_FILLED] = {IPAMJ, IPAEX},
    };
    for (int i = 0; i < NUM_FONTS; i++)
        if (character.base == '\n' || font_has(fonts->of[order[hand][i]], character))
            return families[order[hand][i]];
    return NULL;
}

enum err fonts_choose(const struct fonts *fonts, struct bytes text, enum hand hand,
                      PangoAttrList *list, struct fault *fault)
{
    struct reader reader = reader_of(text);
    struct character character;
    size_t start = 0;
    while (take_character(&reader, &character)) {
        const char *family = family_of(fonts, character, hand);
        if (!family)
            return fault_set(fault, ERR_UNSUPPORTED, "fonts", "none has U+%04X, variant %04X",
                             character.base, character.selector);
        PangoAttribute *attribute = pango_attr_family_new(family);
        attribute->start_index = (guint)start;
        attribute->end_index = (guint)(start = text.len - reader.left);
        pango_attr_list_change(list, attribute); /* joins those of one family */
    }
    return ERR_NONE;
}
