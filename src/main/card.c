/* jpki card, jpki pin: the list of their subcommands. */
#include "main/card.h"

const struct command card_commands[] = {
    {"card make", run_card_make, card_make_options, "makes the image of an emulated card",
     "エミュレータ用のカードのイメージを作成します", NULL},
    {"card emulate", run_card_emulate, card_emulate_options,
     "inserts an emulated card into a reader", "エミュレータのカードをリーダに挿入します", NULL},
    {"card show", run_card_show, card_show_options, "shows what is in a card",
     "カードの内容を表示します", NULL},
    {"pin change", run_pin_change, pin_change_options, "changes a PIN", "暗証番号を変更します",
     NULL},
    {0},
};
