/* jpkid, the service: finds the subcommand and runs it. `jpkid role` is how serve starts its own
 * processes; nobody else calls it. */
#include "main/jpkid.h"

#include <string.h>

#include "base/clock.h"
#include "main/log.h"
#include "main/options.h"
#include "main/role.h"
#include "main/settings.h"

static const struct command commands[] = {
    {"init", jpkid_init, init_options, "make keys, authorities and database in a new folder",
     "新しいフォルダーに鍵、認証局、データベースを作成", NULL},
    {"serve", jpkid_serve, serve_options, "run the service", "サービスを実行", NULL},
    {"follow", jpkid_follow, follow_options, "answer OCSP on another node, from its database",
     "別のノードで、データベースから OCSP に応答", NULL},
    {"backup", jpkid_backup, backup_options, "copy everything that must not be lost, while it runs",
     "稼働中に、失ってはならないものをすべて複製", NULL},
    {"restore", jpkid_restore, restore_options, "say that data were restored, and go on above them",
     "復元したことを宣言し、欠番を避けて再開", NULL},
    {"authority-new", jpkid_authority_new, authority_new_options,
     "make the next generation of an authority", "次の世代の認証局を作成", NULL},
    {"permit-key-new", jpkid_permit_key_new, permit_key_new_options,
     "make the next key that cards obey", "カードが従う次の許可鍵を作成", NULL},
    {0},
};

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
    if (argc == 2 && strcmp(argv[1], "--settings") == 0) {
        settings_list(commands);
        return EXIT_DONE;
    }
    if (argc == 2 && strcmp(argv[1], "--events") == 0) {
        log_list();
        return EXIT_DONE;
    }
    return command_run(lists, argc, argv);
}
