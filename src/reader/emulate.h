/* The card's end of an emulated reader: connects to the driver's socket, which inserts the card,
 * and answers until the driver hangs up. docs/PROTOCOL.emulated-reader. */
#pragma once

#include "reader/emulated_card.h"

/* emulate_insert connects. ERR_NOT_FOUND when no driver listens there. */
enum err emulate_insert(const char *socket_path, int *fd, struct fault *fault) MUST_USE;

/* emulate_serve answers orders until the driver hangs up: ERR_NONE. ERR_PEER when it talks
 * nonsense. The card is without power afterwards. Closing fd removes the card. */
enum err emulate_serve(int fd, const struct emulated_card *card) MUST_USE;
