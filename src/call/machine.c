/* SPDX-License-Identifier: Apache-2.0 */
/* call/machine.c - the states of a call and what leads from one to another */
#include "call/priv.h"

enum { NOTHING = -1 };

/* Short names, so that the table can be read as one. */
enum {
	QU = CTI_EVENT_QUEUED,
	AL = CTI_EVENT_ALERTING,
	DI = CTI_EVENT_DIALING,
	RI = CTI_EVENT_RINGING,
	AC = CTI_EVENT_ACTIVE,
	HE = CTI_EVENT_HELD,
	RE = CTI_EVENT_RESUMED,
	UP = CTI_EVENT_UPDATED,
	EN = CTI_EVENT_ENDED,
	__ = NOTHING,
};

/*
 * Row: the state before; column: the state the switch reports. A switch may
 * leave states out but never goes back: a late report of an earlier state is
 * no news. Nothing leads out of `ended`; everything leads out of `unknown`.
 */
static const signed char machine[CTI_CALL_STATE_MAX][CTI_CALL_STATE_MAX] = {
	/*                 qu  al  di  ri  ac  he  en  un */
	[CTI_CALL_QUEUED] = {__, AL, DI, RI, AC, HE, EN, UP},
	[CTI_CALL_ALERTING] = {__, __, DI, RI, AC, HE, EN, UP},
	[CTI_CALL_DIALING] = {__, __, __, RI, AC, HE, EN, UP},
	[CTI_CALL_RINGING] = {__, __, __, __, AC, HE, EN, UP},
	[CTI_CALL_ACTIVE] = {__, __, __, __, __, HE, EN, UP},
	[CTI_CALL_HELD] = {__, __, __, __, RE, __, EN, UP},
	[CTI_CALL_ENDED] = {__, __, __, __, __, __, __, __},
	[CTI_CALL_UNKNOWN] = {QU, AL, DI, RI, AC, HE, EN, __},
};

bool machine_step(enum cti_event_type *typep, enum cti_call_state from,
		  enum cti_call_state to)
{
	int type = machine[from][to];

	if (type == NOTHING)
		return false;
	*typep = (enum cti_event_type)type;
	return true;
}
