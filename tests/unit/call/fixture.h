/* SPDX-License-Identifier: Apache-2.0 */
/* unit/call/fixture.h - the core on a still clock, between fakes */
#ifndef UNIT_CALL_FIXTURE_H
#define UNIT_CALL_FIXTURE_H

#include <check.h>

#include "call/actions.h"
#include "call/calls.h"
#include "call/claims.h"
#include "cti/loop.h"
#include "cti/store.h"

enum {
	SEEN_MAX = 1024, /* events a test may publish */
	TOLD_MAX = 64,	 /* outcomes and dues it may collect */
	SAP_SIZE = 1024,
};

/** As ck_assert(), but takes no memory while it holds. */
#define must(holds)                                                            \
	do {                                                                   \
		if (!(holds))                                                  \
			ck_abort_msg("%s", #holds);                            \
	} while (0)

/** The switch of these tests: it records what it is asked for. */
struct cti_driver {
	struct cti_driver_host host;
	int answer; /* what every operation returns */
	bool running;
	unsigned originated;	   /* calls of originate(), refused ones too */
	unsigned asked;		   /* calls of any other operation */
	char last[192];		   /* the last request: "hold ID ref on" */
	char call_id[CTI_ID_SIZE]; /* of the last originate() */
	unsigned played;
};

/** An event as it was published. */
struct seen {
	int64_t id;
	enum cti_event_type type;
	enum cti_call_state state;
	enum cti_call_kind kind;
	enum cti_cause cause;
	enum cti_code code;
	bool durable;
	enum cti_sap_post post;
	char call[CTI_ID_SIZE]; /* "" for a refusal */
	char agent[64];		/* "" where there is none */
	char sap[SAP_SIZE];	/* "" where there is none */
};

/** How a request ended. */
struct told {
	enum cti_code code;
	int retry_after_s;
	bool created;
	char call[CTI_ID_SIZE];
	char text[160];
};

/** The one fixture of the running test. */
struct core {
	char folder[64];
	struct cti_loop *loop;
	struct cti_store *store;
	struct cti_conf *conf;
	struct cti_numbers *numbers;
	struct cti_calls *calls;
	struct cti_driver drv;
	struct seen seen[SEEN_MAX];
	size_t nseen;
	struct told told[TOLD_MAX]; /* by callback, in order */
	size_t ntold;
	int64_t due[TOLD_MAX]; /* leases that ran out */
	size_t ndue;
	unsigned statuses;  /* changes of the link */
	struct cti_err err; /* of the last request that was refused */
};
extern struct core core;

/* --- life: a checked fixture calls setup and teardown --- */
void core_setup(void);
void core_teardown(void);
/** Starts the core with these lines of configuration and the link up; the
 * store is the test's folder, as it was left. */
void core_start(const char *conf);
/** The same with a driver that can only dial and hang up. */
void core_start_bare(const char *conf);
/** Started, but the switch has not been reached. */
void core_start_down(const char *conf);
/** Stops it orderly; core_start() begins again on the same store. */
void core_stop(void);
/** The call is committed at this moment. */
void core_promise(const char *id);
/** As kill -9 leaves it: the file and its log, as they are now. */
void core_crash(void);
/** Turns until the store has nothing to do any more. */
void core_settle(void);
/** Moves the clock on, then settles. */
void core_advance(int64_t ms);
/** The link comes up and the sync ends; nothing was announced. */
void core_up(void);
/** From the next transaction on the store is full; a little went in. */
void core_fill_store(void);
void core_empty_store(void);

/* --- requests; each returns what the core returned at once, settles, and
 * leaves outcomes in core.told --- */
struct click {
	const char *number;
	const char *activity;
	const char *user;
	const char *key;  /* Idempotency-Key */
	const char *body; /* with the key */
	const char *crm;
};
int core_dial(const char *number);
int core_click(const struct click *click);
/** The same without settling. */
int core_click_only(const struct click *click);
int core_redial(const char *id);
/** An inbound call that the driver plays. */
int core_play(const char *script);
int core_patch(const char *id, enum cti_fact fact, const char *text);
/** The same without settling. */
int core_patch_only(const char *id, enum cti_fact fact, const char *text);
int core_do(const char *id, enum cti_action action, const char *text);
/** Asks for a transfer without settling. */
void core_transfer_only(const struct cti_do *what);
int core_push(enum cti_push_event event, const char *ref);
int core_push_as(const struct cti_push *push);
/** The same without settling. */
int core_push_only(const struct cti_push *push);
int core_claim(int64_t event, const char *tab);
/** The same without settling. */
int core_claim_only(int64_t event, const char *tab);
int core_ack(int64_t event);

/* --- what the switch reports --- */
void core_event(const struct cti_call_event *ev);
/** A report about an outbound call of ours. */
void core_line(const char *id, enum cti_call_state state);
/** The end of it. */
void core_over(const char *id, enum cti_cause cause);
/** An inbound leg at device "1". */
void core_ring(const char *ref, enum cti_call_state state);

/* --- what came of it --- */
/** The answer to the last request. */
const struct told *core_told(void);
const struct seen *core_last(void);
/** The last event of that type; fails the test when there is none. */
const struct seen *core_seen(enum cti_event_type type);
size_t core_count(enum cti_event_type type);
const struct cti_call *core_call(const char *id);
/** The id that a leg of the switch has. */
const char *core_id(const char *ref);
/** Ids of due payloads as "1 2 3", numbered from the first event seen. */
const char *core_due(void);
const char *core_due_unclaimed(void);
const char *core_due_of(const char *agent);
/** Does the payload of the event have "key":"value"? NULL: no such key. */
void core_sap(const struct seen *seen, const char *key, const char *value);
/** The last request failed at once, with this. */
void core_refused(int rc, int errno_value, enum cti_code code);

#endif /* UNIT_CALL_FIXTURE_H */
