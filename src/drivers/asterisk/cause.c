/* SPDX-License-Identifier: Apache-2.0 */
/* asterisk/cause.c - why a leg ended, from what the switch said */
#include <stdio.h>
#include <string.h>

#include "drivers/asterisk/leg.h"

/* Q.850 causes as the agent's own phone and as a callee mean them. Those that
 * say nothing (0, 16, 31, 127 and what is not listed) have no row. */
static const struct {
	int q850;
	enum cti_cause own, far;
} causes[] = {
	{1, CTI_CAUSE_UNREACHABLE, CTI_CAUSE_BAD_NUMBER},
	{2, CTI_CAUSE_UNREACHABLE, CTI_CAUSE_BAD_NUMBER},
	{3, CTI_CAUSE_UNREACHABLE, CTI_CAUSE_BAD_NUMBER},
	{17, CTI_CAUSE_REJECTED, CTI_CAUSE_BUSY},
	{18, CTI_CAUSE_NO_ANSWER, CTI_CAUSE_NO_ANSWER},
	{19, CTI_CAUSE_NO_ANSWER, CTI_CAUSE_NO_ANSWER},
	{20, CTI_CAUSE_UNREACHABLE, CTI_CAUSE_UNREACHABLE},
	{21, CTI_CAUSE_REJECTED, CTI_CAUSE_REJECTED},
	{22, CTI_CAUSE_UNREACHABLE, CTI_CAUSE_BAD_NUMBER},
	{27, CTI_CAUSE_UNREACHABLE, CTI_CAUSE_UNREACHABLE},
	{28, CTI_CAUSE_UNREACHABLE, CTI_CAUSE_BAD_NUMBER},
	{102, CTI_CAUSE_NO_ANSWER, CTI_CAUSE_NO_ANSWER},
};

static const struct {
	const char *status;
	enum cti_cause own, far;
} statuses[] = {
	{"BUSY", CTI_CAUSE_REJECTED, CTI_CAUSE_BUSY},
	{"NOANSWER", CTI_CAUSE_NO_ANSWER, CTI_CAUSE_NO_ANSWER},
	{"CANCEL", CTI_CAUSE_CANCELLED, CTI_CAUSE_CANCELLED},
	{"CHANUNAVAIL", CTI_CAUSE_UNREACHABLE, CTI_CAUSE_UNREACHABLE},
	{"CONGESTION", CTI_CAUSE_FAILED, CTI_CAUSE_FAILED},
};

enum {
	Q850_NO_ANSWER = 19,
	Q850_ELSEWHERE = 26,
	Q850_NORMAL = 16,
	REASON_TIMEOUT = 3,
	REASON_BUSY = 5,
};

/** CTI_CAUSE_NONE: it says nothing. */
static enum cti_cause end_cause(const struct ast_end *end, bool far)
{
	/* A trunk's 480 without any ringing: nobody is registered there. */
	if (far && end->cause == Q850_NO_ANSWER && !end->rang)
		return CTI_CAUSE_UNREACHABLE;
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (causes[i].q850 == end->cause)
			return far ? causes[i].far : causes[i].own;
	}
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (strcmp(statuses[i].status, end->status) == 0)
			return far ? statuses[i].far : statuses[i].own;
	}
	return CTI_CAUSE_NONE;
}

static enum cti_cause or_else(enum cti_cause cause, enum cti_cause other)
{
	return cause != CTI_CAUSE_NONE ? cause : other;
}

static enum cti_cause inbound_cause(const struct ast_leg *leg)
{
	const struct ast_end *end = &leg->end;
	enum cti_cause cause = end_cause(end, false);
	const struct ast_chan *chan = leg->chan;

	if (leg->by_us)
		return CTI_CAUSE_REJECTED;
	if (end->cause == Q850_ELSEWHERE || (chan && ast_chan_elsewhere(chan)))
		return CTI_CAUSE_ANSWERED_ELSEWHERE;
	/* The phone's own word comes before what the caller did then. */
	if (cause == CTI_CAUSE_REJECTED || cause == CTI_CAUSE_UNREACHABLE)
		return cause;
	if (chan && ast_chan_given_up(chan))
		return CTI_CAUSE_NO_ANSWER;
	if (!end->status[0] && chan && ast_chan_deserted(chan))
		return CTI_CAUSE_CANCELLED;
	if (strcmp(end->status, "CANCEL") == 0)
		return CTI_CAUSE_CANCELLED;
	return or_else(cause, CTI_CAUSE_CANCELLED);
}

/** The agent's phone did not take the dial. */
static enum cti_cause phone_cause(const struct ast_leg *leg)
{
	enum cti_cause cause = end_cause(&leg->end, false);

	if (cause != CTI_CAUSE_NONE)
		return cause;
	if (leg->reason == REASON_BUSY)
		return CTI_CAUSE_REJECTED;
	/* Some versions give no cause when the ring limit is over. */
	return leg->reason == REASON_TIMEOUT || leg->end.rang
		       ? CTI_CAUSE_NO_ANSWER
		       : CTI_CAUSE_FAILED;
}

static enum cti_cause outbound_cause(const struct ast_leg *leg)
{
	enum cti_cause far = end_cause(&leg->far, true);
	struct ast_end own = leg->end;

	if (leg->timed_out)
		return CTI_CAUSE_NO_ANSWER;
	if (leg->by_us)
		return CTI_CAUSE_CANCELLED;
	if (!leg->up && !leg->phone_dials)
		return phone_cause(leg);
	if (leg->hung)
		return CTI_CAUSE_CANCELLED;
	if (leg->far.cause >= 0)
		return or_else(far, CTI_CAUSE_FAILED);
	if (leg->far.status[0] && far != CTI_CAUSE_NONE)
		return far; /* its channel never told more */
	if (own.cause == Q850_NORMAL)
		return CTI_CAUSE_NORMAL; /* the dialplan itself was the end */
	/* It has the callee's cause, should that end be told of later. */
	own.rang = leg->far_rang;
	return or_else(end_cause(&own, true), CTI_CAUSE_FAILED);
}

/** "Q.850 17 User busy, SIP 486". */
static void detail_make(char detail[AST_DETAIL_SIZE], const struct ast_end *end,
			const char *whose)
{
	char tech[24] = "";

	detail[0] = '\0';
	if (end->cause < 0)
		return;
	if (end->tech > 0)
		(void)snprintf(tech, sizeof(tech), ", SIP %d", end->tech);
	(void)snprintf(detail, AST_DETAIL_SIZE, "Q.850 %d %s%s%s", end->cause,
		       end->text, tech, whose);
}

enum cti_cause ast_cause(char detail[AST_DETAIL_SIZE],
			 const struct ast_leg *leg)
{
	bool out = leg->way == AST_WAY_OUT;
	bool far = out && !leg->answered && leg->far.cause >= 0;
	bool phone = out && !leg->answered && !leg->up && !leg->phone_dials;

	detail_make(detail, far ? &leg->far : &leg->end,
		    phone ? " (the agent's phone)" : "");
	if (leg->timed_out && !leg->answered)
		(void)snprintf(detail, AST_DETAIL_SIZE, "ring time-out");
	if (leg->transferred)
		(void)snprintf(detail, AST_DETAIL_SIZE, "transferred");
	if (leg->answered || leg->transferred)
		return CTI_CAUSE_NORMAL;
	return out ? outbound_cause(leg) : inbound_cause(leg);
}
