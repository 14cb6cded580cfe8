/* prove-desk: the counter's desk with a card that is an image file, read and written by the chip in
 * this very process: the terminal's and the chip's own code, without pcscd between them.
 *   prove-desk SOCKET IMAGE AS register POINT               asks for the registration of the card
 *   prove-desk SOCKET IMAGE AS run NUMBER PIN PIN [STEP]    goes on with an application, to its end
 * or until a step is next prove-desk - IMAGE - wrong-pin KIND                     shows the card a
 * wrong PIN The PINs are the signature's, the authentication's. Prints the last answer. Exit
 * status: 0 done, 1 refused, 2 failed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/encoding.h"
#include "main/chip_card.h"
#include "terminal/terminal.h"
#include "reader/memory.h"

struct desk {
    char *path;
    char **pins;
    struct chip *chip;
    struct emulated_card card;
    struct card_channel channel;
    struct counter_client client;
    struct terminal terminal;
};

/* --- the card --- */

static enum err save(void *context, const struct image *image)
{
    return image_write(((struct desk *)context)->path, image, NULL);
}

/* The moment at which the card's answer leaves it. The recorder sees it; there is no such socket.
 */
static void tell_recorder(struct bytes apdu, const struct buffer *response)
{
    uint8_t mark[] = {apdu.len > 1 ? apdu.data[1] : 0, response->data[response->len - 2],
                      response->data[response->len - 1]};
    (void)!send(-1, mark, sizeof mark, 0);
}

static void transmit(void *context, struct bytes apdu, struct buffer *response)
{
    chip_transmit(context, apdu, response);
    tell_recorder(apdu, response);
}

static bool give_pin(void *context, enum kind kind, bool is_new, struct secret *out)
{
    (void)is_new;
    return secret_set(out, bytes_of_text(((struct desk *)context)->pins[kind])) == ERR_NONE;
}

static enum err desk_open(struct desk *desk, const char *socket, char *image_path, const char *as)
{
    static struct image image;
    desk->path = image_path;
    desk->client.fd = -1;
    enum err err = image_read(image_path, &image, NULL);
    if (err == ERR_NONE)
        err = chip_new(&image, (struct chip_store){save, desk}, &desk->chip);
    if (err != ERR_NONE)
        return err;
    desk->card = chip_card(desk->chip);
    desk->card.transmit = transmit;
    err = memory_open(&desk->card, &desk->channel);
    if (err == ERR_NONE && strcmp(socket, "-") != 0)
        err = counter_client_open(socket, as, &desk->client, NULL);
    desk->terminal = (struct terminal){.channel = &desk->channel,
                                       .ask_pin = give_pin,
                                       .context = desk,
                                       .ask = terminal_ask_socket,
                                       .centre = &desk->client};
    return err;
}

/* --- the application --- */

/* Replaces the answer by that of the next step; false when there is none, or it was not done. */
static bool go_one(struct desk *desk, int64_t number, struct counter_answer *answer,
                   const char *until)
{
    struct counter_answer shown CLEANUP_COUNTER_ANSWER = {0};
    counter_client_ask(&desk->client, "application-show",
                       json_pack("{s:I}", "number", (json_int_t)number), &shown);
    json_t *next = json_object_get(shown.detail, "next");
    const char *step = json_string_value(json_object_get(next, "step"));
    if (shown.outcome != COUNTER_DONE || !step || (until && strcmp(step, until) == 0)) {
        counter_answer_done(answer);
        *answer = shown;
        shown = (struct counter_answer){0};
        return false;
    }
    counter_answer_done(answer);
    if (!terminal_step(&desk->terminal, &shown, answer))
        counter_client_step(&desk->client, number, next, answer);
    return answer->outcome == COUNTER_DONE;
}

static int tell(const struct counter_answer *answer)
{
    char *text =
        json_dumps(answer->detail ? answer->detail : json_null(), JSON_COMPACT | JSON_ENCODE_ANY);
    printf("%s\n", text ? text : "");
    free(text);
    if (answer->outcome == COUNTER_FAILED)
        fprintf(stderr, "prove-desk: %s\n", answer->fault.text);
    return answer->outcome == COUNTER_DONE ? 0 : answer->outcome == COUNTER_REFUSED ? 1 : 2;
}

static int run_application(struct desk *desk, char **words)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    desk->pins = words + 1;
    int64_t number = atoll(words[0]);
    while (go_one(desk, number, &answer, words[3]))
        ;
    return tell(&answer);
}

static int run_register(struct desk *desk, char **words)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    uint8_t point[PERMIT_POINT_LEN];
    if (hex_decode_exactly(words[0], point, sizeof point) != ERR_NONE)
        return 64;
    terminal_register(&desk->terminal, point, &answer);
    return tell(&answer);
}

/* --- the card alone --- */

/* Shows the card a PIN, with a new one for a change; prints the tries that are left. */
static int run_pin(struct desk *desk, char **words)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct secret pin CLEANUP_SECRET, new_pin CLEANUP_SECRET;
    uint8_t tries = 0;
    enum kind kind;
    secret_init(&pin);
    secret_init(&new_pin);
    if (kind_parse(words[0], &kind) != ERR_NONE)
        return 64;
    enum err err = secret_set(&pin, bytes_of_text(words[1]));
    if (err == ERR_NONE && words[2])
        err = secret_set(&new_pin, bytes_of_text(words[2]));
    if (err == ERR_NONE)
        err = card_session_begin(&desk->channel, &session, NULL);
    if (err == ERR_NONE)
        err = card_verify_pin(&session, kind, &pin, &tries, NULL);
    if (err == ERR_NONE && words[2])
        err = card_change_pin(&session, kind, &new_pin, NULL);
    printf("%u\n", tries);
    return err == ERR_NONE ? 0 : err == ERR_PIN ? 1 : 2;
}

static const struct {
    const char *name;
    int least_words;
    int (*run)(struct desk *, char **);
} commands[] = {
    {"register", 1, run_register},
    {"run", 3, run_application},
    {"pin", 2, run_pin},
    {"change", 3, run_pin},
};

int main(int argc, char **argv)
{
    struct desk desk = {0};
    for (size_t i = 0; argc > 4 && i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(argv[4], commands[i].name) != 0 || argc < 5 + commands[i].least_words)
            continue;
        enum err err = desk_open(&desk, argv[1], argv[2], argv[3]);
        if (err != ERR_NONE) {
            fprintf(stderr, "prove-desk: %s\n", err_sentence(err, LANGUAGE_EN));
            return 2;
        }
        return commands[i].run(&desk, argv + 5);
    }
    fprintf(stderr, "prove-desk: wrong usage\n");
    return 64;
}
