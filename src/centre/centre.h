/* The centre: what `commit` holds while it runs, and what it does beside the acts: at start, at
 * every turn of its loop. The acts themselves are in act.h and the tables; the database in store/.
 */
#pragma once

#include "base/kind.h"
#include "law/policy.h"
#include "signer/signer_client.h"
#include "status/status_client.h"
#include "store/store.h"

struct act_table;

#define CENTRE_PATH 512

/* Where this centre issues: what certificates say about it. From etc/, copied at start. */
struct centre_town {
    char code[6];        /* "31372" */
    char prefecture[64]; /* "Tottori-ken" */
    char name[64];       /* "Hokuei-cho" */
    char counter[4];     /* "001" */
    uint16_t row;        /* in etc/municipalities, for the status map */
};

struct centre {
    struct store *store;          /* the writer */
    struct signer_client *signer; /* connected */
    struct status_map *maps[NUM_KINDS];
    struct law_policy policy;
    struct centre_town town;
    char ocsp_url[256]; /* stands in authentication certificates */
    char cps_url[256];
    char published[CENTRE_PATH];   /* folder of CRLs and authorities' certificates */
    char checkpoints[CENTRE_PATH]; /* file of exported checkpoints */
    bool is_sample;
    const struct act_table *tables;
    size_t num_tables;
    /* When what is periodic was last done; monotonic milliseconds. */
    int64_t last_checkpoint, last_sweep;
    bool has_new_change; /* a CRL is due within 60 s */
    int64_t change_at;   /* monotonic milliseconds of the first change that no CRL shows */
};

/* centre_start brings everything in line before anybody is answered: it signs what is stored and
 * unsigned, replays changes newer than the map, closes what timed out. */
enum err centre_start(struct centre *centre, struct fault *fault) MUST_USE;

/* centre_turn does what has become due: checkpoint, CRLs, responder certificates of the status
 * control socket are not its business. Returns how many milliseconds it may be left alone. */
int centre_turn(struct centre *centre, struct fault *fault);
