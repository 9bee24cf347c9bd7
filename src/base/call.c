/* SPDX-License-Identifier: Apache-2.0 */
/* base/call.c - a call as a record, and the words it is told in */
#include "cti/call.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const direction_words[] = {
	[CTI_OUTBOUND] = "outbound",
	[CTI_INBOUND] = "inbound",
};

static const char *const state_words[CTI_CALL_STATE_MAX] = {
	[CTI_CALL_QUEUED] = "queued",	[CTI_CALL_ALERTING] = "alerting",
	[CTI_CALL_DIALING] = "dialing", [CTI_CALL_RINGING] = "ringing",
	[CTI_CALL_ACTIVE] = "active",	[CTI_CALL_HELD] = "held",
	[CTI_CALL_ENDED] = "ended",	[CTI_CALL_UNKNOWN] = "unknown",
};

static const char *const kind_words[CTI_KIND_MAX] = {
	[CTI_KIND_CUSTOMER] = "customer",
	[CTI_KIND_INTERNAL] = "internal",
	[CTI_KIND_CONSULT] = "consult",
};

static const char *const cause_words[CTI_CAUSE_MAX] = {
	[CTI_CAUSE_NONE] = NULL,
	[CTI_CAUSE_NORMAL] = "normal",
	[CTI_CAUSE_BUSY] = "busy",
	[CTI_CAUSE_NO_ANSWER] = "no_answer",
	[CTI_CAUSE_REJECTED] = "rejected",
	[CTI_CAUSE_CANCELLED] = "cancelled",
	[CTI_CAUSE_ANSWERED_ELSEWHERE] = "answered_elsewhere",
	[CTI_CAUSE_UNREACHABLE] = "unreachable",
	[CTI_CAUSE_BAD_NUMBER] = "bad_number",
	[CTI_CAUSE_LINK_LOST] = "link_lost",
	[CTI_CAUSE_FAILED] = "failed",
};

int cti_call_new(struct cti_call **callp)
{
	struct cti_call *call = calloc(1, sizeof(*call));

	if (!call)
		return -ENOMEM;
	call->duration_ms = -1;
	*callp = call;
	return 0;
}

void cti_call_destroy(struct cti_call *call)
{
	if (!call)
		return;
	for (size_t i = 0; i < CTI_FACT_MAX; i++)
		free(call->fact[i]);
	free(call);
}

int cti_call_set(struct cti_call *call, enum cti_fact fact, const char *text)
{
	char *copy = NULL;

	assert(fact < CTI_FACT_MAX);
	if (text) {
		copy = strdup(text);
		if (!copy)
			return -ENOMEM;
	}
	free(call->fact[fact]);
	call->fact[fact] = copy;
	return 0;
}

const char *cti_direction_word(enum cti_direction direction)
{
	assert(direction <= CTI_INBOUND);
	return direction_words[direction];
}

const char *cti_state_word(enum cti_call_state state)
{
	assert(state < CTI_CALL_STATE_MAX);
	return state_words[state];
}

const char *cti_kind_word(enum cti_call_kind kind)
{
	assert(kind < CTI_KIND_MAX);
	return kind_words[kind];
}

const char *cti_cause_word(enum cti_cause cause)
{
	assert(cause < CTI_CAUSE_MAX);
	return cause_words[cause];
}

int cti_cause_parse(enum cti_cause *causep, const char *word)
{
	for (int i = CTI_CAUSE_NONE + 1; word && i < CTI_CAUSE_MAX; i++) {
		if (strcmp(cause_words[i], word) == 0) {
			*causep = (enum cti_cause)i;
			return 0;
		}
	}
	return -EINVAL;
}

bool cti_call_running(const struct cti_call *call)
{
	return call->state != CTI_CALL_ENDED;
}
