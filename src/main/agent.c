/* jpki agent: options → settings → the server, until SIGTERM. What it serves is the room agent's.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/agent.h"
#include "base/login_token.h"
#include "agent/socket_owner.h"
#include "base/sandbox.h"
#include "main/agent_log.h"
#include "main/options.h"

/* The end does not wait longer for a card that another program holds: SIGALRM ends us. */
#define STOP_SECONDS 3

enum agent_option { OPTION_NONE, OPTION_PORT, OPTION_READER, OPTION_LANGUAGE, NUM_OPTIONS };

static const struct option agent_options[] = {
    OPTION_VALUE("port", OPTION_PORT),
    OPTION_VALUE("reader", OPTION_READER),
    OPTION_VALUE("language", OPTION_LANGUAGE),
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
    if (phrase->is_new)
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

/* One thread: questions and card are its alone. */
static int serve(int listening, struct agent *agent, const struct agent_settings *settings,
                 const struct phrase *phrase)
{
    const struct http_options options = {.num_threads = 1,
                                         .headers = agent_headers,
                                         .num_headers = num_agent_headers,
                                         .admits = agent_admits};
    struct http_server *server = NULL;
    sigset_t set;
    int signal;
    signals_block(&set);
    enum err err = agent_log_start();
    if (err == ERR_NONE)
        err =
            http_server_start(listening, agent_routes, num_agent_routes, agent, &options, &server);
    if (err != ERR_NONE)
        return complain_err(say("the server", "サーバー"), err);
    tell_ready(settings, phrase);
    sigwait(&set, &signal);
    alarm(STOP_SECONDS);
    http_server_stop(server);
    alarm(0);
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
    int status = serve(listening, agent, settings, &phrase);
    agent_close(agent);
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
    return run(&settings);
}

const struct command agent_commands[] = {
    {"agent", run_agent, agent_options, "let sites in the browser use the card",
     "ブラウザーからカードでログイン", NULL},
    {0},
};
