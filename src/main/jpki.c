/* jpki, everyone's tool: the lists of its subcommands. What a subcommand does is in its file. */
#include "main/command.h"

#include <stddef.h>

/* One list a file, in the order in which help shows them. */
/* clang-format off */
static const struct command *const lists[] = {
    rules_commands,
    guide_commands,
    card_commands,
    counter_commands,
    admin_commands,
    sign_commands,
    login_commands,
    agent_commands,
    verify_commands,
    NULL,
};
/* clang-format on */

int main(int argc, char **argv)
{
    return command_run(lists, argc, argv);
}
