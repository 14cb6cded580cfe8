/* Lists of one kind that are made together, with one number and one thisUpdate, from one scan of
 * the map for each generation: the full ones, those of municipalities that lack something, or both;
 * of the latter so many that what changes meanwhile is not long in waiting. Part by part they are
 * built, stored and journalled durably, then signed and published. Only storing needs the database,
 * and the caller's thread. */
#pragma once

#include "centre/centre.h"

struct crl_run;

enum crl_run_scope { CRL_RUN_FULL = 1, CRL_RUN_MUNICIPAL = 2, CRL_RUN_ALL = 3 };

/* crl_run_new takes the moment: its number and time are above the last, and all that is in the map
 * now is in its lists, nothing later. The municipalities whose lists it makes lack nothing more. */
enum err crl_run_new(struct centre *centre, enum kind kind, enum crl_run_scope scope,
                     struct crl_run **out, struct fault *fault) MUST_USE;
void crl_run_free(struct crl_run *run); /* takes NULL; waits for a thread */
void crl_run_cleanup(struct crl_run **run);

/* crl_run_begin starts it on a thread beside the caller's, which alone asks this signer until the
 * run is over. crl_run_turn does what is the caller's when the thread has come so far, and never
 * waits for it; crl_run_finish waits until it is over. */
enum err crl_run_begin(struct crl_run *run, struct signer_client *signer,
                       struct fault *fault) MUST_USE;
enum err crl_run_turn(struct crl_run *run, bool *is_over, struct fault *fault) MUST_USE;
enum err crl_run_finish(struct crl_run *run, struct fault *fault) MUST_USE;
