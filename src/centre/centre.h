/* The centre: what `commit` holds while it runs, and what it does beside the acts: at start, at
 * every turn of its loop. The acts themselves are in act.h and the tables; the database in store/.
 */
#pragma once

#include "base/kind.h"
#include "base/workers.h"
#include "centre/authority.h"
#include "centre/crl_desk.h"
#include "centre/door.h"
#include "centre/event_desk.h"
#include "centre/import.h"
#include "centre/mass.h"
#include "centre/permit_key.h"
#include "centre/session.h"
#include "centre/terminal.h"
#include "base/login_token.h"
#include "law/forecast.h"
#include "law/policy.h"
#include "signer/signer_client.h"
#include "registry/municipalities.h"
#include "registry/substitutes.h"
#include "status/status_client.h"
#include "store/store.h"

struct act_table;
struct challenges;
struct appointments;
struct signing;

#define CENTRE_PATH 512

struct centre {
    struct store *store;               /* the writer */
    struct signer_client *signer;      /* connected */
    struct signer_client *list_signer; /* the same signer, for lists beside the acts; or NULL */
    struct workers *workers;           /* from centre_start on; NULL before */
    struct signing *signing;           /* sent last, as long as it is there; borrowed */
    struct status_map *maps[NUM_KINDS];
    struct law_policy policy;
    const struct appointments *appointments; /* zeros: the town takes none */
    struct substitutes *substitutes;
    struct municipalities municipalities;
    const struct municipality *town;             /* whose residents this centre serves */
    char counter_id[PROFILE_COUNTER_ID_LEN + 1]; /* "31372001A" */
    struct profile_site *site;
    struct authorities_of_kind authorities[NUM_KINDS];
    int64_t serial_floor[NUM_KINDS]; /* the signer's */
    struct permit_keys permit_keys;
    char synced[CENTRE_PATH];      /* file that says how far the maps are on the disk */
    char published[CENTRE_PATH];   /* folder of CRLs and authorities' certificates */
    char checkpoints[CENTRE_PATH]; /* file of exported checkpoints */
    bool is_sample;
    bool makes_authorities; /* of init and authority-new: what signs is not confined, and keeps them
                             */
    const struct act_table *tables;
    size_t num_tables;
    struct door door; /* refusals that are not in the journal yet */
    struct sessions sessions;
    struct terminals terminals;
    struct challenges *login_challenges;
    char web_origin[LOGIN_ORIGIN_MAX]; /* what a card of the staff signs; "": there are no pages */
    struct mass_desk mass;
    struct import_desk import;
    struct event_desk events;
    bool has_no_erasure; /* none of the journal's data runs */
    bool is_broken;      /* something was done that could not be finished: only a new start helps */
    /* When what is periodic was last done; monotonic milliseconds. */
    int64_t last_checkpoint, last_sweep, last_map_sync, parked_counted_at;
    uint64_t synced_epoch;           /* of the maps, on the disk (centre/maps) */
    int64_t checkpoint_entry;        /* of the journal, where the last checkpoint was made */
    int64_t named_second, num_named; /* common names that were given within that second */
    int64_t appointments_daily;      /* 00:30 that old appointments were last erased at */
    int64_t notices_daily;           /* 00:30 whose notices are all made */
    int64_t forecast_daily;          /* 00:30 that certificates were last counted at, all of them */
    struct forecast_due forecast, forecast_next; /* as counted then; as far as it is counted now */
    int64_t daily;         /* 00:30 that the lists were last held against, by the clock */
    struct crl_desk crl;   /* lists of municipalities, and what is being made */
    int64_t follower_look; /* monotonic milliseconds; 0: at once */
    bool has_new_change;   /* a CRL is due within 60 s */
    int64_t change_at;     /* monotonic milliseconds of the first change that no CRL shows */
};

/* centre_open fills in what follows from the rest: whether the data are sample data, the counter's
 * id, the signer's floors. The caller has set store, signer, maps, policy, substitutes,
 * municipalities, town, site and paths. */
enum err centre_open(struct centre *centre, struct fault *fault) MUST_USE;
void centre_done(struct centre *centre); /* frees the authorities; the rest is the caller's */

/* centre_start brings everything in line before anybody is answered: it signs what is stored and
 * unsigned, replays changes newer than the map, closes what timed out. */
enum err centre_start(struct centre *centre, struct fault *fault) MUST_USE;

/* centre_turn does what has become due: CRLs, checkpoint, closing what timed out. *wait is how many
 * milliseconds it may be left alone. */
enum err centre_turn(struct centre *centre, int *wait, struct fault *fault) MUST_USE;
