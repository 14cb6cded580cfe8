/* card-bench: what a counter does to a card, for tests that have no centre:
 *   card-bench set-pin|reset-pin IMAGE PERMIT-KEY KIND PIN
 *   card-bench make-key IMAGE PERMIT-KEY KIND PIN              prints the spare's key, PEM
 *   card-bench install IMAGE PERMIT-KEY KIND PIN LEAF AUTHORITY   DER files
 *   card-bench look IMAGE PERMIT-KEY KIND PIN                  prints bytes of spare, key, leaf,
 *                                                              authority, and the tries left */
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "bench.h"

#define APPLICATION 1

static enum err make_key(struct bench *bench, enum kind kind, char **more)
{
    struct buffer spki CLEANUP_BUFFER;
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&spki, LIMIT_CERTIFICATE);
    buffer_init(&text, LIMIT_CERTIFICATE);
    enum err err = bench_make_key(bench, kind, more[0], APPLICATION, &spki);
    pem_encode("PUBLIC KEY", buffer_bytes(&spki), &text);
    if (err == ERR_NONE)
        fputs(buffer_text(&text), stdout);
    return err;
}

static enum err install(struct bench *bench, enum kind kind, char **more)
{
    struct buffer leaf CLEANUP_BUFFER;
    struct buffer authority CLEANUP_BUFFER;
    buffer_init(&leaf, LIMIT_CERTIFICATE);
    buffer_init(&authority, LIMIT_CERTIFICATE);
    enum err err = file_read(more[1], &leaf, NULL);
    if (err == ERR_NONE)
        err = file_read(more[2], &authority, NULL);
    return err != ERR_NONE ? err
                           : bench_install(bench, kind, more[0], APPLICATION, buffer_bytes(&leaf),
                                           buffer_bytes(&authority));
}

static enum err set_pin(struct bench *bench, enum kind kind, char **more)
{
    return bench_set_pin(bench, kind, PERMIT_SET_PIN, more[0]);
}

static enum err reset_pin(struct bench *bench, enum kind kind, char **more)
{
    return bench_set_pin(bench, kind, PERMIT_RESET_PIN, more[0]);
}

/* From the image itself; the PIN is not used. */
static enum err look(struct bench *bench, enum kind kind, char **more)
{
    static struct image image;
    (void)more;
    enum err err = image_read(bench->path, &image, NULL);
    const struct image_of_kind *of = &image.kinds[kind];
    if (err == ERR_NONE)
        printf("%zu %zu %zu %zu %u\n", of->spare.len, of->key.len, of->leaf.len, of->authority.len,
               of->tries);
    return err;
}

static const struct {
    const char *name;
    int num_arguments;
    enum err (*run)(struct bench *, enum kind, char **);
} acts[] = {
    {"set-pin", 6, set_pin}, {"reset-pin", 6, reset_pin}, {"make-key", 6, make_key},
    {"install", 8, install}, {"look", 6, look},
};

int main(int argc, char **argv)
{
    struct bench bench;
    enum kind kind;
    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        if (argc != acts[i].num_arguments || strcmp(argv[1], acts[i].name) != 0 ||
            kind_parse(argv[4], &kind) != ERR_NONE)
            continue;
        enum err err = bench_open(&bench, argv[2], argv[3]);
        if (err == ERR_NONE)
            err = acts[i].run(&bench, kind, argv + 5);
        bench_done(&bench);
        if (err != ERR_NONE)
            fprintf(stderr, "card-bench: %s\n", err_sentence(err, LANGUAGE_EN));
        return err == ERR_NONE ? 0 : 2;
    }
    fprintf(stderr, "card-bench: wrong usage\n");
    return 64;
}
