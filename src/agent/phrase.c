#include "agent/phrase.h"

#include <stdio.h>
#include <string.h>

#include "agent/own_file.h"
#include "base/file.h"
#include "base/text.h"
#include "crypto/random.h"

#define NUM_WORDS 4

/* 64 words, so that six bits choose one without a remainder; four make 24 bits. */
static const struct {
    const char *en, *ja;
} words[64] = {
    {"apple", "りんご"},    {"arrow", "矢"},       {"autumn", "秋"},     {"bamboo", "竹"},
    {"basket", "かご"},     {"bell", "鐘"},        {"bread", "パン"},    {"bridge", "橋"},
    {"candle", "ろうそく"}, {"castle", "城"},      {"cherry", "桜"},     {"clock", "時計"},
    {"cloud", "雲"},        {"crane", "鶴"},       {"dawn", "夜明け"},   {"drum", "太鼓"},
    {"feather", "羽"},      {"field", "畑"},       {"flute", "笛"},      {"forest", "森"},
    {"fox", "きつね"},      {"garden", "庭"},      {"gate", "門"},       {"glass", "ガラス"},
    {"hammer", "かなづち"}, {"harbour", "港"},     {"hat", "帽子"},      {"heron", "さぎ"},
    {"hill", "丘"},         {"honey", "はちみつ"}, {"island", "島"},     {"kettle", "やかん"},
    {"kite", "たこ"},       {"ladder", "はしご"},  {"lake", "湖"},       {"lantern", "ちょうちん"},
    {"leaf", "葉"},         {"lemon", "レモン"},   {"maple", "もみじ"},  {"mirror", "鏡"},
    {"moon", "月"},         {"mountain", "山"},    {"needle", "針"},     {"ocean", "海"},
    {"orange", "みかん"},   {"paper", "紙"},       {"pear", "なし"},     {"pebble", "小石"},
    {"pine", "松"},         {"plum", "梅"},        {"rabbit", "うさぎ"}, {"rain", "雨"},
    {"rice", "米"},         {"river", "川"},       {"ship", "船"},       {"snow", "雪"},
    {"spring", "春"},       {"star", "星"},        {"stone", "石"},      {"swallow", "つばめ"},
    {"tea", "お茶"},        {"thread", "糸"},      {"tower", "塔"},      {"willow", "柳"},
};

enum err phrase_path(char path[static PATH_MAX], struct fault *fault)
{
    return own_file_path("phrase", path, fault);
}

static void make_up(enum language language, struct buffer *out)
{
    uint8_t random[NUM_WORDS];
    random_bytes(random, sizeof random);
    for (size_t i = 0; i < NUM_WORDS; i++) {
        size_t word = random[i] % COUNT_OF(words);
        buffer_put_text(out, i ? " " : "");
        buffer_put_text(out, language == LANGUAGE_JA ? words[word].ja : words[word].en);
    }
    buffer_put_text(out, "\n");
}

static enum err phrase_make(const char *path, enum language language, struct buffer *out,
                            struct fault *fault)
{
    make_up(language, out);
    enum err err = own_file_folders(path, fault);
    if (err == ERR_NONE)
        err = buffer_check(out);
    return err == ERR_NONE ? file_create(path, buffer_bytes(out), 0600, fault) : err;
}

static enum err phrase_take(struct bytes line, struct phrase *out, struct fault *fault)
{
    line.len -= line.len && line.data[line.len - 1] == '\n';
    if (line.len == 0 || line.len > LIMIT_PHRASE)
        return fault_set(fault, ERR_MALFORMED, "phrase", "not 1 to %d octets", LIMIT_PHRASE);
    if (!text_is_utf8(line) || text_has_hidden(line))
        return fault_set(fault, ERR_MALFORMED, "phrase", "not one line of letters to be seen");
    memcpy(out->text, line.data, line.len);
    out->text[line.len] = '\0';
    return ERR_NONE;
}

enum err phrase_read(const char *path, enum language language, struct phrase *out,
                     struct fault *fault)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, 2 * LIMIT_PHRASE);
    fault_name_input(fault, path);
    enum err err = file_read(path, &text, fault);
    bool is_new = err == ERR_NOT_FOUND;
    if (is_new)
        err = phrase_make(path, language, &text, fault);
    if (err == ERR_NONE)
        err = phrase_take(buffer_bytes(&text), out, fault);
    if (err != ERR_NONE)
        return err;
    snprintf(out->path, sizeof out->path, "%s", path);
    out->is_new = is_new;
    return ERR_NONE;
}
