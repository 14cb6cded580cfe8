/* Lists A and B with their conditions, and whether one document that lies on the counter counts. */
#include "law/documents.h"

#include <string.h>

#define RULE "document"

/* 運転経歴証明書 counts from this day of issue on. page:S24 */
static const struct date driving_record_since = {2012, 4, 1};

/* page:S24 page:S25; certainty of 資格確認書: ours, in place of the insurance card */
static const struct {
    const char *name, *en, *ja;
    enum document_list list;
    bool is_other; /* 等: the officer says what it is */
} documents[NUM_DOCUMENTS] = {
    [DOCUMENT_DRIVING_LICENCE] = {"driving-licence", "driving licence", "運転免許証", LIST_A,
                                  false},
    [DOCUMENT_DRIVING_RECORD] = {"driving-record",
                                 "certificate of driving record (since 2012-04-01)",
                                 "運転経歴証明書（平成24年4月1日以降交付）", LIST_A, false},
    [DOCUMENT_PASSPORT] = {"passport", "passport", "パスポート", LIST_A, false},
    [DOCUMENT_DISABILITY_HANDBOOK] = {"disability-handbook", "handbook of physical disability",
                                      "身体障害者手帳", LIST_A, false},
    [DOCUMENT_RESIDENT_CARD] = {"resident-card", "old resident card, with photograph only",
                                "住基カード（写真付に限る）", LIST_A, false},
    [DOCUMENT_REHABILITATION_HANDBOOK] = {"rehabilitation-handbook", "rehabilitation handbook",
                                          "療育手帳", LIST_A, false},
    [DOCUMENT_RESIDENCE_CARD] = {"residence-card", "residence card", "在留カード", LIST_A, false},
    [DOCUMENT_OTHER_A] = {"other-a", "another document of an authority with photograph",
                          "その他の官公庁発行の顔写真付き書類", LIST_A, true},
    [DOCUMENT_HEALTH_INSURANCE] = {"health-insurance", "health insurance card", "健康保険証",
                                   LIST_B, false},
    [DOCUMENT_ELIGIBILITY_CONFIRMATION] = {"eligibility-confirmation",
                                           "confirmation of insurance eligibility", "資格確認書",
                                           LIST_B, false},
    [DOCUMENT_CARE_INSURANCE] = {"care-insurance", "long-term care insurance card",
                                 "介護保険被保険者証", LIST_B, false},
    [DOCUMENT_MEDICAL_RECIPIENT] = {"medical-recipient", "certificate of medical benefits",
                                    "医療受給者証", LIST_B, false},
    [DOCUMENT_PENSION_CERTIFICATE] = {"pension-certificate", "pension certificate", "年金証書",
                                      LIST_B, false},
    [DOCUMENT_PENSION_HANDBOOK] = {"pension-handbook", "pension handbook", "年金手帳", LIST_B,
                                   false},
    [DOCUMENT_STUDENT_CARD] = {"student-card", "student card", "学生証", LIST_B, false},
    [DOCUMENT_OTHER_B] = {"other-b", "another document with the prints of list B",
                          "その他の書類（氏名と生年月日、または氏名と住所の印字があるもの）",
                          LIST_B, true},
};

static const struct reason counts_a = {RULE, "S24", "counts-as-a", "counts as a document of list A",
                                       "Aの書類として確認できます"};
static const struct reason counts_b = {RULE, "S25", "counts-as-b", "counts as a document of list B",
                                       "Bの書類として確認できます"};
static const struct reason not_a = {RULE, "S24 S28", "not-list-a",
                                    "only a document of list A counts here",
                                    "ここではAの書類が必要です"};
static const struct reason out_of_date = {RULE, "S24 S25", "out-of-date",
                                          "the document is not in date on this day",
                                          "書類の有効期限が過ぎています"};
static const struct reason not_yet_issued = {RULE, "S24 S25", "issued-later",
                                             "the document's day of issue lies ahead",
                                             "書類の交付日が本日より後です"};
static const struct reason too_old = {
    RULE, "S24", "driving-record-before-2012-04-01",
    "a certificate of driving record counts from 2012-04-01 on: its day of issue must be seen",
    "運転経歴証明書は平成24年4月1日以降に交付されたものに限ります"};
static const struct reason no_photograph = {RULE, "S24", "no-photograph",
                                            "a document of list A has a photograph",
                                            "Aの書類は顔写真付きに限ります"};
static const struct reason not_printed = {
    RULE, "S25", "not-printed",
    "a document of list B prints name and birth date, or name and address",
    "Bの書類は「氏名と生年月日」または「氏名と住所」の印字が必要です"};
static const struct reason not_named = {RULE, "S24 S25", "not-named",
                                        "another document: the officer says what it is",
                                        "その他の書類は、書類の名称の記録が必要です"};

const char *document_name(enum document document)
{
    return documents[document].name;
}

const char *document_label(enum document document, enum language language)
{
    return language == LANGUAGE_JA ? documents[document].ja : documents[document].en;
}

enum document_list document_list(enum document document)
{
    return documents[document].list;
}

enum err document_parse(const char *name, enum document *out)
{
    for (size_t i = 0; i < NUM_DOCUMENTS; i++)
        if (strcmp(name, documents[i].name) == 0) {
            *out = (enum document)i;
            return ERR_NONE;
        }
    return ERR_MALFORMED;
}

/* page:S24 page:S28 rule:document */
static struct ruling check_a(const struct document_facts *facts)
{
    bool is_before = date_compare(facts->issued, driving_record_since) < 0; /* also: not printed */
    if (facts->document == DOCUMENT_DRIVING_RECORD && is_before)
        return ruling_refuse(&too_old);
    if (!facts->has_photograph)
        return ruling_refuse(&no_photograph);
    return ruling_allow(&counts_a);
}

/* page:S25 rule:document */
static struct ruling check_b(const struct document_facts *facts)
{
    if (!facts->prints_name || (!facts->prints_birth_date && !facts->prints_address))
        return ruling_refuse(&not_printed);
    return ruling_allow(&counts_b);
}

struct ruling document_check(const struct document_facts *facts, bool wants_a, struct date on)
{
    bool is_a = documents[facts->document].list == LIST_A;
    if (wants_a && !is_a)
        return ruling_refuse(&not_a);
    if (documents[facts->document].is_other && facts->officer_words.len == 0)
        return ruling_refuse(&not_named);
    if (facts->until.year && date_compare(facts->until, on) < 0)
        return ruling_with_date(ruling_refuse(&out_of_date), facts->until);
    if (facts->issued.year && date_compare(facts->issued, on) > 0)
        return ruling_with_date(ruling_refuse(&not_yet_issued), facts->issued);
    return is_a ? check_a(facts) : check_b(facts);
}
