/* SPDX-License-Identifier: Apache-2.0 */
/* api/compat_pbx.c - a report in Zammad's and sipgate's words */
#include <errno.h>
#include <string.h>

#include "api/compat.h"
#include "cti/log.h"

enum { ABROAD_MIN = 9 }; /* digits of the shortest number with its country */

static const char *const names[] = {
	"event",	   "callId",	   "from",	   "to",
	"direction",	   "user",	   "user[]",	   "userId",
	"userId[]",	   "fullUserId",   "fullUserId[]", "queue",
	"cause",	   "xcid",	   "origCallId",   "diversion",
	"answeringNumber", "connectionId",
};

bool pbx_knows(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static const struct {
	const char *word;
	enum cti_push_event event;
} events[] = {
	{"newCall", CTI_PUSH_RINGING},
	{"answer", CTI_PUSH_ANSWERED},
	{"hangup", CTI_PUSH_ENDED},
};

/* What is not here is decided by the state of the call. */
static const struct {
	const char *word;
	enum cti_cause cause;
} causes[] = {
	{"busy", CTI_CAUSE_BUSY},
	{"cancel", CTI_CAUSE_CANCELLED},
	{"noAnswer", CTI_CAUSE_NO_ANSWER},
	{"congestion", CTI_CAUSE_UNREACHABLE},
	{"notFound", CTI_CAUSE_BAD_NUMBER},
	{"forwarded", CTI_CAUSE_ANSWERED_ELSEWHERE},
};

static int read_event(struct report *report, const struct told *told,
		      struct cti_err *err)
{
	const char *word = told_raw(told, "event");
	const char *direction = told_raw(told, "direction");

	/* SAP made the activity of what the agent dials itself */
	report->ignored = direction && strcmp(direction, "out") == 0;
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (strcmp(events[i].word, word) == 0) {
			report->push.event = events[i].event;
			return 0;
		}
	return cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
			   "The field \"event\" must be newCall, answer or "
			   "hangup.");
}

static void read_cause(struct report *report, const struct told *told)
{
	const char *word = told_raw(told, "cause");

	if (!word || report->push.event != CTI_PUSH_ENDED)
		return;
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (strcmp(causes[i].word, word) == 0)
			report->push.cause = causes[i].cause;
}

/* Whoever is named first, where the address names nobody. */
static int read_agent(struct report *report, const struct told *told,
		      struct cti_err *err)
{
	static const char *const users[] = {"user[]", "user"};
	int rc = 0;

	for (size_t i = 0; i < 2 && !rc && !report->push.agent; i++)
		rc = told_text(report, told, &report->push.agent, users[i],
			       err);
	return rc;
}

/* Both write E.164 without its +. What begins with 0 or is short was dialed or
 * shown inside a country. */
static int read_from(struct report *report, const struct told *told,
		     struct cti_err *err)
{
	char *text = report->said[report->nsaid];
	int rc = told_number(report, told, &report->push.from, "from", err);
	size_t len;

	if (rc || report->push.from != text)
		return rc;
	len = strlen(text);
	if (text[0] == '0' || len < ABROAD_MIN || len >= CTI_NUMBER_MAX ||
	    strspn(text, "0123456789") != len)
		return 0;
	memmove(text + 1, text, len + 1);
	text[0] = '+';
	return 0;
}

int pbx_report(struct report *report, const struct told *told,
	       struct cti_err *err)
{
	struct cti_push *push = &report->push;
	int rc = read_event(report, told, err);

	if (rc || report->ignored)
		return rc;
	rc = told_text(report, told, &push->ref, "callId", err);
	if (!rc && !push->ref)
		return cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
				   "The field \"callId\" is needed.");
	if (!rc)
		rc = read_from(report, told, err);
	if (!rc)
		rc = told_number(report, told, &push->fact[CTI_FACT_DNIS], "to",
				 err);
	if (!rc)
		rc = read_agent(report, told, err);
	if (!rc)
		read_cause(report, told);
	if (push->from && strcmp(push->from, "anonymous") == 0) {
		push->withheld = true;
		push->from = NULL;
	}
	return rc;
}
