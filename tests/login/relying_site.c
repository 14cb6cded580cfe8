/* relying-site: the small relying site as a program, for tests and the demo. Serves until it gets
 * SIGTERM or SIGINT. Loopback only: it speaks plain HTTP.
 *
 *   relying-site --authority FILE… [--ocsp URL] [--crl FILE] [--clock T] [--listen ADDRESS:PORT]
 *                [--agent ADDRESS:PORT]
 *
 * prints the port that it took, on a line of its own. The authorities (DER or PEM) are those of the
 * authentication kind: nobody else's certificates log in here. With --agent, browsers
 * get a login page whose form goes to the resident's agent there. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "login/site.h"

enum { WRONG_USAGE = 64, NOT_DONE = 2 };

static const struct option options[] = {
    {"authority", required_argument, NULL, 'a'},
    {"ocsp", required_argument, NULL, 'o'},
    {"crl", required_argument, NULL, 'c'},
    {"clock", required_argument, NULL, 't'},
    {"listen", required_argument, NULL, 'l'},
    {"agent", required_argument, NULL, 'g'},
    {0},
};

static NO_RETURN void give_up(int status, const char *what, const struct fault *fault)
{
    char text[512];
    fprintf(stderr, "relying-site: %s: %s\n", what, fault_print(fault, text, sizeof text));
    exit(status);
}

/* A file of one certificate in DER, or of any number in PEM. */
static void add_authorities(struct authorities *authorities, const char *path)
{
    struct fault fault = {0};
    struct buffer file CLEANUP_BUFFER, der CLEANUP_BUFFER;
    buffer_init(&file, LIMIT_PATH_FILES * LIMIT_CERTIFICATE);
    buffer_init(&der, LIMIT_CERTIFICATE);
    if (file_read(path, &file, &fault) != ERR_NONE)
        give_up(NOT_DONE, "--authority", &fault);
    struct bytes rest = buffer_bytes(&file), at = rest;
    bool is_pem = false;
    while (pem_decode(at, "CERTIFICATE", &der, &rest) == ERR_NONE) {
        is_pem = true;
        if (authorities_add(authorities, KIND_AUTHENTICATION, buffer_bytes(&der), &fault))
            give_up(NOT_DONE, path, &fault);
        buffer_cut(&der, 0);
        at = rest;
    }
    if (!is_pem && authorities_add(authorities, KIND_AUTHENTICATION, at, &fault))
        give_up(NOT_DONE, path, &fault);
}

struct arguments {
    const char *listen, *ocsp, *crl, *agent;
    size_t num_authorities;
};

static struct arguments read_arguments(int argc, char **argv, struct authorities *authorities)
{
    struct arguments arguments = {.listen = "127.0.0.1:0"};
    struct fault usage = {.code = ERR_USAGE};
    int64_t t;
    for (int found; (found = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (found == 'a') {
            add_authorities(authorities, optarg);
            arguments.num_authorities++;
        } else if (found == 'o')
            arguments.ocsp = optarg;
        else if (found == 'c')
            arguments.crl = optarg;
        else if (found == 'l')
            arguments.listen = optarg;
        else if (found == 'g')
            arguments.agent = optarg;
        else if (found == 't' && time_parse(optarg, &t) == ERR_NONE)
            clock_start_at(t);
        else
            give_up(WRONG_USAGE, "options", &usage);
    }
    if (optind != argc || arguments.num_authorities == 0)
        give_up(WRONG_USAGE, "options", &usage);
    return arguments;
}

/* Blocked before the server's thread begins, so that it inherits that. */
static void signals_block(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigprocmask(SIG_BLOCK, set, NULL);
}

int main(int argc, char **argv)
{
    static struct site site;
    struct fault fault = {0};
    struct authorities *authorities CLEANUP_AUTHORITIES = NULL;
    if (authorities_new(&authorities) != ERR_NONE)
        give_up(NOT_DONE, "start", &fault);
    struct arguments arguments = read_arguments(argc, argv, authorities);
    int listening;
    uint16_t port;
    if (http_listen(arguments.listen, &listening, &port, &fault) != ERR_NONE)
        give_up(NOT_DONE, "--listen", &fault);
    if (site_init(&site, port) != ERR_NONE)
        give_up(NOT_DONE, "start", &fault);
    site.login.authorities = authorities;
    site.ocsp = arguments.ocsp;
    site.crl = arguments.crl;
    site.agent = arguments.agent;
    sigset_t set;
    signals_block(&set);
    struct http_server *server;
    struct http_options one_thread = {.num_threads = 1};
    if (http_server_start(listening, site_routes, SITE_NUM_ROUTES, &site, &one_thread, &server) !=
        ERR_NONE)
        give_up(NOT_DONE, "start", &fault);
    printf("%u\n", port);
    fflush(stdout);
    int signal;
    sigwait(&set, &signal);
    http_server_stop(server);
    site_done(&site);
    return 0;
}
