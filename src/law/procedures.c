/* From facts to a plan: first what is refused, then the row of the table (ways.c), expanded into
 * the papers and steps of one application. */
#include "law/procedures.h"

#include <string.h>

#include "law/events.h"
#include "law/ways.h"

static const struct {
    const char *name, *en, *ja;
} procedures[NUM_PROCEDURES] = {
    [PROCEDURE_NEW] = {"new", "new issue", "新規発行"},
    [PROCEDURE_RENEWAL] = {"renewal", "renewal", "更新"},
    [PROCEDURE_CHANGE_REISSUE] = {"change-reissue", "new signature certificate after a change",
                                  "記載事項の変更に伴う署名用の発行"},
    [PROCEDURE_STAY_EXTENDED] = {"stay-extended", "new certificates after a stay was extended",
                                 "在留期間の更新に伴う発行"},
    [PROCEDURE_PIN_RESET] = {"pin-reset", "PIN forgotten or locked: reset",
                             "暗証番号の初期化・再設定"},
    [PROCEDURE_PIN_CHANGE] = {"pin-change", "change of a known PIN", "暗証番号の変更"},
    [PROCEDURE_HOLD] = {"hold", "hold by telephone", "電話による一時保留"},
    [PROCEDURE_LOSS_REPORT] = {"loss-report", "report of loss or theft", "紛失・盗難等の届出"},
    [PROCEDURE_RELEASE] = {"release", "the card was found: release", "一時保留の解除"},
    [PROCEDURE_REVOKE] = {"revoke", "revocation on request, leaked key",
                          "失効申請・秘密鍵漏えい等届出"},
    [PROCEDURE_CARD_ABOLISH] = {"card-abolish", "the card is given up or abolished",
                                "カードの返納・廃止"},
    [PROCEDURE_CARD_REISSUED] = {"card-reissued", "certificates on a re-issued card",
                                 "再発行されたカードへの発行"},
};

static const struct {
    const char *name, *en, *ja;
} typists[] = {
    [TYPED_BY_NOBODY] = {"nobody", "nobody", "なし"},
    [TYPED_BY_HOLDER] = {"holder", "the holder", "本人"},
    [TYPED_BY_REPRESENTATIVE] = {"legal-representative", "the legal representative", "法定代理人"},
    [TYPED_BY_STAFF] = {"staff", "staff, from the sealed envelope", "職員（封筒の暗証番号を入力）"},
};

/* clang-format off */
#define REASON(name, rule, statements, code, en, ja)                                               \
    static const struct reason name = {rule, statements, code, en, ja}

/* Why not, and what to do instead. */
REASON(other_may_not, OF_HOLDER, "S20 S38", "only-a-hold",
       "others may only ask for a hold, by telephone", "本人・代理人以外の方は、電話による一時保留の連絡のみできます");
REASON(hold_refused, OF_HOLDER, "S38", "hold-by-holder-only",
       "only the holder may ask for a hold (policy)", "一時保留は本人のみ申し出ることができます");
REASON(needs_representative, OF_REPRESENTATIVE, "S16", "needs-legal-representative",
       "the holder is under 15 or an adult ward: the legal representative comes",
       "15歳未満の方・成年被後見人の方の手続きは、法定代理人がお越しください");
REASON(no_representative, OF_REPRESENTATIVE, "S16 S20", "not-represented",
       "the holder is neither under 15 nor a ward: the holder comes, or a proxy",
       "本人または代理人がお越しください（法定代理人による申請は15歳未満・成年被後見人の方に限ります）");
REASON(no_signature, OF_REPRESENTATIVE, "S15 S16", "no-signature-certificate",
       "in principle no signature certificate is issued here: apply for authentication alone",
       "原則として署名用電子証明書は発行しません。利用者証明用のみ申請できます");
REASON(signature_only, OF_HOLDER, "S09 S12", "signature-only",
       "a change of the record ends the signature certificate only: nothing is to be re-issued "
       "for authentication", "記載事項の変更による発行は署名用のみです。利用者証明用は引き続き使えます");
REASON(card_needed, OF_HOLDER, "S14 S21", "card-needed",
       "the card is needed: if it is lost, call for a hold at once and report it at the counter",
       "マイナンバーカードが必要です。紛失した場合は直ちに電話で一時保留し、窓口で届け出てください");
REASON(reset_instead, OF_HOLDER, "S49", "reset-instead",
       "a PIN that is not known is not changed but reset, at the counter",
       "暗証番号が不明な場合は変更できません。窓口で初期化（再設定）を申請してください");
REASON(no_change_by_proxy, OF_PROXY, "S47", "no-change-by-proxy",
       "a known PIN need not be changed by another: the holder does it, at home or at the counter",
       "暗証番号の変更は本人が自宅または窓口で行ってください");
