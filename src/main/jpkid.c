/* jpkid, the service: finds the subcommand and runs it. `jpkid role` is how serve starts its own
 * processes; nobody else calls it. */
#include "main/jpkid.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "main/options.h"
#include "main/role.h"

static const struct command commands[] = {
    {"init", jpkid_init, init_options, "make keys, authorities and database in a new folder",
     "新しいフォルダーに鍵、認証局、データベースを作成", NULL},
    {"serve", jpkid_serve, serve_options, "run the service", "サービスを実行", NULL},
    {"backup", jpkid_backup, backup_options, "copy everything that must not be lost, while it runs",
     "稼働中に、失ってはならないものをすべて複製", NULL},
    {"restore", jpkid_restore, restore_options, "say that data were restored, and go on above them",
     "復元したことを宣言し、欠番を避けて再開", NULL},
    {"authority-new", jpkid_authority_new, authority_new_options,
     "make the next generation of an authority", "次の世代の認証局を作成", NULL},
    {0},
};

static int passphrase_ask(bool is_new, struct secret *out)
{
    struct secret again CLEANUP_SECRET;
    secret_init(&again);
    enum err err = secret_ask(say("Passphrase: ", "パスフレーズ: "), out);
    if (err == ERR_NONE && is_new)
        err = secret_ask(say("Again: ", "もう一度: "), &again);
    if (err != ERR_NONE)
        return complain_ask("passphrase", "passphrase-fd", err);
    if (is_new && !secret_equal(secret_bytes(out), secret_bytes(&again)))
        return complain_usage(say("the passphrases differ", "パスフレーズが一致しません"));
    return EXIT_DONE;
}

/* The numbers of the standard streams stay taken: what is opened next must not become one of them.
 */
static void let_go(int fd)
{
    int nothing = fd <= STDERR_FILENO ? open("/dev/null", O_RDWR | O_CLOEXEC) : -1;
    if (nothing < 0 || dup2(nothing, fd) != fd)
        close(fd);
    fd_close(&nothing);
}

int jpkid_passphrase(const char *fd_text, bool is_new, struct secret *out)
{
    if (!fd_text)
        return passphrase_ask(is_new, out);
    int fd;
    if (!option_descriptor("passphrase-fd", fd_text, &fd))
        return EXIT_USAGE;
    enum err err = secret_read_fd(fd, out);
    let_go(fd);
    if (err != ERR_NONE)
        return complain_descriptor("passphrase", "passphrase-fd", err);
    if (out->len == 0)
        return complain_usage(say("the passphrase is empty", "パスフレーズが空です"));
    return EXIT_DONE;
}

bool jpkid_clock_ok(const char *text, bool is_sample)
{
    int64_t start;
    if (!text)
        return true;
    if (!is_sample || time_parse(text, &start) != ERR_NONE)
        return false;
    clock_start_at(start);
    return true;
}

int main(int argc, char **argv)
{
    static const struct command *const lists[] = {commands, NULL};
    if (argc > 1 && strcmp(argv[1], "role") == 0)
        return role_start(argc, argv);
    return command_run(lists, argc, argv);
}
