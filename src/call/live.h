/* SPDX-License-Identifier: Apache-2.0 */
/* call/live.h - what the core keeps in memory */
#ifndef CALL_LIVE_H
#define CALL_LIVE_H

#include <sys/queue.h>

#include "call/actions.h"
#include "call/calls.h"
#include "call/claims.h"
#include "cti/conf.h"
#include "cti/loop.h"
#include "cti/map.h"
#include "cti/number.h"
#include "cti/store.h"

enum {
	KEY_LIFE_MS = 24 * 3600 * 1000, /* a dial key binds that long */
	RECENT_MAX = 200,		/* ended calls kept in memory */
	LIST_MAX = 100,			/* calls loaded at start */
};

/** Somebody who waits for the outcome of a dial that is under way. */
struct waiter {
	STAILQ_ENTRY(waiter) entry;
	struct cti_reply reply;
};

/** A call in memory. */
struct live {
	struct cti_call *call;	 /* as it is after its last event */
	TAILQ_ENTRY(live) age;	 /* registry.all, newest first */
	TAILQ_ENTRY(live) ended; /* registry.ended once it ended */
	STAILQ_HEAD(, waiter) waiters;
	struct cti_timer *limit; /* pushed calls: ring limit, push.max_s */
	struct cti_calls *calls;
	int64_t started_mono, answered_mono;
	unsigned busy; /* events and requests on their way */
	bool known;    /* its first event was published */
	bool seen;     /* announced since the link came up */
	char *ref;     /* what it is found by in calls->by_ref; NULL = not */
	bool loaded;   /* from the store, and not resumed yet */
	bool rang;     /* outbound: at the far end; or answered there */
	bool stamped;  /* an event has told stored_ms and sent_ms */
	char claimed;  /* NOTIFY or ACCEPT was claimed: 'y', 'n', 0 = ask */
};

/** A dial key: which call answers to it. */
struct dial_key {
	TAILQ_ENTRY(dial_key) age; /* oldest first */
	unsigned char name[CTI_ID_BLOB];
	unsigned char print[CTI_ID_BLOB]; /* of the body; Idempotency-Key */
	char id[CTI_ID_SIZE];
	int64_t at_mono;
};

/** A payload that SAP is to get. */
struct post {
	TAILQ_ENTRY(post) entry;   /* by event id */
	TAILQ_ENTRY(post) sibling; /* of its call, by event id */
	TAILQ_ENTRY(post) lease;   /* while claimed: by lease_mono */
	struct post_call *of;
	int64_t event;
	enum cti_sap_post what;
	bool inbound;
	bool claimed; /* by tab, until lease_mono */
	bool sure;    /* END: SAP may know the call */
	char id[CTI_ID_SIZE];
	char tab[65];
	char *agent; /* may be NULL */
	char *text;  /* as rendered, while it stands in no store; or NULL */
	int64_t since_mono; /* it is due */
	int64_t lease_mono;
	int64_t dies_mono; /* stale from then; 0 = not known yet */
};

TAILQ_HEAD(post_list, post);

/** All payloads of one call. */
struct post_call {
	int64_t row;
	struct post_list posts; /* never empty */
};

/** The last n times that something happened, in mono ms; a ring. */
struct times {
	int64_t *at;
	size_t n, next;
};

struct agent {
	char *id;     /* "" for the only one of a relay without sections */
	char *device; /* may be "" */
	struct times dials, refusals;
	int64_t paused_until; /* mono ms; too many were refused */
};

TAILQ_HEAD(live_list, live);
struct play_wait; /* calls.c */
STAILQ_HEAD(play_list, play_wait);
struct probe; /* probe.c */
STAILQ_HEAD(probe_list, probe);

struct cti_calls {
	struct cti_loop *loop;
	struct cti_store *store;
	const struct cti_numbers *numbers;
	const struct cti_conf *conf;
	struct cti_calls_host host;
	struct cti_sap_conf sap;
	char *instance;
	bool stopping;
	int64_t published;

	int64_t merge_ms, ring_ms, late_ms, push_ring_ms, push_max_ms;
	size_t per_minute, per_hour, concurrent;
	size_t refusals; /* within a minute before dials pause; 0 = never */
	int64_t pause_ms;

	const struct cti_driver_ops *ops;
	struct cti_driver *drv;
	enum cti_link link;
	bool synced;
	int64_t link_since_ms;
	char why[160];

	struct live_list all, over; /* over: ended, oldest first */
	size_t nover;
	struct cti_timer *trim;	      /* too many of them */
	struct cti_map by_id, by_ref; /* of struct live */

	TAILQ_HEAD(, dial_key) keys;
	struct cti_map by_key; /* of struct dial_key, by its name */

	struct post_list posts;
	struct post_list leases;	 /* the claimed ones */
	struct cti_map by_event;	 /* of struct post */
	struct cti_map by_row;		 /* of struct post_call */
	struct cti_timer *lease, *sweep; /* lease: the first of leases */
	struct play_list plays;

	struct probe_list probes; /* the first one is being answered, … */
	bool probing;		  /* … once this is set */
	bool probe_stuck;	  /* one was given up, its answer may come */
	struct cti_timer *probe_timer;

	struct agent *agents;
	size_t nagents;
	bool listed;	 /* agent sections exist */
	char *last_user; /* newest LoggedInUserID; may be NULL */

	struct cti_calls_stats stats;
};

#endif /* CALL_LIVE_H */
