#include "http/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static struct http_peer peer_of_four(struct in_addr address)
{
    struct http_peer peer;
    memcpy(peer.address, mapped, sizeof mapped);
    memcpy(peer.address + sizeof mapped, &address, sizeof address);
    return peer;
}

static struct http_peer peer_of_six(struct in6_addr address)
{
    struct http_peer peer;
    memcpy(peer.address, &address, sizeof peer.address);
    return peer;
}

struct http_peer http_peer_of(const struct sockaddr_storage *from)
{
    struct sockaddr_in6 six;
    struct sockaddr_in four;
    memcpy(&six, from, sizeof six);
    memcpy(&four, from, sizeof four);
    if (from->ss_family == AF_INET6)
        return peer_of_six(six.sin6_addr);
    return from->ss_family == AF_INET ? peer_of_four(four.sin_addr) : (struct http_peer){0};
}

bool http_peer_parse(const char *forwarded, struct http_peer *out)
{
    struct in6_addr six;
    struct in_addr four;
    const char *comma = strrchr(forwarded, ','), *last = comma ? comma + 1 : forwarded;
    last += strspn(last, " \t");
    if (inet_pton(AF_INET, last, &four) == 1)
        *out = peer_of_four(four);
    else if (inet_pton(AF_INET6, last, &six) == 1)
        *out = peer_of_six(six);
    else
        return false;
    return true;
}

struct http_peer http_peer_network(struct http_peer peer)
{
    if (memcmp(peer.address, mapped, sizeof mapped) != 0)
        memset(peer.address + 8, 0, 8);
    return peer;
}
