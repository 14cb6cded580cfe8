#include "chip/session.h"

#include <string.h>

void session_start(struct chip *chip, enum applet applet)
{
    explicit_bzero(&chip->session, sizeof chip->session);
    chip->session.applet = applet;
}

void session_take_operation(struct chip *chip)
{
    chip->taken = chip->session.open;
    explicit_bzero(&chip->session.open, sizeof chip->session.open);
}

void session_end_operation(struct chip *chip)
{
    explicit_bzero(&chip->taken, sizeof chip->taken);
}

void session_continue(struct chip *chip, enum step step)
{
    chip->session.open = chip->taken;
    chip->session.open.step = step;
}

bool session_allows(const struct chip *chip, enum step step, enum kind kind)
{
    return chip->taken.step == step && chip->taken.permit.kind == kind;
}

bool session_has_pin(const struct chip *chip, enum kind kind)
{
    return chip->image.kinds[kind].pin_len == 0 || chip->session.verified[kind];
}

enum status_word chip_commit(struct chip *chip, const struct image *next)
{
    if (chip->store.save(chip->store.context, next) != ERR_NONE)
        return SW_NOT_STORED;
    chip->image = *next;
    return SW_DONE;
}
