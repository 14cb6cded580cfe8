/* The parent of the four roles: starts them, starts web and status again when they die, ends the
 * service when signer or commit die. It holds no key after the passphrase went to signer, answers
 * nobody, and reads nothing from outside. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/secret.h"
#include "http/server.h"
#include "main/backup.h"
#include "main/data_folder.h"
#include "main/jpkid.h"
#include "main/options.h"
#include "main/role.h"

#define RESTART_PAUSE 1000 /* milliseconds between two starts of one role */
#define END_PAUSE     3000 /* milliseconds that a role has to end by itself */

enum { OPTION_DATA = 1, OPTION_PASSPHRASE, OPTION_LISTEN, OPTION_WEB, OPTION_CLOCK, NUM_OPTIONS };

const struct option serve_options[] = {
    {"data", required_argument, NULL, OPTION_DATA},
    {"passphrase-fd", required_argument, NULL, OPTION_PASSPHRASE},
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"web", required_argument, NULL, OPTION_WEB},
    {"clock", required_argument, NULL, OPTION_CLOCK},
    {0},
};

struct child {
    int pid; /* 0: does not run */
    int64_t started;
    bool is_ready;
};

struct service {
    struct role_call call; /* what all roles are told */
    struct child children[NUM_ROLES];
    int lock, signals;
    int clock;                /* of sample data: shared by all roles */
    int listening[NUM_ROLES]; /* of web and status; -1: not asked for */
    int commit;               /* the parent's end of commit's control socket */
    int ready_read, ready_write;
    bool said_ready;
};

static const struct service service_closed = {.lock = -1,
                                              .signals = -1,
                                              .clock = -1,
                                              .listening = {-1, -1, -1, -1},
                                              .commit = -1,
                                              .ready_read = -1,
                                              .ready_write = -1};

static void service_done(struct service *service)
{
    fd_close(&service->lock);
    fd_close(&service->signals);
    fd_close(&service->clock);
    fd_close(&service->commit);
    fd_close(&service->ready_read);
    fd_close(&service->ready_write);
    for (enum role role = 0; role < NUM_ROLES; role++)
        fd_close(&service->listening[role]);
}

static enum err socket_pair(int fds[2], struct fault *fault)
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0)
        return ERR_NONE;
    return fault_set(fault, ERR_IO, "socket pair", "%s", strerror(errno));
}

/* --- starting --- */

static enum err start(struct service *service, enum role role, int first, int second,
                      struct fault *fault)
{
    const int fds[] = {service->ready_write, first, second, service->clock};
    size_t num_fds = COUNT_OF(fds) - (service->clock < 0 ? 1 : 0);
    struct child *child = &service->children[role];
    service->call.role = role;
    *child = (struct child){.started = clock_monotonic()};
    return role_spawn(&service->call, fds, num_fds, &child->pid, fault);
}

/* The passphrase goes through a pipe, to signer alone; a pipe holds more than the longest one. */
static enum err start_signer(struct service *service, int commit, const struct secret *passphrase,
                             struct fault *fault)
{
    int pipes[2];
    if (pipe2(pipes, O_CLOEXEC) != 0)
        return fault_set(fault, ERR_IO, "pipe", "%s", strerror(errno));
    int read_end CLEANUP_FD = pipes[0], write_end CLEANUP_FD = pipes[1];
    enum err err = fd_write_all(write_end, secret_bytes(passphrase));
    if (err != ERR_NONE)
        return fault_set(fault, err, "passphrase", "it could not be handed over");
    return start(service, ROLE_SIGNER, commit, read_end, fault);
}

static enum err start_keys_and_writer(struct service *service, const struct secret *passphrase,
                                      struct fault *fault)
{
    int keys[2], control[2];
    enum err err = socket_pair(keys, fault);
    if (err != ERR_NONE)
        return err;
    int signer_end CLEANUP_FD = keys[0], commit_end CLEANUP_FD = keys[1];
    err = socket_pair(control, fault);
    if (err != ERR_NONE)
        return err;
    int control_end CLEANUP_FD = control[1];
    service->commit = control[0];
    err = start_signer(service, signer_end, passphrase, fault);
    return err == ERR_NONE ? start(service, ROLE_COMMIT, commit_end, control_end, fault) : err;
}

/* web or status, with a new socket to commit each time. ERR_CLOSED: commit is no more there to take
 * it. */
static enum err start_front(struct service *service, enum role role, struct fault *fault)
{
    int pair[2];
    if (service->listening[role] < 0)
        return ERR_NONE;
    enum err err = socket_pair(pair, fault);
    if (err != ERR_NONE)
        return err;
    int front_end CLEANUP_FD = pair[0], commit_end CLEANUP_FD = pair[1];
    err = frame_send_fd(service->commit, bytes_of_text(role_rows[role].name), commit_end);
    if (err != ERR_NONE)
        return fault_set(fault, err, "commit", "it does not take a socket");
    return start(service, role, service->listening[role], front_end, fault);
}

