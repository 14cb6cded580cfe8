#include "main/ceremony.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/pairs.h"
#include "base/text.h"
#include "centre/journal.h"
#include "crypto/hash.h"

void ceremony_done(struct ceremony *ceremony)
{
    shares_done(&ceremony->shares);
}

/* --- the file --- */

#define FIELD(name) offsetof(struct ceremony, name)

/* One row a key; a series has its number behind it, from 1 on without a gap. */
static const struct row {
    const char *key;
    size_t offset;
    unsigned most;
    bool is_needed;
    const char *watches; /* that role is not this one's, too */
} rows[] = {
    {"title", FIELD(title), 1, true, NULL},
    {"place", FIELD(place), 1, true, NULL},
    {"leader", FIELD(leader), 1, true, "operator"},
    {"operator", FIELD(operator), 1, true, NULL},
    {"witness", FIELD(witnesses), CEREMONY_WITNESSES, true, "leader operator witness"},
    {"holder", FIELD(holders), SHARES_MAX, true, "operator holder"},
    {"risk-accepted-by", FIELD(risk_accepted_by), 1, false, NULL},
};

struct parser {
    struct ceremony *out;
    struct pairs pairs;
    struct fault *fault;
};

static size_t offset_of(const struct row *row, unsigned i)
{
    return row->offset + (size_t)i * (CEREMONY_NAME + 1);
}

static const char *person_of(const struct ceremony *ceremony, const struct row *row, unsigned i)
{
    return (const char *)ceremony + offset_of(row, i);
}

static void row_key(const struct row *row, unsigned i, char key[static 32])
{
    if (row->most == 1)
        snprintf(key, 32, "%s", row->key);
    else
        snprintf(key, 32, "%s-%u", row->key, i + 1);
}

static enum err complain(struct parser *parser, const char *key, const char *text)
{
    return pairs_complain(&parser->pairs, key, text, parser->fault);
}

static enum err take_name(struct parser *parser, const char *key, char *out, struct bytes value)
{
    if (out[0])
        return complain(parser, key, "stands there twice");
    if (value.len > CEREMONY_NAME || !text_is_utf8(value) || text_count(value) > 64 ||
        text_has_hidden(value))
        return complain(parser, key, "not 1 to 64 characters of text");
    memcpy(out, value.data, value.len);
    return ERR_NONE;
}

static enum err take_threshold(struct parser *parser, struct bytes value)
{
    unsigned number = 0;
    for (size_t i = 0; i < value.len && i < 3; i++)
        number = value.data[i] >= '0' && value.data[i] <= '9' ? 10 * number + value.data[i] - '0'
                                                              : SHARES_MAX + 1;
    if (parser->out->threshold)
        return complain(parser, "threshold", "stands there twice");
    if (number < 2 || number > SHARES_MAX)
        return complain(parser, "threshold", "not a number from 2 to 16");
    parser->out->threshold = number;
    return ERR_NONE;
}

static enum err take_restart(struct parser *parser, struct bytes value)
{
    char *restart = parser->out->restart;
    if (restart[0])
        return complain(parser, "restart", "stands there twice");
    if (!bytes_equal_text(value, "holders") && !bytes_equal_text(value, "unattended"))
        return complain(parser, "restart", "neither holders nor unattended");
    memcpy(restart, value.data, value.len);
    return ERR_NONE;
}

static enum err take_pair(struct parser *parser, struct bytes key, struct bytes value)
{
    if (bytes_equal_text(key, "threshold"))
        return take_threshold(parser, value);
    if (bytes_equal_text(key, "restart"))
        return take_restart(parser, value);
    for (size_t r = 0; r < COUNT_OF(rows); r++)
        for (unsigned i = 0; i < rows[r].most; i++) {
            char own[32];
            row_key(&rows[r], i, own);
            if (bytes_equal_text(key, own))
                return take_name(parser, own, (char *)parser->out + offset_of(&rows[r], i), value);
        }
    return complain(parser, "known key", "there is no such key");
}

/* --- what only the whole file shows --- */

static bool is_among(const char *words, const char *word)
{
    const char *found = words ? strstr(words, word) : NULL;
    return found != NULL;
}

