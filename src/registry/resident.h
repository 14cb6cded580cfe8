/* A resident as the town's register has them, in this room's one struct; looked up, written, and
 * compared. The register keeps what people are called as they are called: what a certificate says
 * is made from it by resident_four. page:S09 page:S14 */
#pragma once

#include "base/card_id.h"
#include "base/date.h"
#include "law/outcome.h"
#include "registry/birth_date.h"
#include "registry/municipalities.h"
#include "registry/name.h"
#include "store/store.h"

enum sex { SEX_MISSING, SEX_MALE, SEX_FEMALE, SEX_UNKNOWN }; /* 1 to 3 as in certificates */

enum residence {
    RESIDENCE_HERE,
    RESIDENCE_MOVED_OUT,
    RESIDENCE_ABROAD,
    RESIDENCE_DIED,
    RESIDENCE_DEREGISTERED,
};

/* 成年被後見人, 被保佐人, 被補助人; only the first is a ward. page:S15 */
enum standing { STANDING_NONE, STANDING_WARD, STANDING_CURATEE, STANDING_ASSISTED };

#define NOTE_TEXT 401

/* A date of year 0 is none. Texts are empty where there is nothing. */
struct resident {
    int64_t number; /* of the register (宛名番号), not of the card */
    struct person_name name;
    char kana[NAME_TEXT];
    struct date born; /* may be incomplete */
    enum sex sex;
    char postcode[9]; /* "689-2292" */
    char address[ADDRESS_TEXT];
    char telephone[16];
    char municipality[6];
    enum residence residence;
    struct date leaves_on; /* first day on which they do not live here; may lie ahead */
    enum standing standing;
    int64_t representative; /* the legal representative that the register shows; 0: none */
    char card_id[CARD_ID_LEN + 1];
    enum card_state card_state; /* counts where there is a card_id */
    struct date card_until;     /* last day of the card as it is now */
    bool has_old_card;          /* 住民基本台帳カード. page:S13 */
    struct date stay_until;     /* of a limited stay */
    bool is_special_period;     /* stay_until is the interim end (特例期間) */
    char language[3];           /* "ja" */
    bool is_protected;          /* 支援措置: the address is told to nobody */
    bool is_sample;
    char note[NOTE_TEXT]; /* sample data: why this resident is there */
};

enum err resident_find(struct store *store, int64_t number, struct resident *out,
                       struct fault *fault) MUST_USE;
enum err resident_find_by_card(struct store *store, const char *card_id, struct resident *out,
                               struct fault *fault) MUST_USE;
/* resident_next walks by number: the first one above `after`; ERR_NOT_FOUND at the end.
 * resident_next_born stays among those of one birth date (as written, incomplete or not);
 * resident_next_leaving among those who are here and whose leaves_on is `day` or earlier. */
enum err resident_next(struct store *store, int64_t after, struct resident *out,
                       struct fault *fault) MUST_USE;
enum err resident_next_born(struct store *store, struct date born, int64_t after,
                            struct resident *out, struct fault *fault) MUST_USE;
enum err resident_next_leaving(struct store *store, struct date day, int64_t after,
                               struct resident *out, struct fault *fault) MUST_USE;

/* resident_insert and resident_update write in the open transaction. ERR_EXISTS: number or card is
 * taken; ERR_NOT_FOUND: nobody has the number. Call resident_check first. */
enum err resident_insert(struct store *store, const struct resident *resident,
                         struct fault *fault) MUST_USE;
enum err resident_update(struct store *store, const struct resident *resident,
                         struct fault *fault) MUST_USE;

/* resident_check holds a record against itself: what must be there, what excludes each other, an
 * address that belongs to the municipality, 見本 in the address of sample data. ERR_MALFORMED. */
enum err resident_check(const struct resident *resident,
                        const struct municipalities *municipalities, struct fault *fault) MUST_USE;

/* Does this person live in that municipality on that day? A fact for law. page:S14 */
bool resident_lives_in(const struct resident *resident, const char *municipality, struct date on);

/* Are name, birth date, sex and address the same in both records? A fact for law. page:S09 */
bool resident_has_same_four(const struct resident *a, const struct resident *b);

/* The basic four as they stand in a certificate. */
struct resident_four {
    struct certificate_text name, address;
    char birth_date[BIRTH_DATE_TEXT];
    char sex[2]; /* "1", "2", "3" */
};
enum err resident_four(const struct resident *resident, const struct substitutes *substitutes,
                       struct resident_four *out, struct fault *fault) MUST_USE;
