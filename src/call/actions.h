/* SPDX-License-Identifier: Apache-2.0 */
/* call/actions.h - what is done to a call: by the agent, and late facts */
#ifndef CALL_ACTIONS_H
#define CALL_ACTIONS_H

#include "call/calls.h"

enum cti_action {
	CTI_ACTION_ANSWER,
	CTI_ACTION_REJECT,
	CTI_ACTION_HANGUP,
	CTI_ACTION_HOLD,
	CTI_ACTION_RESUME,
	CTI_ACTION_MUTE,
	CTI_ACTION_UNMUTE,
	CTI_ACTION_TRANSFER,
	CTI_ACTION_DTMF,
	CTI_ACTION_MAX
};

const char *cti_action_word(enum cti_action action);
/** -EINVAL: no such word. */
int cti_action_parse(enum cti_action *actionp, const char *word) CTI_NODISCARD;
/** May it be done now: the state allows it and the driver can. */
bool cti_calls_can(const struct cti_calls *calls, const struct cti_call *call,
		   enum cti_action action);

struct cti_do {
	const char *id;
	enum cti_action action;
	const char *text; /* TRANSFER: the number as typed; DTMF: digits */
};

/** All but TRANSFER go to the switch at once, TRANSFER after its audit is
 * committed. The outcome says the switch took it, not that it happened. */
int cti_calls_do(struct cti_calls *calls, const struct cti_do *what,
		 const struct cti_reply *reply,
		 struct cti_err *err) CTI_NODISCARD;

/** Facts learned late: bit n of mask = enum cti_fact n is set to fact[n]
 * (NULL clears). notes gets, as JSON array elements' texts, what SAP will not
 * take any more (KBA 2803384). */
struct cti_patch {
	const char *id;
	unsigned long mask;
	const char *fact[CTI_FACT_MAX];
};
int cti_calls_patch(struct cti_calls *calls, const struct cti_patch *patch,
		    const struct cti_reply *reply,
		    struct cti_err *err) CTI_NODISCARD;

#endif /* CALL_ACTIONS_H */
