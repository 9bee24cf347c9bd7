/* SPDX-License-Identifier: Apache-2.0 */
/* freeswitch/ending.c - why a leg ended, from the switch's words */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/freeswitch/event.h"

/* What a cause means where the far end gives it, and where the agent's own
 * phone does: that the agent's phone is busy is no news about the customer. */
struct meaning {
	const char *name;
	int sip;
	enum cti_cause far, device;
};

static const struct meaning meanings[] = {
	{NULL, 486, CTI_CAUSE_BUSY, CTI_CAUSE_REJECTED},
	{NULL, 600, CTI_CAUSE_BUSY, CTI_CAUSE_REJECTED},
	{NULL, 603, CTI_CAUSE_REJECTED, CTI_CAUSE_REJECTED},
	{NULL, 607, CTI_CAUSE_REJECTED, CTI_CAUSE_REJECTED},
	{NULL, 433, CTI_CAUSE_REJECTED, CTI_CAUSE_REJECTED},
	{NULL, 404, CTI_CAUSE_BAD_NUMBER, CTI_CAUSE_UNREACHABLE},
	{NULL, 410, CTI_CAUSE_BAD_NUMBER, CTI_CAUSE_UNREACHABLE},
	{NULL, 416, CTI_CAUSE_BAD_NUMBER, CTI_CAUSE_UNREACHABLE},
	{NULL, 484, CTI_CAUSE_BAD_NUMBER, CTI_CAUSE_UNREACHABLE},
	{NULL, 604, CTI_CAUSE_BAD_NUMBER, CTI_CAUSE_UNREACHABLE},
	{NULL, 408, CTI_CAUSE_NO_ANSWER, CTI_CAUSE_UNREACHABLE},
	{NULL, 480, CTI_CAUSE_UNREACHABLE, CTI_CAUSE_UNREACHABLE},
	{"USER_BUSY", 0, CTI_CAUSE_BUSY, CTI_CAUSE_REJECTED},
	{"CALL_REJECTED", 0, CTI_CAUSE_REJECTED, CTI_CAUSE_REJECTED},
	{"NO_ANSWER", 0, CTI_CAUSE_NO_ANSWER, CTI_CAUSE_NO_ANSWER},
	{"ALLOTTED_TIMEOUT", 0, CTI_CAUSE_NO_ANSWER, CTI_CAUSE_NO_ANSWER},
	{"PROGRESS_TIMEOUT", 0, CTI_CAUSE_NO_ANSWER, CTI_CAUSE_UNREACHABLE},
	{"NO_USER_RESPONSE", 0, CTI_CAUSE_NO_ANSWER, CTI_CAUSE_UNREACHABLE},
	{"RECOVERY_ON_TIMER_EXPIRE", 0, CTI_CAUSE_NO_ANSWER,
	 CTI_CAUSE_UNREACHABLE},
	{"ORIGINATOR_CANCEL", 0, CTI_CAUSE_CANCELLED, CTI_CAUSE_CANCELLED},
	{"LOSE_RACE", 0, CTI_CAUSE_ANSWERED_ELSEWHERE,
	 CTI_CAUSE_ANSWERED_ELSEWHERE},
	{"PICKED_OFF", 0, CTI_CAUSE_ANSWERED_ELSEWHERE,
	 CTI_CAUSE_ANSWERED_ELSEWHERE},
	{"ANSWERED_ELSEWHERE", 0, CTI_CAUSE_ANSWERED_ELSEWHERE,
	 CTI_CAUSE_ANSWERED_ELSEWHERE},
	{"UNALLOCATED_NUMBER", 0, CTI_CAUSE_BAD_NUMBER, CTI_CAUSE_UNREACHABLE},
	{"NO_ROUTE_DESTINATION", 0, CTI_CAUSE_BAD_NUMBER,
	 CTI_CAUSE_UNREACHABLE},
	{"NO_ROUTE_TRANSIT_NET", 0, CTI_CAUSE_BAD_NUMBER,
	 CTI_CAUSE_UNREACHABLE},
	{"INVALID_NUMBER_FORMAT", 0, CTI_CAUSE_BAD_NUMBER,
	 CTI_CAUSE_UNREACHABLE},
	{"NUMBER_CHANGED", 0, CTI_CAUSE_BAD_NUMBER, CTI_CAUSE_UNREACHABLE},
	{"SUBSCRIBER_ABSENT", 0, CTI_CAUSE_UNREACHABLE, CTI_CAUSE_UNREACHABLE},
	{"USER_NOT_REGISTERED", 0, CTI_CAUSE_UNREACHABLE,
	 CTI_CAUSE_UNREACHABLE},
	{"DESTINATION_OUT_OF_ORDER", 0, CTI_CAUSE_UNREACHABLE,
	 CTI_CAUSE_UNREACHABLE},
	{"NETWORK_OUT_OF_ORDER", 0, CTI_CAUSE_FAILED, CTI_CAUSE_UNREACHABLE},
	{"NORMAL_TEMPORARY_FAILURE", 0, CTI_CAUSE_FAILED,
	 CTI_CAUSE_UNREACHABLE},
	{"NORMAL_CLEARING", 0, CTI_CAUSE_NORMAL, CTI_CAUSE_CANCELLED},
};

void fs_ending_read(struct fs_ending *out, const struct fs_event *ev)
{
	const char *sip = fs_get(ev, "variable_sip_term_status");

	fs_copy(out->name, sizeof(out->name), ev, "Hangup-Cause");
	out->q850 =
		(int)strtol(fs_get(ev, "variable_hangup_cause_q850"), NULL, 10);
	out->sip = (int)strtol(sip, NULL, 10);
}

static void detail_write(char *detail, size_t size, const struct fs_ending *how)
{
	char sip[24] = "", q850[24] = "";

	if (how->sip >= 100 && how->sip <= 699)
		(void)snprintf(sip, sizeof(sip), "SIP %d, ", how->sip);
	if (how->q850 > 0 && how->q850 <= 127)
		(void)snprintf(q850, sizeof(q850), "Q.850 %d, ", how->q850);
	(void)snprintf(detail, size, "%s%s%s%s", sip, q850,
		       how->name[0] ? how->name : "no cause given",
		       how->timed_out ? " (ring time-out)" : "");
}

static const struct meaning *meaning_find(const struct fs_ending *how)
{
	size_t n = sizeof(meanings) / sizeof(meanings[0]);

	for (size_t i = 0; i < n; i++) {
		if (meanings[i].sip && meanings[i].sip == how->sip)
			return &meanings[i];
	}
	for (size_t i = 0; i < n; i++) {
		if (meanings[i].name && !strcmp(meanings[i].name, how->name))
			return &meanings[i];
	}
	return NULL;
}

enum cti_cause fs_ending_cause(char *detail, size_t size,
			       const struct fs_ending *how)
{
	const struct meaning *meaning = meaning_find(how);

	detail_write(detail, size, how);
	if (how->established)
		return CTI_CAUSE_NORMAL;
	if (how->timed_out)
		return CTI_CAUSE_NO_ANSWER;
	if (how->by_us)
		return how->inbound ? CTI_CAUSE_REJECTED : CTI_CAUSE_CANCELLED;
	if (how->agent_left)
		return CTI_CAUSE_CANCELLED;
	if (how->taken && meaning && meaning->device == CTI_CAUSE_CANCELLED)
		return CTI_CAUSE_ANSWERED_ELSEWHERE;
	if (!meaning)
		return CTI_CAUSE_FAILED;
	return how->device ? meaning->device : meaning->far;
}
