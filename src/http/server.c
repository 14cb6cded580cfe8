/* Threads, each with its own epoll over the one listening socket and its own connections. The
 * kernel wakes whichever it likes for a new one, and often the same: where that has many more than
 * another that is idle, it gives the connection to that. A connection's life is in connection.c. */
#include "http/server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "http/connection.h"
#include "http/form.h"

#define DEFAULT_CONNECTIONS 256
#define DEFAULT_IDLE        10 /* seconds */
#define DEFAULT_REQUEST     20
#define EVENTS_AT_ONCE      64
#define ACCEPTS_AT_ONCE     16
#define MANY_MORE           8   /* connections than another thread has */
#define TICK                500 /* milliseconds between two looks at the deadlines */

struct thread {
    pthread_t id;
    struct http_server *server;
    struct http_worker worker;
    int epoll;
    atomic_bool is_running, is_idle;
    atomic_size_t num_connections;
    pthread_mutex_t lock; /* of the list: another thread may append to it, and do no more */
    struct http_connection *oldest, *newest; /* by their last whole request */
    int64_t swept;
};

struct http_server {
    struct http_service service;
    bool (*admits)(void *context, int fd);
    int listening, stop;
    size_t max_connections; /* of one thread */
    unsigned num_threads;
    struct thread threads[HTTP_THREADS_MAX];
};

/* --- what a handler may ask --- */

const char *http_request_header(const struct http_request *request, const char *name)
{
    return http_head_field(request->head, name);
}

bool http_request_query(const struct http_request *request, const char *name, char *out,
                        size_t size)
{
    struct buffer value CLEANUP_BUFFER;
    buffer_init(&value, size - 1);
    if (http_form_find(bytes_of_text(request->head->query), name, &value) != ERR_NONE)
        return false;
    const char *text = buffer_text(&value);
    if (!text || strlen(text) != value.len || http_has_controls(text))
        return false;
    memcpy(out, text, value.len + 1);
    return true;
}

/* --- the connections of a thread --- */

static void list_append(struct thread *thread, struct http_connection *connection)
{
    connection->older = thread->newest;
    connection->newer = NULL;
    if (thread->newest)
        thread->newest->newer = connection;
    else
        thread->oldest = connection;
    thread->newest = connection;
}

static void list_remove(struct thread *thread, struct http_connection *connection)
{
    if (connection->older)
        connection->older->newer = connection->newer;
    else
        thread->oldest = connection->newer;
    if (connection->newer)
        connection->newer->older = connection->older;
    else
        thread->newest = connection->older;
}

static bool watch(const struct thread *thread, int operation, int fd, uint32_t events, void *what)
{
    struct epoll_event event = {.events = events, .data = {.ptr = what}};
    return epoll_ctl(thread->epoll, operation, fd, &event) == 0;
}

static void connection_free(struct http_connection *connection)
{
    http_connection_done(connection);
    free(connection);
}

/* Under the lock. Closing alone would not end the watch while a process that is being started has a
 * copy of the descriptor: an event would come for memory that is gone. */
static void connection_remove(struct thread *thread, struct http_connection *connection)
{
    (void)epoll_ctl(thread->epoll, EPOLL_CTL_DEL, connection->fd, NULL);
    list_remove(thread, connection);
    thread->num_connections--;
    connection_free(connection);
}

static void connection_end(struct thread *thread, struct http_connection *connection)
{
    pthread_mutex_lock(&thread->lock);
    connection_remove(thread, connection);
    pthread_mutex_unlock(&thread->lock);
}

/* False: there is none. */
static bool connection_end_oldest(struct thread *thread)
{
    pthread_mutex_lock(&thread->lock);
    bool is_there = thread->oldest;
    if (is_there)
        connection_remove(thread, thread->oldest);
    pthread_mutex_unlock(&thread->lock);
    return is_there;
}

/* Its own one, but where that has many more than an idle one, or is full. Only its own thread ends
 * a connection, so that another one has one more only where there is room. */
static struct thread *thread_for_one_more(struct thread *own)
{
    struct http_server *server = own->server;
    struct thread *least = own;
    bool is_full = own->num_connections >= server->max_connections;
    for (size_t i = 0; i < HTTP_THREADS_MAX; i++) {
        struct thread *other = &server->threads[i];
        if ((other->is_idle || (is_full && other->is_running)) &&
            other->num_connections < least->num_connections)
            least = other;
    }
    bool has_room = least->num_connections + MANY_MORE < server->max_connections;
    return has_room && least->num_connections + MANY_MORE <= own->num_connections ? least : own;
}

