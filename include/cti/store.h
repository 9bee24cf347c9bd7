/* SPDX-License-Identifier: Apache-2.0 */
/* cti/store.h - the journal: what is answered or published is committed */
#ifndef CTI_STORE_H
#define CTI_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/buf.h"
#include "cti/call.h"
#include "cti/event.h"
#include "cti/histogram.h"
#include "cti/loop.h"
#include "cti/unit.h"

struct cti_store;

struct cti_store_conf {
	const char *path;  /* a file; its folder is made (0700) when missing */
	bool sync_full;	   /* store.sync */
	int64_t keep_days; /* 0 = for ever */
};

/**
 * Opens or makes the database (0600, WAL); -EBUSY: it is another process's. A
 * corrupt file is set aside as PATH.corrupt-<unix time>, said loudly, and a
 * fresh one begun with what can be taken over. Where the disk is full or
 * read-only it begins failing: what can be read is read, and it heals. -errno
 * where that makes no sense.
 */
int cti_store_open(struct cti_store **storep, struct cti_loop *loop,
		   const struct cti_store_conf *conf) CTI_NODISCARD;
/** The journal's file: set, else by STATE_DIRECTORY, XDG_STATE_HOME or HOME.
 * -ENOENT: none of them. */
int cti_store_path(char *out, size_t size, const char *set) CTI_NODISCARD;
/** fn runs when what can be read is another file than before: one that was
 * damaged was set aside, or one could not be opened until now. Load again. */
void cti_store_on_reload(struct cti_store *store, cti_loop_fn *fn, void *arg);
/** store.keep_days is another from now on. */
void cti_store_keep(struct cti_store *store, int64_t keep_days);
/** Commits what waits (blocking), then closes. Callbacks are still made. */
void cti_store_destroy(struct cti_store *store);

/* Ids: handed out in memory; the committed row holds a reserve ahead, a start
 * jumps past it, so an id never comes back, not even after kill -9. */
int64_t cti_store_next_event(struct cti_store *store);
int64_t cti_store_next_row(struct cti_store *store);
/** The newest event id handed out; before the first one, the one before. */
int64_t cti_store_last_event(const struct cti_store *store);

/** err: 0 = committed; -ENOSPC, -EROFS, -EIO … = not, see below. */
typedef void cti_store_fn(void *arg, int err);

/**
 * Hands the unit in (it is owned by the store from here). fn runs exactly
 * once, on the loop thread, from the top of the loop, after the commit or
 * its failure, in the order of submission. fn may be NULL.
 */
void cti_store_submit(struct cti_store *store, struct cti_unit *unit,
		      cti_store_fn *fn, void *arg);

/** Does the store work? since_ms: Unix ms of the last change of it. */
struct cti_store_health {
	bool failing;
	int err; /* -errno of the last failure */
	int64_t since_ms;
	size_t waiting;		     /* units not yet committed */
	int64_t commits;	     /* transactions since start */
	int64_t failures;	     /* and those that failed */
	struct cti_histogram commit; /* from the worker's start to its end */
};
void cti_store_health(const struct cti_store *store,
		      struct cti_store_health *out);
/** Bytes of the journal's file and its log; 0: there is none. */
int64_t cti_store_bytes(const struct cti_store *store);

/*
 * Reading: committed rows, on the loop thread by a second, read-only
 * connection; indexed and bounded.
 */

/** The call with this id as it is after its last stored event; the caller
 * owns it. -ENOENT. */
int cti_store_load(struct cti_store *store, struct cti_call **callp,
		   const char *id) CTI_NODISCARD;
int cti_store_load_row(struct cti_store *store, struct cti_call **callp,
		       int64_t row) CTI_NODISCARD;

/** Takes a loaded call over (call is the callee's to destroy). Not 0 stops. */
typedef int cti_store_call_fn(void *arg, struct cti_call *call);
/** Calls that have not ended, oldest first. Cheap however long the journal. */
int cti_store_running(struct cti_store *store, cti_store_call_fn *fn,
		      void *arg) CTI_NODISCARD;
/** The newest calls, newest first. */
int cti_store_recent(struct cti_store *store, size_t limit,
		     cti_store_call_fn *fn, void *arg) CTI_NODISCARD;
