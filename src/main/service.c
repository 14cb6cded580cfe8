/* The parent of the roles: starts web, status and feed again when they die, ends the service when
 * signer or commit die. It holds no key after the passphrase went to signer, answers nobody, and
 * reads nothing from outside. */
#include "main/service.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "http/server.h"
#include "main/log.h"
#include "main/options.h"

#define LOOK_PAUSE 250 /* milliseconds until somebody may be due to be started again */

void service_init(struct service *service)
{
    *service = (struct service){
        .children = children_none, .lock = -1, .signals = -1, .ready = -1, .manager = {.fd = -1}};
}

void service_done(struct service *service)
{
    children_done(&service->children);
    fd_close(&service->lock);
    fd_close(&service->signals);
    fd_close(&service->ready);
    notify_done(&service->manager);
}

/* --- running --- */

/* Once: when each process that lives answers. One that ended before it answered is told by its end,
 * started again, and not waited for. */
static void say_when_ready(struct service *service)
{
    bool is_all = true;
    for (enum role role = 0; role < NUM_ROLES; role++) {
        const struct child *child = &service->children.of[role];
        if (service->said_ready || (child->pid > 0 && !child->is_ready))
            return;
        is_all = is_all && (child->is_ready || child->started == 0);
    }
    printf("ready\n");
    log_say(LOG_READY, LOG_ALONE, "%s",
            is_all ? say("all processes answer", "全プロセスが応答中")
                   : say("the other processes answer", "他のプロセスは応答中"));
    notify_say(&service->manager, "READY=1");
    service->said_ready = true;
    fflush(stdout);
}

static void read_ready(struct service *service)
{
    uint8_t role;
    if (read(service->ready, &role, 1) == 1 && role < NUM_ROLES)
        service->children.of[role].is_ready = true;
}

static void say_end(enum role role, int status)
{
    const char *name = role_rows[role].name;
    if (WIFSIGNALED(status))
        log_say(LOG_ENDED, LOG_WITH({"ended", name, 0}, {"signal", NULL, WTERMSIG(status)}),
                say("%s was ended by signal %d", "%s がシグナル %d で終了"), name,
                WTERMSIG(status));
    else
        log_say(LOG_ENDED, LOG_WITH({"ended", name, 0}, {"status", NULL, WEXITSTATUS(status)}),
                say("%s ended with %d", "%s が終了状態 %d で終了"), name, WEXITSTATUS(status));
}

/* False: the service ends. */
static bool after_end(enum role role, int status)
{
    say_end(role, status);
    if (!role_rows[role].is_vital)
        return true; /* children_restart starts it again */
    log_say(LOG_SERVICE_ENDS, LOG_WITH({"ended", role_rows[role].name, 0}),
            say("the service ends: without %s nothing can be signed or stored; start it again",
                "%s がなければ署名も記録もできないため、サービスを終了します"),
            role_rows[role].name);
    return false;
}

/* True when somebody asked the service to end. */
static bool read_signal(const struct service *service)
{
    struct signalfd_siginfo info;
    return read(service->signals, &info, sizeof info) == (ssize_t)sizeof info &&
           info.ssi_signo != SIGCHLD;
}

int service_run(struct service *service)
{
    struct fault fault = {0};
    for (;;) {
        struct pollfd watched[] = {{.fd = service->signals, .events = POLLIN},
                                   {.fd = service->ready, .events = POLLIN}};
        if (poll(watched, COUNT_OF(watched), LOOK_PAUSE) < 0 && errno != EINTR)
            return EXIT_UNDECIDED;
        notify_alive(&service->manager);
        if (watched[1].revents & POLLIN)
            read_ready(service);
        if ((watched[0].revents & POLLIN) && read_signal(service))
            return EXIT_DONE;
        int status = 0;
        for (enum role role; (role = children_reap(&service->children, &status)) != NUM_ROLES;)
            if (!after_end(role, status))
                return EXIT_UNDECIDED;
        say_when_ready(service);
        if (children_restart(&service->children, &fault) != ERR_NONE)
            return role_fail(&fault);
    }
}

/* --- starting and ending --- */

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
    service->ready = pipes[0];
    service->children.ready = pipes[1];
    return ERR_NONE;
}

enum err service_listen(struct service *service, enum role role, const char *address,
                        struct fault *fault)
{
    uint16_t port;
    char url[SERVICE_URL];
    if (!address)
        return ERR_NONE;
    enum err err = http_listen(address, &service->children.listening[role], &port, fault);
    if (err != ERR_NONE)
        return err;
    snprintf(url, sizeof url, "http://%.*s:%u", (int)(strrchr(address, ':') - address), address,
             port);
    printf("%s %s/\n", role_rows[role].name, url);
    bool is_any = strncmp(address, "0.0.0.0:", 8) == 0 || strncmp(address, "[::]:", 5) == 0;
    if (role == ROLE_WEB && !service->web_url[0] && !is_any) /* nobody comes by that one */
        memcpy(service->web_url, url, sizeof url);
    if (role == ROLE_WEB)
        service->children.call.web_url = service->web_url;
    return err;
}

/* Sample data has a clock of its own, which --clock sets and the act `clock` moves. */
static enum err clock_make(struct service *service, const char *text, struct fault *fault)
{
    int64_t start;
    fault_name_input(fault, "--clock");
    if (text && !service->children.call.is_sample)
        return fault_set(fault, ERR_DENIED, "clock", "only sample data may have another time");
    if (text && time_parse(text, &start) != ERR_NONE)
        return fault_set(fault, ERR_USAGE, "clock", "not a time (YYYY-MM-DDThh:mm:ssZ)");
    if (!service->children.call.is_sample)
        return ERR_NONE;
    service->children.clock = memfd_create("clock", MFD_CLOEXEC);
    if (service->children.clock < 0 || ftruncate(service->children.clock, sizeof start) != 0)
        return fault_set(fault, ERR_IO, "clock", "%s", strerror(errno));
    enum err err = clock_share(service->children.clock, true);
    if (err == ERR_NONE && text)
        clock_start_at(start);
    return err;
}

enum err service_prepare(struct service *service, const char *clock, struct fault *fault)
{
    enum err err = clock_make(service, clock, fault);
    return err == ERR_NONE ? signals_take(service, fault) : err;
}

void service_end(struct service *service)
{
    log_say(LOG_STOPPING, LOG_ALONE, "%s", say("the processes end", "全プロセスを終了します"));
    notify_say(&service->manager, "STOPPING=1");
    children_end(&service->children);
}

/* Before anything of the data is touched. No role needs root; without --user it is only told. */
enum err service_become(const char *user, struct fault *fault)
{
    if (user)
        return sandbox_become(user, fault);
    if (geteuid() == 0)
        log_say(LOG_AS_ROOT, LOG_ALONE, "%s",
                say("running as root; --user says as whom to run",
                    "root で動作しています。--user で利用者を指定できます"));
    return ERR_NONE;
}
