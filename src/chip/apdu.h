/* A command APDU: four header bytes, data, and how much answer is expected. Cases 1 to 4, short and
 * extended (ISO/IEC 7816-4 5.1). What a command means is not known here. */
#pragma once

#include "base/bytes.h"

struct apdu {
    uint8_t cla, ins, p1, p2;
    struct bytes data; /* borrowed from the input; empty in cases 1 and 2 */
    bool has_le;       /* an answer is expected, */
    size_t le;         /* of at most that many bytes: 1…65536; 0 without has_le */
};

/* apdu_parse uses every byte of the input, or ERR_MALFORMED. */
enum err apdu_parse(struct bytes input, struct apdu *out, struct fault *fault) MUST_USE;

/* Status words, SW1 SW2 (ISO/IEC 7816-4 5.6; JICSAP 2.0 table 25 as this card uses it). */
enum status_word {
    SW_DONE = 0x9000,
    SW_TRIES_LEFT = 0x63C0,   /* | tries left */
    SW_NOT_STORED = 0x6581,   /* the image could not be written; nothing changed */
    SW_WRONG_LENGTH = 0x6700, /* Lc or Le */
    SW_NO_CHANNEL = 0x6881,   /* only the basic logical channel */
    SW_NO_SECURE_MESSAGING = 0x6882,
    SW_NO_SECURE_SESSION = 0x69FC, /* secure messaging without a session; not ISO's */
    SW_WRONG_FILE = 0x6981,        /* the file is not of the kind that the command needs */
    SW_NOT_VERIFIED = 0x6982,      /* security status */
    SW_LOCKED = 0x6984,            /* the PIN is locked, or was never set */
    SW_CONDITIONS = 0x6985,        /* not in this state, or not in this order */
    SW_NO_FILE_SELECTED = 0x6986,
    SW_WRONG_DATA = 0x6A80,
    SW_FILE_NOT_FOUND = 0x6A82,
    SW_RECORD_NOT_FOUND = 0x6A83,
    SW_NO_SPACE = 0x6A84,
    SW_WRONG_PARAMETERS = 0x6A86, /* P1 P2 */
    SW_DATA_NOT_FOUND = 0x6A88,
    SW_WRONG_OFFSET = 0x6B00,
    SW_UNKNOWN_INS = 0x6D00,
    SW_UNKNOWN_CLA = 0x6E00,
    SW_FAILED = 0x6F00,
};