REASON(no_abolish_by_proxy, OF_PROXY, "S42", "no-abolish-by-proxy",
       "the holder or the legal representative comes; a proxy may report a loss",
       "本人または法定代理人がお越しください（代理人は紛失の届出ができます）");
REASON(proxy_needs_a, OF_PROXY, "S28", "proxy-needs-list-a",
       "a proxy needs a document of list A, at each visit",
       "代理人は官公署発行の写真付本人確認書類（A）が必要です");

REASON(representative_needs_a, OF_REPRESENTATIVE, "S16", "representative-needs-list-a",
       "the legal representative needs a document of list A here",
       "法定代理人の官公署発行の写真付本人確認書類（A）が必要です");

REASON(reset_joins, OF_HOLDER, "S23 S49", "reset-joins",
       "the forgotten PIN is reset in the same visit, with one document of list A or B",
       "暗証番号は同時に再設定できます（本人確認書類 A又はBを1点）");
REASON(reset_by_representative_joins, OF_REPRESENTATIVE, "S16 S23 S49", "reset-joins-by-representative",
       "the forgotten PIN is reset: the new one is set here", "暗証番号を再設定します");
REASON(reset_by_proxy_joins, OF_PROXY, "S23 S34 S49", "reset-joins-by-proxy",
       "the forgotten PIN is reset: the envelope holds a new one",
       "暗証番号を再設定します（封筒には新しい暗証番号を入れてください）");

/* What is true of each procedure, whoever comes. */
static const struct {
    bool needs_card; /* without the card there is nothing to do but to report its loss */
    bool is_of_kinds; /* about the kinds asked for: the represented have no signature certificate */
} traits[NUM_PROCEDURES] = {
    [PROCEDURE_NEW] = {true, true},
    [PROCEDURE_RENEWAL] = {true, true},
    [PROCEDURE_CHANGE_REISSUE] = {true, true},
    [PROCEDURE_STAY_EXTENDED] = {true, true},
    [PROCEDURE_PIN_RESET] = {true, true},
    [PROCEDURE_PIN_CHANGE] = {true, true},
    [PROCEDURE_RELEASE] = {true, true},
    [PROCEDURE_CARD_REISSUED] = {true, true},
};
/* clang-format on */

const char *procedure_name(enum procedure procedure)
{
    return procedures[procedure].name;
}

const char *procedure_label(enum procedure procedure, enum language language)
{
    return language == LANGUAGE_JA ? procedures[procedure].ja : procedures[procedure].en;
}

enum err procedure_parse(const char *name, enum procedure *out)
{
    for (size_t i = 0; i < NUM_PROCEDURES; i++)
        if (strcmp(name, procedures[i].name) == 0) {
            *out = (enum procedure)i;
            return ERR_NONE;
        }
    return ERR_MALFORMED;
}

const char *pin_typist_name(enum pin_typist typist)
{
    return typists[typist].name;
}

const char *pin_typist_label(enum pin_typist typist, enum language language)
{
    return language == LANGUAGE_JA ? typists[typist].ja : typists[typist].en;
}

/* page:S15 page:S16 page:S20 rule:procedure-representative */
static const struct reason *refuse_representation(const struct procedure_facts *facts)
{
    bool is_representative = facts->applicant == APPLICANT_LEGAL_REPRESENTATIVE;
    bool wants_signature =
        facts->procedure == PROCEDURE_CHANGE_REISSUE || (facts->kinds & KINDS_SIGNATURE);
    if (facts->procedure == PROCEDURE_HOLD)
        return NULL;
    if (facts->is_represented != is_representative)
        return is_representative ? &no_representative : &needs_representative;
    if (is_representative && traits[facts->procedure].is_of_kinds && wants_signature &&
        !facts->is_exception)
        return &no_signature;
    return NULL;
}

/* page:S28 page:S42 page:S47 rule:procedure-proxy */
static const struct reason *refuse_proxy(const struct procedure_facts *facts)
{
    if (facts->applicant != APPLICANT_PROXY || facts->procedure == PROCEDURE_HOLD)
        return NULL;
    if (facts->procedure == PROCEDURE_PIN_CHANGE)
        return &no_change_by_proxy;
    if (facts->procedure == PROCEDURE_CARD_ABOLISH)
        return &no_abolish_by_proxy;
    return facts->has_no_document_a ? &proxy_needs_a : NULL;
}

