/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/oom.h - an allocator that fails when told (ld --wrap) */
#ifndef UNIT_CALL_OOM_H
#define UNIT_CALL_OOM_H

#include <stdbool.h>

/** The n-th allocation from now on fails; 0: none does. */
void oom_at(unsigned n);
/** Did it come to that? Ends it, if not. */
bool oom_happened(void);

#endif /* UNIT_CALL_OOM_H */
