/* The table of what is served beside the pages, and reading it. */
#include "web/asset.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/hash.h"

/* What is served, under which name, and where it lies below the folder of the pages. The design
 * tokens of the Digital Agency and the fonts are packages that tools/install-node-packages brings;
 * where it could not, they are empty, and style.css falls back. */
static const struct {
    const char *name, *path;
    bool is_package;
} files[] = {
    {"style.css", "style.css", false},
    {"icon.svg", "icon.svg", false},
    {"tokens.css", "node_modules/@digital-go-jp/design-tokens/dist/tokens.css", true},
    {"fonts.css", "node_modules/@fontsource-variable/noto-sans-jp/index.css", true},
};
#define FONTS "node_modules/@fontsource-variable/noto-sans-jp/files"

static const struct {
    const char *end, *content_type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".woff2", "font/woff2"},
    {".svg", "image/svg+xml"},
};

static const char *type_of(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        size_t end = strlen(types[i].end);
        if (len > end && strcmp(name + len - end, types[i].end) == 0)
            return types[i].content_type;
    }
    return NULL;
}

static enum err asset_read(struct assets *assets, const char *name, const char *path,
                           struct fault *fault)
{
    if (assets->num == ASSETS_MAX || strlen(name) >= ASSET_NAME)
        return fault_set(fault, ERR_LIMIT, "assets", "too many, or too long a name");
    struct asset *asset = &assets->of[assets->num++];
    memcpy(asset->name, name, strlen(name) + 1);
    asset->content_type = type_of(name);
    buffer_init(&asset->content, LIMIT_ASSET);
    fault_name_input(fault, path);
    return file_read(path, &asset->content, fault);
}

static int is_font(const struct dirent *entry)
{
    return type_of(entry->d_name) != NULL;
}

static enum err font_read(void *context, const char *folder, const char *file, struct fault *fault)
{
    char name[PATH_MAX], path[PATH_MAX];
    enum err err = path_join("files", file, name, fault);
    if (err == ERR_NONE)
        err = path_join(folder, file, path, fault);
    return err == ERR_NONE ? asset_read(context, name, path, fault) : err;
}

static enum err version_make(struct assets *assets)
{
    struct hash_stream *stream CLEANUP_HASH_STREAM = NULL;
    uint8_t digest[HASH_MAX];
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, ASSETS_VERSION);
    enum err err = hash_stream_new(HASH_SHA256, &stream);
    for (size_t i = 0; err == ERR_NONE && i < assets->num; i++)
        err = hash_stream_update(stream, buffer_bytes(&assets->of[i].content));
    if (err == ERR_NONE)
        err = hash_stream_finish(stream, digest);
    if (err == ERR_NONE)
        hex_encode(bytes_of(digest, ASSETS_VERSION / 2), &text);
    if (err == ERR_NONE)
        err = buffer_check(&text);
    if (err == ERR_NONE)
        memcpy(assets->version, text.data, ASSETS_VERSION);
    return err;
}

enum err assets_read(const char *pages, struct assets *out, struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < COUNT_OF(files); i++) {
        err = path_join(pages, files[i].path, path, fault);
        if (err == ERR_NONE)
            err = asset_read(out, files[i].name, path, fault);
        if (err == ERR_NOT_FOUND && files[i].is_package)
            err = ERR_NONE;
    }
    if (err == ERR_NONE)
        err = path_join(pages, FONTS, path, fault);
    if (err == ERR_NONE)
        err = folder_each(path, is_font, font_read, out, fault);
    if (err == ERR_NOT_FOUND)
        err = ERR_NONE;
    return err == ERR_NONE ? version_make(out) : err;
}

void assets_done(struct assets *assets)
{
    for (size_t i = 0; i < assets->num; i++)
        buffer_done(&assets->of[i].content);
    assets->num = 0;
}

void assets_answer(const struct assets *assets, const char *rest, struct http_response *response)
{
    bool is_ours =
        strncmp(rest, assets->version, ASSETS_VERSION) == 0 && rest[ASSETS_VERSION] == '/';
    for (size_t i = 0; is_ours && i < assets->num; i++)
        if (strcmp(rest + ASSETS_VERSION + 1, assets->of[i].name) == 0) {
            response->content_type = assets->of[i].content_type;
            http_response_header(response, "Cache-Control", "public, max-age=31536000, immutable");
            buffer_put_bytes(&response->body, buffer_bytes(&assets->of[i].content));
            return;
        }
    http_response_text(response, 404, "There is nothing here.");
}
