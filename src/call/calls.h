/* SPDX-License-Identifier: Apache-2.0 */
/* call/calls.h - the core: what a click and a ring become */
#ifndef CALL_CALLS_H
#define CALL_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call/stats.h"
#include "cti/attr.h"
#include "cti/call.h"
#include "cti/driver.h"
#include "cti/err.h"
#include "cti/event.h"
#include "cti/sap.h"

struct cti_calls;
struct cti_conf;
struct cti_loop;
struct cti_numbers;
struct cti_store;

/**
 * Who listens to the core: the API. All run on the loop thread and must not
 * call back into the core, but for reading.
 */
struct cti_calls_host {
	void *arg;
	/** Is anybody there to read events? If not, none is rendered. */
	bool (*wants)(void *arg);
	/** The event as JSON, made when it happens; malloc'd, NULL = cannot. */
	char *(*render)(void *arg, const struct cti_event *ev,
			const struct cti_call *call);
	/** Committed (or the store fails: !ev->durable). text: of render(),
	 * taken over, may be NULL. agent: whose, may be NULL. */
	void (*publish)(void *arg, const struct cti_event *ev,
			const char *agent, char *text);
	/** The lease of a claimed payload ran out: others may post it. */
	void (*due)(void *arg, int64_t event, const char *agent);
	/** The link to the switch changed. */
	void (*status)(void *arg);
};

/** What the core is made of; all lent until cti_calls_destroy(). */
struct cti_calls_parts {
	struct cti_loop *loop;
	struct cti_store *store;
	const struct cti_numbers *numbers;
	const struct cti_conf *conf;
	const char *instance; /* telephony.instance or its default */
	const struct cti_calls_host *host;
};

/** Loads what ran, the dial keys of 24 h and what is due. */
int cti_calls_new(struct cti_calls **callsp,
		  const struct cti_calls_parts *parts) CTI_NODISCARD;
/** Makes the driver and lets it connect. */
int cti_calls_start(struct cti_calls *calls,
		    const struct cti_driver_ops *ops) CTI_NODISCARD;
/** The configuration has other values than before: takes them over, in the
 * driver too, and returns 0; or goes on with the old ones, and the caller puts
 * those back and calls again. */
int cti_calls_reload(struct cti_calls *calls) CTI_NODISCARD;
/** No dial is accepted any more and the driver lets go of the switch; its
 * calls go on there. */
void cti_calls_stop(struct cti_calls *calls);
/** After the store was destroyed, so that every callback has been made. */
void cti_calls_destroy(struct cti_calls *calls);

/* --- outcomes --- */

/** The end of something asked of the core; all lent for the callback. */
struct cti_outcome {
	const struct cti_call *call; /* NULL where there is none */
	bool created;		     /* else an earlier call is the answer */
	struct cti_err err;	     /* code CTI_OK: it worked */
};
typedef void cti_outcome_fn(void *arg, const struct cti_outcome *outcome);

/** Exactly one call of fn for each request below that returned 0; a request
 * that returned -errno filled *err and calls nothing. */
struct cti_reply {
	cti_outcome_fn *fn;
	void *arg;
};

/* --- outbound --- */

struct cti_dial {
	const struct cti_outbound *out;
	enum cti_dial_path path;     /* by which it came */
	const char *agent;	     /* ?agent=, or NULL */
	const char *idempotency_key; /* header, or NULL */
	const char *body;	     /* for the key's fingerprint */
	size_t body_len;
};

/**
 * One click: the same key or the merge window gives the earlier call
 * (created = false); a new one is stored, then given to the driver, then
 * answered. Refusals (AGENT_*, BAD_NUMBER … STORE_FULL) are published as
 * call.refused too and bind no key.
 */
int cti_calls_dial(struct cti_calls *calls, const struct cti_dial *dial,
		   const struct cti_reply *reply,
		   struct cti_err *err) CTI_NODISCARD;
/** Publishes call.refused: cti_calls_dial() does, and whoever could not even
 * read a click (dial->out is all NULL then). */
