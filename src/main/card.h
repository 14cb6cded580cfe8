/* The subcommands about cards and their PINs, one a file; card.c lists them. */
#pragma once

#include "main/options.h"
#include "reader/channel.h"

int run_card_make(const struct command *command, int argc, char **argv);
extern const struct option card_make_options[];

int run_card_emulate(const struct command *command, int argc, char **argv);
extern const struct option card_emulate_options[];

int run_card_show(const struct command *command, int argc, char **argv);
extern const struct option card_show_options[];

int run_pin_change(const struct command *command, int argc, char **argv);
extern const struct option pin_change_options[];
