/* The auditor's pages: the journal looked through, one entry, the chain, a file of what was found,
 * and figures. They read alone: PROTOCOL.acts 12. */
#pragma once

#include "web/desk.h"

void audit_get(struct desk *desk);        /* GET /staff/audit */
void audit_get_entry(struct desk *desk);  /* GET /staff/audit/entry */
void audit_get_chain(struct desk *desk);  /* GET /staff/audit/chain */
void audit_get_export(struct desk *desk); /* GET /staff/audit/export */
/* audit_get_figures: GET /staff/audit/figures, with plots as SVG that the server draws. */
void audit_get_figures(struct desk *desk);
