/* Faults on request: which write or sync call of which role fails, and how. JPKI_FAULT is
 * ROLE:NUMBER:HOW, HOW one of EIO, ENOSPC, EINTR, short; with a + behind it every call from that
 * number on fails. The calls of a role are counted in the record's head in any case. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What a faulty call does: nothing special, fail with an errno, write only a part. */
enum fault_how { FAULT_NONE, FAULT_ERROR, FAULT_SHORT };

/* fault_open reads JPKI_FAULT; role: of this process, or "". */
void fault_open(const char *role);

/* fault_next counts one call that writes or syncs; sets errno for FAULT_ERROR. */
enum fault_how fault_next(bool is_write);
