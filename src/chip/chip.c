#include "chip/chip.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "chip/administration.h"
#include "chip/files.h"
#include "chip/keys.h"
#include "chip/pin.h"
#include "chip/session.h"
#include "chip/staging.h"
#include "chip/statement.h"

/* P1 or P2 that the function judges itself. FILE_80 in P2: 80 is the current file, 80|number makes
 * that file the current one. */
enum { ANY = -1, FILE_80 = -2 };

/* The forms in which a command may come: ISO/IEC 7816-4 cases, as a set. */
enum { CASE_1 = 1, CASE_2 = 2, CASE_3 = 4, CASE_4 = 8, CASES = 15 };

enum { IN_JPKI = 1 << APPLET_JPKI, IN_COMMON = 1 << APPLET_COMMON, IN_ALL = 7 };

/* One row a command. An old resident card does not know the rows of administration. */
static const struct command {
    uint8_t cla, ins;
    int p1, p2;
    uint8_t cases;
    uint8_t applets;
    bool is_administration;
    uint16_t answer; /* bytes that Le must leave room for */
    command_function *function;
} commands[] = {
    /* ISO/IEC 7816-4, JICSAP 2.0 */
    {0x00, 0xA4, ANY, ANY, CASES, IN_ALL, false, 0, file_select},       /* 11.1.1 SELECT */
    {0x00, 0xB0, ANY, ANY, CASE_2, IN_ALL, false, 0, file_read_binary}, /* READ BINARY */
    {0x00, 0xB2, ANY, ANY, CASE_2, IN_ALL, false, 0, file_read_record}, /* READ RECORD */
    {0x00, 0x20, 0x00, FILE_80, CASES, IN_JPKI, false, 0, pin_verify},  /* VERIFY */
    {0x00, 0x24, 0x01, FILE_80, CASE_3, IN_JPKI, false, 0, pin_change}, /* CHANGE R. DATA */
    {0x80, 0x2A, ANY, ANY, CASE_4, IN_JPKI, false, 256, key_sign},      /* SIGNATURE */
    {0x00, 0x84, 0x00, 0x00, CASE_2, IN_ALL, false, 0, challenge_get},  /* GET CHALLENGE */
    /* docs/PROTOCOL.card-administration */
    {0x00, 0x82, 0x00, 0x00, CASE_3, IN_JPKI, true, 0, permit_present},    /* 3 */
    {0x00, 0x47, 0x00, ANY, CASE_2, IN_JPKI, true, 256, key_generate},     /* 3.1 */
    {0x00, 0xD6, ANY, ANY, CASE_3, IN_JPKI, true, 0, staging_add},         /* 3.2, 3.4 */
    {0x00, 0x44, 0x00, 0x00, CASE_1, IN_JPKI, true, 0, staging_activate},  /* 3.2, 3.4 */
    {0x00, 0x2C, 0x02, FILE_80, CASE_3, IN_JPKI, true, 0, pin_reset},      /* 3.3 */
    {0x00, 0x88, 0x00, ANY, CASE_4, IN_JPKI, true, 254, statement_answer}, /* 4 */
};

/* Nothing is stored for GET DATA, which readers of other cards send. */
#define INS_SELECT   0xA4
#define INS_GET_DATA 0xCA

enum err chip_new(const struct image *image, struct chip_store store, struct chip **out)
{
    struct chip *chip = calloc(1, sizeof *chip);
    if (!chip)
        return ERR_MEMORY;
    chip->image = *image;
    chip->store = store;
    *out = chip;
    return ERR_NONE;
}

void chip_free(struct chip *chip)
{
    if (chip)
        explicit_bzero(chip, sizeof *chip);
    free(chip);
}

void chip_cleanup(struct chip **chip)
{
    chip_free(*chip);
}

void chip_power_on(struct chip *chip)
{
    session_start(chip, APPLET_ISSUER);
    chip->has_power = true;
}

void chip_power_off(struct chip *chip)
{
    session_start(chip, APPLET_ISSUER);
    chip->has_power = false;
}

void chip_reset(struct chip *chip)
{
    session_start(chip, APPLET_ISSUER);
}

struct bytes chip_atr(const struct chip *chip)
{
    static const uint8_t atr[] = {0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14};
    (void)chip;
    return bytes_of(atr, sizeof atr);
}

/* Classes: 00 and 80 on the basic channel. The low bits ask for channels or secure messaging. */
static enum status_word check_class(const struct apdu *apdu)
{
    if (apdu->cla & 0x70)
        return SW_UNKNOWN_CLA;
    if (apdu->cla & 0x0C)
        return apdu->ins == INS_SELECT ? SW_NO_SECURE_MESSAGING : SW_NO_SECURE_SESSION;
    return apdu->cla & 0x03 ? SW_NO_CHANNEL : SW_DONE;
}

static const struct command *find_command(const struct chip *chip, uint8_t ins)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (commands[i].ins == ins)
            return commands[i].applets & 1 << chip->session.applet &&
                           !(commands[i].is_administration && chip->image.is_old)
                       ? &commands[i]
                       : NULL;
    return NULL;
}

static enum status_word resolve_file(struct chip *chip, uint8_t p2)
{
    if (!(p2 & 0x80) || p2 & 0x60)
        return SW_WRONG_PARAMETERS;
    const struct file *file = p2 & 0x1F ? file_find(chip->session.applet, p2 & 0x1F) : NULL;
    if (p2 & 0x1F && !file)
        return SW_FILE_NOT_FOUND;
    if (file)
        chip->session.file = file;
    return chip->session.file ? SW_DONE : SW_NO_FILE_SELECTED;
}

static enum status_word check_command(struct chip *chip, const struct command *command,
                                      const struct apdu *apdu)
{
    int form = apdu->data.len ? (apdu->has_le ? CASE_4 : CASE_3) : apdu->has_le ? CASE_2 : CASE_1;
    if (command->cla != apdu->cla)
        return SW_UNKNOWN_CLA;
    if ((command->p1 >= 0 && command->p1 != apdu->p1) ||
        (command->p2 >= 0 && command->p2 != apdu->p2))
        return SW_WRONG_PARAMETERS;
    if (!(command->cases & form) || (command->answer && apdu->le < command->answer))
        return SW_WRONG_LENGTH;
    return command->p2 == FILE_80 ? resolve_file(chip, apdu->p2) : SW_DONE;
}

static enum status_word execute(struct chip *chip, struct bytes input, struct buffer *answer)
{
    struct apdu apdu;
    if (apdu_parse(input, &apdu, NULL) != ERR_NONE)
        return SW_WRONG_LENGTH;
    enum status_word word = check_class(&apdu);
    if (word != SW_DONE)
        return word;
    const struct command *command = find_command(chip, apdu.ins);
    if (!command)
        return apdu.ins == INS_GET_DATA ? SW_DATA_NOT_FOUND : SW_UNKNOWN_INS;
    word = check_command(chip, command, &apdu);
    return word == SW_DONE ? command->function(chip, &apdu, answer) : word;
}

void chip_transmit(struct chip *chip, struct bytes apdu, struct buffer *response)
{
    if (!chip->has_power)
        return;
    struct buffer answer CLEANUP_BUFFER;
    buffer_init(&answer, LIMIT_APDU);
    session_take_operation(chip);
    enum status_word word = execute(chip, apdu, &answer);
    session_end_operation(chip);
    if (word == SW_DONE && buffer_check(&answer) != ERR_NONE)
        word = SW_FAILED;
    if (word == SW_DONE)
        buffer_put_bytes(response, buffer_bytes(&answer));
    buffer_put_u16(response, (uint16_t)word);
}
