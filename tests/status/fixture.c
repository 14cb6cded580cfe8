#include "fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

struct sample authorities[NUM_KINDS];
struct status_map *maps[NUM_KINDS];
char status_folder[64];

void status_path(const char *name, char path[static 128])
{
    snprintf(path, 128, "%s/%s", status_folder, name);
}

static void set(enum kind kind, uint64_t serial, enum status_state state, enum status_reason reason,
                struct date last_day)
{
    bool is_dated = state == STATUS_HELD || state == STATUS_REVOKED;
    struct status_entry entry = {.state = state,
                                 .reason = reason,
                                 .municipality = 1,
                                 .last_day = last_day,
                                 .since = is_dated ? FIXTURE_SINCE : 0};
    assert_ok(status_map_set(maps[kind], serial, &entry));
}

static void map_fill(enum kind kind)
{
    static const struct date until = {2031, 1, 2}, ended = {2026, 11, 22};
    char name[64], path[128];
    snprintf(name, sizeof name, "%s.map", kind_name(kind));
    status_path(name, path);
    assert_ok(status_map_create(path, kind, NULL));
    assert_ok(status_map_open(path, kind, true, &maps[kind], NULL));
    struct status_generation generation = {.first = 1, .last = SERIAL_LAST};
    sha256(authorities[kind].cert.spki, generation.key);
    assert_ok(status_map_set_generation(maps[kind], &generation));
    set(kind, SERIAL_GOOD, STATUS_GOOD, STATUS_UNSPECIFIED, until);
    set(kind, SERIAL_HELD, STATUS_HELD, STATUS_UNSPECIFIED, until);
    set(kind, SERIAL_COMPROMISED, STATUS_REVOKED, STATUS_KEY_COMPROMISE, until);
    set(kind, SERIAL_SUPERSEDED, STATUS_REVOKED, STATUS_SUPERSEDED, until);
    set(kind, SERIAL_RESERVED, STATUS_RESERVED, STATUS_UNSPECIFIED, until);
    set(kind, SERIAL_ENDED, STATUS_REVOKED, STATUS_CESSATION_OF_OPERATION, ended);
    set(kind, SERIAL_LAST + 1, STATUS_GOOD, STATUS_UNSPECIFIED, until);
    assert_ok(status_map_set_epoch(maps[kind], 42));
}

int status_begin(void **state)
{
    (void)state;
    snprintf(status_folder, sizeof status_folder, "/tmp/status-test-XXXXXX");
    assert_non_null(mkdtemp(status_folder));
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        sample_authority(kind, &authorities[kind]);
        assert_ok(
            status_authority_publish(status_folder, kind, 1, authorities[kind].cert.whole, NULL));
        map_fill(kind);
    }
    return 0;
}

int status_end(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        sample_free(&authorities[kind]);
        status_map_free(maps[kind]);
    }
    return folder_remove(status_folder);
}

void fixture_delegate(enum kind kind, struct bytes spki, int64_t not_before, int64_t not_after,
                      struct buffer *out)
{
    uint8_t key_id[20];
    struct buffer subject CLEANUP_BUFFER, tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&subject, 1024);
    buffer_init(&tbs, LIMIT_CERTIFICATE);
    buffer_init(&signature, SIGNATURE_MAX);
    assert_ok(key_identifier(spki, key_id));
    profile_put_responder(&sample_site, kind, &subject);
    struct cert_facts facts = {.serial = 9,
                               .not_before = not_before,
                               .not_after = not_after,
                               .subject = buffer_bytes(&subject),
                               .spki = spki,
                               .subject_key_id = bytes_of(key_id, sizeof key_id)};
    assert_ok(cert_encode_tbs(profile_get(PROFILE_RESPONDER), &sample_site, &authorities[kind].cert,
                              &facts, &tbs));
    sample_sign(&authorities[kind], buffer_bytes(&tbs), &signature);
    assert_ok(cert_assemble(buffer_bytes(&tbs), sample_algorithm(&authorities[kind]),
                            buffer_bytes(&signature), out));
}

int fixture_list(enum kind kind, const struct status_crl_request *request)
{
    int fd = -1;
    struct status_crl_listing *listing CLEANUP_STATUS_CRL_LISTING = NULL;
    assert_ok(status_crl_listing_new(maps[kind], authorities[kind].cert.whole,
                                     request->last_this_update, &listing, NULL));
    assert_ok(status_crl_build(listing, request, &fd, NULL));
    return fd;
}

void fixture_build(enum kind kind, const struct status_crl_request *request, struct buffer *tbs)
{
    int fd CLEANUP_FD = fixture_list(kind, request);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    assert_ok(file_read(path, tbs, NULL));
}

void fixture_publish_list(enum kind kind, const struct status_list *list,
                          const struct status_crl_request *request)
{
    struct buffer tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&tbs, LIMIT_CRL);
    buffer_init(&signature, SIGNATURE_MAX);
    int fd CLEANUP_FD = fixture_list(kind, request);
    fixture_build(kind, request, &tbs);
    sample_sign(&authorities[kind], buffer_bytes(&tbs), &signature);
    assert_ok(status_crl_publish(status_folder, list, fd, sample_algorithm(&authorities[kind]),
                                 buffer_bytes(&signature), NULL));
    assert_ok(status_epoch_publish(status_folder, list, status_map_epoch(maps[kind]), NULL));
}

void fixture_publish(enum kind kind, uint64_t number, int64_t this_update, int64_t last_this_update)
{
    const struct status_list full = {.kind = kind, .generation = 1};
    struct status_crl_request request = {
        .number = number, .this_update = this_update, .last_this_update = last_this_update};
    fixture_publish_list(kind, &full, &request);
}

void fixture_pem(enum kind kind, const char *name)
{
    char path[128];
    struct buffer pem CLEANUP_BUFFER;
    buffer_init(&pem, 2 * LIMIT_CERTIFICATE);
    pem_encode("CERTIFICATE", authorities[kind].cert.whole, &pem);
    status_path(name, path);
    assert_ok(file_replace(path, buffer_bytes(&pem), 0600, NULL));
}

const char *openssl(int *status, const char *format, ...)
{
    static char text[16384];
    char command[2048];
    va_list arguments;
    va_start(arguments, format);
    int len = snprintf(command, sizeof command, "cd %s && openssl ", status_folder);
    len += vsnprintf(command + len, sizeof command - (size_t)len, format, arguments);
    va_end(arguments);
    snprintf(command + len, sizeof command - (size_t)len, " 2>&1");
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t got = fread(text, 1, sizeof text - 1, pipe);
    text[got] = '\0';
    int ended = pclose(pipe);
    if (status)
        *status = ended;
    return text;
}
