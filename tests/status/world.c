/* The role `status` for tests and benches, with a `commit` played here that only delegates: two
 * maps in which each serial of a range is good, and every hundredth revoked.
 *
 *     status-world FOLDER NUM THREADS      serves on 127.0.0.1, any free port
 *
 * Says "port N" on standard output, then "ready"; ends when standard input does. The authority's
 * certificate lies in FOLDER/issuer.pem. */
#include "check.h"
#include "fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "http/server.h"
#include "status/status.h"

#define FIRST_SERIAL 1000
#define REVOKED_EACH 100

struct world {
    struct status *status;
    int listening;
};

static void *serve(void *context)
{
    const struct world *world = context;
    struct fault fault = {0};
    assert_err(status_serve(world->status, world->listening, &fault), ERR_CLOSED);
    return NULL;
}

static void map_make(enum kind kind, uint64_t num)
{
    char name[64], path[128];
    snprintf(name, sizeof name, "%s.map", kind_name(kind));
    status_path(name, path);
    assert_ok(status_map_create(path, kind, NULL));
    assert_ok(status_map_open(path, kind, true, &maps[kind], NULL));
    struct status_generation generation = {.first = 1, .last = STATUS_SERIAL_MAX};
    sha256(authorities[kind].cert.spki, generation.key);
    assert_ok(status_map_add_generation(maps[kind], &generation));
    struct status_entry good = {.state = STATUS_GOOD, .municipality = 1, .last_day = {2031, 1, 2}};
    struct status_entry revoked = good;
    revoked.state = STATUS_REVOKED;
    revoked.reason = STATUS_SUPERSEDED;
    revoked.since = SAMPLE_NOW - 3600;
    for (uint64_t i = 0; i < num; i++)
        assert_ok(
            status_map_set(maps[kind], FIRST_SERIAL + i, i % REVOKED_EACH ? &good : &revoked));
    assert_ok(status_map_set_epoch(maps[kind], num));
}

static void delegate(int control)
{
    struct status_wish wish;
    struct buffer body CLEANUP_BUFFER;
    buffer_init(&body, LIMIT_FRAME);
    assert_ok(frame_receive(control, &body, 10000));
    assert_ok(status_wish_parse(buffer_bytes(&body), &wish));
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        struct buffer certificate CLEANUP_BUFFER;
        buffer_init(&certificate, LIMIT_CERTIFICATE);
        fixture_delegate(kind, bytes_of(wish.spki, wish.spki_len), clock_now() - 60,
                         clock_now() - 60 + PROFILE_RESPONDER_LIFE, &certificate);
        assert_ok(status_client_send_responder(control, kind, buffer_bytes(&certificate)));
    }
}

int main(int argc, char **argv)
{
    if (argc != 4 || strlen(argv[1]) >= sizeof status_folder)
        return 64;
    struct world world;
    char paths[NUM_KINDS][128], byte;
    int pair[2];
    uint16_t port;
    pthread_t thread;
    strcpy(status_folder, argv[1]);
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        char name[64];
        snprintf(name, sizeof name, "%s.map", kind_name(kind));
        status_path(name, paths[kind]);
        sample_authority(kind, &authorities[kind]);
        assert_ok(
            status_authority_publish(status_folder, kind, authorities[kind].cert.whole, NULL));
        map_make(kind, strtoull(argv[2], NULL, 10));
    }
    fixture_pem(KIND_SIGNATURE, "issuer.pem");
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    struct status_options options = {.maps = {paths[0], paths[1]},
                                     .published = status_folder,
                                     .control = pair[1],
                                     .num_threads = (unsigned)atoi(argv[3])};
    assert_ok(status_new(&options, &world.status, NULL));
    fd_allow(LIMIT_STATUS_CONNECTIONS + 256);
    assert_ok(http_listen("127.0.0.1:0", &world.listening, &port, NULL));
    assert_int_equal(pthread_create(&thread, NULL, serve, &world), 0);
    printf("port %u\n", port);
    delegate(pair[0]);
    usleep(100 * 1000); /* until status has taken both */
    printf("ready\n");
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    close(pair[0]);
    pthread_join(thread, NULL);
    return 0;
}
