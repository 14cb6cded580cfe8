/* What etc/policy says of one event: read, held against the page, written. The compiled rows are in
 * events.c. */
#include "law/events.h"

#include <string.h>

/* Takes the next word; false at the end. */
static bool next_word(struct bytes *text, struct bytes *word)
{
    size_t start = 0;
    while (start < text->len && text->data[start] == ' ')
        start++;
    size_t end = start;
    while (end < text->len && text->data[end] != ' ')
        end++;
    *word = bytes_of(text->data + start, end - start);
    *text = bytes_of(text->data + end, text->len - end);
    return word->len > 0;
}

/* "revoked/keyCompromise", or an effect without a reason. */
static enum err cell_parse(struct bytes word, struct event_cell *out)
{
    struct event_cell cell = {EFFECT_UNCHANGED, REASON_UNSPECIFIED};
    const uint8_t *slash = word.len ? memchr(word.data, '/', word.len) : NULL;
    struct bytes effect = word;
    if (slash)
        effect.len = (size_t)(slash - word.data);
    enum err err = effect_parse(effect, &cell.effect);
    if (err)
        return err;
    if (slash)
        err = revocation_reason_parse(bytes_of(slash + 1, word.len - effect.len - 1), &cell.reason);
    if (err)
        return err;
    if ((cell.effect == EFFECT_REVOKED) != (slash != NULL))
        return ERR_MALFORMED;
    if (cell.effect == EFFECT_SUPERSEDED)
        cell.reason = REASON_SUPERSEDED;
    if (cell.effect == EFFECT_HELD)
        cell.reason = REASON_CERTIFICATE_HOLD;
    *out = cell;
    return ERR_NONE;
}

/* What no town may decide: to release by policy, to keep a signature certificate over a change of
 * the basic four, to give a card what only certificates have. page:S09 page:S43 */
static bool is_within_the_page(enum event event, const struct event_effects *effects)
{
    const struct event_cell *signature = &effects->certificate[KIND_SIGNATURE];
    if (event_changes_basic_four(event) && signature->effect != EFFECT_REVOKED)
        return false;
    for (size_t kind = 0; kind < NUM_KINDS; kind++) {
        enum effect effect = effects->certificate[kind].effect;
        bool is_for_cards = effect == EFFECT_STOPPED || effect == EFFECT_VOID;
        if (is_for_cards || effect == EFFECT_RELEASED ||
            (effect == EFFECT_REVOKED &&
             effects->certificate[kind].reason == REASON_CERTIFICATE_HOLD))
            return false;
    }
    return effects->card == EFFECT_UNCHANGED || effects->card == EFFECT_STOPPED ||
           effects->card == EFFECT_VOID || effects->card == EFFECT_ENDS;
}

enum err event_effects_parse(enum event event, struct bytes text, struct event_effects *out)
{
    struct event_effects effects = {0};
    struct bytes word, left = text;
    for (size_t kind = 0; kind < NUM_KINDS; kind++) {
        enum err err =
            next_word(&left, &word) ? cell_parse(word, &effects.certificate[kind]) : ERR_MALFORMED;
        if (err)
            return err;
    }
    enum err err = next_word(&left, &word) ? effect_parse(word, &effects.card) : ERR_MALFORMED;
    if (err)
        return err;
    if (next_word(&left, &word))
        return ERR_MALFORMED;
    if (!is_within_the_page(event, &effects))
        return ERR_DENIED;
    *out = effects;
    return ERR_NONE;
}

void event_effects_put(const struct event_effects *effects, struct buffer *out)
{
    for (size_t kind = 0; kind < NUM_KINDS; kind++) {
        const struct event_cell *cell = &effects->certificate[kind];
        buffer_put_text(out, effect_name(cell->effect));
        if (cell->effect == EFFECT_REVOKED)
            buffer_put_format(out, "/%s", revocation_reason_name(cell->reason));
        buffer_put_text(out, " ");
    }
    buffer_put_text(out, effect_name(effects->card));
}
