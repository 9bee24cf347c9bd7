/* SPDX-License-Identifier: Apache-2.0 */
/* api/call_json.c - a call as JSON: one shape, everywhere */
#include <stdio.h>

#include "api/priv.h"

static void fact(struct cti_jsonw *w, const char *key,
		 const struct cti_call *call, enum cti_fact which)
{
	cti_jsonw_kstr(w, key, call->fact[which]);
}

static void write_identity(struct cti_jsonw *w, const struct cti_call *call)
{
	cti_jsonw_kstr(w, "id", call->id);
	cti_jsonw_kstr(w, "original_id", call->original_id);
	cti_jsonw_kstr(w, "direction", cti_direction_word(call->direction));
	cti_jsonw_kstr(w, "kind", cti_kind_word(call->kind));
	cti_jsonw_kstr(w, "state", cti_state_word(call->state));
	cti_jsonw_kstr(w, "cause", cti_cause_word(call->cause));
	fact(w, "cause_detail", call, CTI_FACT_CAUSE_DETAIL);
}

static void write_shown(struct cti_jsonw *w, const struct cti_api *api,
			const struct cti_call *call)
{
	char shown[CTI_NUMBER_SIZE];

	cti_number_spaced(api->parts.numbers, shown,
			  call->fact[CTI_FACT_NUMBER]);
	cti_jsonw_kstr(w, "number_shown", *shown ? shown : NULL);
}

static void write_parties(struct cti_jsonw *w, const struct cti_api *api,
			  const struct cti_call *call)
{
	fact(w, "agent", call, CTI_FACT_AGENT);
	fact(w, "device", call, CTI_FACT_DEVICE);
	fact(w, "number", call, CTI_FACT_NUMBER);
	write_shown(w, api, call);
	fact(w, "number_raw", call, CTI_FACT_NUMBER_RAW);
	fact(w, "dialed", call, CTI_FACT_DIALED);
	fact(w, "name", call, CTI_FACT_NAME);
	cti_jsonw_kbool(w, "withheld", call->withheld);
	fact(w, "dnis", call, CTI_FACT_DNIS);
}

static void write_custom(struct cti_jsonw *w, const struct cti_call *call)
{
	static const char *const keys[] = {"Custom_1", "Custom_2", "Custom_3",
					   "Custom_4"};

	cti_jsonw_key(w, "custom");
	cti_jsonw_obj(w);
	for (int i = 0; i < 4; i++)
		if (call->fact[CTI_FACT_CUSTOM_1 + i])
			cti_jsonw_kstr(w, keys[i],
				       call->fact[CTI_FACT_CUSTOM_1 + i]);
	cti_jsonw_obj_end(w);
}

static void write_crm(struct cti_jsonw *w, const struct cti_call *call)
{
	fact(w, "bp", call, CTI_FACT_BP);
	fact(w, "serial", call, CTI_FACT_SERIAL);
	fact(w, "ticket", call, CTI_FACT_TICKET);
	write_custom(w, call);
	fact(w, "subject", call, CTI_FACT_SUBJECT);
	fact(w, "text", call, CTI_FACT_TEXT);
	fact(w, "recording_id", call, CTI_FACT_RECORDING_ID);
	cti_jsonw_kbool(w, "muted", call->muted);
	fact(w, "activity_uuid", call, CTI_FACT_ACTIVITY_UUID);
	cti_jsonw_kraw(w, "crm", call->fact[CTI_FACT_CRM]);
	fact(w, "redial_of", call, CTI_FACT_REDIAL_OF);
}

static void write_times(struct cti_jsonw *w, const struct cti_call *call)
{
	cti_jsonw_ktime(w, "created_at", call->created_ms);
	cti_jsonw_ktime(w, "ringing_at", call->ringing_ms);
	cti_jsonw_ktime(w, "answered_at", call->answered_ms);
	cti_jsonw_ktime(w, "ended_at", call->ended_ms);
	cti_jsonw_key(w, "duration_ms");
	if (call->ended_ms && call->duration_ms >= 0)
		cti_jsonw_int(w, call->duration_ms);
	else
		cti_jsonw_str(w, NULL);
}

static void write_controls(struct cti_jsonw *w, const struct cti_api *api,
			   const struct cti_call *call)
{
	cti_jsonw_key(w, "controls");
	cti_jsonw_arr(w);
	for (int i = 0; i < CTI_ACTION_MAX; i++)
		if (cti_calls_can(api->calls, call, (enum cti_action)i))
			cti_jsonw_str(w, cti_action_word((enum cti_action)i));
	cti_jsonw_arr_end(w);
}

void call_write_open(struct cti_jsonw *w, const struct cti_api *api,
		     const struct cti_call *call)
{
	cti_jsonw_obj(w);
	write_identity(w, call);
	write_parties(w, api, call);
	write_crm(w, call);
	fact(w, "driver", call, CTI_FACT_DRIVER);
	fact(w, "ref", call, CTI_FACT_REF);
	write_times(w, call);
	write_controls(w, api, call);
}

void call_write(struct cti_jsonw *w, const struct cti_api *api,
		const struct cti_call *call)
{
	call_write_open(w, api, call);
	cti_jsonw_obj_end(w);
}
