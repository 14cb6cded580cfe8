/* jpki card emulate: joins the chip over an image file with the driver's socket, until the driver
 * hangs up. Ending this program removes the card. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include "base/file.h"
#include "main/card.h"
#include "main/chip_card.h"
#include "reader/emulate.h"

const struct option card_emulate_options[] = {{0}};

static enum err save_image(void *context, const struct image *image)
{
    return image_write(context, image, NULL);
}

/* A card is in one reader at a time. *fd holds the lock until it is closed. */
static enum err lock_image(const char *path, int *fd, struct fault *fault)
{
    char lock[PATH_MAX];
    int len = snprintf(lock, sizeof lock, "%s.lock", path);
    fault_name_input(fault, path);
    if (len < 0 || (size_t)len >= sizeof lock)
        return fault_set(fault, ERR_LIMIT, "path", "too long");
    *fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0)
        return fault_set(fault, ERR_IO, "lock", "%s cannot be opened", lock);
    if (flock(*fd, LOCK_EX | LOCK_NB) != 0)
        return fault_set(fault, ERR_STATE, "one reader at a time", "the card is in another one");
    return ERR_NONE;
}

static enum err emulate(const char *path, const char *socket_path, struct fault *fault)
{
    static struct image image;
    struct chip *chip CLEANUP_CHIP = NULL;
    int lock CLEANUP_FD = -1;
    int fd CLEANUP_FD = -1;
    char *owned_path = (char *)(uintptr_t)path; /* read only by save_image */
    enum err err = image_read(path, &image, fault);
    if (err == ERR_NONE)
        err = lock_image(path, &lock, fault);
    if (err == ERR_NONE)
        err = image_read(path, &image, fault);
    if (err == ERR_NONE)
        err = chip_new(&image, (struct chip_store){save_image, owned_path}, &chip);
    image_done(&image);
    if (err == ERR_NONE)
        err = emulate_insert(socket_path, &fd, fault);
    if (err != ERR_NONE)
        return err;
    const struct emulated_card card = chip_card(chip);
    err = emulate_serve(fd, &card);
    fault_name_input(fault, socket_path);
    return err == ERR_NONE ? err : fault_set(fault, err, "reader", "the driver talks nonsense");
}

int run_card_emulate(const struct command *command, int argc, char **argv)
{
    const char *values[1];
    struct fault fault = {0};
    if (!options_read(argc, argv, command->options, values, 0))
        return EXIT_USAGE;
    if (optind + 2 != argc)
        return complain_usage(say("card emulate IMAGE SOCKET", "card emulate イメージ ソケット"));
    enum err err = emulate(argv[optind], argv[optind + 1], &fault);
    if (err == ERR_NONE)
        return EXIT_DONE;
    return fault.code == err ? complain_fault(&fault) : complain_err(argv[optind], err);
}
