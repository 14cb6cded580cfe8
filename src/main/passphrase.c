/* The passphrase of the keys: from a descriptor or from the terminal, whole or in shares. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/shares.h"
#include "main/jpkid.h"
#include "main/options.h"

/* The numbers of the standard streams stay taken: what is opened next must not become one of them.
 */
static void let_go(int fd)
{
    int nothing = fd <= STDERR_FILENO ? open("/dev/null", O_RDWR | O_CLOEXEC) : -1;
    if (nothing < 0 || dup2(nothing, fd) != fd)
        close(fd);
    fd_close(&nothing);
}

/* Where the lines come from. */
struct source {
    int fd; /* -1: the terminal */
};

static int line_read(const struct source *source, const char *prompt, struct secret *out)
{
    enum err err = source->fd < 0 ? secret_ask(prompt, out) : secret_read_fd(source->fd, out);
    if (err == ERR_NONE)
        return EXIT_DONE;
    return source->fd < 0 ? complain_ask("passphrase", "passphrase-fd", err)
                          : complain_descriptor("passphrase", "passphrase-fd", err);
}

static int share_add(struct shares *shares, const struct secret *line)
{
    struct fault fault = {0};
    if (shares->num == SHARES_MAX)
        return complain_usage(say("more shares than there are", "シェアの数が多すぎます"));
    if (share_parse(secret_bytes(line), &shares->all[shares->num], &fault) != ERR_NONE)
        return complain_fault(&fault);
    shares->num++;
    return EXIT_DONE;
}

/* The line is the first share; more are read until they are enough. */
static int shares_read(const struct source *source, struct secret *line)
{
    struct shares shares CLEANUP_SHARES = {0};
    struct secret passphrase CLEANUP_SECRET;
    secret_init(&passphrase);
    for (;;) {
        struct fault fault = {0};
        char prompt[64];
        int status = share_add(&shares, line);
        if (status != EXIT_DONE)
            return status;
        enum err err = shares_combine(&shares, &passphrase, &fault);
        if (err == ERR_NONE)
            return secret_set(line, secret_bytes(&passphrase)) == ERR_NONE ? EXIT_DONE
                                                                           : EXIT_UNDECIDED;
        if (err != ERR_NOT_FOUND)
            return complain_fault(&fault);
        snprintf(prompt, sizeof prompt, say("Share %u of %u: ", "シェア %u / %u: "), shares.num + 1,
                 shares.all[0].threshold);
        status = line_read(source, prompt, line);
        if (status != EXIT_DONE)
            return status;
    }
}

static int ask_again(const struct source *source, const struct secret *first)
{
    struct secret again CLEANUP_SECRET;
    secret_init(&again);
    int status = line_read(source, say("Again: ", "もう一度: "), &again);
    if (status == EXIT_DONE && !secret_equal(secret_bytes(&again), secret_bytes(first)))
        return complain_usage(say("the passphrases differ", "パスフレーズが一致しません"));
    return status;
}

static int passphrase_read(const struct source *source, bool is_new, struct secret *out)
{
    int status = line_read(source, say("Passphrase: ", "パスフレーズ: "), out);
    if (status == EXIT_DONE && source->fd >= 0 && out->len == 0)
        return complain_usage(say("the passphrase is empty", "パスフレーズが空です"));
    if (status == EXIT_DONE && source->fd < 0 && is_new)
        status = ask_again(source, out);
    if (status == EXIT_DONE && !is_new && share_is(secret_bytes(out)))
        status = shares_read(source, out);
    return status;
}

int jpkid_passphrase(const char *fd_text, bool is_new, struct secret *out)
{
    struct source source = {-1};
    if (fd_text && !option_descriptor("passphrase-fd", fd_text, &source.fd))
        return EXIT_USAGE;
    int status = passphrase_read(&source, is_new, out);
    if (fd_text)
        let_go(source.fd);
    return status;
}
