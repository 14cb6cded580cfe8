/* A listening TCP socket from the text "address:port". Numbers only, so that nothing is looked up.
 */
#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/file.h"

union socket_address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

static bool port_parse(const char *text, uint16_t *out)
{
    char *end;
    errno = 0;
    unsigned long port = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || port > UINT16_MAX)
        return false;
    *out = (uint16_t)port;
    return true;
}

static socklen_t address_join(const char *host, uint16_t port, union socket_address *out)
{
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, host, &out->four.sin_addr) == 1) {
        out->four.sin_family = AF_INET;
        out->four.sin_port = htons(port);
        return sizeof out->four;
    }
    if (inet_pton(AF_INET6, host, &out->six.sin6_addr) == 1) {
        out->six.sin6_family = AF_INET6;
        out->six.sin6_port = htons(port);
        return sizeof out->six;
    }
    return 0;
}

/* Zero: not an address. */
static socklen_t address_parse(const char *text, union socket_address *out)
{
    char host[INET6_ADDRSTRLEN + 2];
    const char *colon = strrchr(text, ':');
    uint16_t port;
    if (!colon || (size_t)(colon - text) >= sizeof host || !port_parse(colon + 1, &port))
        return 0;
    size_t len = (size_t)(colon - text);
    memcpy(host, text, len);
    host[len] = '\0';
    if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
        host[len - 1] = '\0';
        memmove(host, host + 1, len - 1);
    } else if (strchr(host, ':')) {
        return 0; /* IPv6 needs its brackets */
    }
    return address_join(host, port, out);
}

bool http_is_address(const char *text)
{
    union socket_address where;
    return address_parse(text, &where) != 0;
}

enum err http_listen(const char *address, int *out, uint16_t *port, struct fault *fault)
{
    fault_name_input(fault, address);
    union socket_address where;
    socklen_t len = address_parse(address, &where);
    if (len == 0)
        return fault_set(fault, ERR_USAGE, "address", "not ADDRESS:PORT in numbers");
    int fd CLEANUP_FD = socket(where.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        return fault_set(fault, ERR_IO, "socket", "%s", strerror(errno));
    if (bind(fd, &where.any, len) != 0 || listen(fd, 512) != 0)
        return fault_set(fault, errno == EADDRINUSE ? ERR_EXISTS : ERR_IO, "listen", "%s",
                         strerror(errno));
    if (getsockname(fd, &where.any, &len) != 0)
        return fault_set(fault, ERR_IO, "socket", "%s", strerror(errno));
    if (port)
        *port = ntohs(where.any.sa_family == AF_INET ? where.four.sin_port : where.six.sin6_port);
    *out = fd;
    fd = -1;
    return ERR_NONE;
}