/* page:S09 page:S12 page:S14 page:S20 page:S21 page:S38 page:S49 rule:procedure */
static const struct reason *refuse(const struct law_policy *policy,
                                   const struct procedure_facts *facts)
{
    bool is_hold = facts->procedure == PROCEDURE_HOLD;
    if (is_hold && facts->applicant != APPLICANT_HOLDER &&
        policy->hold_by_others == HOLD_BY_OTHERS_REFUSE)
        return &hold_refused;
    if (!is_hold && facts->applicant == APPLICANT_OTHER)
        return &other_may_not;
    const struct reason *why = refuse_representation(facts);
    if (!why)
        why = refuse_proxy(facts);
    if (why)
        return why;
    if (facts->procedure == PROCEDURE_CHANGE_REISSUE && (facts->kinds & KINDS_AUTHENTICATION))
        return &signature_only;
    if (facts->is_card_missing && traits[facts->procedure].needs_card)
        return &card_needed;
    if (facts->procedure == PROCEDURE_PIN_CHANGE && facts->pin != PIN_KNOWN)
        return &reset_instead;
    return NULL;
}

static bool is_asked(const struct procedure_plan *plan, enum kind kind)
{
    return plan->kinds & (1u << kind);
}

static void add_paper(struct procedure_plan *plan, size_t visit, enum paper paper)
{
    for (size_t i = 0; i < PROCEDURE_MAX_PAPERS - 1; i++) {
        if (plan->papers[visit][i] == paper)
            return;
        if (plan->papers[visit][i] == PAPER_NONE) {
            plan->papers[visit][i] = paper;
            return;
        }
    }
}

/* What a paper of the row becomes under these facts and this policy; PAPER_NONE: it is not asked.
 */
static enum paper adapt_paper(const struct law_policy *policy, const struct procedure_facts *facts,
                              const struct procedure_plan *plan, enum paper paper)
{
    bool is_holder = facts->applicant == APPLICANT_HOLDER;
    bool is_standing_waived = facts->is_standing_known && policy->standing_by_register;
    if (paper == PAPER_STANDING && is_standing_waived) /* page:S16 */
        return PAPER_NONE;
    if (paper == PAPER_CARD && facts->is_card_missing) /* only where the card is not needed */
        paper = is_holder ? PAPER_DOCUMENT_A_OR_TWO_B : PAPER_NONE;
    if (paper == PAPER_DOCUMENT_A_OR_TWO_B && policy->loss_identity == LOSS_IDENTITY_A)
        return PAPER_DOCUMENT_A;
    bool needs_no_pin = facts->procedure == PROCEDURE_RELEASE && !is_asked(plan, KIND_SIGNATURE);
    return paper == PAPER_SEALED_PIN && needs_no_pin ? PAPER_NONE : paper;
}

static bool is_typed(const struct way *way)
{
    for (const enum step_name *step = way->steps; *step != STEP_NONE; step++)
        if (*step == STEP_PIN)
            return true;
    return false;
}

static struct reason reset_by(enum applicant applicant)
{
    return applicant == APPLICANT_HOLDER                 ? reset_joins
           : applicant == APPLICANT_LEGAL_REPRESENTATIVE ? reset_by_representative_joins
                                                         : reset_by_proxy_joins;
}

static void plan_papers(const struct law_policy *policy, const struct procedure_facts *facts,
                        const struct way *way, struct procedure_plan *plan)
{
    for (size_t visit = 0; visit < PROCEDURE_MAX_VISITS; visit++)
        for (size_t i = 0; i < PROCEDURE_MAX_PAPERS && way->papers[visit][i] != PAPER_NONE; i++) {
            enum paper paper = adapt_paper(policy, facts, plan, way->papers[visit][i]);
            if (paper != PAPER_NONE)
                add_paper(plan, visit, paper);
        }
    bool is_holder = facts->applicant == APPLICANT_HOLDER;
    bool is_reset_joining = facts->pin == PIN_FORGOTTEN && is_typed(way) && /* page:S23 */
                            facts->procedure != PROCEDURE_CARD_REISSUED;
    bool is_document_policy = facts->procedure == PROCEDURE_RELEASE && is_holder &&
                              policy->release_identity == RELEASE_BY_DOCUMENT; /* page:S44 */
    bool is_child_document_policy = facts->procedure == PROCEDURE_PIN_RESET && !is_holder &&
                                    facts->is_represented && policy->reset_needs_child_document;
    if ((is_reset_joining && is_holder) || is_document_policy || is_child_document_policy)
        add_paper(plan, 0, PAPER_DOCUMENT_A_OR_B);
    if (is_reset_joining)
        plan->reset = reset_by(facts->applicant);
}

