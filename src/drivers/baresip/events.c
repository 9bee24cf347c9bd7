/* SPDX-License-Identifier: Apache-2.0 */
/* baresip/events.c - what baresip reports of its calls */
#include <string.h>

#include "cti/log.h"
#include "drivers/baresip/priv.h"
#include "drivers/baresip/sip.h"

/** A call that is not of our making: a caller, a dial at the softphone, the
 * second call of a REFER. */
static struct bs_call *foreign_new(struct cti_driver *drv,
				   const struct cti_ctrl_msg *msg)
{
	struct bs_call *call;
	int err = bs_call_new(&call, drv);

	if (err) {
		log_warn_errno(err, "baresip: a call is not followed");
		return NULL;
	}
	call->inbound = msg->inbound;
	call->dialed = true;
	if (msg->account)
		cti_utf8_clean(call->account, sizeof(call->account),
			       msg->account, strlen(msg->account));
	bs_call_peer(call, msg->peer ? msg->peer : "", msg->name);
	bs_call_bind(call, msg->id);
	return call;
}

/** The call an event is about; a new one unless it has ended. */
static struct bs_call *event_call(struct cti_driver *drv,
				  const struct cti_ctrl_msg *msg)
{
	struct bs_call *call = bs_call_by_leg(drv, msg->id);

	if (!call && !msg->inbound && msg->peer) {
		call = bs_call_unbound(drv, msg->peer);
		if (call)
			bs_call_bind(call, msg->id);
	}
	if (!call && msg->type != CTI_CTRL_CLOSED)
		call = foreign_new(drv, msg);
	return call;
}

static void on_setup(struct bs_call *call, enum cti_call_state state)
{
	if (!call->established && call->state != CTI_CALL_RINGING)
		bs_call_enter(call, state);
}

static void on_established(struct cti_driver *drv, struct bs_call *call)
{
	if (!call->established)
		bs_call_enter(call, CTI_CALL_ACTIVE);
	bs_survey(drv);
}

static void on_closed(struct cti_driver *drv, struct bs_call *call,
		      const struct cti_ctrl_msg *msg)
{
	char detail[BS_DETAIL_SIZE];
	struct cti_sip_closing closing = {
		.param = msg->param,
		.inbound = call->inbound,
		.established = call->established,
		.by_us = call->by_us,
		.timed_out = call->timed_out,
	};
	enum cti_cause cause = cti_sip_cause(detail, sizeof(detail), &closing);

	bs_call_end(call, cause, detail);
	bs_survey(drv);
}

void bs_event(struct cti_driver *drv, const struct cti_ctrl_msg *msg)
{
	struct bs_call *call;

	if (msg->type == CTI_CTRL_TRANSFER_ASKED)
		log_info("baresip: the far end asks for a transfer");
	if (msg->type == CTI_CTRL_TRANSFER_FAILED)
		log_warn("baresip: a transfer failed: %s",
			 msg->param ? msg->param : "no reason given");
	if (msg->type == CTI_CTRL_OTHER || !msg->id)
		return;
	call = event_call(drv, msg);
	if (!call)
		return;
	switch (msg->type) {
	case CTI_CTRL_OUTGOING:
		on_setup(call, CTI_CALL_DIALING);
		break;
	case CTI_CTRL_INCOMING:
	case CTI_CTRL_PROGRESS:
	case CTI_CTRL_RINGING:
		on_setup(call, CTI_CALL_RINGING);
		break;
	case CTI_CTRL_ESTABLISHED:
		on_established(drv, call);
		break;
	case CTI_CTRL_CLOSED:
		on_closed(drv, call, msg);
		break;
	case CTI_CTRL_HELD_BY_US:
	case CTI_CTRL_RESUMED_BY_US:
		bs_survey(drv);
		break;
	case CTI_CTRL_OTHER:
	case CTI_CTRL_TRANSFER_ASKED:
	case CTI_CTRL_TRANSFER_FAILED:
		break;
	}
}
