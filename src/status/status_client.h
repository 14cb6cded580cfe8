/* What `commit` does with the status of certificates, and the only header of this room that others
 * may include: it writes the map, builds CRLs from it, publishes them, and answers the wish of
 * `status` for a responder certificate. `status` itself only reads. Promised order: durable commit,
 * then the map, then the acknowledgement (docs/PROTOCOL.status). */
#pragma once

#include "base/bytes.h"
#include "base/date.h"
#include "base/kind.h"
#include "x509/algorithm.h"

/* The state of one serial. Zero was never issued; only STATUS_GOOD is good. */
enum status_state { STATUS_NEVER, STATUS_RESERVED, STATUS_GOOD, STATUS_HELD, STATUS_REVOKED };

/* CRLReason, RFC 5280 5.3.1; the ones that this authority uses. certificateHold is STATUS_HELD. */
enum status_reason {
    STATUS_UNSPECIFIED = 0,
    STATUS_KEY_COMPROMISE = 1,
    STATUS_CA_COMPROMISE = 2,
    STATUS_AFFILIATION_CHANGED = 3,
    STATUS_SUPERSEDED = 4,
    STATUS_CESSATION_OF_OPERATION = 5,
    STATUS_PRIVILEGE_WITHDRAWN = 9
};

/* One word of the map, unpacked. */
struct status_entry {
    enum status_state state;
    enum status_reason reason; /* of STATUS_REVOKED; else STATUS_UNSPECIFIED, held included */
    uint16_t municipality; /* 0…2047: the row in etc/municipalities, not the five-digit code */
    struct date last_day;  /* the last valid day, in Japan */
    int64_t since; /* second of the revocation or hold (a held one keeps it when revoked); else 0 */
};

/* ERR_MALFORMED: a field does not fit its bits, or a reason without a revocation. */
enum err status_word_encode(const struct status_entry *entry, uint64_t *out) MUST_USE;
enum err status_word_decode(uint64_t word, struct status_entry *out) MUST_USE;
/* status_word_is_good is status_word_decode for who reads all of a map: is it STATUS_GOOD? */
bool status_word_is_good(uint64_t word);

#define STATUS_SERIAL_MAX      ((UINT64_C(1) << 28) - 1)
#define STATUS_GENERATIONS_MAX 16
#define STATUS_KEY_LEN         32

/* A generation of an authority: which serials its key signed. */
struct status_generation {
    uint8_t key[STATUS_KEY_LEN]; /* SHA-256 of the authority's SubjectPublicKeyInfo */
    uint64_t first, last;        /* last is STATUS_SERIAL_MAX while it still signs */
};

/* The map of one kind: a sparse file, shared memory between commit (writes) and status (reads).
 * Words are stored atomically; one writer. A serial beyond the file reads as STATUS_NEVER. */
struct status_map;
enum err status_map_create(const char *path, enum kind kind, struct fault *fault) MUST_USE;
/* status_map_replace begins one again where there may be something else; readers keep what they
 * had. */
enum err status_map_replace(const char *path, enum kind kind, struct fault *fault) MUST_USE;
enum err status_map_open(const char *path, enum kind kind, bool writable, struct status_map **out,
                         struct fault *fault) MUST_USE;
void status_map_free(struct status_map *map); /* takes NULL */
void status_map_cleanup(struct status_map **map);
#define CLEANUP_STATUS_MAP CLEANUP(status_map_cleanup)

/* status_map_set_generation adds a generation, or gives another range to the one of this key. */
enum err status_map_set_generation(struct status_map *map,
                                   const struct status_generation *generation) MUST_USE;
size_t status_map_generations(const struct status_map *map,
                              struct status_generation out[static STATUS_GENERATIONS_MAX]);

/* status_map_set stores one serial's word: visible to status when it returns. */
enum err status_map_set(struct status_map *map, uint64_t serial,
                        const struct status_entry *entry) MUST_USE;
enum err status_map_get(const struct status_map *map, uint64_t serial,
                        struct status_entry *out) MUST_USE;
/* status_map_word is the word as it stands: equal words say the same. */
uint64_t status_map_word(const struct status_map *map, uint64_t serial);
uint64_t status_map_highest(const struct status_map *map); /* highest serial ever set, or 0 */

/* The epoch up to which every change is in the map; set after the words. It never goes back
 * (ERR_STATE) while anyone answers. At start commit rewinds it to the one that is synced and
 * replays what is newer: after a power cut the epoch may be on the disk and a word before it not.
 */
uint64_t status_map_epoch(const struct status_map *map);
enum err status_map_set_epoch(struct status_map *map, uint64_t epoch) MUST_USE;
enum err status_map_rewind(struct status_map *map, uint64_t epoch) MUST_USE;
/* Of a follower's map: when the database was last read to its end, milliseconds of clock_boot(); 0:
 * never. Set after the words and the epoch of what was read; the writer's map has none. */
void status_map_set_fed(struct status_map *map, int64_t time);
int64_t status_map_fed(const struct status_map *map);
/* What a follower answers is at most so old: milliseconds. */
#define STATUS_FEED_MAX INT64_C(5000)
/* status_map_clear empties it in place, so that who reads it goes on with the same file: no serial
 * was issued, no generation is known, the epoch is 0, the id is another. */
enum err status_map_clear(struct status_map *map) MUST_USE;
/* status_map_sync returns when all that was stored before is on the disk. */
enum err status_map_sync(struct status_map *map) MUST_USE;
/* The id of what was filled in since the map was made or cleared: random. */
#define STATUS_MAP_ID_LEN 16
void status_map_id(const struct status_map *map, uint8_t out[static STATUS_MAP_ID_LEN]);

