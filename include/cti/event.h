/* SPDX-License-Identifier: Apache-2.0 */
/* cti/event.h - a numbered, stored record of one change of one call */
#ifndef CTI_EVENT_H
#define CTI_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/call.h"
#include "cti/err.h"

/* Numbers stand in the store: append, never renumber. */
enum cti_event_type {
	CTI_EVENT_QUEUED,
	CTI_EVENT_ALERTING,
	CTI_EVENT_DIALING,
	CTI_EVENT_RINGING,
	CTI_EVENT_ACTIVE,
	CTI_EVENT_HELD,
	CTI_EVENT_RESUMED,
	CTI_EVENT_UPDATED,
	CTI_EVENT_ENDED,
	CTI_EVENT_REFUSED, /* no call; code, text and refused[] */
	CTI_EVENT_MAX
};

/** What an event asks the widget to post to SAP. */
enum cti_sap_post {
	CTI_SAP_NOTHING,
	CTI_SAP_NOTIFY, /* INBOUND or TRANSFER, Action NOTIFY */
	CTI_SAP_ACCEPT, /* INBOUND, TRANSFER or OUTBOUND, ACCEPT or none */
	CTI_SAP_END,	/* UPDATEACTIVITY, Action END */
	CTI_SAP_UPDATE, /* UPDATEACTIVITY without Action */
};

/** One fact that changed. */
struct cti_change {
	enum cti_fact fact;
	char *text; /* owned by the event; NULL = cleared */
};

/** What a refused dial was about; owned, each may be NULL. */
struct cti_refusal {
	char *agent;
	char *number; /* as it came */
	char *activity_uuid;
};

/**
 * A change: the state after it and the facts that differ from before. A call
 * is its creation (struct cti_call as stored) with its events applied in
 * order, in memory and on replay by the same cti_event_apply().
 */
struct cti_event {
	int64_t id;    /* only grows; the SSE id */
	int64_t at_ms; /* Unix ms */
	int64_t row;   /* struct cti_call row; 0 for REFUSED */
	enum cti_event_type type;
	enum cti_call_state state;
	enum cti_call_kind kind;
	enum cti_cause cause;
	bool muted;
	bool withheld;
	bool transferred;
	bool durable; /* false: published while the store failed */
	int64_t stored_ms, sent_ms; /* as in the call */
	int64_t duration_ms;	    /* with ENDED, else -1 */
	char original_id[CTI_ID_SIZE];
	struct cti_change change[CTI_FACT_MAX];
	size_t nchanges;
	enum cti_sap_post post;
	char *sap; /* the payload: a JSON object, without wrapper; or NULL */
	char *findings;	    /* lint findings, a JSON array; or NULL */
	enum cti_code code; /* REFUSED */
	char *text;	    /* REFUSED: detail */
	struct cti_refusal refused;
};

int cti_event_new(struct cti_event **evp,
		  enum cti_event_type type) CTI_NODISCARD;
void cti_event_destroy(struct cti_event *ev);
/** Adds a change (copies text); replaces an earlier one of the same fact. */
int cti_event_change(struct cti_event *ev, enum cti_fact fact,
		     const char *text) CTI_NODISCARD;
/** Makes call what it is after ev. -ENOMEM leaves the call as it was. */
int cti_event_apply(struct cti_call *call,
		    const struct cti_event *ev) CTI_NODISCARD;
/** "call.ringing" … */
const char *cti_event_word(enum cti_event_type type);

#endif /* CTI_EVENT_H */