/* Once it is watched, its thread may want to end it; the lock holds that up until it is listed. */
static bool connection_add(struct thread *thread, struct http_connection *connection)
{
    pthread_mutex_lock(&thread->lock);
    bool is_watched = watch(thread, EPOLL_CTL_ADD, connection->fd, EPOLLIN, connection);
    if (is_watched) {
        list_append(thread, connection);
        thread->num_connections++;
    }
    pthread_mutex_unlock(&thread->lock);
    return is_watched;
}

/* Where all are full, the connection whose last request is longest ago makes room: idle ones keep
 * nobody out. */
static void connection_begin(struct thread *own, int fd, struct http_peer peer)
{
    const int on = 1;
    struct http_connection *connection = malloc(sizeof *connection);
    if (!connection) {
        close(fd);
        return;
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    http_connection_init(connection, fd, &own->worker);
    connection->peer = peer;
    struct thread *thread = thread_for_one_more(own);
    if (thread == own && own->num_connections >= own->server->max_connections)
        (void)connection_end_oldest(own);
    if (!connection_add(thread, connection))
        connection_free(connection);
}

static void accept_some(struct thread *thread)
{
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        struct sockaddr_storage from = {0};
        socklen_t size = sizeof from;
        int fd = accept4(thread->server->listening, (struct sockaddr *)&from, &size,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE))
            (void)connection_end_oldest(thread);
        if (fd < 0)
            return;
        if (thread->server->admits && !thread->server->admits(thread->server->service.context, fd))
            close(fd);
        else
            connection_begin(thread, fd, http_peer_of(&from));
    }
}

static void connection_work(struct thread *thread, struct http_connection *connection,
                            uint32_t events)
{
    bool answered = false;
    enum http_wish before = connection->wish, wish = HTTP_WANTS_END;
    if (before == HTTP_WANTS_WRITE && (events & EPOLLOUT))
        wish = http_connection_write(connection, &thread->worker, &answered);
    else if (before == HTTP_WANTS_READ && (events & EPOLLIN))
        wish = http_connection_read(connection, &thread->worker, &answered);
    if (wish != HTTP_WANTS_END && answered) {
        pthread_mutex_lock(&thread->lock);
        list_remove(thread, connection);
        list_append(thread, connection);
        pthread_mutex_unlock(&thread->lock);
    }
    connection->wish = wish;
    if (wish != HTTP_WANTS_END && wish != before &&
        !watch(thread, EPOLL_CTL_MOD, connection->fd, wish == HTTP_WANTS_WRITE ? EPOLLOUT : EPOLLIN,
               connection))
        wish = HTTP_WANTS_END;
    if (wish == HTTP_WANTS_END)
        connection_end(thread, connection);
}

static void sweep(struct thread *thread)
{
    if (thread->worker.now - thread->swept < TICK)
        return;
    thread->swept = thread->worker.now;
    pthread_mutex_lock(&thread->lock);
    for (struct http_connection *at = thread->oldest, *next; at; at = next) {
        next = at->newer;
        if (at->deadline < thread->worker.now)
            connection_remove(thread, at);
    }
    pthread_mutex_unlock(&thread->lock);
}

/* --- the threads --- */

/* RFC 9110 5.6.7 */
static void look_at_clocks(struct http_worker *worker)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t second = clock_now();
    worker->now = clock_monotonic();
    if (second == worker->date_second)
        return;
    struct clock_time t = time_split(second, 0);
    worker->date_second = second;
    snprintf(worker->date, sizeof worker->date, "%s, %02u %s %04u %02u:%02u:%02u GMT",
             days[second / 86400 % 7], t.date.day % 100u, months[(t.date.month - 1u) % 12],
             (unsigned)t.date.year % 10000, t.hour % 100u, t.minute % 100u, t.second % 100u);
}

