/* Messages between our own processes: a u32 length and that many bytes, over a stream socket. Both
 * sides distrust each other: a length above LIMIT_FRAME ends the connection. */
#pragma once

#include "base/bytes.h"

#define FRAME_HEAD 4

/* frame_size tells how long the frame is that begins so, head included; 0: its head is not whole;
 * SIZE_MAX: its body is longer than limit. */
size_t frame_size(struct bytes beginning, size_t limit);

enum err frame_send(int fd, struct bytes body) MUST_USE;
/* frame_send_fd also passes an open file descriptor (SCM_RIGHTS); the caller still owns its copy.
 */
enum err frame_send_fd(int fd, struct bytes body, int passed) MUST_USE;

/* frame_receive appends one body to *out (cap at least LIMIT_FRAME). ERR_CLOSED at end of stream
 * between two frames, ERR_PEER inside one, ERR_TIMEOUT after timeout milliseconds (-1: wait). */
enum err frame_receive(int fd, struct buffer *out, int timeout) MUST_USE;
/* *passed is the descriptor that came along, or -1; the caller closes it. */
enum err frame_receive_fd(int fd, struct buffer *out, int timeout, int *passed) MUST_USE;

/* socket_connect and socket_listen: UNIX stream sockets by path, close-on-exec. The listener
 * replaces a stale socket file; mode 0660; it waits for nobody (O_NONBLOCK). */
enum err socket_connect(const char *path, int *fd, struct fault *fault) MUST_USE;
enum err socket_listen(const char *path, int *fd, struct fault *fault) MUST_USE;