void cti_calls_refuse(struct cti_calls *calls, const struct cti_dial *dial,
		      const struct cti_err *err);
/** A new call with the crm of an ended one. -EBUSY WRONG_STATE while that
 * runs; else as a dial without keys. */
int cti_calls_redial(struct cti_calls *calls, const char *id,
		     const struct cti_reply *reply,
		     struct cti_err *err) CTI_NODISCARD;

/* --- inbound pushed over HTTP --- */

enum cti_push_event {
	CTI_PUSH_RINGING,
	CTI_PUSH_ANSWERED,
	CTI_PUSH_ENDED,
	CTI_PUSH_FACTS, /* nothing happened: something was learned */
};

struct cti_push {
	enum cti_push_event event;
	/** 1 to 128 bytes. NULL: the reporter names no legs, so it means the
	 * newest running call that was reported for this agent, or a new one.
	 */
	const char *ref;
	/** Ids that are taken over as they are (cti_id_valid()); NULL: computed
	 * from ref and transfer_of. */
	const char *id, *original_id;
	const char *from;	 /* caller; NULL = not said */
	const char *agent;	 /* NULL = not said */
	const char *transfer_of; /* ref of an earlier leg, or NULL */
	bool withheld;
	/** The reporter never tells ends: a new call ends the one before. */
	bool single;
	enum cti_cause cause; /* ENDED; CTI_CAUSE_NONE = by state */
	/** Facts that came with it (NAME, DNIS, CUSTOM_n, TICKET, BP, SERIAL;
	 * with FACTS also SUBJECT, TEXT, RECORDING_ID); NULL = not said. */
	const char *fact[CTI_FACT_MAX];
};

/** ringing of an ended ref: -EEXIST REF_REUSED; ended or facts of an unknown
 * one: -ENOENT CALL_NOT_FOUND. A repeat changes nothing. */
int cti_calls_push(struct cti_calls *calls, const struct cti_push *push,
		   const struct cti_reply *reply,
		   struct cti_err *err) CTI_NODISCARD;

/** The simulator plays an inbound call; the outcome is its first event. */
int cti_calls_play(struct cti_calls *calls, const struct cti_played *played,
		   const char *agent, const struct cti_reply *reply,
		   struct cti_err *err) CTI_NODISCARD;

/* --- reading --- */

/** Lent until the next turn; loads an old call. NULL: there is none. */
const struct cti_call *cti_calls_find(struct cti_calls *calls, const char *id);
/** Running and recent calls, newest first; not 0 stops. */
typedef int cti_calls_fn(void *arg, const struct cti_call *call);
int cti_calls_each(struct cti_calls *calls, cti_calls_fn *fn,
		   void *arg) CTI_NODISCARD;
/** The newest event that was published. */
int64_t cti_calls_cursor(const struct cti_calls *calls);

/** Whose page is this? Relays with several agents need ?agent= (400
 * agent_required, 403 agent_unknown). *agentp: NULL = no filter. */
int cti_calls_viewer(const struct cti_calls *calls, const char *agent,
		     const char **agentp, struct cti_err *err) CTI_NODISCARD;

struct cti_switch_status {
	const char *driver; /* NULL before start */
	enum cti_link link;
	bool synced;
	int64_t since_ms; /* Unix ms */
	const char *why;  /* "" or what a person should know */
};
void cti_calls_switch(const struct cti_calls *calls,
		      struct cti_switch_status *out);
/** "down", "connecting", "up", "failed" */
const char *cti_link_word(enum cti_link link);

/**
 * May this login dial, is the device reachable ("": the login alone)? Places
 * no call. fn runs exactly once, from the top of the loop: with the driver's
 * answer, or when it does not come. why is lent. -ENOSYS: this driver cannot
 * say.
 */
typedef void cti_probe_fn(void *arg, bool ok, const char *why);
int cti_calls_probe(struct cti_calls *calls, const char *device,
		    cti_probe_fn *fn, void *arg) CTI_NODISCARD;

#endif /* CALL_CALLS_H */