/* Does another role that this one watches have the same person? */
static const struct row *watched_by(const struct ceremony *ceremony, const struct row *row,
                                    unsigned i)
{
    const char *person = person_of(ceremony, row, i);
    for (size_t r = 0; r < COUNT_OF(rows); r++)
        for (unsigned j = 0; is_among(row->watches, rows[r].key) && j < rows[r].most; j++) {
            bool is_itself = &rows[r] == row && i == j;
            if (!is_itself && strcmp(person, person_of(ceremony, &rows[r], j)) == 0)
                return &rows[r];
        }
    return NULL;
}

static enum err row_check(const struct ceremony *ceremony, const struct row *row, unsigned *num,
                          struct fault *fault)
{
    *num = 0;
    for (unsigned i = 0; i < row->most; i++) {
        char key[32];
        row_key(row, *num, key);
        if (!person_of(ceremony, row, i)[0])
            continue;
        if (*num != i)
            return fault_set(fault, ERR_MALFORMED, key, "is missing");
        const struct row *other = watched_by(ceremony, row, i);
        if (other)
            return fault_set(fault, ERR_MALFORMED, key, "the same person as the %s", other->key);
        ++*num;
    }
    if (*num == 0 && row->is_needed)
        return fault_set(fault, ERR_MALFORMED, row->key, "is missing");
    return ERR_NONE;
}

static enum err ceremony_check(struct ceremony *ceremony, struct fault *fault)
{
    for (size_t r = 0; r < COUNT_OF(rows); r++) {
        unsigned num;
        enum err err = row_check(ceremony, &rows[r], &num, fault);
        if (err != ERR_NONE)
            return err;
        if (rows[r].offset == FIELD(holders))
            ceremony->num_holders = num;
    }
    bool is_unattended = strcmp(ceremony->restart, "unattended") == 0;
    if (ceremony->threshold == 0 || ceremony->restart[0] == '\0')
        return fault_set(fault, ERR_MALFORMED, ceremony->threshold ? "restart" : "threshold",
                         "is missing");
    if (ceremony->threshold > ceremony->num_holders)
        return fault_set(fault, ERR_MALFORMED, "threshold", "more than there are holders");
    if (is_unattended != (ceremony->risk_accepted_by[0] != '\0'))
        return fault_set(fault, ERR_MALFORMED, "risk-accepted-by",
                         "stands there where the restart is unattended, and only there");
    return ERR_NONE;
}

enum err ceremony_read(const char *path, struct ceremony *out, struct fault *fault)
{
    struct buffer text CLEANUP_BUFFER;
    struct bytes key, value;
    uint8_t digest[SHA256_LEN];
    buffer_init(&text, LIMIT_CONFIG_FILE);
    enum err err = file_read(path, &text, fault);
    if (err != ERR_NONE)
        return err;
    fault_name_input(fault, path);
    sha256(buffer_bytes(&text), digest);
    hex_print(digest, sizeof digest, out->file_digest);
    struct parser parser = {out, pairs_of(buffer_bytes(&text)), fault};
    while ((err = pairs_next(&parser.pairs, &key, &value, fault)) == ERR_NONE)
        if ((err = take_pair(&parser, key, value)) != ERR_NONE)
            return err;
    return err == ERR_NOT_FOUND ? ceremony_check(out, fault) : err;
}

/* --- the passphrase --- */

enum err ceremony_begin(struct ceremony *ceremony, struct secret *passphrase)
{
    return shares_make(ceremony->threshold, ceremony->num_holders, &ceremony->shares, passphrase);
}

static enum err some_try(const struct ceremony *ceremony, unsigned first,
                         const struct secret *passphrase, struct fault *fault)
{
    struct shares some CLEANUP_SHARES = {.num = ceremony->threshold};
    struct secret got CLEANUP_SECRET;
    secret_init(&got);
    memcpy(some.all, &ceremony->shares.all[first], some.num * sizeof some.all[0]);
    enum err err = shares_combine(&some, &got, fault);
    if (err != ERR_NONE || secret_equal(secret_bytes(&got), secret_bytes(passphrase)))
        return err;
    return fault_set(fault, ERR_CRYPTO, "shares", "they do not give the passphrase back");
}

enum err ceremony_try(const struct ceremony *ceremony, const struct secret *passphrase,
                      struct fault *fault)
{
    enum err err = some_try(ceremony, 0, passphrase, fault);
    return err == ERR_NONE
               ? some_try(ceremony, ceremony->num_holders - ceremony->threshold, passphrase, fault)
               : err;
}

