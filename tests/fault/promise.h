/* SPDX-License-Identifier: Apache-2.0 */
/* fault/promise.h - what must hold whatever fails */
#ifndef FAULT_PROMISE_H
#define FAULT_PROMISE_H

/** The call with this id is committed in the file: what was acknowledged, and
 * what the switch is given, always is. Aborts where it is not. */
void promise_stored(const char *path, const char *id);

#endif /* FAULT_PROMISE_H */
