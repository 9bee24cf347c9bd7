/* SPDX-License-Identifier: Apache-2.0 */
/* cli/export.c - patchcord export: all about one number, as JSON */
#include "cli/command.h"
#include "cli/show.h"
#include "cli/subject.h"
#include "cti/json.h"

enum { EXPORT_MAX = 1024 * 1024 * 1024 };

static const char *const fact_keys[CTI_FACT_MAX] = {
	[CTI_FACT_AGENT] = "agent",
	[CTI_FACT_DEVICE] = "device",
	[CTI_FACT_NUMBER] = "number",
	[CTI_FACT_NUMBER_RAW] = "number_raw",
	[CTI_FACT_DIALED] = "dialed",
	[CTI_FACT_NAME] = "name",
	[CTI_FACT_DNIS] = "dnis",
	[CTI_FACT_BP] = "bp",
	[CTI_FACT_SERIAL] = "serial",
	[CTI_FACT_TICKET] = "ticket",
	[CTI_FACT_CUSTOM_1] = "custom_1",
	[CTI_FACT_CUSTOM_2] = "custom_2",
	[CTI_FACT_CUSTOM_3] = "custom_3",
	[CTI_FACT_CUSTOM_4] = "custom_4",
	[CTI_FACT_ACTIVITY_UUID] = "activity_uuid",
	[CTI_FACT_CRM] = "crm",
	[CTI_FACT_DRIVER] = "driver",
	[CTI_FACT_REF] = "ref",
	[CTI_FACT_CAUSE_DETAIL] = "cause_detail",
	[CTI_FACT_SUBJECT] = "subject",
	[CTI_FACT_TEXT] = "text",
	[CTI_FACT_RECORDING_ID] = "recording_id",
	[CTI_FACT_REDIAL_OF] = "redial_of",
};

struct export
{
	struct subject *s;
	struct cti_jsonw w;
};

static int write_event(void *arg, const struct cti_event *ev,
		       const struct cti_call *call)
{
	struct export *e = arg;
	bool refused = ev->type == CTI_EVENT_REFUSED;

	(void)call; /* it stands around its events */
	cti_jsonw_obj(&e->w);
	cti_jsonw_kint(&e->w, "id", ev->id);
	cti_jsonw_ktime(&e->w, "at", ev->at_ms);
	cti_jsonw_kstr(&e->w, "type", cti_event_word(ev->type));
	if (refused) {
		cti_jsonw_kstr(&e->w, "code", cti_problem_find(ev->code)->slug);
		cti_jsonw_kstr(&e->w, "detail", ev->text);
		cti_jsonw_kstr(&e->w, "agent", ev->refused.agent);
		cti_jsonw_kstr(&e->w, "number", ev->refused.number);
		cti_jsonw_kstr(&e->w, "activity_uuid",
			       ev->refused.activity_uuid);
	} else {
		cti_jsonw_kraw(&e->w, "sap", ev->sap);
	}
	cti_jsonw_obj_end(&e->w);
	return e->w.err;
}

static int write_step(void *arg, const struct cti_step_row *step)
{
	struct export *e = arg;

	cti_jsonw_obj(&e->w);
	cti_jsonw_ktime(&e->w, "at", step->at_ms);
	cti_jsonw_kstr(&e->w, "what", step->what);
	cti_jsonw_kstr(&e->w, "detail", step->detail);
	cti_jsonw_obj_end(&e->w);
	return e->w.err;
}

static void write_facts(struct cti_jsonw *w, const struct cti_call *call)
{
	for (int i = 0; i < CTI_FACT_MAX; i++)
		if (call->fact[i] && i == CTI_FACT_CRM)
			cti_jsonw_kraw(w, fact_keys[i], call->fact[i]);
		else if (call->fact[i])
			cti_jsonw_kstr(w, fact_keys[i], call->fact[i]);
}

static int write_call(void *arg, const struct cti_call *call)
{
	struct export *e = arg;
	struct cti_jsonw *w = &e->w;
	int err;

	cti_jsonw_obj(w);
	cti_jsonw_kstr(w, "id", call->id);
	cti_jsonw_kstr(w, "direction", cti_direction_word(call->direction));
	cti_jsonw_kstr(w, "state", cti_state_word(call->state));
	cti_jsonw_kstr(w, "cause", cti_cause_word(call->cause));
	cti_jsonw_ktime(w, "created_at", call->created_ms);
	cti_jsonw_ktime(w, "answered_at", call->answered_ms);
	cti_jsonw_ktime(w, "ended_at", call->ended_ms);
	write_facts(w, call);
	cti_jsonw_key(w, "events");
	cti_jsonw_arr(w);
	err = cti_store_history(e->s->store, call->row, write_event, e);
	cti_jsonw_arr_end(w);
	cti_jsonw_key(w, "timeline");
	cti_jsonw_arr(w);
	if (!err)
		err = cti_store_steps(e->s->store, call->row, write_step, e);
	cti_jsonw_arr_end(w);
	cti_jsonw_obj_end(w);
	return err ? err : w->err;
}

static int write_all(struct export *e)
{
	int err;

	cti_jsonw_obj(&e->w);
	cti_jsonw_kstr(&e->w, "number", e->s->caller.shown);
	cti_jsonw_key(&e->w, "calls");
	cti_jsonw_arr(&e->w);
	err = subject_calls(e->s, write_call, e);
	cti_jsonw_arr_end(&e->w);
	cti_jsonw_key(&e->w, "refusals");
	cti_jsonw_arr(&e->w);
	if (!err)
		err = subject_refusals(e->s, write_event, e);
	cti_jsonw_arr_end(&e->w);
	cti_jsonw_obj_end(&e->w);
	return err;
}

static int export_do(struct subject *s)
{
	struct export e = {.s = s};
	struct cti_buf out;
	int err, end;

	cti_buf_init(&out, EXPORT_MAX);
	err = cti_jsonw_init(&e.w, &out);
	if (err)
		goto out;
	err = write_all(&e);
	end = cti_jsonw_fini(&e.w);
	if (!err)
		err = end;
	if (!err)
		show_json(s->cli, cti_buf_text(&out), out.len);
out:
	cti_buf_fini(&out);
	return err;
}

static const struct cti_option export_options[] = {SUBJECT_OPTIONS};

static int export_run(const struct cti_cli *cli, const struct cti_args *args)
{
	return subject_run(cli, args, export_do);
}

const struct cti_command cti_command_export = {
	.name = "export",
	.group = CTI_GROUP_TOOLS,
	.summary = "Prints all calls and events of one number as JSON",
	.about = "Stop the relay first: the journal is the one of "
		 "store.path.\n",
	.examples = "  patchcord export --number +16503054000 > about.json\n",
	.options = export_options,
	.run = export_run,
};
