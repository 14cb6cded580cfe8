/* Common names and the content of residents' certificates. */
#include "centre/subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/key.h"
#include "crypto/random.h"
#include "store/rows.h"

#define SECOND_LEN  14 /* digits of the second, with which names of signature certificates begin */
#define RUNNING_LEN 5  /* and of the number that follows */

/* The highest running number that the store has within this second, or 0. */
static enum err last_in_second(struct centre *centre, int64_t now, int64_t *out,
                               struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct clock_time t = time_split(now, JAPAN_OFFSET);
    char first[32], end[32], last[PROFILE_COMMON_NAME] = "";
    snprintf(first, sizeof first, "%04d%02u%02u%02u%02u%02u", t.date.year % 10000, t.date.month,
             t.date.day, t.hour, t.minute, t.second);
    snprintf(end, sizeof end, "%.14s:", first); /* ':' follows '9' */
    store_query(centre->store, STATEMENT_CERTIFICATE_LAST_NAME,
                VALUES(value_text(first), value_text(end)), &rows, fault);
    if (rows_next(&rows))
        row_copy_text(&rows, 0, last, sizeof last);
    enum err err = rows_end(&rows);
    if (strlen(last) > SECOND_LEN + RUNNING_LEN)
        last[SECOND_LEN + RUNNING_LEN] = '\0';
    if (err == ERR_NONE)
        *out = strlen(last) > SECOND_LEN ? strtoll(last + SECOND_LEN, NULL, 10) : 0;
    return err;
}

/* The store is asked once in a second. A name that a refused act did not use is not given again. */
static enum err number_in_second(struct centre *centre, int64_t now, int64_t *out,
                                 struct fault *fault)
{
    if (centre->named_second != now || centre->num_named == 0) {
        enum err err = last_in_second(centre, now, &centre->num_named, fault);
        if (err != ERR_NONE)
            return err;
        centre->named_second = now;
    }
    *out = ++centre->num_named;
    return ERR_NONE;
}

enum err subject_common_name(struct centre *centre, enum kind kind, int64_t now,
                             char out[static PROFILE_COMMON_NAME], struct fault *fault)
{
    if (kind == KIND_AUTHENTICATION) {
        uint8_t random[PROFILE_RANDOM_LEN];
        random_bytes(random, sizeof random);
        profile_print_common_name_authentication(random, centre->counter_id, out);
        return ERR_NONE;
    }
    int64_t num;
    enum err err = number_in_second(centre, now, &num, fault);
    if (err != ERR_NONE)
        return err;
    if (num > 99999)
        return fault_set(fault, ERR_LIMIT, "common-name", "too many within one second");
    profile_print_common_name_signature(now, (unsigned)num, centre->counter_id, out);
    return ERR_NONE;
}

static struct basic_four four_of(const struct resident_four *four)
{
    return (struct basic_four){
        .name = bytes_of_text(four->name.text),
        .birth_date = bytes_of_text(four->birth_date),
        .sex = bytes_of_text(four->sex),
        .address = bytes_of_text(four->address.text),
        .name_flags = bytes_of_text(four->name.flags),
        .address_flags = bytes_of_text(four->address.flags),
    };
}

enum err subject_is_of(struct centre *centre, const struct resident *resident,
                       const struct basic_four *four, bool *out, struct fault *fault)
{
    struct resident_four strings;
    enum err err = resident_four(resident, centre->substitutes, &strings, fault);
    if (err != ERR_NONE)
        return err;
    const struct basic_four now = four_of(&strings);
    *out = bytes_equal(now.name, four->name) && bytes_equal(now.birth_date, four->birth_date) &&
           bytes_equal(now.sex, four->sex) && bytes_equal(now.address, four->address);
    return ERR_NONE;
}

enum err subject_encode_tbs(struct centre *centre, const struct resident *resident,
                            const struct certificate *row, const char *common_name,
                            struct bytes spki, struct buffer *out, struct fault *fault)
{
    struct resident_four strings;
    struct buffer subject CLEANUP_BUFFER, point CLEANUP_BUFFER;
    buffer_init(&subject, LIMIT_CERTIFICATE);
    buffer_init(&point, LIMIT_CERTIFICATE);
    uint8_t key_id[20];
    enum err err = resident_four(resident, centre->substitutes, &strings, fault);
    if (err == ERR_NONE)
        err = key_identifier(spki, key_id);
    if (err != ERR_NONE)
        return err;
    profile_put_subject(row->kind, centre->town->prefecture, centre->town->name, common_name,
                        &subject);
    profile_put_crl_point(centre->site, row->kind, centre->town->prefecture, centre->town->name,
                          &point);
    const struct basic_four four = four_of(&strings);
    const struct cert_facts facts = {
        .serial = (uint64_t)row->serial,
        .not_before = row->issued,
        .not_after = date_last_second(row->last_day),
        .subject = buffer_bytes(&subject),
        .spki = spki,
        .subject_key_id = bytes_of(key_id, sizeof key_id),
        .basic_four = row->kind == KIND_SIGNATURE ? &four : NULL,
        .crl_point = buffer_bytes(&point),
    };
    if (buffer_check(&subject) != ERR_NONE || buffer_check(&point) != ERR_NONE)
        return ERR_LIMIT;
    return cert_encode_tbs(profile_of_kind(row->kind), centre->site,
                           &authority_newest(centre, row->kind)->cert, &facts, out);
}
