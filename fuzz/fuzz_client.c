/* What a hostile server answers our client, byte for byte: status line, headers, a body of a length
 * or in chunks. The first byte says how much the caller takes and which method it uses. Redirects
 * are not followed here: they would lead out of this machine. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "http/client.h"
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int listening = -1;
static char url[64];

static void start(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    require(bind(listening, (struct sockaddr *)&address, len) == 0 && listen(listening, 8) == 0 &&
            getsockname(listening, (struct sockaddr *)&address, &len) == 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", ntohs(address.sin_port));
}

/* Answers one request without reading it, and waits until the other side has gone. */
static void *answer(void *context)
{
    const struct bytes *bytes = context;
    char request[4096];
    int fd CLEANUP_FD = accept(listening, NULL, NULL);
    if (send(fd, bytes->data, bytes->len, MSG_NOSIGNAL) >= 0)
        shutdown(fd, SHUT_WR);
    while (recv(fd, request, sizeof request, 0) > 0)
        ;
    return NULL;
}

static void check(const struct http_answer *answer)
{
    require(strlen(answer->content_type) < HTTP_CONTENT_TYPE &&
            strlen(answer->cookie) < HTTP_COOKIE && strlen(answer->location) < HTTP_LOCATION);
    require(!strpbrk(answer->cookie, "\r\n")); /* it is sent back */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer out CLEANUP_BUFFER;
    struct http_answer got = {0};
    pthread_t thread;
    buffer_init(&out, size && data[0] & 1 ? 64 : 8192);
    if (size == 0)
        return 0;
    if (listening < 0)
        start();
    struct bytes bytes = bytes_of(data + 1, size - 1);
    buffer_put_text(&out, "before");
    const struct http_fetch fetch = {.url = url,
                                     .is_post = data[0] & 2,
                                     .content_type = data[0] & 2 ? "text/plain" : NULL,
                                     .body = bytes_of_text(data[0] & 2 ? "body" : ""),
                                     .timeout = 2000};
    require(pthread_create(&thread, NULL, answer, &bytes) == 0);
    enum err err = http_fetch(&fetch, &out, &got, NULL);
    pthread_join(thread, NULL);
    require(err != ERR_TIMEOUT && err != ERR_USAGE && err != ERR_MEMORY);
    if (err == ERR_NONE)
        check(&got);
    else
        require(out.len == strlen("before"));
    return 0;
}