/* What is on the disk for certain, in a file beside the maps that is written after they are synced:
 * every change up to epoch is in the maps of these ids. entry and head: the journal's end at that
 * time or later, so that a database without that history is known. */
#define STATUS_JOURNAL_LEN 32
struct status_synced {
    uint64_t epoch;
    uint64_t entry;
    uint8_t head[STATUS_JOURNAL_LEN];
    uint8_t maps[NUM_KINDS][STATUS_MAP_ID_LEN];
};
enum err status_synced_write(const char *path, const struct status_synced *synced,
                             struct fault *fault) MUST_USE;
/* status_synced_read: false when there is none that is whole. */
bool status_synced_read(const char *path, struct status_synced *out);
/* status_synced_forget: it is gone, on the disk too; nothing happens when there is none. */
enum err status_synced_forget(const char *path, struct fault *fault) MUST_USE;

/* A listing is what is held or revoked at one moment, in the serials of the issuer's generation:
 * one scan of the map, from which the full list and those of municipalities are built afterwards,
 * on any thread; what changes meanwhile is not in it. Take the epoch before it, and thisUpdate no
 * earlier. last_this_update is the earliest of its lists'. The issuer's bytes (its certificate,
 * DER) outlive it. */
#define STATUS_MUNICIPALITIES 2048
struct status_crl_listing;
enum err status_crl_listing_new(const struct status_map *map, struct bytes issuer,
                                int64_t last_this_update, struct status_crl_listing **out,
                                struct fault *fault) MUST_USE;
/* Since when the last of them is held or revoked: a list is not older. 0: there is none. */
int64_t status_crl_listing_newest(const struct status_crl_listing *listing);
void status_crl_listing_free(struct status_crl_listing *listing); /* takes NULL */
void status_crl_listing_cleanup(struct status_crl_listing **listing);
#define CLEANUP_STATUS_CRL_LISTING CLEANUP(status_crl_listing_cleanup)

/* A CRL over a listing: every held and revoked serial, of all or of one municipality, whose last
 * day is not over at this_update, and one more time after it ended (RFC 5280 3.3). That of a
 * municipality says so in a critical issuingDistributionPoint. */
struct status_crl_request {
    uint64_t number;          /* CRL number, above the last */
    int64_t this_update;      /* above the last; nextUpdate is PROFILE_CRL_LIFE later */
    int64_t last_this_update; /* of the CRL before; 0 for the first. Decides what drops out */
    /* of a municipality's list; both empty: the full one */
    uint16_t municipality;
    struct bytes issuing_point; /* Name, DER: as in its certificates */
};

/* status_crl_build writes the DER TBSCertList into a new memfd, sealed: what
 * signer_client_crl wants. *out is the caller's to close. */
enum err status_crl_build(const struct status_crl_listing *listing,
                          const struct status_crl_request *request, int *out,
                          struct fault *fault) MUST_USE;

/* A list, by what it covers. */
#define STATUS_CODE 6
struct status_list {
    enum kind kind;
    unsigned generation;
    char municipality[STATUS_CODE]; /* its code, five digits; "": the full list */
};

/* The published folder: NAME.crl, NAME.CODE.crl (a municipality's), NAME.cer (the authority's
 * certificate). NAME is the kind's of the first generation, KIND-2 of the second, and so on. Files
 * appear whole, by rename. */
#define STATUS_NAME 32
const char *status_published_name(enum kind kind, unsigned generation,
                                  char name[static STATUS_NAME]);
const char *status_list_name(const struct status_list *list, char name[static STATUS_NAME]);
/* status_list_is_municipal: is this the name of a file about a municipality's list? */
bool status_list_is_municipal(const char *file);

/* status_crl_keep writes beside a list what is to be signed: NAME.tbs. */
enum err status_crl_keep(const char *folder, const struct status_list *list, struct bytes tbs,
                         struct fault *fault) MUST_USE;
/* status_crl_publish joins TBS and signature, and writes. */
enum err status_crl_publish(const char *folder, const struct status_list *list, int tbs_memfd,
                            enum algorithm algorithm, struct bytes signature,
                            struct fault *fault) MUST_USE;
/* status_epoch_publish notes it beside the full list, once that is published; for the lists of
 * municipalities, once all are that lacked a change of it, with the name of any. */
enum err status_epoch_publish(const char *folder, const struct status_list *list, uint64_t epoch,
                              struct fault *fault) MUST_USE;
/* Is the published list the one whose TBSCertList has this SHA-256? Is that epoch beside it? What a
 * power cut after signing leaves is not. */
bool status_crl_is_published(const char *folder, const struct status_list *list,
                             struct bytes tbs_digest);
bool status_epoch_is_published(const char *folder, const struct status_list *list, uint64_t epoch);
enum err status_authority_publish(const char *folder, enum kind kind, unsigned generation,
                                  struct bytes certificate, struct fault *fault) MUST_USE;

/* The control socket between commit and status. status asks: "a responder certificate for this key,
 * please"; commit answers one certificate for each authority, when it has them. */
#define STATUS_SPKI_MAX 128
struct status_wish {
    uint8_t spki[STATUS_SPKI_MAX]; /* SubjectPublicKeyInfo, DER, P-256 */
    size_t spki_len;
};
/* status_wish_parse reads the body of a frame from status. ERR_PEER for what is no wish. */
enum err status_wish_parse(struct bytes body, struct status_wish *out) MUST_USE;
enum err status_client_send_responder(int fd, enum kind kind, struct bytes certificate) MUST_USE;
