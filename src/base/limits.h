/* Every limit has a name, and lives here. Bytes unless the name says otherwise. */
#pragma once

#define LIMIT_CERTIFICATE (8 * 1024)          /* one certificate, DER */
#define LIMIT_SIGNATURE   512                 /* RSA-4096 */
#define LIMIT_REQUEST     (8 * 1024)          /* one PKCS#10 request, DER */
#define LIMIT_CRL         (512 * 1024 * 1024) /* one CRL, DER */
#define LIMIT_CRL_ENTRIES (16 * 1024 * 1024)  /* serials, of all municipalities together */
#define LIMIT_CRL_PART    32                  /* lists stored in one transaction */
#define LIMIT_CRL_RUN                                                                              \
    256 /* municipalities whose lists are made before a change is looked for again */
#define LIMIT_PUSH_SET         (80 * 1024 * 1024) /* one push set; two bits a serial at worst */
#define LIMIT_OCSP_REQUEST     (4 * 1024)
#define LIMIT_OCSP_RESPONSE    (16 * 1024)
#define LIMIT_CMS_ATTACHED     (16 * 1024 * 1024) /* content carried inside the CMS */
#define LIMIT_CMS_DETACHED     (64 * 1024)        /* a CMS without its content */
#define LIMIT_FRAME            (1024 * 1024)      /* one message between two of our processes */
#define LIMIT_CONFIG_FILE      (256 * 1024)
#define LIMIT_CSV_FILE         (64 * 1024 * 1024)
#define LIMIT_CSV_LINE         (4 * 1024)
#define LIMIT_CSV_FAULTS       1000              /* bad lines reported in one import */
#define LIMIT_STORE_VALUE      (4 * 1024 * 1024) /* one text or blob of the database */
#define LIMIT_MIGRATION        (64 * 1024)       /* SQL of one migration */
#define LIMIT_KEY_FILE         (16 * 1024)
#define LIMIT_CARD_IMAGE       (64 * 1024)
#define LIMIT_APDU             (65536 + 16)
#define LIMIT_HTTP_BODY        (64 * 1024)
#define LIMIT_ASSET            (1024 * 1024) /* a style sheet or font of the pages */
#define LIMIT_PAGE_TEMPLATE    (256 * 1024)
#define LIMIT_FORM             (512 * 1024)     /* a form of the page as PDF */
#define LIMIT_PAPER_ANSWER     (LIMIT_FORM + 1) /* it, or why not */
#define LIMIT_FORM_ITEM        512              /* what is filled into one of its boxes */
#define LIMIT_PAPER_TEXT       (4 * 1024)       /* one box or paragraph, filled in */
#define LIMIT_PAPER_REQUEST    (64 * 1024)      /* which paper, and what is known, JSON */
#define LIMIT_PAPER_LETTERS    20               /* letters in one PDF */
#define LIMIT_SEAL_LABEL       64
#define LIMIT_PATH_FILES       1024        /* certificates, or CRLs, given to one path validation */
#define LIMIT_PATH_CERTIFICATE (64 * 1024) /* one of them, of any profile */
#define LIMIT_DER_DEPTH        24
#define LIMIT_ACT_FILE         (512 * 1024) /* a file inside a request on the acts socket */
#define LIMIT_ACT_VALUES       256          /* values in one request, names not counted */
#define LIMIT_ACT_CLIENTS      64           /* connections to the acts socket at one time */
/* Acts taken into one transaction: half of what can wait, so that one half is decided while the
 * other is signed. */
#define LIMIT_ACT_BATCH     (LIMIT_ACT_CLIENTS / 2)
#define LIMIT_JOURNAL_ENTRY (4 * 1024) /* one entry as it stands in the chain */
#define LIMIT_MASS_ENTRIES  1000000    /* certificates in the list of one mass act */
#define LIMIT_MASS_PART     2500       /* of them sent, or at most worked off, in one transaction */
#define LIMIT_ERASE_PART    250        /* journal entries looked at in one transaction */
#define LIMIT_ACT_RESIDENTS 100        /* residents that one act may be about */
#define LIMIT_MASS_FILE     (16 * 1024 * 1024)
#define LIMIT_IMPORT_LINES  2000000 /* in a file of residents that comes in parts */
#define LIMIT_IMPORT_FILE   (1024 * 1024 * 1024)
#define LIMIT_MASS_LISTS    8 /* whole lists that wait to be asked for and approved */

