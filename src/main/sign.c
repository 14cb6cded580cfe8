/* jpki sign: a file, as it is, signed in CMS with the signature key in the card (page:S04). Shows
 * what is signed, what the signature will show of the holder, and how many tries the PIN has left,
 * before it asks for the PIN. What is made is client/sign's. */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "client/sign.h"
#include "main/options.h"
#include "main/pin_option.h"
#include "main/pin_tries.h"
#include "reader/pcsc.h"

enum sign_option {
    SIGN_NONE,
    SIGN_OUTPUT,
    SIGN_ATTACHED,
    SIGN_READER,
    SIGN_PIN_FD,
    SIGN_LAST_TRY,
    NUM_SIGN_OPTIONS
};

static const struct option sign_options[] = {
    {"output", required_argument, NULL, SIGN_OUTPUT}, /* also -o */
    {"attached", no_argument, NULL, SIGN_ATTACHED},
    {"reader", required_argument, NULL, SIGN_READER},
    {"pin-fd", required_argument, NULL, SIGN_PIN_FD},
    {"last-try", no_argument, NULL, SIGN_LAST_TRY},
    {0},
};

struct sign_job {
    const char *path, *pin_fd;
    char output[4096];
    struct pin_use use;
    struct sign_content content;
};

static void job_done(struct sign_job *job)
{
    sign_content_done(&job->content);
}

static void tell_what_is_signed(const struct sign_job *job, uint8_t tries)
{
    fprintf(stderr,
            say("%s (%llu bytes) will be signed.\n"
                "The signature carries your signature certificate: whoever receives it sees your "
                "name, address, date of birth and sex.\n"
                "The PIN of the signature certificate is asked for: 6 to 16 letters and digits; "
                "tries left: %u\n",
                "%s (%llu バイト) に署名します。\n"
                "署名には署名用電子証明書が付きます。受け取った人には氏名、住所、生年月日、"
                "性別が見えます。\n"
                "署名用電子証明書の暗証番号（英数字6〜16文字）を入力してください。残り回数: %u\n"),
            job->path, (unsigned long long)job->content.len, tries);
}

static int write_output(const struct sign_job *job, const struct buffer *cms)
{
    struct fault fault = {0};
    fault_name_input(&fault, job->output);
    if (file_create(job->output, buffer_bytes(cms), 0644, &fault) != ERR_NONE)
        return complain_fault(&fault);
    printf(say("signed: %s\n", "署名しました: %s\n"), job->output);
    return EXIT_DONE;
}

/* One transaction: SELECT follows in it, and no other program comes between PIN and signature. */
static int sign_with_pin(const struct sign_job *job, struct card_channel *channel,
                         const struct secret *pin)
{
    struct fault fault = {0};
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct buffer cms CLEANUP_BUFFER;
    buffer_init(&cms, LIMIT_CMS_DETACHED + job->content.attached.len);
    if (card_session_begin(channel, &session, &fault) != ERR_NONE)
        return complain_fault(&fault);
    int status = pin_tries_verify(&session, &job->use, pin);
    if (status != EXIT_DONE)
        return status;
    enum err err = sign_content_by_card(&session, &job->content, clock_now(), &cms, &fault);
    if (err != ERR_NONE)
        return err == ERR_STATE ? refuse_fault(&fault) : complain_fault(&fault);
    return write_output(job, &cms);
}

static int sign_file(const struct sign_job *job, const char *reader)
{
    struct fault fault = {0};
    struct card_channel channel CLEANUP_CARD_CHANNEL = {0};
    struct secret pin CLEANUP_SECRET;
    uint8_t tries;
    secret_init(&pin);
    if (pcsc_open(reader, &channel, &fault) != ERR_NONE)
        return complain_fault(&fault);
    int status = pin_tries_look(&channel, &job->use, &tries);
    if (status != EXIT_DONE)
        return status;
    tell_what_is_signed(job, tries);
    status = pin_option_read(job->pin_fd, job->use.kind, &pin);
    return status == EXIT_DONE ? sign_with_pin(job, &channel, &pin) : status;
}

/* FILE.p7s beside the file, FILE.p7m when the file is inside. */
static bool name_output(struct sign_job *job, const char *output, bool is_attached)
{
    size_t len =
        (size_t)snprintf(job->output, sizeof job->output, "%s%s", output ? output : job->path,
                         output        ? ""
                         : is_attached ? ".p7m"
                                       : ".p7s");
    return len < sizeof job->output;
}

static int run_sign(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_SIGN_OPTIONS] = {0};
    struct sign_job job CLEANUP(job_done) = {0};
    struct fault fault = {0};
    if (!options_read(argc, argv, command->options, values, NUM_SIGN_OPTIONS))
        return EXIT_USAGE;
    if (optind + 1 != argc)
        return complain_usage(say("one file is needed", "ファイルを1つ指定してください"));
    bool is_attached = values[SIGN_ATTACHED] != NULL;
    job.path = argv[optind];
    job.pin_fd = values[SIGN_PIN_FD];
    job.use = (struct pin_use){KIND_SIGNATURE, values[SIGN_LAST_TRY] != NULL, true};
    if (!name_output(&job, values[SIGN_OUTPUT], is_attached))
        return complain_usage(say("the name of the output is too long", "出力名が長すぎます"));
    if (access(job.output, F_OK) == 0)
        return complain_err(job.output, ERR_EXISTS);
    if (sign_content_read(job.path, is_attached, &job.content, &fault) != ERR_NONE)
        return complain_fault(&fault);
    return sign_file(&job, values[SIGN_READER]);
}

const struct command sign_commands[] = {
    {"sign", run_sign, sign_options, "sign a file with the card", "カードでファイルに署名", NULL},
    {0},
};
