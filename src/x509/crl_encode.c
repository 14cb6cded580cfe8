/* The writing half of crl.h. */
#include "x509/crl.h"

#include "x509/extension.h"
#include "x509/signed.h"

#define NUM_REASONS      (CRL_REASON_AA_COMPROMISE + 1)
#define ENTRY_EXTENSIONS 32

/* The extensions of an entry with that reason: few are written a million times. */
static void crl_put_reason(struct buffer *out, enum crl_reason reason)
{
    size_t list = der_begin(out, DER_SEQUENCE);
    struct extension_marks marks = extension_begin(out, OID_REASON_CODE, false);
    der_put_enumerated(out, reason);
    extension_close(out, marks);
    der_close(out, list);
}

static void crl_put_entry(struct buffer *out, const struct crl_entry *entry,
                          const struct buffer reasons[static NUM_REASONS])
{
    size_t mark = der_begin(out, DER_SEQUENCE);
    serial_put(out, DER_INTEGER, entry->serial);
    der_put_time(out, entry->revoked_at);
    if (entry->reason != CRL_REASON_UNSPECIFIED)
        buffer_put_bytes(out, buffer_bytes(&reasons[entry->reason]));
    der_close(out, mark);
}

/* RFC 5280 5.1.2.6: without entries the list is absent. */
static void crl_put_entries(struct buffer *out, struct crl_source source)
{
    struct crl_entry entry;
    struct buffer reasons[NUM_REASONS];
    if (!source.next || !source.next(source.context, &entry))
        return;
    for (enum crl_reason reason = CRL_REASON_UNSPECIFIED; reason < NUM_REASONS; reason++) {
        buffer_init(&reasons[reason], ENTRY_EXTENSIONS);
        crl_put_reason(&reasons[reason], reason);
    }
    size_t entries = der_begin_long(out, DER_SEQUENCE);
    do {
        crl_put_entry(out, &entry, reasons);
    } while (out->failed == ERR_NONE && source.next(source.context, &entry));
    der_close(out, entries);
    for (enum crl_reason reason = CRL_REASON_UNSPECIFIED; reason < NUM_REASONS; reason++)
        buffer_done(&reasons[reason]);
}

static void crl_put_extensions(struct buffer *out, const struct cert *issuer,
                               const struct crl_facts *facts)
{
    size_t wrapped = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
    size_t list = der_begin(out, DER_SEQUENCE);
    struct extension_marks marks = extension_begin(out, OID_AUTHORITY_KEY_ID, false);
    authority_key_id_put(out, issuer);
    extension_close(out, marks);
    marks = extension_begin(out, OID_CRL_NUMBER, false);
    der_put_number(out, facts->number);
    extension_close(out, marks);
    if (facts->issuing_point.len) {
        marks = extension_begin(out, OID_ISSUING_POINT, true);
        size_t point = der_begin(out, DER_SEQUENCE);
        point_name_put(out, facts->issuing_point);
        der_close(out, point);
        extension_close(out, marks);
    }
    der_close(out, list);
    der_close(out, wrapped);
}

enum err crl_encode_tbs(const struct cert *issuer, const struct crl_facts *facts,
                        struct crl_source source, struct buffer *out)
{
    enum algorithm algorithm = profile_signature(issuer->key.type);
    if (issuer->subject_key_id.len == 0 || algorithm == ALGORITHM_UNKNOWN)
        return ERR_USAGE;
    size_t tbs = der_begin_long(out, DER_SEQUENCE);
    der_put_number(out, 1);
    algorithm_put(out, algorithm);
    buffer_put_bytes(out, issuer->subject);
    der_put_time(out, facts->this_update);
    der_put_time(out, facts->next_update);
    crl_put_entries(out, source);
    crl_put_extensions(out, issuer, facts);
    der_close(out, tbs);
    return buffer_check(out);
}

enum err crl_assemble(struct bytes tbs, enum algorithm algorithm, struct bytes signature,
                      struct buffer *out)
{
    return signed_assemble(tbs, algorithm, signature, out);
}
