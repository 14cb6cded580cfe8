/* The file tree: applications, elementary files, what they hold and who may read them. SELECT, READ
 * BINARY and READ RECORD; no file is written here. */
#pragma once

#include "chip/session.h"

enum file_type { FILE_BYTES, FILE_RECORD, FILE_PIN, FILE_KEY };

struct file {
    enum applet applet;
    uint8_t id;
    enum file_type type;
    enum kind kind;  /* of the certificate, key or PIN */
    bool is_guarded; /* readable only after that kind's PIN */
    void (*content)(const struct image *image, enum kind kind, struct buffer *out); /* or NULL */
};

/* file_find answers NULL when the application has no such file. The short identifier of a file is
 * its number. */
const struct file *file_find(enum applet applet, unsigned id);

command_function file_select, file_read_binary, file_read_record;