static enum err share_hand_out(const struct ceremony *ceremony, unsigned i, const char *folder,
                               struct fault *fault)
{
    char name[32], path[PATH_MAX];
    struct secret line CLEANUP_SECRET;
    secret_init(&line);
    share_print(&ceremony->shares.all[i], &line);
    snprintf(name, sizeof name, "share-%u-of-%u", i + 1, ceremony->num_holders);
    line.data[line.len++] = '\n';
    enum err err = path_join(folder, name, path, fault);
    return err == ERR_NONE ? file_create(path, secret_bytes(&line), 0600, fault) : err;
}

enum err ceremony_hand_out(const struct ceremony *ceremony, const char *folder, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (unsigned i = 0; err == ERR_NONE && i < ceremony->num_holders; i++)
        err = share_hand_out(ceremony, i, folder, fault);
    return err;
}

/* --- the record --- */

static void put_digest(struct buffer *record, const char *key, struct bytes of)
{
    uint8_t digest[SHA256_LEN];
    char hex[2 * SHA256_LEN + 1];
    sha256(of, digest);
    buffer_put_format(record, "%s = %s\n", key, hex_print(digest, sizeof digest, hex));
}

static void put_people(struct buffer *record, const struct ceremony *ceremony)
{
    for (size_t r = 0; r < COUNT_OF(rows); r++)
        for (unsigned i = 0; i < rows[r].most; i++) {
            char key[32];
            const char *value = person_of(ceremony, &rows[r], i);
            row_key(&rows[r], i, key);
            if (value[0])
                buffer_put_format(record, "%s = %s\n", key, value);
        }
}

static enum err put_keys(struct buffer *record, struct centre *centre)
{
    uint8_t journal[SIGNER_POINT_LEN];
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        char key[64];
        snprintf(key, sizeof key, "authority-%s-certificate", kind_name((enum kind)kind));
        put_digest(record, key, authority_newest(centre, (enum kind)kind)->cert.whole);
    }
    enum err err = signer_client_journal_key(centre->signer, journal);
    if (err != ERR_NONE)
        return err;
    put_digest(record, "permit-key",
               bytes_of(centre->permit_keys.generations[0].point, PERMIT_POINT_LEN));
    put_digest(record, "journal-key", bytes_of(journal, sizeof journal));
    return buffer_check(record);
}

static enum err record_journal(struct centre *centre, const struct ceremony *ceremony,
                               struct bytes record, struct fault *fault)
{
    uint8_t digest[SHA256_LEN];
    char hex[2 * SHA256_LEN + 1], data[256];
    sha256(record, digest);
    snprintf(data, sizeof data, "{\"file\":\"%s\",\"record\":\"%s\"}", ceremony->file_digest,
             hex_print(digest, sizeof digest, hex));
    struct chain_entry entry = {.time = clock_now(),
                                .kind = "ceremony:done",
                                .actor = "operator",
                                .role = "operator",
                                .second = ""};
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    err = journal_append(centre->store, &entry, bytes_of_text(data), fault);
    if (err == ERR_NONE)
        return store_commit(centre->store, fault);
    store_rollback(centre->store);
    return err;
}

enum err ceremony_record(void *context, struct centre *centre, struct fault *fault)
{
    const struct ceremony *ceremony = context;
    char time[TIME_TEXT], set[2 * SHARES_SET + 1];
    struct buffer record CLEANUP_BUFFER;
    buffer_init(&record, LIMIT_CONFIG_FILE);
    buffer_put_format(&record, "time = %s\nprogram = jpkid %s\nfile = %s\n",
                      time_print(clock_now(), time), JPKI_VERSION, ceremony->file_digest);
    put_people(&record, ceremony);
    buffer_put_format(&record, "threshold = %u\nrestart = %s\nshare-set = %s\n",
                      ceremony->threshold, ceremony->restart,
                      hex_print(ceremony->shares.all[0].set, SHARES_SET, set));
    enum err err = put_keys(&record, centre);
    if (err != ERR_NONE)
        return fault_set(fault, err, "ceremony", "the record could not be made");
    err = file_create(ceremony->record, buffer_bytes(&record), 0644, fault);
    return err == ERR_NONE ? record_journal(centre, ceremony, buffer_bytes(&record), fault) : err;
}
