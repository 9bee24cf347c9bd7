/* SPDX-License-Identifier: Apache-2.0 */
/* notify.h - what the service manager is told: ready, alive, stopping */
#ifndef NOTIFY_H
#define NOTIFY_H

#include "cti/attr.h"

struct cti_loop;

/**
 * The other end of NOTIFY_SOCKET, as sd_notify(3) describes it; a datagram
 * each. Whoever is not started by such a manager has none: NULL, which all
 * functions below take and then do nothing.
 */
struct cti_notify;

/** Takes NOTIFY_SOCKET and WATCHDOG_* out of the environment; *notifyp is NULL
 * where nobody asked, or where the socket cannot be used (a warning). */
int cti_notify_new(struct cti_notify **notifyp,
		   struct cti_loop *loop) CTI_NODISCARD;
void cti_notify_destroy(struct cti_notify *notify);

/** "READY=1" and the like; lines are separated by \n. */
void cti_notify_say(struct cti_notify *notify, const char *text);

/**
 * Starts a look at oneself, which ends with cti_notify_alive() unless
 * something hangs. -errno: it could not begin, which is not alive either.
 */
typedef int cti_notify_check_fn(void *arg, struct cti_notify *notify);

/** From now on WATCHDOG=1 is said after each check that came to its end, two
 * times in the time that the manager waits; nothing where it does not wait. */
void cti_notify_watch(struct cti_notify *notify, cti_notify_check_fn *check,
		      void *arg);
void cti_notify_alive(struct cti_notify *notify);

/** RELOADING=1; READY=1 ends it. */
void cti_notify_reloading(struct cti_notify *notify);

/** STOPPING=1, and no more checks. */
void cti_notify_stopping(struct cti_notify *notify);

#endif /* NOTIFY_H */
