/* jpki agent: options → settings → the server, until SIGTERM. What it serves is the room agent's.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/own_file.h"
#include "base/login_token.h"
#include "agent/socket_owner.h"
#include "base/sandbox.h"
#include "main/agent_log.h"
#include "main/options.h"
#include "terminal/screen.h"
#include "terminal/visit.h"

/* The end does not wait longer for a card that another program holds: SIGALRM ends us. */
#define STOP_SECONDS 3

enum agent_option {
    OPTION_NONE,
    OPTION_PORT,
    OPTION_READER,
    OPTION_LANGUAGE,
    OPTION_TERMINAL,
    NUM_OPTIONS
};

static const struct option agent_options[] = {
    OPTION_VALUE("port", OPTION_PORT),
    OPTION_VALUE("reader", OPTION_READER),
    OPTION_VALUE("language", OPTION_LANGUAGE),
    OPTION_VALUE("terminal", OPTION_TERMINAL),
    {0},
};

static bool read_port(const char *text, uint16_t *out)
{
    char *end;
    *out = LOGIN_AGENT_PORT;
    if (!text)
        return true;
    unsigned long port = strtoul(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && !*end && port >= 1 && port <= UINT16_MAX) {
        *out = (uint16_t)port;
        return true;
    }
    complain_usage(say("--port %s: not a port", "--port %s: ポート番号ではありません"), text);
    return false;
}

static bool read_language(const char *text, enum language *out)
{
    *out = text ? (strcmp(text, "ja") == 0 ? LANGUAGE_JA : LANGUAGE_EN) : language_of_locale();
    if (!text || strcmp(text, "ja") == 0 || strcmp(text, "en") == 0)
        return true;
    complain_usage(say("--language %s: ja or en", "--language %s: ja か en です"), text);
    return false;
}

static int complain_taken(uint16_t port, const struct fault *fault)
{
    struct socket_owner owner;
    char text[256];
    if (fault->code != ERR_EXISTS || socket_owner_of_port(port, &owner) != ERR_NONE)
        return complain_fault(fault);
    socket_owner_print(&owner, text, sizeof text);
    fprintf(
        stderr,
        say("jpki: port %u is taken: %s has it. An agent on another port is not found by "
            "sites.\n",
            "jpki: ポート %u は使用中です（%s）。ポートを変えるとサイトから見つけられません。\n"),
        port, text);
    return EXIT_UNDECIDED;
}

static void tell_ready(const struct agent_settings *settings, const struct phrase *phrase)
{
    if (phrase && phrase->is_new)
        printf(say("Your phrase, by which you know the agent's pages: %s\n"
                   "To change it, edit %s and start the agent again.\n",
                   "合言葉（このソフトウェアの画面に表示されます）: %s\n"
                   "変更するには %s を書き換えて再起動します。\n"),
               phrase->text, phrase->path);
    printf(say("ready: http://127.0.0.1:%u/\n", "起動しました: http://127.0.0.1:%u/\n"),
           settings->port);
    fflush(stdout);
}

/* Blocked before a thread begins, so that it inherits that. */
static void signals_block(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    sigprocmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN); /* of a log that nobody can read any more */
}

struct pages {
    const struct http_route *routes;
    size_t num_routes;
    void *context;
    struct http_options options;
};

/* Until a signal. */
static int serve(int listening, const struct pages *pages, const struct agent_settings *settings,
                 const struct phrase *phrase)
{
    struct http_server *server = NULL;
    sigset_t set;
    int signal;
    signals_block(&set);
    enum err err = agent_log_start();
    if (err == ERR_NONE)
        err = http_server_start(listening, pages->routes, pages->num_routes, pages->context,
                                &pages->options, &server);
    if (err != ERR_NONE)
        return complain_err(say("the server", "サーバー"), err);
    tell_ready(settings, phrase);
    sigwait(&set, &signal);
    alarm(STOP_SECONDS);
    http_server_stop(server);
    return EXIT_DONE;
}

static int run(const struct agent_settings *settings)
{
    struct fault fault = {0};
    struct phrase phrase;
    struct agent *agent = NULL;
    char path[PATH_MAX], address[32];
    int listening;
    snprintf(address, sizeof address, "127.0.0.1:%u", settings->port);
    if (http_listen(address, &listening, NULL, &fault) != ERR_NONE)
        return complain_taken(settings->port, &fault);
    if (sandbox_basics(&fault) != ERR_NONE || phrase_path(path, &fault) != ERR_NONE ||
        phrase_read(path, settings->language, &phrase, &fault) != ERR_NONE ||
        agent_open(settings, &phrase, &agent, &fault) != ERR_NONE)
        return complain_fault(&fault);
    /* one thread: questions and card are its alone */
    const struct pages pages = {agent_routes,
                                num_agent_routes,
                                agent,
                                {.num_threads = 1,
                                 .headers = agent_headers,
                                 .num_headers = num_agent_headers,
                                 .admits = agent_admits}};
    int status = serve(listening, &pages, settings, &phrase);
    agent_close(agent);
    return status;
}

static int serve_terminal(int listening, struct visit *visit, const struct agent_settings *settings)
{
    struct fault fault = {0};
    struct terminal_screen *screen = NULL;
    const struct screen_settings of_screen = {.pages = settings->pages, .port = settings->port};
    if (screen_open(&of_screen, visit_shown(visit), &screen, &fault) != ERR_NONE)
        return complain_fault(&fault);
    const struct pages pages = {screen_routes,
                                num_screen_routes,
                                screen,
                                {.num_threads = 1,
                                 .headers = screen_headers,
                                 .num_headers = num_screen_headers,
                                 .admits = screen_admits}};
    int status = serve(listening, &pages, settings, NULL);
    screen_close(screen);
    return status;
}

/* The resident's screen at a counter, in the place of the logins. */
static int run_terminal(const struct agent_settings *settings, const char *url)
{
    struct fault fault = {0};
    struct visit *visit = NULL;
    char address[32], name[32], file[PATH_MAX];
    int listening;
    sigset_t set;
    snprintf(address, sizeof address, "127.0.0.1:%u", settings->port);
    if (http_listen(address, &listening, NULL, &fault) != ERR_NONE)
        return complain_taken(settings->port, &fault);
    fault_name_input(&fault, "--terminal");
    signals_block(&set);
    if (sandbox_basics(&fault) != ERR_NONE)
        return complain_fault(&fault);
    snprintf(name, sizeof name, "terminal-%u", settings->port);
    enum err err = own_file_path(name, file, &fault);
    if (err == ERR_NONE)
        err = visit_start(url, settings->reader, file, &visit, &fault);
    if (err == ERR_USAGE)
        return complain_usage("--terminal %s: %s", url, fault.text);
    if (err != ERR_NONE)
        return complain_fault(&fault);
    int status = serve_terminal(listening, visit, settings);
    visit_stop(visit);
    return status;
}

static int run_agent(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_OPTIONS] = {0};
    struct agent_settings settings = {.pages = JPKI_PAGES, .tell = agent_log_tell};
    if (!options_read_all(argc, argv, command->options, values, NUM_OPTIONS) ||
        !read_port(values[OPTION_PORT], &settings.port) ||
        !read_language(values[OPTION_LANGUAGE], &settings.language))
        return EXIT_USAGE;
    settings.reader = values[OPTION_READER];
    return values[OPTION_TERMINAL] ? run_terminal(&settings, values[OPTION_TERMINAL])
                                   : run(&settings);
}

const struct command agent_commands[] = {
    {"agent", run_agent, agent_options, "let sites in the browser use the card",
     "ブラウザーからカードでログイン", NULL},
    {0},
};
