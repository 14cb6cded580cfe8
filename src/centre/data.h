/* The data folder as `commit` uses it: opened into a struct centre, and made by `jpkid init`. Paths
 * are the caller's; nothing here knows where the folder is. */
#pragma once

#include "centre/centre.h"
#include "centre/maps.h"
#include "law/appointments.h"

struct data_paths {
    const char *database; /* an address (store_open) */
    const char *maps[NUM_KINDS];
    const char *synced;         /* file beside the maps */
    const char *published;      /* folder of CRLs and authorities' certificates */
    const char *checkpoints;    /* file; its folder is there */
    const char *municipalities; /* files of etc/ */
    const char *substitutes;
    const char *policy;       /* NULL: the rows as delivered */
    const char *profile;      /* NULL: as delivered */
    const char *appointments; /* NULL or not there: the town takes none */
};

/* A centre and what it stands on. */
struct data {
    struct centre centre;
    struct signer_client signer, list_signer;
    struct substitutes substitutes;
    struct profile_site site;
    struct appointments appointments;
    enum maps_were maps_were;
};

/* data_open_database opens the town's files and the database alone, brings that to this program's
 * version and claims it: no signer, no maps. data_done frees. */
enum err data_open_database(const struct data_paths *paths, const char *municipality,
                            struct data *out, struct fault *fault) MUST_USE;
/* data_open opens everything and claims the database. signer_fd is a connected socket to the
 * signer, taken over in every case; municipality is the code of the town. Afterwards centre_start
 * brings it in line. data_done frees; takes a zeroed struct. */
enum err data_open(const struct data_paths *paths, int signer_fd, const char *municipality,
                   struct data *out, struct fault *fault) MUST_USE;
/* data_open_lists has the signer open a second socket, so that lists are made beside the acts. */
enum err data_open_lists(struct data *data, struct fault *fault) MUST_USE;
void data_done(struct data *data);

/* What a new folder begins with. Files are the content of a CSV, empty for none. */
struct data_first {
    bool is_sample;
    const char *municipality;
    struct bytes staff;     /* name,label,roles,uid,office */
    struct bytes residents; /* registry/item.h */
    /* Called when the authorities are made, before the journal's first checkpoint; or NULL. */
    enum err (*last)(void *context, struct centre *centre, struct fault *fault);
    void *context;
};

/* data_create makes database, maps and both authorities, writes staff and residents, publishes the
 * authorities and the first CRLs. The files do not exist (ERR_EXISTS). Takes over signer_fd. */
enum err data_create(const struct data_paths *paths, int signer_fd, const struct data_first *first,
                     struct fault *fault) MUST_USE;
