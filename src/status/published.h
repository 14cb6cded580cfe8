/* The published folder's files: NAME.crl, NAME.epoch, NAME.cer, where NAME is the kind's of its
 * first generation, KIND-2 of the second, and so on; a municipality's list is NAME.CODE.crl, and
 * those of all have one NAME.municipal.epoch. */
#pragma once

#include <limits.h>

#include "base/bytes.h"
#include "base/kind.h"
#include "status/status_client.h"

enum err published_path(const char *folder, const char *name, const char *suffix,
                        char path[static PATH_MAX]) MUST_USE;
/* published_epoch_name is the name of the epoch's file that tells about the list. */
const char *published_epoch_name(const struct status_list *list, char name[static STATUS_NAME]);
/* published_parse reads NAME and the ending (".cer", or ""); published_parse_list the name of a
 * list's file, with CODE or without. ERR_NOT_FOUND for what is none. */
enum err published_parse(const char *name, const char *ending, struct status_list *out) MUST_USE;
enum err published_parse_list(const char *name, struct status_list *out) MUST_USE;
