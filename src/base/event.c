/* SPDX-License-Identifier: Apache-2.0 */
/* base/event.c - one change of one call, and what it makes of the call */
#include "cti/event.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const event_words[CTI_EVENT_MAX] = {
	[CTI_EVENT_QUEUED] = "call.queued",
	[CTI_EVENT_ALERTING] = "call.alerting",
	[CTI_EVENT_DIALING] = "call.dialing",
	[CTI_EVENT_RINGING] = "call.ringing",
	[CTI_EVENT_ACTIVE] = "call.active",
	[CTI_EVENT_HELD] = "call.held",
	[CTI_EVENT_RESUMED] = "call.resumed",
	[CTI_EVENT_UPDATED] = "call.updated",
	[CTI_EVENT_ENDED] = "call.ended",
	[CTI_EVENT_REFUSED] = "call.refused",
};

int cti_event_new(struct cti_event **evp, enum cti_event_type type)
{
	struct cti_event *ev = calloc(1, sizeof(*ev));

	if (!ev)
		return -ENOMEM;
	ev->type = type;
	ev->durable = true;
	ev->duration_ms = -1;
	*evp = ev;
	return 0;
}

void cti_event_destroy(struct cti_event *ev)
{
	if (!ev)
		return;
	for (size_t i = 0; i < ev->nchanges; i++)
		free(ev->change[i].text);
	free(ev->sap);
	free(ev->findings);
	free(ev->text);
	free(ev->refused.agent);
	free(ev->refused.number);
	free(ev->refused.activity_uuid);
	free(ev);
}

/* The change of a fact, a new and empty one if there is none yet. */
static struct cti_change *change_of(struct cti_event *ev, enum cti_fact fact)
{
	for (size_t i = 0; i < ev->nchanges; i++) {
		if (ev->change[i].fact == fact)
			return &ev->change[i];
	}
	ev->change[ev->nchanges] = (struct cti_change){.fact = fact};
	return &ev->change[ev->nchanges++];
}

int cti_event_change(struct cti_event *ev, enum cti_fact fact, const char *text)
{
	struct cti_change *change;
	char *copy = NULL;

	assert(fact < CTI_FACT_MAX);
	if (text) {
		copy = strdup(text);
		if (!copy)
			return -ENOMEM;
	}
	change = change_of(ev, fact);
	free(change->text);
	change->text = copy;
	return 0;
}

static void apply_times(struct cti_call *call, const struct cti_event *ev)
{
	if (ev->stored_ms)
		call->stored_ms = ev->stored_ms;
	if (ev->sent_ms)
		call->sent_ms = ev->sent_ms;
	if (ev->state == CTI_CALL_RINGING && !call->ringing_ms)
		call->ringing_ms = ev->at_ms;
	if (ev->state == CTI_CALL_ACTIVE && !call->answered_ms)
		call->answered_ms = ev->at_ms;
	/* what is learned after the end does not move the end */
	if (ev->state == CTI_CALL_ENDED && !call->ended_ms) {
		call->ended_ms = ev->at_ms;
		call->duration_ms = ev->duration_ms;
	}
}

static void apply_state(struct cti_call *call, const struct cti_event *ev)
{
	call->state = ev->state;
	call->kind = ev->kind;
	call->cause = ev->cause;
	call->muted = ev->muted;
	call->withheld = ev->withheld;
	call->transferred = ev->transferred;
	if (ev->original_id[0])
		memcpy(call->original_id, ev->original_id,
		       sizeof(call->original_id));
}

/* Copies all texts before the call is touched, so that it is all or none. */
static int changes_copy(char *copy[CTI_FACT_MAX], const struct cti_event *ev)
{
	for (size_t i = 0; i < ev->nchanges; i++) {
		if (!ev->change[i].text)
			continue;
		copy[i] = strdup(ev->change[i].text);
		if (!copy[i])
			return -ENOMEM;
	}
	return 0;
}

int cti_event_apply(struct cti_call *call, const struct cti_event *ev)
{
	char *copy[CTI_FACT_MAX] = {NULL};
	int err = changes_copy(copy, ev);

	if (err)
		goto out;
	apply_times(call, ev);
	apply_state(call, ev);
	for (size_t i = 0; i < ev->nchanges; i++) {
		char **slot = &call->fact[ev->change[i].fact];
		char *old = *slot;

		*slot = copy[i];
		copy[i] = old;
	}
out:
	for (size_t i = 0; i < ev->nchanges; i++)
		free(copy[i]);
	return err;
}

const char *cti_event_word(enum cti_event_type type)
{
	assert(type < CTI_EVENT_MAX);
	return event_words[type];
}
