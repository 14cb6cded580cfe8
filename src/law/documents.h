/* Identity documents: lists A and B with their conditions. Which procedure asks for which is in
 * procedures.h. */
#pragma once

#include "base/bytes.h"
#include "law/decision.h"

/* Identity documents, list A (photograph, issued by an authority) and list B. page:S24 page:S25 */
enum document {
    DOCUMENT_DRIVING_LICENCE,
    DOCUMENT_DRIVING_RECORD,
    DOCUMENT_PASSPORT,
    DOCUMENT_DISABILITY_HANDBOOK,
    DOCUMENT_RESIDENT_CARD,
    DOCUMENT_REHABILITATION_HANDBOOK,
    DOCUMENT_RESIDENCE_CARD,
    DOCUMENT_OTHER_A,
    DOCUMENT_HEALTH_INSURANCE,
    DOCUMENT_ELIGIBILITY_CONFIRMATION,
    DOCUMENT_CARE_INSURANCE,
    DOCUMENT_MEDICAL_RECIPIENT,
    DOCUMENT_PENSION_CERTIFICATE,
    DOCUMENT_PENSION_HANDBOOK,
    DOCUMENT_STUDENT_CARD,
    DOCUMENT_OTHER_B,
};
#define NUM_DOCUMENTS 16

enum document_list { LIST_A, LIST_B };

const char *document_name(enum document document); /* "driving-licence" */
const char *document_label(enum document document, enum language language);
enum document_list document_list(enum document document);
enum err document_parse(const char *name, enum document *out) MUST_USE;

/* What the officer sees on one document. */
struct document_facts {
    enum document document;
    struct date issued; /* year 0: not printed */
    struct date until;  /* last valid day; year 0: none printed */
    bool has_photograph;
    bool prints_name, prints_birth_date, prints_address;
    struct bytes officer_words; /* what it is, for the two "other" rows */
};

/* document_check: does it count, on this day, as a document of the list wanted? A document of list
 * A also serves where one of A or B is asked: then call with wants_a false. */
struct ruling document_check(const struct document_facts *facts, bool wants_a, struct date on);
