/* SPDX-License-Identifier: Apache-2.0 */
/* api/event_json.c - events, snapshots and the switch as JSON */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"
#include "cti/log.h"

enum {
	SNAPSHOT_CALLS = 2000,
	SNAPSHOT_ROOM = SNAPSHOT_MAX / 4, /* no more is begun behind it */
};

static void write_refusal(struct cti_jsonw *w, const struct cti_event *ev)
{
	const struct cti_problem *problem = cti_problem_find(ev->code);

	cti_jsonw_key(w, "refusal");
	cti_jsonw_obj(w);
	cti_jsonw_kstr(w, "code", problem->slug);
	cti_jsonw_kstr(w, "detail", ev->text);
	cti_jsonw_kstr(w, "fix", problem->fix);
	cti_jsonw_kstr(w, "agent", ev->refused.agent);
	cti_jsonw_kstr(w, "number", ev->refused.number);
	cti_jsonw_kstr(w, "activity_uuid", ev->refused.activity_uuid);
	cti_jsonw_obj_end(w);
}

/* A ring without ANI says why: SAP may not identify the caller. */
static void write_notes(struct cti_jsonw *w, const struct cti_event *ev,
			const struct cti_call *call)
{
	const char *why = NULL;

	if (!ev->sap || !call || call->direction != CTI_INBOUND ||
	    cti_sap_ani(call, &why) || !why)
		return;
	cti_jsonw_key(w, "notes");
	cti_jsonw_arr(w);
	cti_jsonw_str(w, why);
	cti_jsonw_arr_end(w);
}

static void write_sap(struct cti_jsonw *w, const struct cti_event *ev)
{
	cti_jsonw_key(w, "sap");
	if (!ev->sap) {
		cti_jsonw_str(w, NULL);
		return;
	}
	cti_jsonw_obj(w);
	cti_jsonw_kraw(w, "payload", ev->sap);
	cti_jsonw_obj_end(w);
}

void event_write(struct cti_jsonw *w, const struct cti_api *api,
		 const struct cti_event *ev, const struct cti_call *call)
{
	cti_jsonw_obj(w);
	cti_jsonw_kint(w, "id", ev->id);
	cti_jsonw_ktime(w, "at", ev->at_ms);
	cti_jsonw_kstr(w, "type", cti_event_word(ev->type));
	cti_jsonw_kbool(w, "durable", ev->durable);
	cti_jsonw_key(w, "call");
	if (call)
		call_write(w, api, call);
	else
		cti_jsonw_str(w, NULL);
	if (ev->type == CTI_EVENT_REFUSED)
		write_refusal(w, ev);
	write_notes(w, ev, call);
	write_sap(w, ev);
	cti_jsonw_obj_end(w);
}

/* A verbatim crm may have line breaks between its tokens; an SSE data line
 * may not. Inside strings JSON has none. */
static void one_line(char *text)
{
	for (; *text; text++)
		if (*text == '\n' || *text == '\r')
			*text = ' ';
}

char *event_text(const struct cti_api *api, const struct cti_event *ev,
		 const struct cti_call *call)
{
	struct answer a;
	char *text = NULL;
	int err = answer_begin(&a, ANSWER_MAX);

	if (err)
		return NULL;
	event_write(&a.w, api, ev, call);
	err = cti_jsonw_fini(&a.w);
	if (!err)
		err = cti_buf_take(&a.buf, &text);
	if (err)
		log_warn_errno(err, "events: %lld cannot be written",
			       (long long)ev->id);
	else
		one_line(text);
	cti_buf_fini(&a.buf);
	return text;
}

struct load {
	const struct cti_api *api;
	char *text;
};

static int load_one(void *arg, const struct cti_event *ev,
		    const struct cti_call *call)
{
	struct load *load = arg;

	load->text = event_text(load->api, ev, call);
	return load->text ? 0 : -ENOMEM;
}

char *event_load(const struct cti_api *api, int64_t id)
{
	struct load load = {.api = api};
	struct cti_store_range range = {
		.after = id - 1,
		.upto = id,
		.limit = 1,
	};
	const char *kept;
	int err = cti_store_events(api->parts.store, &range, load_one, &load);

	if (err)
		log_warn_errno(err, "events: %lld cannot be read",
			       (long long)id);
	if (load.text)
		return load.text;
	kept = cti_calls_unstored(api->calls, id);
	return kept ? strdup(kept) : NULL;
}

void switch_write(struct cti_jsonw *w, const struct cti_api *api)
{
	struct cti_switch_status s;

	cti_calls_switch(api->calls, &s);
	cti_jsonw_obj(w);
	cti_jsonw_kstr(w, "status",
		       s.link == CTI_LINK_UP && s.synced ? "ok" : "fail");
	cti_jsonw_kstr(w, "driver", s.driver);
	cti_jsonw_kstr(w, "link", cti_link_word(s.link));
	cti_jsonw_kbool(w, "synced", s.synced);
	cti_jsonw_ktime(w, "since", s.since_ms);
	cti_jsonw_kstr(w, "why", *s.why ? s.why : NULL);
	cti_jsonw_obj_end(w);
}

/* --- snapshot --- */

struct snapshot {
	struct cti_jsonw w;
	const struct cti_api *api;
	const char *agent;
	size_t ncalls;
	int64_t due; /* the last one that had room */
	bool full;   /* there were more */
};

static bool snapshot_full(const struct snapshot *s)
{
	return s->w.out->len > SNAPSHOT_ROOM;
}

static int snapshot_call(void *arg, const struct cti_call *call)
{
	struct snapshot *s = arg;
	const char *agent = call->fact[CTI_FACT_AGENT];

	if (!cti_call_running(call) || s->ncalls >= SNAPSHOT_CALLS ||
	    snapshot_full(s))
		return 0;
	if (s->agent && (!agent || strcmp(agent, s->agent) != 0))
		return 0;
	call_write(&s->w, s->api, call);
	s->ncalls++;
	return 0;
}

static int snapshot_due(void *arg, int64_t event)
{
	struct snapshot *s = arg;
	char *text;

	s->full = snapshot_full(s);
	if (s->full)
		return 1;
	text = event_load(s->api, event);
	if (text)
		cti_jsonw_raw(&s->w, text);
	free(text);
	s->due = event;
	return 0;
}

int snapshot_write(struct cti_buf *out, const struct cti_api *api,
		   const char *agent, int64_t *duep)
{
	struct snapshot s = {.api = api, .agent = agent};
	int err = cti_jsonw_init(&s.w, out);
	int rc;

	if (err)
		return err;
	cti_jsonw_obj(&s.w);
	cti_jsonw_kint(&s.w, "cursor", cti_calls_cursor(api->calls));
	cti_jsonw_key(&s.w, "calls");
	cti_jsonw_arr(&s.w);
	err = cti_calls_each(api->calls, snapshot_call, &s);
	cti_jsonw_arr_end(&s.w);
	cti_jsonw_key(&s.w, "due");
	cti_jsonw_arr(&s.w);
	if (!err)
		err = cti_calls_due(api->calls, agent, false, snapshot_due, &s);
	if (err > 0)
		err = 0;
	cti_jsonw_arr_end(&s.w);
	cti_jsonw_key(&s.w, "switch");
	switch_write(&s.w, api);
	cti_jsonw_obj_end(&s.w);
	rc = cti_jsonw_fini(&s.w);
	if (err || rc)
		return err ? err : rc;
	one_line(out->data);
	*duep = s.full ? s.due : 0;
	return 0;
}
