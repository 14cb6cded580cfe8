/* The role `status` for tests and benches, with a `commit` played here that only delegates: a map
 * in which each of NUM serials is good, and every hundredth revoked; the other kind has 100.
 *
 *     status-world FOLDER NUM THREADS [wait]      serves on 127.0.0.1, any free port
 *
 * Says "port N" on standard output, then "ready"; ends when standard input does. The authority's
 * certificate lies in FOLDER/issuer.pem. With `wait` it says "filled" first, and the role starts
 * when a line comes. */
#include "check.h"
#include "fixture.h"

#include <fcntl.h>
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

#define FIRST_SERIAL  1000
#define REVOKED_EACH  100
#define OTHER_KIND    100 /* serials */
#define MAP_HEAD      4096
#define WORDS_AT_ONCE ((size_t)REVOKED_EACH * 10000)

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

/* Word by word, two hundred millions would take minutes. The file is a page, then one word a serial
 * (status/map.c); main reads some back through the map. */
static void words_write(const char *path, uint64_t num, uint64_t good, uint64_t revoked)
{
    static uint64_t words[WORDS_AT_ONCE];
    int fd CLEANUP_FD = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        words[i] = i % REVOKED_EACH ? good : revoked;
    for (uint64_t at = 0; at < num; at += WORDS_AT_ONCE) {
        size_t part = num - at < WORDS_AT_ONCE ? (size_t)(num - at) : WORDS_AT_ONCE;
        off_t place = (off_t)(MAP_HEAD + (FIRST_SERIAL + at) * sizeof *words);
        assert_int_equal(pwrite(fd, words, part * sizeof *words, place), part * sizeof *words);
    }
}

static void map_fill(struct status_map *map, const char *path, uint64_t num)
{
    struct status_entry good = {.state = STATUS_GOOD, .municipality = 1, .last_day = {2031, 1, 2}};
    struct status_entry revoked = good;
    uint64_t good_word, revoked_word;
    revoked.state = STATUS_REVOKED;
    revoked.reason = STATUS_SUPERSEDED;
    revoked.since = SAMPLE_NOW - 3600;
    assert_ok(status_word_encode(&good, &good_word));
    assert_ok(status_word_encode(&revoked, &revoked_word));
    assert_ok(status_map_set(map, FIRST_SERIAL + num - 1, &good)); /* so that it is long enough */
    words_write(path, num, good_word, revoked_word);
    assert_int_equal(status_map_word(map, FIRST_SERIAL), revoked_word);
    assert_int_equal(status_map_word(map, FIRST_SERIAL + num / 2 + 1), good_word);
    assert_int_equal(status_map_word(map, FIRST_SERIAL + num), 0);
    assert_ok(status_map_set_epoch(map, num));
}

static void map_make(enum kind kind, const char *path, uint64_t num)
{
    assert_ok(status_map_create(path, kind, NULL));
    assert_ok(status_map_open(path, kind, true, &maps[kind], NULL));
    struct status_generation generation = {.first = 1, .last = STATUS_SERIAL_MAX};
    sha256(authorities[kind].cert.spki, generation.key);
    assert_ok(status_map_set_generation(maps[kind], &generation));
    map_fill(maps[kind], path, num);
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

/* The authorities and their maps, in status_folder. */
static void world_make(uint64_t num, char paths[static NUM_KINDS][128])
{
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        char name[64];
        snprintf(name, sizeof name, "%s.map", kind_name(kind));
        status_path(name, paths[kind]);
        sample_authority(kind, &authorities[kind]);
        assert_ok(
            status_authority_publish(status_folder, kind, 1, authorities[kind].cert.whole, NULL));
        map_make(kind, paths[kind], kind == KIND_SIGNATURE ? num : OTHER_KIND);
    }
    fixture_pem(KIND_SIGNATURE, "issuer.pem");
}

static void wait_for_line(void)
{
    char byte = 0;
    printf("filled\n");
    fflush(stdout);
    while (byte != '\n' && read(STDIN_FILENO, &byte, 1) > 0)
        ;
}

static pthread_t world_start(struct world *world, const struct status_options *options)
{
    pthread_t thread;
    uint16_t port;
    assert_ok(status_new(options, &world->status, NULL));
    fd_allow(LIMIT_STATUS_CONNECTIONS + 256);
    assert_ok(http_listen("127.0.0.1:0", &world->listening, &port, NULL));
    assert_int_equal(pthread_create(&thread, NULL, serve, world), 0);
    printf("port %u\n", port);
    fflush(stdout);
    return thread;
}

int main(int argc, char **argv)
{
    if (argc < 4 || strlen(argv[1]) >= sizeof status_folder || strtoull(argv[2], NULL, 10) == 0)
        return 64;
    struct world world;
    char paths[NUM_KINDS][128], byte;
    int pair[2];
    strcpy(status_folder, argv[1]);
    world_make(strtoull(argv[2], NULL, 10), paths);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    const struct status_options options = {.maps = {paths[0], paths[1]},
                                           .published = status_folder,
                                           .control = pair[1],
                                           .num_threads = (unsigned)atoi(argv[3])};
    if (argc > 4)
        wait_for_line();
    pthread_t thread = world_start(&world, &options);
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
