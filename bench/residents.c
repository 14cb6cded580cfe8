/* Fills the register of a data folder with residents who do not exist: bench-residents DATABASE
 * NUMBER SEED. Names and kana are made of few parts, so that many people share the beginning of a
 * name; the same seed makes the same people. The service must not run. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "registry/resident.h"
#include "store/store.h"

#define FIRST_NUMBER 1000000
#define NUM_AT_ONCE  10000

struct part {
    const char *text, *kana;
};

static const struct part family_parts[] = {
    {"佐", "さ"},     {"藤", "とう"}, {"鈴", "すず"}, {"木", "き"},   {"高", "たか"},
    {"橋", "はし"},   {"田", "た"},   {"中", "なか"}, {"渡", "わた"}, {"辺", "なべ"},
    {"伊", "い"},     {"山", "やま"}, {"本", "もと"}, {"村", "むら"}, {"小", "こ"},
    {"林", "はやし"}, {"加", "か"},   {"吉", "よし"}, {"川", "かわ"}, {"松", "まつ"},
    {"井", "い"},     {"清", "し"},   {"水", "みず"}, {"森", "もり"}, {"池", "いけ"},
    {"阿", "あ"},     {"部", "べ"},   {"石", "いし"}, {"原", "はら"}, {"岡", "おか"},
    {"長", "は"},     {"谷", "たに"}, {"前", "まえ"}, {"野", "の"},   {"竹", "たけ"},
    {"内", "うち"},
};
static const struct part given_parts[] = {
    {"花", "はな"}, {"子", "こ"},   {"太", "た"},     {"郎", "ろう"}, {"美", "み"},
    {"咲", "さき"}, {"大", "だい"}, {"輔", "すけ"},   {"健", "けん"}, {"一", "いち"},
    {"由", "ゆ"},   {"香", "か"},   {"翔", "しょう"}, {"恵", "え"},   {"真", "ま"},
    {"理", "り"},   {"直", "なお"}, {"樹", "き"},     {"和", "かず"}, {"也", "や"},
    {"裕", "ゆう"}, {"介", "すけ"}, {"千", "ち"},     {"春", "はる"},
};

/* SplitMix64 */
static uint64_t state;

static uint64_t random_below(uint64_t end)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return (z ^ (z >> 31)) % end;
}

static void put_part(const struct part *parts, size_t num, char *text, char *kana)
{
    const struct part *part = &parts[random_below(num)];
    snprintf(text + strlen(text), NAME_TEXT - strlen(text), "%s", part->text);
    snprintf(kana + strlen(kana), NAME_TEXT - strlen(kana), "%s", part->kana);
}

static void make(int64_t number, struct resident *out)
{
    *out = (struct resident){
        .number = number,
        .born = date_of_days((int32_t)random_below(36500) - 18000),
        .sex = random_below(2) ? SEX_FEMALE : SEX_MALE,
        .municipality = "31372",
        .language = "ja",
        .is_sample = true,
    };
    for (int i = 0; i < 2; i++)
        put_part(family_parts, COUNT_OF(family_parts), out->name.family, out->kana);
    snprintf(out->kana + strlen(out->kana), NAME_TEXT - strlen(out->kana), "　");
    for (int i = 0; i < 2; i++)
        put_part(given_parts, COUNT_OF(given_parts), out->name.given, out->kana);
    snprintf(out->address, sizeof out->address, "鳥取県東伯郡北栄町見本%u番地",
             (unsigned)random_below(9999) + 1);
    unsigned card = (unsigned)number % 1000000000;
    snprintf(out->card_id, sizeof out->card_id, "000372%09u3720%09u", card, card);
    out->card_until = (struct date){2034, 5, 14};
}

static enum err fill(struct store *store, int64_t num, struct fault *fault)
{
    struct resident resident;
    enum err err = ERR_NONE;
    for (int64_t i = 0; err == ERR_NONE && i < num; i++) {
        if (i % NUM_AT_ONCE == 0 && (err = store_begin(store, fault)) != ERR_NONE)
            break;
        make(FIRST_NUMBER + i, &resident);
        err = resident_insert(store, &resident, fault);
        if (err == ERR_NONE && (i % NUM_AT_ONCE == NUM_AT_ONCE - 1 || i == num - 1))
            err = store_commit(store, fault);
    }
    return err;
}

int main(int argc, char **argv)
{
    struct fault fault = {0};
    struct store *store = NULL;
    char text[512];
    if (argc != 4)
        return 64;
    state = strtoull(argv[3], NULL, 10);
    int64_t begin = clock_monotonic();
    enum err err = store_open(argv[1], STORE_WRITER, &store, &fault);
    if (err == ERR_NONE)
        err = fill(store, strtoll(argv[2], NULL, 10), &fault);
    store_close(store);
    if (err != ERR_NONE) {
        fprintf(stderr, "%s\n", fault_print(&fault, text, sizeof text));
        return 2;
    }
    printf("{\"seconds\": %.3f}\n", (double)(clock_monotonic() - begin) / 1000);
    return 0;
}
