/* SPDX-License-Identifier: Apache-2.0 */
/* cti/unit.h - what must be stored together */
#ifndef CTI_UNIT_H
#define CTI_UNIT_H

#include <stdbool.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/call.h"
#include "cti/event.h"

/*
 * Writing. A unit is what must be stored together: the intent of a dial with
 * its call, key and first event; an event with its facts. All units handed
 * in during one turn of the loop (and while a commit runs) become one
 * transaction, done by a worker.
 */
struct cti_unit;

/** What a link maps to a call. Numbers stand in the store. */
enum cti_link_kind {
	CTI_LINK_ACTIVITY = 1, /* ActivityUUID, canonical */
	CTI_LINK_IDEMPOTENCY,  /* agent 0x1f Idempotency-Key */
	CTI_LINK_REF,	       /* the switch's leg id */
};

/* A link submitted again replaces the earlier one of the same kind, value and
 * row. at_ms = 0 keeps it for cti_store_linked() only: it binds no key. */
struct cti_link_row {
	enum cti_link_kind kind;
	const char *value; /* up to 255 bytes */
	int64_t row;	   /* the call */
	int64_t at_ms;
	/** IDEMPOTENCY: fingerprint of the body; ACTIVITY: of the number;
	 * see cti_store_fingerprint(). 16 bytes. */
	unsigned char print[CTI_ID_BLOB];
};

/** A claim or ack of one event's SAP payload: fields that are 0 or NULL leave
 * what an earlier row of the same event said. */
struct cti_post_row {
	int64_t event;
	int64_t claimed_ms; /* 0 = not yet */
	int64_t acked_ms;   /* 0 = not yet */
	const char *tab;    /* up to 64 bytes */
};

/** A step of a call's timeline that is no event: "sent", "claimed", "posted",
 * "transfer", "lint" … */
struct cti_step_row {
	int64_t row;
	int64_t at_ms;
	const char *what;
	const char *detail; /* or NULL */
	int64_t event;	    /* read only: whose claim, post or commit; or 0 */
};

/**
 * intent: on failure the unit is forgotten (nothing of it was or will be
 * stored). Otherwise a failed unit is kept (at most 20,000) and tried again
 * with later ones, once a second, until the store has healed.
 */
int cti_unit_new(struct cti_unit **unitp, bool intent) CTI_NODISCARD;
void cti_unit_destroy(struct cti_unit *unit);
/* Each copies what it needs, so the caller's object may change after. */
int cti_unit_call(struct cti_unit *unit,
		  const struct cti_call *call) CTI_NODISCARD;
int cti_unit_event(struct cti_unit *unit,
		   const struct cti_event *ev) CTI_NODISCARD;
int cti_unit_link(struct cti_unit *unit,
		  const struct cti_link_row *link) CTI_NODISCARD;
int cti_unit_post(struct cti_unit *unit,
		  const struct cti_post_row *post) CTI_NODISCARD;
int cti_unit_step(struct cti_unit *unit,
		  const struct cti_step_row *step) CTI_NODISCARD;

/*
 * Deleting, for who asks that his number be forgotten; no relay runs on the
 * journal meanwhile.
 */
/** The call with all that hangs on it. */
int cti_unit_forget_call(struct cti_unit *unit, int64_t row) CTI_NODISCARD;
/** An event of no call: a refused dial. */
int cti_unit_forget_event(struct cti_unit *unit, int64_t event) CTI_NODISCARD;
/** That calls of others were transferred there. */
int cti_unit_forget_transfers(struct cti_unit *unit,
			      const char *number) CTI_NODISCARD;
/** Who resumes from before that event is told reset: some are gone. */
int cti_unit_forget_before(struct cti_unit *unit, int64_t event) CTI_NODISCARD;

#endif /* CTI_UNIT_H */
