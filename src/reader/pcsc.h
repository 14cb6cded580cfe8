/* Cards in real readers, through pcscd. What pcscd answers is distrusted like any outside bytes. */
#pragma once

#include "reader/channel.h"

#define PCSC_READERS_MAX 16
#define PCSC_NAME_MAX    128 /* with its zero */

struct pcsc_readers {
    size_t num;
    struct {
        char name[PCSC_NAME_MAX];
        bool has_card;
    } readers[PCSC_READERS_MAX];
};

/* pcsc_list: none at all is ERR_NONE and num 0; ERR_READER when pcscd cannot be reached. */
enum err pcsc_list(struct pcsc_readers *out, struct fault *fault) MUST_USE;

/* pcsc_open connects to the card in the reader of that name, or, with NULL, in the first reader
 * that has one. ERR_READER with the reason. Other programs may use the card at the same time,
 * except inside card_channel_begin. */
enum err pcsc_open(const char *name, struct card_channel *out, struct fault *fault) MUST_USE;
