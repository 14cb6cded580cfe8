#include "x509/algorithm.h"

enum parameters { PARAMETERS_ABSENT, PARAMETERS_NULL };

static const struct {
    enum oid oid;
    enum parameters parameters; /* as written */
    bool either;                /* both forms are read */
    enum algorithm hash;
} algorithms[NUM_ALGORITHMS] = {
    [ALGORITHM_UNKNOWN] = {OID_UNKNOWN, PARAMETERS_ABSENT, false, ALGORITHM_UNKNOWN},
    [ALGORITHM_RSA_SHA256] = {OID_RSA_SHA256, PARAMETERS_NULL, true, ALGORITHM_SHA256},
    [ALGORITHM_RSA_SHA384] = {OID_RSA_SHA384, PARAMETERS_NULL, true, ALGORITHM_SHA384},
    [ALGORITHM_RSA_SHA512] = {OID_RSA_SHA512, PARAMETERS_NULL, true, ALGORITHM_SHA512},
    [ALGORITHM_ECDSA_SHA256] = {OID_ECDSA_SHA256, PARAMETERS_ABSENT, false, ALGORITHM_SHA256},
    [ALGORITHM_ECDSA_SHA384] = {OID_ECDSA_SHA384, PARAMETERS_ABSENT, false, ALGORITHM_SHA384},
    [ALGORITHM_SHA1] = {OID_SHA1, PARAMETERS_NULL, true, ALGORITHM_UNKNOWN},
    [ALGORITHM_SHA256] = {OID_SHA256, PARAMETERS_ABSENT, true, ALGORITHM_UNKNOWN},
    [ALGORITHM_SHA384] = {OID_SHA384, PARAMETERS_ABSENT, true, ALGORITHM_UNKNOWN},
    [ALGORITHM_SHA512] = {OID_SHA512, PARAMETERS_ABSENT, true, ALGORITHM_UNKNOWN},
    [ALGORITHM_RSA] = {OID_RSA, PARAMETERS_NULL, false, ALGORITHM_UNKNOWN},
};

const char *algorithm_name(enum algorithm algorithm)
{
    return oid_name(algorithms[algorithm].oid);
}

void algorithm_put(struct buffer *out, enum algorithm algorithm)
{
    size_t mark = der_begin(out, DER_SEQUENCE);
    oid_put(out, algorithms[algorithm].oid);
    if (algorithms[algorithm].parameters == PARAMETERS_NULL)
        der_put_null(out);
    der_close(out, mark);
}

static enum algorithm algorithm_find(enum oid oid, enum parameters found)
{
    for (enum algorithm i = ALGORITHM_UNKNOWN + 1; i < NUM_ALGORITHMS; i++)
        if (algorithms[i].oid == oid && (algorithms[i].either || algorithms[i].parameters == found))
            return i;
    return ALGORITHM_UNKNOWN;
}

enum algorithm algorithm_take(struct der *der, struct bytes *whole)
{
    struct der ahead = *der;
    struct bytes element = der_take_whole(&ahead, DER_SEQUENCE);
    struct der fields = der_enter(der, DER_SEQUENCE);
    enum oid oid = oid_take(&fields);
    enum parameters found = der_has_more(&fields) ? PARAMETERS_NULL : PARAMETERS_ABSENT;
    if (der_next_is(&fields, DER_NULL)) {
        der_null(&fields);
    } else if (der_has_more(&fields)) {
        uint8_t tag;
        der_take_any(&fields, &tag);
        oid = OID_UNKNOWN;
    }
    if (whole)
        *whole = element;
    return der_end(&fields) == ERR_NONE ? algorithm_find(oid, found) : ALGORITHM_UNKNOWN;
}

enum algorithm algorithm_hash(enum algorithm algorithm)
{
    return algorithms[algorithm].hash;
}