static enum err start_all(struct service *service, const struct secret *passphrase,
                          struct fault *fault)
{
    enum err err = start_keys_and_writer(service, passphrase, fault);
    if (err == ERR_NONE)
        err = start_front(service, ROLE_STATUS, fault);
    if (err == ERR_NONE)
        err = start_front(service, ROLE_WEB, fault);
    return err;
}

/* --- ending --- */

static void kill_from(const struct service *service, enum role first, int signal)
{
    for (enum role role = first; role < NUM_ROLES; role++)
        if (service->children[role].pid > 0)
            kill(service->children[role].pid, signal);
}

static bool any_runs(const struct service *service)
{
    for (enum role role = 0; role < NUM_ROLES; role++)
        if (service->children[role].pid > 0)
            return true;
    return false;
}

/* The role whose process ended, or NUM_ROLES when none did. */
static enum role reap(struct service *service, int *status)
{
    int pid = waitpid(-1, status, WNOHANG);
    for (enum role role = 0; pid > 0 && role < NUM_ROLES; role++)
        if (service->children[role].pid == pid) {
            service->children[role].pid = 0;
            return role;
        }
    return NUM_ROLES;
}

/* signer is not asked: it ends when commit has, so that what commit is doing can be finished. */
static void end_all(struct service *service)
{
    int64_t start = clock_monotonic();
    int status;
    kill_from(service, ROLE_SIGNER + 1, SIGTERM);
    while (any_runs(service)) {
        if (clock_monotonic() - start > END_PAUSE)
            kill_from(service, ROLE_SIGNER, SIGKILL);
        if (reap(service, &status) == NUM_ROLES)
            usleep(10 * 1000);
    }
}

static void say_end(enum role role, int status)
{
    const char *name = role_rows[role].name;
    if (WIFSIGNALED(status))
        fprintf(stderr,
                say("jpkid: %s was ended by signal %d\n", "jpkid: %s がシグナル %d で終了\n"), name,
                WTERMSIG(status));
    else
        fprintf(stderr, say("jpkid: %s ended with %d\n", "jpkid: %s が終了状態 %d で終了\n"), name,
                WEXITSTATUS(status));
}

/* --- running --- */

static void say_when_ready(struct service *service)
{
    for (enum role role = 0; role < NUM_ROLES; role++)
        if (service->children[role].pid > 0 && !service->children[role].is_ready)
            return;
    if (!service->said_ready)
        printf("ready\n");
    service->said_ready = true;
    fflush(stdout);
}

static void read_ready(struct service *service)
{
    uint8_t role;
    if (read(service->ready_read, &role, 1) == 1 && role < NUM_ROLES) {
        service->children[role].is_ready = true;
        say_when_ready(service);
    }
}

/* False: the service ends. */
static bool after_end(enum role role, int status)
{
    say_end(role, status);
    if (!role_rows[role].is_vital)
        return true; /* restart_due starts it again */
    fprintf(stderr,
            say("jpkid: the service ends: without %s nothing can be signed or stored; start it "
                "again\n",
                "jpkid: %s がなければ署名も記録もできないため、サービスを終了します\n"),
            role_rows[role].name);
    return false;
}

