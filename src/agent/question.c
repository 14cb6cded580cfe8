#include "agent/question.h"

#include "base/encoding.h"
#include "base/secret.h"
#include "crypto/random.h"

void question_keep(struct questions *questions, const struct question *question,
                   char token[static QUESTION_TOKEN])
{
    uint8_t random[(QUESTION_TOKEN - 1) / 2];
    size_t row = questions->next;
    questions->next = (row + 1) % LIMIT_QUESTIONS;
    random_bytes(random, sizeof random);
    hex_print(random, sizeof random, questions->rows[row].token);
    hex_print(random, sizeof random, token);
    questions->rows[row].question = *question;
}

enum err question_take(struct questions *questions, struct bytes token, int64_t now,
                       struct question *out)
{
    for (size_t i = 0; token.len && i < LIMIT_QUESTIONS; i++) {
        struct question found = questions->rows[i].question;
        if (!secret_equal(token, bytes_of_text(questions->rows[i].token)))
            continue;
        questions->rows[i].token[0] = '\0';
        if (now - found.asked > INT64_C(1000) * QUESTION_SECONDS)
            return ERR_TIMEOUT;
        *out = found;
        return ERR_NONE;
    }
    return ERR_NOT_FOUND;
}
