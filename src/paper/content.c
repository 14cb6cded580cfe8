/* One row an item: its name, what prints it, and its words where it is one of a few. */
#include "paper/content.h"

#include <stdio.h>
#include <string.h>

#include "base/era.h"
#include "base/limits.h"
#include "base/text.h"

#define WORDS_MAX 3
#define VALUE     32 /* the longest value of an item that is not free text, and a zero */

struct word {
    const char *value, *text;
};

/* Appends the printed form; refuses what is not of the type. */
typedef enum err print_function(const struct word *words, struct bytes value, struct buffer *out);

static print_function print_text, print_number, print_postcode, print_yen, print_day, print_birth,
    print_moment, print_word;

static const struct {
    const char *name;
    print_function *print;
    struct word words[WORDS_MAX];
} rows[NUM_ITEMS] = {
    [ITEM_NONE] = {"", print_text, {{0}}},
    [ITEM_NAME] = {"name", print_text, {{0}}},
    [ITEM_ALIAS] = {"alias", print_text, {{0}}},
    [ITEM_CERT_NAME] = {"cert-name", print_text, {{0}}},
    [ITEM_FURIGANA] = {"furigana", print_text, {{0}}},
    [ITEM_POSTCODE] = {"postcode", print_postcode, {{0}}},
    [ITEM_ADDRESS] = {"address", print_text, {{0}}},
    [ITEM_BIRTH_DATE] = {"birth-date", print_birth, {{0}}},
    [ITEM_SEX] = {"sex", print_text, {{0}}},
    [ITEM_NUMBER] = {"number", print_number, {{0}}},
    [ITEM_DATE] = {"date", print_day, {{0}}},
    [ITEM_SENDER] = {"sender", print_text, {{0}}},
    [ITEM_OFFICE] = {"office", print_text, {{0}}},
    [ITEM_PROCEDURE] = {"procedure", print_text, {{0}}},
    [ITEM_KINDS] = {"kinds",
                    print_word,
                    {{"signature", "署名用"},
                     {"authentication", "利用者証明用"},
                     {"both", "署名用と利用者証明用"}}},
    [ITEM_DEADLINE] = {"deadline", print_day, {{0}}},
    [ITEM_PROXY] = {"proxy", print_text, {{0}}},
    /* page:S34 the three modes that are fixed at filing */
    [ITEM_PIN] = {"pin",
                  print_word,
                  {{"match", "今お使いの暗証番号を書きます。一致しないときは、手続きできません。"},
                   {"set", "これから使う暗証番号を決めて書きます。"},
                   {"reset", "新しく使う暗証番号を決めて書きます。今の暗証番号は要りません。"}}},
    [ITEM_CHANGED] = {"changed", print_text, {{0}}},
    [ITEM_WORKS] = {"works",
                    print_word,
                    {{"signature", "署名用電子証明書（電子文書への署名）"},
                     {"authentication", "利用者証明用電子証明書（サイトへのログイン）"},
                     {"nothing", "ありません"}}},
    [ITEM_CARD] = {"card",
                   print_word,
                   {{"stopped", "一時停止しました"}, {"usable", "一時停止していません"}}},
    [ITEM_FEE] = {"fee", print_yen, {{0}}},
    [ITEM_OPENS] = {"opens", print_day, {{0}}},
    [ITEM_CARD_UNTIL] = {"card-until", print_day, {{0}}},
    [ITEM_HELD] = {"held", print_moment, {{0}}},
    [ITEM_REVOKED] = {"revoked", print_day, {{0}}},
    [ITEM_SIGNATURE_FROM] = {"signature-from", print_moment, {{0}}},
    [ITEM_SIGNATURE_UNTIL] = {"signature-until", print_day, {{0}}},
    [ITEM_SIGNATURE_ENDED] = {"signature-ended", print_moment, {{0}}},
    [ITEM_AUTHENTICATION_FROM] = {"authentication-from", print_moment, {{0}}},
    [ITEM_AUTHENTICATION_UNTIL] = {"authentication-until", print_day, {{0}}},
    [ITEM_AUTHENTICATION_ENDED] = {"authentication-ended", print_moment, {{0}}},
};

const char *content_item_name(enum content_item item)
{
    return rows[item].name;
}

enum content_item content_item_of(struct bytes name)
{
    for (enum content_item item = ITEM_NONE + 1; item < NUM_ITEMS; item++)
        if (bytes_equal_text(name, rows[item].name))
            return item;
    return ITEM_NONE;
}

bool content_has(const struct content *content, enum content_item item)
{
    return content->items[item].len > 0;
}

/* --- types --- */

static enum err print_text(const struct word *words, struct bytes value, struct buffer *out)
{
    (void)words;
    buffer_put_bytes(out, value);
    return ERR_NONE;
}

static bool value_copy(struct bytes value, char text[static VALUE])
{
    if (value.len >= VALUE)
        return false;
    memcpy(text, value.data, value.len);
    text[value.len] = '\0';
    return true;
}

