/* An act: the one way in which anything is decided. This is the machinery: who asks, with which
 * role, with which fields, alone or by two persons; the transaction around it, its journal entry,
 * the map before the answer. What the acts do stands in the tables of centre/ and counter/.
 *
 * An act's function answers true to go on. Where it cannot, it has called act_refuse (decided: no)
 * or act_fail (could not be decided) and answers false, so that checks chain with &&. */
#pragma once

#include <jansson.h>

#include "base/limits.h"
#include "base/permit.h"
#include "centre/centre.h"
#include "centre/fields.h"
#include "centre/proofs.h"
#include "centre/staff.h"
#include "law/decision.h"

struct act_call;

enum act_persons { ONE_PERSON, TWO_PERSONS };
/* Briefly: what is long, or what a card signed, stands in the entry as its SHA-256. */
/* Of a resident: when the request names one. */
enum act_trace { JOURNALLED, JOURNALLED_BRIEFLY, JOURNALLED_OF_RESIDENT, READ_ONLY };

struct act {
    const char *name;
    unsigned roles; /* ROLE_…, any of them; ROLE_ANY for every person of the staff */
    enum act_persons persons;
    enum act_trace trace;
    uint64_t required, optional; /* FIELD_… */
    /* run decides and writes, inside the transaction; may be NULL. */
    bool (*run)(struct act_call *call);
    /* finish runs when all that run wrote is on disk and what waited for a signature has it: it
     * asks the signer for more, or reads, and fills the answer; may be NULL. It writes nothing. */
    bool (*finish)(struct act_call *call);
    /* may refuses an act of two persons before it is parked for the second one; may be NULL. run
     * looks at everything again. */
    bool (*may)(struct act_call *call);
};

enum act_outcome { ACT_FAILED, ACT_REFUSED, ACT_DONE };

/* What a socket's other end is to us. */
struct act_peer {
    int64_t uid;
    bool is_web; /* the role: it says by a session who asks, or that it is one of the public */
};

struct act_call {
    struct centre *centre;
    const struct act *act;
    struct staff actor, second; /* second.name is "" unless two persons were needed */
    struct act_fields fields;
    struct act_proofs proofs;
    struct bytes received;
    json_t *as;       /* whom the request names: a row, a session, a terminal, a token; or NULL */
    bool is_terminal; /* as is a terminal's */
    bool is_by_token; /* as is a sender's token */
    bool is_due;      /* the system's own: an event whose day has come */
    json_t *request;  /* the fields as they came */
    enum err fields_err;
    json_t *answer;             /* an object */
    struct buffer answer_bytes; /* more of its members, printed: each behind a comma */
    struct buffer message;      /* what is sent */
    int64_t now;
    enum act_outcome outcome;
    struct ruling refusal;
    struct fault fault;
    struct act_peer peer;
    uint8_t session[SESSION_ID]; /* by which the actor came; zeros: by none */
    struct paired_terminal
        *terminal;       /* by which it was asked, of the centre's rows; NULL: by none */
    bool is_at_door;     /* refused there, and the first of its kind: it has an entry of its own */
    int64_t application; /* what the journal entry is about; 0: no application */
    int64_t residents[LIMIT_ACT_RESIDENTS]; /* whom it is about */
    size_t num_residents;
    bool has_burnt; /* a nonce that stays used even if the act is refused */
    uint8_t burnt[16];
    /* kept writes what a refusal does not undo; NULL: nothing. False: the call has failed. */
    bool (*kept)(struct act_call *call);
    int64_t parked;     /* the parked act that this call finishes, or 0 */
    int64_t parked_now; /* the number under which this call was parked, or 0 */
    /* What run leaves for finish. */
    int64_t serial;
    uint8_t permit[PERMIT_SIGNED_LEN]; /* still unsigned */
    json_t *notes; /* items for the journal beside the fields; an object of texts */
};

struct act_table {
    const struct act *acts;
    size_t num_acts;
    /* turn does what has become due beside the acts, in a transaction of its own; may be NULL.
     * *has_more becomes true where a further part waits. */
    enum err (*turn)(struct centre *centre, bool *has_more, struct fault *fault);
};

/* act_call_init takes one request as it came; its bytes are borrowed until act_call_done. */
void act_call_init(struct act_call *call, struct centre *centre, const struct act_peer *peer,
                   struct bytes request);
/* What becomes of a call, step by step, in this order (batch.h); none fails: what is wrong is in
 * call->outcome. act_call_parse reads the request, on any thread; act_call_admit finds out who asks
 * and whether the act is theirs; act_call_decide runs it, in the caller's transaction, where
 * act_call_writes says so; act_call_finish fills the answer, when all that was written is on disk
 * and signed. */
void act_call_parse(struct act_call *call);
void act_call_admit(struct act_call *call);
bool act_call_writes(const struct act_call *call);
void act_call_decide(struct act_call *call);
void act_call_finish(struct act_call *call);
/* act_call_print writes call->message. On any thread. */
void act_call_print(struct act_call *call);
void act_call_done(struct act_call *call);

/* For the functions of acts. All answer false, so that a check ends with `return act_refuse(…)`. */
bool act_refuse(struct act_call *call, const struct reason *reason);
bool act_refuse_ruling(struct act_call *call, const struct ruling *ruling);
bool act_fail(struct act_call *call, enum err err);
/* act_ok is true for ERR_NONE; any other error fails the call, with call->fault if it is filled. */
bool act_ok(struct act_call *call, enum err err) MUST_USE;
/* act_allows is true for an allowed ruling; any other refuses the call with it. */
bool act_allows(struct act_call *call, const struct ruling *ruling) MUST_USE;
bool act_has(const struct act_call *call, uint64_t field);
/* act_page_size: how many rows an answer of one page has, what was asked for or most. */
int act_page_size(const struct act_call *call, int most);

/* act_answer puts a value (its reference is taken over) into the answer. */
void act_answer(struct act_call *call, const char *name, json_t *value);
void act_answer_bytes(struct act_call *call, const char *name, struct bytes value);
/* act_note adds an item to the journal entry. */
void act_note(struct act_call *call, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);

/* act_is_about tells whom the journal entry is about: it is theirs to read. */
void act_is_about(struct act_call *call, int64_t resident);

/* act_journal writes the entry of a call that ended so: "done", "parked", or a refusal's code. */
bool act_journal(struct act_call *call, const char *outcome) MUST_USE;

/* act_find looks an act up in the centre's tables; NULL if there is none. */
const struct act *act_find(const struct centre *centre, const char *name);
