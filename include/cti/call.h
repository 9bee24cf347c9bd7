/* SPDX-License-Identifier: Apache-2.0 */
/* cti/call.h - a call: one leg as one agent lives it; pure data */
#ifndef CTI_CALL_H
#define CTI_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/id.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers of these enums stand in the store: append, never renumber. */

enum cti_direction {
	CTI_OUTBOUND,
	CTI_INBOUND,
};

enum cti_call_state {
	CTI_CALL_QUEUED,   /* accepted by us, not yet by the switch */
	CTI_CALL_ALERTING, /* outbound: the agent's own device rings */
	CTI_CALL_DIALING,  /* outbound: agent is on, far end is called */
	CTI_CALL_RINGING,  /* far end rings; inbound: the agent's device */
	CTI_CALL_ACTIVE,
	CTI_CALL_HELD,
	CTI_CALL_ENDED,	  /* always the last event of a call */
	CTI_CALL_UNKNOWN, /* after a crash, until the switch has answered */
	CTI_CALL_STATE_MAX
};

enum cti_cause {
	CTI_CAUSE_NONE,
	CTI_CAUSE_NORMAL,
	CTI_CAUSE_BUSY,
	CTI_CAUSE_NO_ANSWER,
	CTI_CAUSE_REJECTED,
	CTI_CAUSE_CANCELLED,	      /* the caller gave up */
	CTI_CAUSE_ANSWERED_ELSEWHERE, /* another device of the group took it */
	CTI_CAUSE_UNREACHABLE,	      /* device not registered */
	CTI_CAUSE_BAD_NUMBER,
	CTI_CAUSE_LINK_LOST,
	CTI_CAUSE_FAILED,
	CTI_CAUSE_MAX
};

/** Who a call is with, as far as SAP cares. */
enum cti_call_kind {
	CTI_KIND_CUSTOMER,
	CTI_KIND_INTERNAL,
	CTI_KIND_CONSULT,
	CTI_KIND_MAX
};

/** Texts that a call may have; each NULL while not known. */
enum cti_fact {
	CTI_FACT_AGENT,
	CTI_FACT_DEVICE,
	CTI_FACT_NUMBER, /* E.164, or an extension's digits */
	CTI_FACT_NUMBER_RAW,
	CTI_FACT_DIALED,
	CTI_FACT_NAME,
	CTI_FACT_DNIS,
	CTI_FACT_BP,
	CTI_FACT_SERIAL,
	CTI_FACT_TICKET,
	CTI_FACT_CUSTOM_1,
	CTI_FACT_CUSTOM_2,
	CTI_FACT_CUSTOM_3,
	CTI_FACT_CUSTOM_4,
	CTI_FACT_ACTIVITY_UUID, /* canonical, cti_id_activity() */
	CTI_FACT_CRM,		/* outbound payload verbatim: a JSON object */
	CTI_FACT_DRIVER,
	CTI_FACT_REF, /* the switch's leg id */
	CTI_FACT_CAUSE_DETAIL,
	CTI_FACT_SUBJECT,
	CTI_FACT_TEXT,
	CTI_FACT_RECORDING_ID,
	CTI_FACT_REDIAL_OF, /* id of the call this one repeats */
	CTI_FACT_MAX
};

/** One call. Memory: cti_call_new() .. cti_call_destroy(). */
struct cti_call {
	int64_t row;		       /* its number in the store, > 0 */
	char id[CTI_ID_SIZE];	       /* ExternalReferenceID */
	char original_id[CTI_ID_SIZE]; /* ExternalOriginalReferenceID */
	enum cti_direction direction;
	enum cti_call_kind kind;
	enum cti_call_state state;
	enum cti_cause cause; /* CTI_CAUSE_NONE while running */
	bool withheld;	      /* the caller hides the number */
	bool muted;
	bool transferred; /* arrived by a transfer from a known leg */
	/* Unix ms; 0 = has not happened */
	int64_t created_ms, ringing_ms, answered_ms, ended_ms;
	int64_t stored_ms, sent_ms; /* intent committed; given to the driver */
	int64_t duration_ms; /* answered to ended by the monotonic clock; -1 */
	char *fact[CTI_FACT_MAX]; /* owned */
};

int cti_call_new(struct cti_call **callp) CTI_NODISCARD;
void cti_call_destroy(struct cti_call *call);
/** Copies text; NULL clears. -ENOMEM leaves the old one. */
int cti_call_set(struct cti_call *call, enum cti_fact fact,
		 const char *text) CTI_NODISCARD;

/* Words of the API; never NULL for a value of the enum. */
const char *cti_direction_word(enum cti_direction direction);
const char *cti_state_word(enum cti_call_state state);
const char *cti_kind_word(enum cti_call_kind kind);
/** NULL for CTI_CAUSE_NONE. */
const char *cti_cause_word(enum cti_cause cause);
/** -EINVAL for a word that is none. */
int cti_cause_parse(enum cti_cause *causep, const char *word) CTI_NODISCARD;

/** Not ended (unknown counts as running). */
bool cti_call_running(const struct cti_call *call);

#ifdef __cplusplus
}
#endif
#endif /* CTI_CALL_H */