/* of what a stranger, a resident, `status` may cost */
#define LIMIT_CERTIFICATES_OF_RESIDENT 128  /* issued, ever; only issue is refused */
#define LIMIT_SESSIONS                 1024 /* of staff who came through the pages */
#define LIMIT_SESSIONS_OF_ONE          8    /* of them one person's */
#define LIMIT_LOGIN_CODES              64   /* that wait for somebody to log in */
#define LIMIT_TERMINALS                64   /* of the counter, paired or waiting for it */
#define LIMIT_LOGIN_CHALLENGES         1024 /* that wait for a card */
#define LIMIT_DOOR_ROWS                32 /* refusals of strangers that the journal tells apart ... */
#define LIMIT_DOOR_ROWS_EACH           8     /* of one of them */
#define LIMIT_DOOR_MINUTE              60000 /* ... in so many milliseconds: two entries for each */
#define LIMIT_WISHES_AT_ONCE           8 /* wishes of `status` answered one after the other ... */
#define LIMIT_WISH_INTERVAL            60000 /* ... and then one in so many milliseconds */
#define LIMIT_CLOCK_BEHIND             300 /* seconds that a new writer may be behind the last one */
#define LIMIT_FOLLOWERS                32  /* registered at one time */

/* of the auditor */
#define LIMIT_JOURNAL_FOUND 100         /* entries in one answer */
#define LIMIT_JOURNAL_LOOK  20000       /* of them looked at for one answer */
#define LIMIT_JOURNAL_CHECK 1000        /* entries of the chain recomputed in one act */
#define LIMIT_JOURNAL_SHOWN (64 * 1024) /* data of an entry that a page shows */
#define LIMIT_EXPORT        5000        /* entries in one file */
#define LIMIT_CHECK_ACTS    50          /* acts that one look at the chain, or one export, asks */
#define LIMIT_FIGURES_DAYS  8           /* days that one act counts */
/* of the register's feed */
#define LIMIT_EVENTS_SHOWN   20   /* events of one resident in one answer */
#define LIMIT_EVENTS_POSTED  50   /* in one request */
#define LIMIT_FEED_AT_ONCE   3000 /* events from one address ... */
#define LIMIT_FEED_INTERVAL  20   /* ... and then one in so many milliseconds */
#define LIMIT_TOKENS_AT_ONCE 10   /* wrong tokens from one address ... */
#define LIMIT_TOKEN_INTERVAL 60000
/* of agent */
#define LIMIT_QUESTIONS 16 /* logins that wait for the resident at one time */
#define LIMIT_PHRASE    256
#define LIMIT_PIN_TYPED 64 /* characters at the terminal, of whatever was typed */

/* of appointments */
#define LIMIT_APPOINTMENT_OFFICES 32     /* in etc/appointments */
#define LIMIT_APPOINTMENT_CLOSED  256    /* closed days and ranges in it */
#define LIMIT_APPOINTMENT_PLACES  32     /* of an office, at one time */
#define LIMIT_APPOINTMENT_DAYS    366    /* ahead */
#define LIMIT_APPOINTMENT_MINUTES 480    /* that one takes */
#define LIMIT_APPOINTMENTS_OPEN   3      /* that one person holds at a time */
#define LIMIT_APPOINTMENT_CODES   5      /* wrong codes; then it is changed by telephone alone */
#define LIMIT_APPOINTMENT_PAGE    100    /* appointments in one answer */
#define LIMIT_PACE_PEERS          1024   /* addresses of the public whose pace is known ... */
#define LIMIT_BOOKINGS_AT_ONCE    20     /* bookings from one of them ... */
#define LIMIT_BOOKING_INTERVAL    120000 /* ... and then one in so many milliseconds */
#define LIMIT_CODES_AT_ONCE       10     /* wrong codes from one of them ... */
#define LIMIT_CODE_INTERVAL       60000  /* ... and then one in so many milliseconds */
#define LIMIT_TERMINALS_AT_ONCE   10     /* terminals begun from one of them ... */
#define LIMIT_TERMINAL_INTERVAL   60000  /* ... and then one in so many milliseconds */
#define LIMIT_NOTICE_PART         50     /* certificates asked for a notice in one transaction */
#define LIMIT_NOTICE_PAGE         100    /* letters in one answer */
#define LIMIT_NOTICE_DAYS         60     /* days that had letters, in one answer */
#define LIMIT_FORECAST_PART       1000 /* certificates counted in one part, those of a day together */
#define LIMIT_FORECAST_DAYS       64   /* days in it */
#define LIMIT_APPOINTMENT_ERASE   500 /* erased in one transaction */

/* of signer */
#define LIMIT_SIGNED_SEGMENT 65536 /* records that a start reads, at most; bound by its index */

/* of status */
#define LIMIT_STATUS_CONNECTIONS 16384 /* at one time; another, and the longest silent one goes */
#define LIMIT_WEB_CONNECTIONS    2048  /* the same of the town's pages */
#define LIMIT_STATUS_ANSWERS     (40 * 1024 * 1024) /* OCSP answers kept for the next request */