/** Calls that kind/value links to, newest first. */
int cti_store_linked(struct cti_store *store, const struct cti_link_row *link,
		     cti_store_call_fn *fn, void *arg) CTI_NODISCARD;

/** An event and its call as it was right after it (NULL for REFUSED); both
 * lent. Not 0 stops and is returned. */
typedef int cti_store_event_fn(void *arg, const struct cti_event *ev,
			       const struct cti_call *call);
struct cti_store_range {
	int64_t after; /* ids > after */
	int64_t upto;  /* and <= upto */
	size_t limit;
};
int cti_store_events(struct cti_store *store,
		     const struct cti_store_range *range,
		     cti_store_event_fn *fn, void *arg) CTI_NODISCARD;
/** All events of one call, in order. */
int cti_store_history(struct cti_store *store, int64_t row,
		      cti_store_event_fn *fn, void *arg) CTI_NODISCARD;
/** The oldest event id still there; 0 = none. Older cursors get a reset. */
int64_t cti_store_first_event(struct cti_store *store);

/** Links of ACTIVITY and IDEMPOTENCY not older than since_ms, those of the
 * oldest call first; id = the call's. */
typedef int cti_store_link_fn(void *arg, const struct cti_link_row *link,
			      const char *id);
int cti_store_links(struct cti_store *store, int64_t since_ms,
		    cti_store_link_fn *fn, void *arg) CTI_NODISCARD;

/** The newest dials and transfers, up to limit of each and not older than
 * since_ms; the oldest first. agent may be NULL. */
typedef int cti_store_dial_fn(void *arg, const char *agent, int64_t at_ms);
int cti_store_dials(struct cti_store *store, int64_t since_ms, size_t limit,
		    cti_store_dial_fn *fn, void *arg) CTI_NODISCARD;

/** Events with a payload that are not acked and not older than since_ms, in
 * order, with what is known of their claim; for the due list after a start. */
typedef int cti_store_post_fn(void *arg, const struct cti_event *ev,
			      const struct cti_call *call,
			      const struct cti_post_row *post);
int cti_store_unacked(struct cti_store *store, int64_t since_ms,
		      cti_store_post_fn *fn, void *arg) CTI_NODISCARD;
/** The claim and ack of one event; tab is NULL. claimed_ms and acked_ms are 0
 * where there was none. -ENOENT: no such event, or one without payload. */
int cti_store_post(struct cti_store *store, struct cti_post_row *out,
		   int64_t event) CTI_NODISCARD;
/** Was NOTIFY or ACCEPT of this call ever claimed? */
bool cti_store_claimed(struct cti_store *store, int64_t row);

/** Steps of a call: its step rows, its claims and acks, and when each of its
 * events was committed ("stored", detail = the event's word), by time. */
typedef int cti_store_step_fn(void *arg, const struct cti_step_row *step);
int cti_store_steps(struct cti_store *store, int64_t row, cti_store_step_fn *fn,
		    void *arg) CTI_NODISCARD;

/** What SAP was to be told of the calls since then, and what became of it. */
struct cti_store_tally {
	int64_t inbound;	      /* calls that got an id for SAP */
	int64_t made, claimed, acked; /* payloads */
	bool cut;		      /* only the newest calls were counted */
};
/** Lint findings of one event, a JSON array. Not 0 stops. */
typedef int cti_store_finding_fn(void *arg, const char *json);
/** Counts, and hands over every finding. */
int cti_store_tally(struct cti_store *store, int64_t since_ms,
		    struct cti_store_tally *out, cti_store_finding_fn *fn,
		    void *arg) CTI_NODISCARD;
/** Refused dials, the newest first. */
int cti_store_refusals(struct cti_store *store, int64_t since_ms, size_t limit,
		       cti_store_event_fn *fn, void *arg) CTI_NODISCARD;

/**
 * Is the journal of path well? Without opening it as a relay does: nothing is
 * made, written or set aside. *missing: there is none yet. *held: a relay has
 * it, and only that one can say more. -EBADMSG: damaged; -EROFS, -EACCES …:
 * it could not be written.
 */
int cti_store_look(const char *path, bool *missingp, bool *heldp) CTI_NODISCARD;

/** 16 bytes that stand for a text (SHA-1 name-based UUID). */
void cti_store_fingerprint(unsigned char print[CTI_ID_BLOB], const void *data,
			   size_t len);

#endif /* CTI_STORE_H */
