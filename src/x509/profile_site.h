/* What a site may set in the profiles: the file etc/profile. The default is for everyone; a team
 * that must test its parser against other shapes gives its own (etc/profile-jpki-test). */
#pragma once

#include "base/bytes.h"
#include "base/kind.h"

#define PROFILE_TEXT_MAX 192 /* bytes; a part of a name has at most 64 characters */

struct profile_site {
    char organization[PROFILE_TEXT_MAX + 1];       /* O of both authorities */
    char unit[NUM_KINDS][PROFILE_TEXT_MAX + 1];    /* OU, the purpose */
    char agency[PROFILE_TEXT_MAX + 1];             /* OU, who runs it */
    char organization_ja[PROFILE_TEXT_MAX + 1];    /* the same in Japanese, the other names */
    char unit_ja[NUM_KINDS][PROFILE_TEXT_MAX + 1]; /* */
    char agency_ja[PROFILE_TEXT_MAX + 1];          /* */
    char policy[NUM_KINDS][PROFILE_TEXT_MAX + 1];  /* dotted OID */
    char cps[PROFILE_TEXT_MAX + 1];                /* address of the practice statement */
    char ocsp[PROFILE_TEXT_MAX + 1];               /* address in AIA of the authentication kind */
    char algorithm[PROFILE_TEXT_MAX + 1];          /* of the authorities' keys; profile.h */
};

/* The one that is delivered as etc/profile. */
const struct profile_site *profile_site_default(void);

/* profile_site_parse reads a file of the form of base/pairs.h: every key once, none left out, so
 * that nothing of another site shows through. ERR_MALFORMED with line and key in the fault. */
enum err profile_site_parse(struct bytes text, struct profile_site *out,
                            struct fault *fault) MUST_USE;
