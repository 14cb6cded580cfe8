/* The data folder of the service: what lies where, and with which mode. Made whole by `jpkid init`,
 * or `jpkid follow` on a node that follows, under another name until it is complete. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/bytes.h"

enum data_item {
    DATA_SIGNED_LOG,
    DATA_SIGNER,    /* sealed keys, signed.log, the authorities' certificates */
    DATA_DATABASE,  /* the folder of the database */
    DATA_STATUS,    /* the maps */
    DATA_PUBLISHED, /* CRLs and authorities' certificates, for everyone */
    DATA_JOURNAL,   /* exported checkpoints, to be carried away */
    DATA_RUN,       /* sockets */
    DATA_ETC,       /* what the town decides: policy, municipalities, … */
    DATA_POLICY,    /* files of etc/ */
    DATA_OFFICES,
    DATA_APPOINTMENTS,
    DATA_MUNICIPALITIES,
    DATA_SUBSTITUTES,
    DATA_PROFILE,
    DATA_DATABASE_FILE,
    DATA_DATABASE_DUMP,    /* in a backup: pg_dump's, in the place of that file */
    DATA_DATABASE_ADDRESS, /* of a database that is not that file; may hold a password */
    DATA_MAP_SIGNATURE,
    DATA_MAP_AUTHENTICATION,
    DATA_MAP_SYNCED, /* how far the maps are on the disk */
    DATA_CHECKPOINTS,
    DATA_BACKUPS,  /* a line for each backup that was made */
    DATA_CEREMONY, /* the record of the ceremony, if there was one */
    DATA_ACTS_SOCKET,
    DATA_LOCK,
    DATA_FOLLOWER_KEY,    /* of a node that follows: its private key, PKCS#8 */
    DATA_FOLLOWER_PUBLIC, /* and its public half, PEM */
    DATA_SAMPLE,          /* a file that is there when the data are 見本／SAMPLE */
    NUM_DATA_ITEMS
};

/* data_path joins root and the item's name; ERR_LIMIT when that is too long. */
enum err data_path(const char *root, enum data_item item, char path[static PATH_MAX],
                   struct fault *fault) MUST_USE;

/* data_folder_make makes a new, empty folder of that layout beside `root`, and writes its name to
 * `temporary`. ERR_EXISTS when root is there already. */
enum data_layout { DATA_OF_WRITER, DATA_OF_FOLLOWER };
enum err data_folder_make(const char *root, enum data_layout layout,
                          char temporary[static PATH_MAX], struct fault *fault) MUST_USE;
/* data_folder_finish gives it its name; data_folder_remove takes an unfinished one away. */
enum err data_folder_finish(const char *temporary, const char *root, struct fault *fault) MUST_USE;
void data_folder_remove(const char *temporary);

/* data_folder_lock: one service on one folder. The lock lives as long as *fd. ERR_STATE when
 * another has it, ERR_NOT_FOUND when the folder is none of ours. */
enum err data_folder_lock(const char *root, int *fd, struct fault *fault) MUST_USE;

/* data_item_create makes the item's file, which is new; data_sample_mark the one of sample data. */
enum err data_item_create(const char *root, enum data_item item, struct bytes content, mode_t mode,
                          struct fault *fault) MUST_USE;
enum err data_sample_mark(const char *root, struct fault *fault) MUST_USE;
bool data_is_sample(const char *root);
/* data_address_read gives the address of the database; ERR_NOT_FOUND when it is a file in the
 * folder. */
enum err data_address_read(const char *root, char out[static PATH_MAX],
                           struct fault *fault) MUST_USE;
/* data_is_follower: the folder was made by `jpkid follow`. */
bool data_is_follower(const char *root);