static bool is_of(const char *text, const char *characters)
{
    return text[0] && text[strspn(text, characters)] == '\0';
}

/* Nothing but the number may reach the QR code. */
static enum err print_number(const struct word *words, struct bytes value, struct buffer *out)
{
    char text[VALUE];
    (void)words;
    if (!value_copy(value, text) || !is_of(text, "0123456789-"))
        return ERR_MALFORMED;
    buffer_put_text(out, text);
    return ERR_NONE;
}

static enum err print_postcode(const struct word *words, struct bytes value, struct buffer *out)
{
    char text[VALUE];
    (void)words;
    if (!value_copy(value, text) || value.len != 8 || !is_of(text, "0123456789-") ||
        strchr(text, '-') != text + 3 || strrchr(text, '-') != text + 3)
        return ERR_MALFORMED;
    buffer_put_format(out, "〒%s", text);
    return ERR_NONE;
}

static enum err print_yen(const struct word *words, struct bytes value, struct buffer *out)
{
    char text[VALUE];
    (void)words;
    if (!value_copy(value, text) || !is_of(text, "0123456789") || (text[0] == '0' && text[1]))
        return ERR_MALFORMED;
    if (text[0] == '0')
        buffer_put_text(out, "無料");
    else
        buffer_put_format(out, "%s円", text);
    return ERR_NONE;
}

static enum err print_date(struct date date, struct buffer *out)
{
    char text[ERA_TEXT];
    enum err err = era_print(date, text);
    if (err == ERR_NONE)
        buffer_put_text(out, text);
    return err;
}

static enum err print_day(const struct word *words, struct bytes value, struct buffer *out)
{
    char text[VALUE];
    struct date date;
    (void)words;
    if (!value_copy(value, text) || date_parse(text, &date) != ERR_NONE)
        return ERR_MALFORMED;
    return print_date(date, out);
}

static enum err print_birth(const struct word *words, struct bytes value, struct buffer *out)
{
    char text[VALUE];
    struct date date;
    (void)words;
    if (!value_copy(value, text) || date_parse_birth(text, &date) != ERR_NONE)
        return ERR_MALFORMED;
    return print_date(date, out);
}

static enum err print_moment(const struct word *words, struct bytes value, struct buffer *out)
{
    char text[VALUE];
    int64_t moment;
    (void)words;
    if (!value_copy(value, text) || value.len != TIME_TEXT - 1 ||
        time_parse(text, &moment) != ERR_NONE)
        return ERR_MALFORMED;
    struct clock_time time = time_split(moment, JAPAN_OFFSET);
    enum err err = print_date(time.date, out);
    if (err == ERR_NONE)
        buffer_put_format(out, " %d時%02d分%02d秒", time.hour, time.minute, time.second);
    return err;
}

static enum err print_word(const struct word *words, struct bytes value, struct buffer *out)
{
    for (size_t i = 0; i < WORDS_MAX && words[i].value; i++)
        if (bytes_equal_text(value, words[i].value)) {
            buffer_put_text(out, words[i].text);
            return ERR_NONE;
        }
    return ERR_MALFORMED;
}

/* --- checking and printing --- */

static enum err item_check(const struct content *content, enum content_item item,
                           struct fault *fault)
{
    struct bytes value = content->items[item];
    struct buffer printed CLEANUP_BUFFER;
    buffer_init(&printed, LIMIT_PAPER_TEXT);
    if (value.len > LIMIT_FORM_ITEM)
        return fault_set(fault, ERR_LIMIT, rows[item].name, "%zu bytes", value.len);
    if (!text_is_utf8(value))
        return fault_set(fault, ERR_MALFORMED, rows[item].name, "it is no UTF-8");
    if (text_has_hidden(value))
        return fault_set(fault, ERR_MALFORMED, rows[item].name, "it has a hidden character");
    enum err err = value.len ? rows[item].print(rows[item].words, value, &printed) : ERR_NONE;
    return err == ERR_NONE ? ERR_NONE
                           : fault_set(fault, err, rows[item].name, "it is not of its type");
}

enum err content_check(const struct content *content, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (enum content_item item = ITEM_NONE; err == ERR_NONE && item < NUM_ITEMS; item++)
        err = item_check(content, item, fault);
    if (err == ERR_NONE && content_has(content, ITEM_ALIAS) && !content_has(content, ITEM_NAME))
        err = fault_set(fault, ERR_MALFORMED, rows[ITEM_ALIAS].name, "there is no name above it");
    return err;
}

void content_print(const struct content *content, enum content_item item, struct buffer *out)
{
    struct bytes value = content->items[item];
    if (!value.len || rows[item].print(rows[item].words, value, out) != ERR_NONE)
        return;
    if (item == ITEM_NAME && content_has(content, ITEM_ALIAS)) {
        buffer_put_u8(out, '\n');
        buffer_put_bytes(out, content->items[ITEM_ALIAS]);
    }
}
