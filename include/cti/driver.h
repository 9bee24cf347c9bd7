/* SPDX-License-Identifier: Apache-2.0 */
/* cti/driver.h - the contract between the call core and a telephony driver */
#ifndef CTI_DRIVER_H
#define CTI_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/call.h"

struct cti_conf;   /* the configuration; a driver reads its own section */
struct cti_loop;   /* the event loop; see cti/loop.h */
struct cti_driver; /* one running driver; each driver defines its own */

enum cti_link {
	CTI_LINK_DOWN,	     /* not connected; the driver retries by itself */
	CTI_LINK_CONNECTING, /* socket or login under way */
	CTI_LINK_UP,	     /* logged in; the sync follows, originate() after
				on_synced() */
	CTI_LINK_FAILED,     /* refused: bad credentials, wrong version; asked
				again rarely, see drivers/wire.h */
};

/** A request to connect an agent's device with a number; already validated. */
struct cti_originate {
	const char *call_id;   /* 32 hex digits, minted by the core */
	const char *device;    /* the agent's endpoint, in driver syntax */
	const char *number;    /* digits as the switch wants them */
	const char *caller_id; /* may be NULL */
	uint32_t timeout_ms; /* until CTI_CALL_ACTIVE; the driver's own timer */
};

/** An inbound call that a driver without a switch is asked to play. */
struct cti_played {
	const char *from;   /* the caller's number; NULL or "" = withheld */
	const char *to;	    /* DNIS; may be NULL */
	const char *name;   /* may be NULL */
	const char *device; /* the agent's device */
	const char *script; /* answer, ring, cancel, elsewhere, drop */
};

/** Names a call to a driver; leg_ref is NULL until the switch gave one. */
struct cti_call_ref {
	const char *call_id;
	const char *leg_ref;
};

/** Call-attached data: a variable the switch carries. */
struct cti_attached {
	const char *name;
	const char *value;
};

/**
 * What happened to a call. Every pointer is lent for the callback only;
 * NULL means: unchanged or not known.
 */
struct cti_call_event {
	const char *call_id; /* ours, where the switch carries it; else NULL */
	const char *leg_ref; /* the switch's id of this leg */
	/* After a transfer, what the first agent's call was: its leg id, or,
	 * where a relay dialed it and the switch carries its id, that. */
	const char *first_id;
	const char *first_ref;
	enum cti_call_state state;
	enum cti_call_kind kind;
	enum cti_cause cause;	  /* with CTI_CALL_ENDED */
	const char *cause_detail; /* raw, e.g. "SIP 486, Q.850 17" */
	bool inbound;
	bool withheld; /* the caller hides the number */
	const char *device;
	const char *number;
	const char *name;
	const char *dnis;
	const struct cti_attached *attached;
	size_t nattached;
};

/** What the core lends to a driver, from create() until destroy(). */
struct cti_driver_host {
	struct cti_loop *loop;
	void *arg; /* first argument of all callbacks */
	void (*on_link)(void *arg, enum cti_link link, const char *why);
	void (*on_event)(void *arg, const struct cti_call_event *ev);
	/* After link-up every running call is announced by on_event(), then
	 * this ends the sync: what was not announced has vanished. */
	void (*on_synced)(void *arg);
	void (*on_probe)(void *arg, bool ok, const char *why);
};

/**
 * A telephony driver.
 *
 * One constant instance per driver, called cti_driver_<name> and listed in
 * the table of src/drivers/drivers.c. All functions run on the
 * loop thread and never block. Those that return int return 0 or -errno.
 */
struct cti_driver_ops {
	const char *name;    /* section name in the configuration */
	const char *summary; /* one line for --list-drivers */

	/* Life cycle; all four are required. */
	int (*create)(struct cti_driver **drvp, const struct cti_conf *conf,
		      const struct cti_driver_host *host);
	int (*start)(struct cti_driver *drv);	 /* begin to connect */
	void (*stop)(struct cti_driver *drv);	 /* ends with CTI_LINK_DOWN */
	void (*destroy)(struct cti_driver *drv); /* NULL is allowed */

	/*
	 * Calls. 0: accepted, events follow and end with CTI_CALL_ENDED.
	 * Error: refused, no event follows. No event is raised from inside.
	 * -ENOENT: no such call here; -EINVAL: not in this state or not such
	 * text; -ENOTCONN: the link is down; -EBUSY: not now.
	 */
	int (*originate)(struct cti_driver *drv,
			 const struct cti_originate *req);
	int (*hangup)(struct cti_driver *drv, const struct cti_call_ref *ref);

	/* Optional: NULL makes the API answer 501 and hides the button. */
	int (*answer)(struct cti_driver *drv, const struct cti_call_ref *ref);
	int (*reject)(struct cti_driver *drv, const struct cti_call_ref *ref);
	int (*hold)(struct cti_driver *drv, const struct cti_call_ref *ref,
		    bool on);
	int (*mute)(struct cti_driver *drv, const struct cti_call_ref *ref,
		    bool on);
	int (*transfer)(struct cti_driver *drv, const struct cti_call_ref *ref,
			const char *number);
	int (*dtmf)(struct cti_driver *drv, const struct cti_call_ref *ref,
		    const char *digits);

	/* Optional, simulator only: plays an inbound call. Its events follow;
	 * ref gets the leg id they will carry. -EINVAL: no such script. */
	int (*play)(struct cti_driver *drv, const struct cti_played *played,
		    char ref[CTI_ID_SIZE]);

	/* Optional: some values of the configuration that create() was given
	 * have changed. Takes over what the driver keeps of agents, sap_fields,
	 * dial and other sections that may change while it runs; its own
	 * section never does. All or nothing; its calls and its link go on.
	 * -EINVAL: it cannot work with them, and says why in the log. */
	int (*reload)(struct cti_driver *drv);

	/* Optional, for doctor: may this login originate, is the device
	 * reachable? Answers by host.on_probe(); places no call. */
	int (*probe)(struct cti_driver *drv, const char *device);
};

#endif /* CTI_DRIVER_H */
