/* SPDX-License-Identifier: Apache-2.0 */
/* sap/decide.c - which change of a call SAP is told, by table */
#include "cti/conf.h"
#include "cti/sap.h"

/* What an event means for a customer's inbound call, for an inbound call that
 * has just become a customer's, and for one that SAP's page asked for. */
struct decide_row {
	enum cti_sap_post inbound;
	enum cti_sap_post joined;
	enum cti_sap_post outbound;
};

static const struct decide_row decide_table[CTI_EVENT_MAX] = {
	[CTI_EVENT_RINGING] = {.inbound = CTI_SAP_NOTIFY},
	[CTI_EVENT_ACTIVE] = {CTI_SAP_ACCEPT, CTI_SAP_ACCEPT, CTI_SAP_ACCEPT},
	[CTI_EVENT_HELD] = {.joined = CTI_SAP_ACCEPT},
	[CTI_EVENT_RESUMED] = {.joined = CTI_SAP_ACCEPT},
	[CTI_EVENT_UPDATED] = {.joined = CTI_SAP_ACCEPT},
	[CTI_EVENT_ENDED] = {CTI_SAP_END, CTI_SAP_NOTHING, CTI_SAP_END},
};

void cti_sap_conf_read(struct cti_sap_conf *out, const struct cti_conf *conf)
{
	bool full = cti_conf_is(conf, "sap.outbound", "full");

	*out = (struct cti_sap_conf){
		.accept_omit = cti_conf_is(conf, "sap.accept_action", "omit"),
		.missed_silent = cti_conf_is(conf, "sap.missed", "silent"),
		.original_omit = cti_conf_is(conf, "sap.original_id", "omit"),
		.outbound_end =
			full || cti_conf_is(conf, "sap.outbound", "end"),
		.outbound_full = full,
	};
}

static bool state_talking(enum cti_call_state state)
{
	return state == CTI_CALL_ACTIVE || state == CTI_CALL_HELD;
}

static enum cti_sap_post decide_inbound(const struct cti_sap_conf *conf,
					const struct cti_call *call,
					const struct cti_sap_moment *moment)
{
	const struct decide_row *row = &decide_table[moment->type];

	bool joined = moment->kind_before != CTI_KIND_CUSTOMER;

	if (call->kind != CTI_KIND_CUSTOMER)
		return CTI_SAP_NOTHING;
	if (joined && state_talking(call->state))
		return row->joined;
	/* The consulting agent left while it still rang here. */
	if (joined && call->state == CTI_CALL_RINGING)
		return CTI_SAP_NOTIFY;
	if (row->inbound == CTI_SAP_ACCEPT && state_talking(moment->before))
		return CTI_SAP_NOTHING;
	if (row->inbound == CTI_SAP_END && conf->missed_silent &&
	    call->answered_ms == 0)
		return CTI_SAP_NOTHING;
	return row->inbound;
}

/* SAP has no activity for a call that the agent dialed on his own phone. */
static bool outbound_from_sap(const struct cti_call *call)
{
	return call->fact[CTI_FACT_CRM] || call->fact[CTI_FACT_ACTIVITY_UUID];
}

static enum cti_sap_post decide_outbound(const struct cti_sap_conf *conf,
					 const struct cti_call *call,
					 const struct cti_sap_moment *moment)
{
	enum cti_sap_post post = decide_table[moment->type].outbound;

	if (!outbound_from_sap(call))
		return CTI_SAP_NOTHING;
	if (post == CTI_SAP_ACCEPT &&
	    (!conf->outbound_full || state_talking(moment->before)))
		return CTI_SAP_NOTHING;
	if (post == CTI_SAP_END && !conf->outbound_end)
		return CTI_SAP_NOTHING;
	return post;
}

enum cti_sap_post cti_sap_decide(const struct cti_sap_conf *conf,
				 const struct cti_call *call,
				 const struct cti_sap_moment *moment)
{
	if (call->direction == CTI_OUTBOUND)
		return decide_outbound(conf, call, moment);
	return decide_inbound(conf, call, moment);
}
