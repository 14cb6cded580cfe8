/* The one error type. An error says that something could not be done; what was *decided* (yes, no,
 * valid, revoked) is never an error but a value of its own type. 0 is success. Values leave a
 * function through out-parameters, which are written only on success. */
#pragma once

#include "base/attr.h"

/* code, name (stable, for JSON and tests), English sentence, Japanese sentence */
#define ERR_LIST(X)                                                                                \
    X(ERR_NONE, "none", "done", "完了しました")                                                    \
    X(ERR_USAGE, "usage", "wrong usage", "使い方が正しくありません")                               \
    X(ERR_MALFORMED, "malformed", "the input is malformed", "入力の形式が正しくありません")        \
    X(ERR_LIMIT, "limit", "a limit is exceeded", "上限を超えています")                             \
    X(ERR_MEMORY, "memory", "out of memory", "メモリが足りません")                                 \
    X(ERR_IO, "io", "reading or writing failed", "読み書きに失敗しました")                         \
    X(ERR_NOT_FOUND, "not-found", "there is no such thing", "見つかりません")                      \
    X(ERR_EXISTS, "exists", "it exists already", "すでに存在します")                               \
    X(ERR_STATE, "state", "not possible in the present state", "今の状態ではできません")           \
    X(ERR_DENIED, "denied", "not allowed for this person or process", "許可されていません")        \
    X(ERR_CRYPTO, "crypto", "a cryptographic operation failed", "暗号処理に失敗しました")          \
    X(ERR_CARD, "card", "the card answered with an error", "カードがエラーを返しました")           \
    X(ERR_READER, "reader", "no card can be reached", "カードに接続できません")                    \
    X(ERR_PIN, "pin", "the PIN is wrong", "暗証番号が違います")                                    \
    X(ERR_LOCKED, "locked", "the PIN is locked", "暗証番号がロックされています")                   \
    X(ERR_PEER, "peer", "the other process answered nonsense", "相手のプロセスの応答が不正です")   \
    X(ERR_CLOSED, "closed", "the connection was closed", "接続が閉じられました")                   \
    X(ERR_TIMEOUT, "timeout", "it took too long", "時間切れです")                                  \
    X(ERR_UNSUPPORTED, "unsupported", "not supported", "対応していません")

enum err {
#define X(code, name, en, ja) code,
    ERR_LIST(X)
#undef X
};

enum language { LANGUAGE_EN, LANGUAGE_JA };

/* err_name returns the stable name of a code, such as "not-found". Never NULL. */
const char *err_name(enum err code);

/* err_sentence returns the sentence of a code in the given language. Never NULL. */
const char *err_sentence(enum err code, enum language language);

/* language_of_locale reads LC_ALL, LC_MESSAGES and LANG in that order: Japanese if the first that
 * is set begins with "ja", English otherwise. */
enum language language_of_locale(void);

/* What is wrong with an input: which input, which rule it breaks, and how. Tests rely on it, people
 * read it. Fixed size, so that a parser needs no allocation to complain. */
struct fault {
    enum err code;
    char input[96];
    char rule[64];
    char text[256];
};

/* fault_set fills *fault (which may be NULL: then nothing is kept) and returns the code, so that a
 * parser ends with `return fault_set(…)`. The input's name, if one stands there already, is kept.
 */
enum err fault_set(struct fault *fault, enum err code, const char *rule, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* fault_name_input says which input is being read, before the parser starts. fault may be NULL. */
void fault_name_input(struct fault *fault, const char *input);

/* fault_print writes "input : rule : fault" without a newline into text[size], and returns text. */
const char *fault_print(const struct fault *fault, char *text, unsigned long size);
