/* jpki card show: what is in a card, as far as it tells without a PIN. Spends no try. */
#include <jansson.h>
#include <stdio.h>

#include "base/limits.h"
#include "client/card.h"
#include "main/card.h"
#include "reader/pcsc.h"
#include "x509/cert.h"

enum show_option { SHOW_NONE, SHOW_READER, SHOW_JSON, NUM_SHOW_OPTIONS };

const struct option card_show_options[] = {
    {"reader", required_argument, NULL, SHOW_READER},
    {"json", no_argument, NULL, SHOW_JSON},
    {0},
};

enum content { CONTENT_NONE, CONTENT_HIDDEN, CONTENT_STRANGE, CONTENT_READ };

struct card_report {
    struct card_description card;
    bool has_id;
    uint8_t id[CARD_ID_LEN];
    struct {
        enum content content;
        struct date last_day; /* year 0 unless CONTENT_READ */
    } kinds[NUM_KINDS];
};

/* What cannot be read without a PIN, or not be understood, is said so and is no error: the rest of
 * the card still tells. */
static enum err read_kind(struct card_session *session, enum kind kind, struct card_report *out,
                          struct fault *fault)
{
    struct buffer der CLEANUP_BUFFER;
    struct cert cert;
    buffer_init(&der, LIMIT_CERTIFICATE);
    enum err err = card_read_certificate(session, kind, CARD_LEAF, &der, fault);
    if (err == ERR_NOT_FOUND)
        return ERR_NONE;
    if (err == ERR_DENIED) {
        out->kinds[kind].content = CONTENT_HIDDEN;
        return ERR_NONE;
    }
    if (err != ERR_NONE)
        return err;
    out->kinds[kind].content = CONTENT_STRANGE;
    if (cert_parse(buffer_bytes(&der), &cert, NULL) == ERR_NONE) {
        out->kinds[kind].content = CONTENT_READ;
        out->kinds[kind].last_day = date_of_time(cert.not_after);
    }
    return ERR_NONE;
}

static enum err read_report(struct card_channel *channel, struct card_report *out,
                            struct fault *fault)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    enum err err = card_session_begin(channel, &session, fault);
    if (err == ERR_NONE)
        err = card_describe(&session, &out->card, fault);
    for (size_t i = 0; err == ERR_NONE && i < NUM_KINDS; i++)
        if (out->card.has_certificate[i])
            err = read_kind(&session, (enum kind)i, out, fault);
    if (err != ERR_NONE)
        return err;
    err = card_read_id(&session, out->id, fault);
    out->has_id = err == ERR_NONE;
    return err == ERR_NOT_FOUND ? ERR_NONE : err;
}

static const char *type_sentence(enum card_type type)
{
    static const struct {
        const char *en, *ja;
    } sentences[] = {
        [CARD_UNKNOWN] = {"a card of an unknown type", "種類の分からないカード"},
        [CARD_MY_NUMBER] = {"My Number card", "マイナンバーカード"},
        [CARD_OLD_RESIDENT] = {"old resident card; certificates are no longer issued to it",
                               "住民基本台帳カード（電子証明書の発行は終了しています）"},
        [CARD_PHONE] = {"phone", "スマートフォン"},
    };
    return say(sentences[type].en, sentences[type].ja);
}

static void print_kind(const struct card_report *report, enum kind kind)
{
    static const struct {
        const char *en, *ja;
    } contents[] = {
        [CONTENT_NONE] = {"none", "なし"},
        [CONTENT_HIDDEN] = {"there; readable only with its PIN",
                            "あり（内容は暗証番号がないと読めません）"},
        [CONTENT_STRANGE] = {"there, but not understood", "あり（内容を解釈できません）"},
        [CONTENT_READ] = {"last valid day", "有効期限"},
    };
    enum content content = report->kinds[kind].content;
    char day[DATE_TEXT] = "";
    if (content == CONTENT_READ)
        date_print(report->kinds[kind].last_day, day);
    printf("%s: %s%s%s", kind_label(kind, language_of_locale()),
           say(contents[content].en, contents[content].ja), *day ? " " : "", day);
    if (report->card.tries[kind])
        printf(say("; PIN: %u tries left\n", "。暗証番号: 残り %u 回\n"), report->card.tries[kind]);
    else
        puts(say("; PIN: locked or not set", "。暗証番号: ロック中または未設定"));
}

static void print_report(const struct card_report *report)
{
    printf("%s: %s\n", say("card", "カード"), type_sentence(report->card.type));
    if (report->has_id)
        printf("%s: %.*s\n", say("card id", "カード番号"), CARD_ID_LEN, (const char *)report->id);
    for (size_t i = 0; i < NUM_KINDS; i++)
        print_kind(report, (enum kind)i);
}

static json_t *kind_json(const struct card_report *report, enum kind kind)
{
    char day[DATE_TEXT];
    bool has_day = report->kinds[kind].content == CONTENT_READ;
    if (has_day)
        date_print(report->kinds[kind].last_day, day);
    return json_pack("{s:b, s:s?, s:i}", "present", report->card.has_certificate[kind],
                     "last-valid-day", has_day ? day : NULL, "tries", report->card.tries[kind]);
}

static int print_report_json(const struct card_report *report)
{
    json_t *json = json_pack("{s:s, s:s, s:o}", "type", card_type_name(report->card.type), "label",
                             report->card.label, "card-id",
                             report->has_id ? json_stringn((const char *)report->id, CARD_ID_LEN)
                                            : json_null());
    for (size_t i = 0; i < NUM_KINDS; i++)
        json_object_set_new(json, kind_name((enum kind)i), kind_json(report, (enum kind)i));
    int failed = json_dumpf(json, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(json);
    return failed ? EXIT_UNDECIDED : EXIT_DONE;
}

int run_card_show(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_SHOW_OPTIONS] = {0};
    struct fault fault = {0};
    struct card_report report = {0};
    struct card_channel channel CLEANUP_CARD_CHANNEL = {0};
    if (!options_read_all(argc, argv, command->options, values, NUM_SHOW_OPTIONS))
        return EXIT_USAGE;
    enum err err = pcsc_open(values[SHOW_READER], &channel, &fault);
    if (err == ERR_NONE)
        err = read_report(&channel, &report, &fault);
    if (err != ERR_NONE)
        return complain_fault(&fault);
    if (values[SHOW_JSON])
        return print_report_json(&report);
    print_report(&report);
    return EXIT_DONE;
}