static enum err restart_due(struct service *service, struct fault *fault)
{
    for (enum role role = 0; role < NUM_ROLES; role++) {
        const struct child *child = &service->children[role];
        if (child->pid > 0 || service->listening[role] < 0 ||
            clock_monotonic() - child->started < RESTART_PAUSE)
            continue;
        enum err err = start_front(service, role, fault);
        if (err == ERR_CLOSED)
            return ERR_NONE; /* its end is told when it is reaped */
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

/* True when somebody asked the service to end. */
static bool read_signal(const struct service *service)
{
    struct signalfd_siginfo info;
    return read(service->signals, &info, sizeof info) == (ssize_t)sizeof info &&
           info.ssi_signo != SIGCHLD;
}

static int run(struct service *service)
{
    struct fault fault = {0};
    for (;;) {
        struct pollfd watched[] = {{.fd = service->signals, .events = POLLIN},
                                   {.fd = service->ready_read, .events = POLLIN}};
        if (poll(watched, COUNT_OF(watched), RESTART_PAUSE / 4) < 0 && errno != EINTR)
            return EXIT_UNDECIDED;
        if (watched[1].revents & POLLIN)
            read_ready(service);
        if ((watched[0].revents & POLLIN) && read_signal(service))
            return EXIT_DONE;
        int status = 0;
        for (enum role role; (role = reap(service, &status)) != NUM_ROLES;)
            if (!after_end(role, status))
                return EXIT_UNDECIDED;
        if (restart_due(service, &fault) != ERR_NONE)
            return complain_fault(&fault);
    }
}

/* --- the command --- */

static enum err signals_take(struct service *service, struct fault *fault)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 ||
        (service->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
        return fault_set(fault, ERR_IO, "signals", "%s", strerror(errno));
    int pipes[2];
    if (pipe2(pipes, O_CLOEXEC) != 0)
        return fault_set(fault, ERR_IO, "pipe", "%s", strerror(errno));
    service->ready_read = pipes[0];
    service->ready_write = pipes[1];
    return ERR_NONE;
}

static enum err listen_for(struct service *service, enum role role, const char *address,
                           struct fault *fault)
{
    uint16_t port;
    if (!address)
        return ERR_NONE;
    enum err err = http_listen(address, &service->listening[role], &port, fault);
    if (err == ERR_NONE)
        printf("%s http://%.*s:%u/\n", role_rows[role].name, (int)(strrchr(address, ':') - address),
               address, port);
    return err;
}

/* Sample data has a clock of its own, which --clock sets and the act `clock` moves. */
static enum err clock_make(struct service *service, const char *text, struct fault *fault)
{
    int64_t start;
    fault_name_input(fault, "--clock");
    if (text && !service->call.is_sample)
        return fault_set(fault, ERR_DENIED, "clock", "only sample data may have another time");
    if (text && time_parse(text, &start) != ERR_NONE)
        return fault_set(fault, ERR_USAGE, "clock", "not a time (YYYY-MM-DDThh:mm:ssZ)");
    if (!service->call.is_sample)
        return ERR_NONE;
    service->clock = memfd_create("clock", MFD_CLOEXEC);
    if (service->clock < 0 || ftruncate(service->clock, sizeof start) != 0)
        return fault_set(fault, ERR_IO, "clock", "%s", strerror(errno));
    enum err err = clock_share(service->clock, true);
    if (err == ERR_NONE && text)
        clock_start_at(start);
    return err;
}

static enum err serve_start(struct service *service, const char *const *values,
                            const struct secret *passphrase, struct fault *fault)
{
    enum err err = clock_make(service, values[OPTION_CLOCK], fault);
    if (err == ERR_NONE)
        err = signals_take(service, fault);
    if (err == ERR_NONE)
        err = listen_for(service, ROLE_STATUS, values[OPTION_LISTEN], fault);
    if (err == ERR_NONE)
        err = listen_for(service, ROLE_WEB, values[OPTION_WEB], fault);
    return err == ERR_NONE ? start_all(service, passphrase, fault) : err;
}

static void say_first(const struct service *service)
{
    if (service->call.is_sample)
        fprintf(stderr, "jpkid: 見本／SAMPLE\n");
    fputs(say("jpkid: user separation is off: all roles run as one user\n",
              "jpkid: 利用者の分離は行われていません (全プロセスが同じ利用者で動作)\n"),
          stderr);
    if (service->listening[ROLE_WEB] < 0)
        fputs(say("jpkid: no --web: the pages are not served\n",
                  "jpkid: --web の指定がないため、ページは提供しません\n"),
              stderr);
}

int jpkid_serve(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_OPTIONS] = {0};
    struct service service CLEANUP(service_done) = service_closed;
    struct secret passphrase CLEANUP_SECRET;
    secret_init(&passphrase);
    struct fault fault = {0};
    if (!options_read_all(argc, argv, command->options, values, NUM_OPTIONS))
        return EXIT_USAGE;
    if (!values[OPTION_DATA] || !values[OPTION_LISTEN])
        return complain_usage("serve: --data and --listen are needed");
    if (backup_is(values[OPTION_DATA]))
        return refuse(
            say("%s is a backup: make a data folder of it with jpkid restore",
                "%s はバックアップです。jpkid restore でデータフォルダーを作成してください"),
            values[OPTION_DATA]);
    service.call = (struct role_call){.data = values[OPTION_DATA],
                                      .parent = getpid(),
                                      .is_sample = data_is_sample(values[OPTION_DATA])};
    if (sandbox_basics(&fault) != ERR_NONE ||
        data_folder_lock(service.call.data, &service.lock, &fault) != ERR_NONE)
        return complain_fault(&fault);
    int status = jpkid_passphrase(values[OPTION_PASSPHRASE], false, &passphrase);
    if (status != EXIT_DONE)
        return status;
    enum err err = serve_start(&service, values, &passphrase, &fault);
    secret_done(&passphrase);
    if (err == ERR_NONE)
        say_first(&service);
    fflush(stdout);
    status = err == ERR_NONE ? run(&service) : complain_fault(&fault);
    end_all(&service);
    return err == ERR_USAGE ? EXIT_USAGE : status;
}