static void *thread_run(void *context)
{
    struct thread *thread = context;
    const struct http_server *server = thread->server;
    struct epoll_event events[EVENTS_AT_ONCE];
    for (;;) {
        thread->is_idle = true;
        int num = epoll_wait(thread->epoll, events, EVENTS_AT_ONCE, TICK);
        thread->is_idle = false;
        bool accepts = false;
        look_at_clocks(&thread->worker);
        for (int i = 0; i < num; i++) {
            if (events[i].data.ptr == &server->stop)
                return NULL;
            if (events[i].data.ptr == &server->listening)
                accepts = true;
            else
                connection_work(thread, events[i].data.ptr, events[i].events);
        }
        if (accepts)
            accept_some(thread); /* after the others: it may end one of them */
        sweep(thread);
    }
}

static enum err thread_start(struct http_server *server, struct thread *thread)
{
    thread->server = server;
    pthread_mutex_init(&thread->lock, NULL);
    thread->worker.service = &server->service;
    thread->worker.date_second = INT64_MIN;
    http_response_init(&thread->worker.response);
    buffer_init(&thread->worker.out, SIZE_MAX / 2);
    thread->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (thread->epoll < 0 ||
        !watch(thread, EPOLL_CTL_ADD, server->listening, EPOLLIN | EPOLLEXCLUSIVE,
               &server->listening) ||
        !watch(thread, EPOLL_CTL_ADD, server->stop, EPOLLIN, &server->stop))
        return ERR_IO;
    thread->is_running = pthread_create(&thread->id, NULL, thread_run, thread) == 0;
    return thread->is_running ? ERR_NONE : ERR_MEMORY;
}

static void thread_done(struct thread *thread)
{
    while (connection_end_oldest(thread))
        continue;
    pthread_mutex_destroy(&thread->lock);
    http_response_done(&thread->worker.response);
    buffer_done(&thread->worker.out);
    fd_close(&thread->epoll);
}

/* --- the server --- */

static unsigned or_default(unsigned value, unsigned otherwise)
{
    return value ? value : otherwise;
}

static size_t longest_request(const struct http_route *routes, size_t num_routes)
{
    size_t longest = 0;
    for (size_t i = 0; i < num_routes; i++)
        longest = routes[i].body_max > longest ? routes[i].body_max : longest;
    return HTTP_HEAD_MAX + longest + HTTP_READ_MAX;
}

static enum err server_start(struct http_server *server, unsigned num_threads)
{
    enum err err = server->stop < 0 ? ERR_IO : ERR_NONE;
    if (err == ERR_NONE && fcntl(server->listening, F_SETFL, O_NONBLOCK) != 0)
        err = ERR_IO;
    while (err == ERR_NONE && server->num_threads < num_threads) {
        err = thread_start(server, &server->threads[server->num_threads]);
        if (err == ERR_NONE)
            server->num_threads++;
        else
            thread_done(&server->threads[server->num_threads]);
    }
    return err;
}

enum err http_server_start(int listening, const struct http_route *routes, size_t num_routes,
                           void *context, const struct http_options *options,
                           struct http_server **out)
{
    unsigned num_threads = or_default(options->num_threads, 1);
    if (num_threads > HTTP_THREADS_MAX)
        return ERR_LIMIT;
    struct http_server *server = calloc(1, sizeof *server);
    if (!server)
        return ERR_MEMORY;
    server->service = (struct http_service){
        .routes = routes,
        .num_routes = num_routes,
        .context = context,
        .headers = options->headers,
        .num_headers = options->num_headers,
        .max_in = longest_request(routes, num_routes),
        .idle_time = INT64_C(1000) * or_default(options->idle_timeout, DEFAULT_IDLE),
        .request_time = INT64_C(1000) * or_default(options->request_timeout, DEFAULT_REQUEST),
    };
    server->max_connections =
        (or_default(options->max_connections, DEFAULT_CONNECTIONS) + num_threads - 1) / num_threads;
    server->admits = options->admits;
    server->listening = listening;
    server->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    enum err err = server_start(server, num_threads);
    if (err != ERR_NONE) {
        server->listening = -1; /* the caller's still */
        http_server_stop(server);
        return err;
    }
    *out = server;
    return ERR_NONE;
}

void http_server_stop(struct http_server *server)
{
    if (!server)
        return;
    if (server->num_threads && eventfd_write(server->stop, 1) != 0)
        abort();
    for (unsigned i = 0; i < server->num_threads; i++)
        pthread_join(server->threads[i].id, NULL);
    for (unsigned i = 0; i < server->num_threads; i++) /* none gives another one more */
        thread_done(&server->threads[i]);
    fd_close(&server->stop);
    fd_close(&server->listening);
    free(server);
}
