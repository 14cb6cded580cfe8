/* The rows of the table of procedures: one for each way through one. Only procedures.c reads them.
 */
#pragma once

#include "law/procedures.h"

#define OF_HOLDER         "procedure"
#define OF_REPRESENTATIVE "procedure-representative"
#define OF_PROXY          "procedure-proxy"

/* Conditions under which a row counts; of several rows the first that fits is taken. */
#define IF_AT_HOME      1u /* page:S47 */
#define IF_NOTICE_REPLY 2u /* page:S29 and the PIN is known */
#define IF_NO_A         4u /* the representative has no document of list A */

struct way {
    enum procedure procedure;
    enum applicant applicant;
    unsigned conditions;
    unsigned kinds; /* what can be asked for */
    enum form form;
    enum fee_reason fee;
    enum pin_typist typist;
    const enum step_name *steps;
    const struct reason *why;
    enum paper papers[PROCEDURE_MAX_VISITS][PROCEDURE_MAX_PAPERS];
};

/* way_find gives the row for these facts, or NULL where there is none. */
const struct way *way_find(const struct procedure_facts *facts);
