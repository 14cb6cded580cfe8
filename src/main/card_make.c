/* jpki card make: personalises a card into an image file, and writes beside it the record by which
 * the centre will know it. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "chip/personalise.h"
#include "client/card_record.h"
#include "main/card.h"

enum make_option { MAKE_NONE, MAKE_PERMIT_KEY, MAKE_CARD_ID, MAKE_OLD, NUM_MAKE_OPTIONS };

const struct option card_make_options[] = {
    {"permit-key", required_argument, NULL, MAKE_PERMIT_KEY},
    {"card-id", required_argument, NULL, MAKE_CARD_ID},
    {"old", no_argument, NULL, MAKE_OLD},
    {0},
};

/* The public key of a PEM file, as DER. */
static enum err read_public_key(const char *path, struct buffer *spki, struct fault *fault)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_KEY_FILE);
    fault_name_input(fault, path);
    enum err err = file_read(path, &text, fault);
    if (err != ERR_NONE)
        return err;
    err = pem_decode(buffer_bytes(&text), "PUBLIC KEY", spki, NULL);
    if (err != ERR_NONE)
        return fault_set(fault, err, "PEM", "it holds no \"PUBLIC KEY\"");
    return ERR_NONE;
}

static enum err write_record(const char *image_path, const struct image *image, struct fault *fault)
{
    char path[PATH_MAX];
    struct card_record record;
    struct buffer spki CLEANUP_BUFFER;
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&spki, CARD_KEY_LEN);
    buffer_init(&text, LIMIT_KEY_FILE);
    int len = snprintf(path, sizeof path, "%s.pub", image_path);
    if (len < 0 || (size_t)len >= sizeof path)
        return fault_set(fault, ERR_LIMIT, "path", "too long");
    enum err err = personalise_public_key(image, &spki);
    if (err != ERR_NONE || spki.len != sizeof record.spki)
        return fault_set(fault, err != ERR_NONE ? err : ERR_CRYPTO, "card key", "cannot be told");
    memcpy(record.id, image->card_id, sizeof record.id);
    memcpy(record.spki, spki.data, sizeof record.spki);
    card_record_encode(&record, &text);
    err = buffer_check(&text);
    return err != ERR_NONE ? err : file_replace(path, buffer_bytes(&text), 0644, fault);
}

static enum err make_card(const char *path, const char *const *values, struct fault *fault)
{
    static struct image image;
    bool is_old = values[MAKE_OLD] != NULL;
    uint8_t id[CARD_ID_LEN];
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, LIMIT_KEY_FILE);
    enum err err = card_id_parse(values[MAKE_CARD_ID], id, fault);
    if (err == ERR_NONE && !is_old)
        err = read_public_key(values[MAKE_PERMIT_KEY], &spki, fault);
    if (err == ERR_NONE)
        err = personalise(id, buffer_bytes(&spki), is_old, &image, fault);
    if (err == ERR_NONE)
        err = image_create(path, &image, fault);
    if (err == ERR_NONE && !is_old)
        err = write_record(path, &image, fault);
    image_done(&image);
    return err;
}

int run_card_make(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_MAKE_OPTIONS] = {0};
    struct fault fault = {0};
    if (!options_read(argc, argv, command->options, values, NUM_MAKE_OPTIONS))
        return EXIT_USAGE;
    if (optind + 1 != argc || !values[MAKE_CARD_ID] ||
        (!values[MAKE_PERMIT_KEY] && !values[MAKE_OLD]))
        return complain_usage(
            say("card make IMAGE --permit-key FILE --card-id N, or IMAGE --card-id N --old",
                "card make イメージ --permit-key ファイル --card-id 番号 (または --old)"));
    if (make_card(argv[optind], values, &fault) == ERR_NONE)
        return EXIT_DONE;
    complain_fault(&fault);
    return fault.code == ERR_MALFORMED && strcmp(fault.input, "card id") == 0 ? EXIT_USAGE
                                                                              : EXIT_UNDECIDED;
}
