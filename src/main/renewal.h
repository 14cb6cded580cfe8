/* A next key, while the service stands still: the data folder is locked, a signer of its own makes
 * the key, the centre takes it up. What `jpkid authority-new` and `jpkid permit-key-new` share. */
#pragma once

#include "main/centre_files.h"
#include "main/offline_signer.h"

struct renewal {
    const char *folder;
    struct offline_signer wanted; /* the kind, or the permit key; the rest is filled in */
    /* prepare finds out in the database what the signer is to make; or NULL. */
    enum err (*prepare)(struct renewal *renewal, const struct centre_files *files,
                        struct fault *fault);
    /* run takes the key up, with the centre open and that signer behind it. */
    enum err (*run)(struct renewal *renewal, struct centre *centre, struct fault *fault);
    void *context;
};

/* renewal_run does all of it for the command of that name, from the options that both have: the
 * data folder, the descriptor of the passphrase, the clock; NULL: not given. Returns an exit
 * status, after a complaint if not EXIT_DONE. Cut short, it is run again and goes on with the key
 * that was made. */
int renewal_run(struct renewal *renewal, const char *name, const char *passphrase_fd,
                const char *clock);