static enum step_name adapt_step(const struct procedure_facts *facts, enum step_name step)
{
    static const enum step_name by_pin[] = {
        [PIN_KNOWN] = STEP_PIN,
        [PIN_FORGOTTEN] = STEP_PIN_RESET, /* page:S23 */
        [PIN_NEVER_SET] = STEP_PIN_SET,   /* page:S22 */
    };
    bool is_new_card = facts->procedure == PROCEDURE_CARD_REISSUED; /* without any PIN yet */
    if (step == STEP_PIN)
        return by_pin[is_new_card ? PIN_NEVER_SET : facts->pin];
    if (step == STEP_CARD_RESTART && !facts->is_card_stopped) /* page:S46 */
        return STEP_NONE;
    return step == STEP_CARD_PRESENT && facts->is_card_missing ? STEP_NONE : step;
}

static void add_step(struct procedure_plan *plan, struct step step)
{
    if (step.name != STEP_NONE && plan->num_steps < PROCEDURE_MAX_STEPS)
        plan->steps[plan->num_steps++] = step;
}

/* A run of steps for a kind is done for authentication first, then for signature, since the
 * signature certificate's end depends on the other. Gives the step behind the run. */
static const enum step_name *plan_kinds(const struct procedure_facts *facts,
                                        const enum step_name *run, uint8_t visit,
                                        struct procedure_plan *plan)
{
    static const enum kind order[] = {KIND_AUTHENTICATION, KIND_SIGNATURE};
    const enum step_name *step = run;
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        /* page:S45 what is found is released, not issued again: only the signature is new */
        bool is_new = facts->procedure != PROCEDURE_RELEASE || order[i] == KIND_SIGNATURE;
        for (step = run; step_is_for_a_kind(*step); step++)
            if (is_new && is_asked(plan, order[i]))
                add_step(plan, (struct step){adapt_step(facts, *step), visit, true, order[i]});
    }
    return step;
}

static void plan_steps(const struct procedure_facts *facts, const struct way *way,
                       struct procedure_plan *plan)
{
    uint8_t visit = 1;
    for (const enum step_name *step = way->steps; *step != STEP_NONE;) {
        if (step_is_for_a_kind(*step)) {
            step = plan_kinds(facts, step, visit, plan);
            continue;
        }
        add_step(plan, (struct step){.name = adapt_step(facts, *step), .visit = visit});
        if (*step == STEP_LETTER) {
            plan->has_letter = true;
            visit++;
        }
        step++;
    }
    bool is_elsewhere = facts->procedure == PROCEDURE_HOLD || (way->conditions & IF_AT_HOME);
    plan->num_visits = is_elsewhere ? 0 : visit;
    plan->may_fetch_form = facts->applicant == APPLICANT_PROXY && plan->has_letter; /* page:S30 */
}

/* Some ways go by letter without that document; the others do not go. */
static bool way_asks(const struct way *way, enum paper paper)
{
    for (size_t visit = 0; visit < PROCEDURE_MAX_VISITS; visit++)
        for (size_t i = 0; i < PROCEDURE_MAX_PAPERS; i++)
            if (way->papers[visit][i] == paper)
                return true;
    return false;
}

/* page:S10 page:S11 page:S12 page:S14 page:S18 page:S19 page:S20 page:S21 page:S22 rule:procedure
 * page:S23 page:S36 page:S37 page:S38 page:S39 page:S40 page:S41 page:S42 rule:procedure
 * page:S43 page:S44 page:S45 page:S46 page:S47 page:S48 page:S49 page:S50 page:S52 rule:procedure
 * page:S16 page:S20 page:S31 rule:procedure-representative
 * page:S20 page:S26 page:S27 page:S28 page:S29 page:S30 page:S31 page:S32 rule:procedure-proxy
 * page:S33 page:S34 page:S35 page:S36 page:S40 page:S43 page:S45 page:S52 rule:procedure-proxy */
struct procedure_plan procedure_decide(const struct law_policy *policy,
                                       const struct procedure_facts *facts)
{
    struct procedure_plan plan = {0};
    const struct reason *why_not = refuse(policy, facts);
    const struct way *way = way_find(facts);
    if (!why_not && way && facts->has_no_document_a && way_asks(way, PAPER_REPRESENTATIVE_A))
        why_not = &representative_needs_a;
    if (why_not || !way) {
        plan.ruling = ruling_refuse(why_not ? why_not : &other_may_not);
        return plan;
    }
    plan.ruling = ruling_allow(way->why);
    unsigned possible = way->kinds | (facts->is_exception ? KINDS_SIGNATURE : 0);
    plan.kinds = facts->kinds == KINDS_NOT_GIVEN ? way->kinds : facts->kinds & possible;
    plan.form = way->form == FORM_RELEASE && facts->is_card_stopped ? FORM_RELEASE_CARD : way->form;
    plan.fee =
        fee_decide(policy, facts->procedure == PROCEDURE_CARD_REISSUED ? facts->fee : way->fee,
                   facts->is_fee_taken);
    plan.typist = way->typist;
    plan_papers(policy, facts, way, &plan);
    plan_steps(facts, way, &plan);
    return plan;
}
