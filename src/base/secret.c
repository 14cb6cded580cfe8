#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"

void secret_init(struct secret *secret)
{
    secret->len = 0;
}

void secret_done(struct secret *secret)
{
    explicit_bzero(secret, sizeof *secret);
}

enum err secret_set(struct secret *secret, struct bytes value)
{
    if (value.len > SECRET_MAX)
        return ERR_LIMIT;
    if (value.len)
        memcpy(secret->data, value.data, value.len);
    secret->len = value.len;
    return ERR_NONE;
}

struct bytes secret_bytes(const struct secret *secret)
{
    return bytes_of(secret->data, secret->len);
}

bool secret_equal(struct bytes a, struct bytes b)
{
    if (a.len != b.len)
        return false;
    volatile uint8_t difference = 0;
    for (size_t i = 0; i < a.len; i++)
        difference = (uint8_t)(difference | (a.data[i] ^ b.data[i]));
    return difference == 0;
}

enum err secret_guard_process(void)
{
    static const struct rlimit none = {0, 0};
    bool is_guarded = setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
    return is_guarded ? ERR_NONE : ERR_DENIED;
}

enum err secret_read_fd(int fd, struct secret *secret)
{
    secret_init(secret);
    for (;;) {
        uint8_t octet;
        ssize_t len = read(fd, &octet, 1);
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return ERR_IO;
        if (len == 0 && secret->len == 0)
            return ERR_CLOSED;
        if (len == 0 || octet == '\n')
            return ERR_NONE;
        if (secret->len == SECRET_MAX)
            return ERR_LIMIT;
        secret->data[secret->len++] = octet;
    }
}

enum err secret_ask(const char *prompt, struct secret *secret)
{
    int fd CLEANUP_FD = open("/dev/tty", O_RDWR | O_CLOEXEC);
    struct termios shown;
    if (fd < 0 || tcgetattr(fd, &shown) != 0)
        return ERR_IO;
    struct termios hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(fd, TCSAFLUSH, &hidden) != 0)
        return ERR_IO;
    enum err err = fd_write_all(fd, bytes_of_text(prompt));
    if (err == ERR_NONE)
        err = secret_read_fd(fd, secret);
    tcsetattr(fd, TCSAFLUSH, &shown);
    if (err == ERR_NONE)
        err = fd_write_all(fd, bytes_of_text("\n"));
    return err;
}
