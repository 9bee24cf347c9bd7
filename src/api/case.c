/* SPDX-License-Identifier: Apache-2.0 */
/* api/case.c - one call: what was made, published, claimed and posted */
#include "api/case.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/case.h"

enum {
	SEARCH_CALLS = 2000,
	SEARCH_REFUSALS = 2000,
	TEXT_SIZE = 256,
};

static const struct {
	const char *query;
	enum cti_asked asked;
} questions[] = {
	{"call", CTI_ASKED_CALL},
	{"activity_uuid", CTI_ASKED_ACTIVITY},
	{"number", CTI_ASKED_NUMBER},
};

enum { QUESTIONS = sizeof(questions) / sizeof(questions[0]) };

/* A question on its way to its answer. */
struct question {
	struct cti_api *api;
	const char *agent; /* NULL: anybody's */
	struct cti_case_facts facts;
	struct cti_checks checks;
	char text[TEXT_SIZE]; /* as it is stored: canonical, or a number */
	char raw[TEXT_SIZE];  /* as it came */
	char id[CTI_ID_SIZE]; /* of the call; "" = none found */
	struct answer answer;
};

bool case_asked(const struct cti_http_req *req)
{
	for (int i = 0; i < QUESTIONS; i++)
		if (cti_http_query(req, questions[i].query))
			return true;
	return false;
}

/* --- which call --- */

static bool is_agents(const struct question *q, const char *agent)
{
	return !q->agent || (agent && strcmp(agent, q->agent) == 0);
}

static bool has_number(const struct question *q, const struct cti_call *call)
{
	static const enum cti_fact facts[] = {
		CTI_FACT_NUMBER, CTI_FACT_NUMBER_RAW, CTI_FACT_DIALED};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		const char *text = call->fact[facts[i]];

		if (text && (!strcmp(text, q->text) || !strcmp(text, q->raw)))
			return is_agents(q, call->fact[CTI_FACT_AGENT]);
	}
	return false;
}

/* Newest first: the first that fits is it. */
static int take_call(void *arg, const struct cti_call *call)
{
	struct question *q = arg;

	if (!has_number(q, call))
		return 0;
	memcpy(q->id, call->id, sizeof(q->id));
	return 1;
}

static int take_stored(void *arg, struct cti_call *call)
{
	int rc = take_call(arg, call);

	cti_call_destroy(call);
	return rc;
}

static int take_linked(void *arg, struct cti_call *call)
{
	struct question *q = arg;
	int rc = is_agents(q, call->fact[CTI_FACT_AGENT]);

	if (rc)
		memcpy(q->id, call->id, sizeof(q->id));
	cti_call_destroy(call);
	return rc;
}

static int find_number(struct question *q)
{
	struct cti_number_caller caller;
	int err;

	cti_number_inbound(q->api->parts.numbers, &caller, q->raw);
	(void)snprintf(q->text, sizeof(q->text), "%s",
		       *caller.shown ? caller.shown : q->raw); /* fits */
	err = cti_calls_each(q->api->calls, take_call, q);
	if (!err)
		err = cti_store_recent(q->api->parts.store, SEARCH_CALLS,
				       take_stored, q);
	return err > 0 ? 0 : err;
}

static int find_activity(struct question *q)
{
	const struct cti_link_row link = {
		.kind = CTI_LINK_ACTIVITY,
		.value = q->text,
	};
	int err;

	cti_id_activity(q->text, sizeof(q->text), q->raw);
	err = cti_store_linked(q->api->parts.store, &link, take_linked, q);
	return err > 0 ? 0 : err;
}

/* External IDs are pasted in many shapes; one of another relay's is as it is.
 */
static int find_id(struct question *q)
{
	cti_id_activity(q->text, sizeof(q->text), q->raw);
	if (!cti_id_is_hex(q->text))
		memcpy(q->text, q->raw, sizeof(q->text));
	if (strlen(q->text) < sizeof(q->id))
		memcpy(q->id, q->text, strlen(q->text) + 1);
	return 0;
}

/* A click that was refused made no call. */
static int take_refusal(void *arg, const struct cti_event *ev,
			const struct cti_call *call)
{
	struct question *q = arg;
	struct cti_case_facts *f = &q->facts;
	const char *activity = ev->refused.activity_uuid;
	const char *number = ev->refused.number;
	struct cti_number_caller caller;

	(void)call; /* there is none */
	if (!is_agents(q, ev->refused.agent))
		return 0;
	cti_number_inbound(q->api->parts.numbers, &caller, number);
	if (f->asked == CTI_ASKED_ACTIVITY
		    ? !activity || strcmp(activity, q->text) != 0
		    : !number || (strcmp(number, q->raw) != 0 &&
				  strcmp(caller.shown, q->text) != 0))
		return 0;
	f->refused = true;
	f->refused_ms = ev->at_ms;
	f->refusal.code = ev->code;
	(void)snprintf(f->refusal.text, sizeof(f->refusal.text), "%s",
		       ev->text ? ev->text : ""); /* as long */
	return 1;
}

static int find(struct question *q)
{
	static int (*const finders[])(struct question *) = {
		[CTI_ASKED_CALL] = find_id,
		[CTI_ASKED_ACTIVITY] = find_activity,
		[CTI_ASKED_NUMBER] = find_number,
	};
	struct cti_case_facts *f = &q->facts;
	int err = finders[f->asked](q);

	if (err)
		return err;
	f->text = q->text;
	if (*q->id)
		f->call = cti_calls_find(q->api->calls, q->id);
	if (f->call || f->asked == CTI_ASKED_CALL)
		return 0;
	err = cti_store_refusals(q->api->parts.store, 0, SEARCH_REFUSALS,
				 take_refusal, q);
	return err > 0 ? 0 : err;
}

/* --- its payloads --- */

static struct cti_post_facts *post_find_fact(struct cti_case_facts *f,
					     int64_t event)
{
	for (size_t i = 0; i < f->nposts; i++)
		if (f->post[i].event == event)
			return &f->post[i];
	return NULL;
}

static void take_finding(struct cti_post_facts *post, const char *json)
{
	const struct cti_json_value *first;
	struct cti_json *doc = NULL;
	const char *rule, *sentence;

	if (cti_json_parse(&doc, json, strlen(json), CTI_JSON_WIRE_MAX, NULL))
		return;
	first = cti_json_root(doc)->first;
	rule = first ? cti_json_str(first, "rule") : NULL;
	sentence = first ? cti_json_str(first, "sentence") : NULL;
	/* cut is fine for both */
	(void)snprintf(post->rule, sizeof(post->rule), "%s", rule ? rule : "");
	(void)snprintf(post->finding, sizeof(post->finding), "%s",
		       sentence ? sentence : "");
	cti_json_destroy(doc);
}

static int take_post(void *arg, const struct cti_event *ev,
		     const struct cti_call *call)
{
	struct cti_case_facts *f = arg;
	struct cti_post_facts *post;

	(void)call; /* as it was then */
	if (!ev->sap || f->nposts == CTI_POSTS_MAX)
		return 0;
	post = &f->post[f->nposts++];
	*post = (struct cti_post_facts){
		.event = ev->id,
		.what = ev->post,
		.published_ms = ev->at_ms,
	};
	if (ev->findings)
		take_finding(post, ev->findings);
	return 0;
}

static int take_step(void *arg, const struct cti_step_row *step)
{
	struct cti_post_facts *post = post_find_fact(arg, step->event);

	if (!post)
		return 0;
	if (!strcmp(step->what, "stored"))
		post->published_ms = step->at_ms;
	if (!strcmp(step->what, "claimed"))
		post->claimed_ms = step->at_ms;
	if (!strcmp(step->what, "posted")) {
		post->acked_ms = step->at_ms;
		post->posted++;
	}
	if (strcmp(step->what, "stored") != 0 && step->detail)
		(void)snprintf(post->tab, sizeof(post->tab), "%s",
			       step->detail); /* as long */
	return 0;
}

static int take_due(void *arg, int64_t event)
{
	struct cti_post_facts *post = post_find_fact(arg, event);

	if (post)
		post->due = true;
	return 0;
}

static size_t widgets_of(const struct cti_api *api, const char *agent)
{
	const struct client *client;
	size_t n = 0;

	TAILQ_FOREACH(client, &api->clients, entry)
	n += client_wants(client, agent);
	return n;
}

static int collect(struct question *q)
{
	const struct cti_api_parts *parts = &q->api->parts;
	struct cti_case_facts *f = &q->facts;
	struct cti_store_health health;
	int err = 0;

	cti_store_health(parts->store, &health);
	f->memory_only = health.failing;
	f->missed_silent = cti_conf_is(parts->conf, "sap.missed", "silent");
	f->communication_system =
		cti_conf_str(parts->conf, "sap.communication_system");
	f->now_ms = cti_loop_wall_ms(parts->loop);
	f->started_ms = q->api->started_ms;
	f->page_seen_ms = q->api->host_seen_ms;
	if (!f->call)
		return 0;
	f->streams = widgets_of(q->api, f->call->fact[CTI_FACT_AGENT]);
	err = cti_store_history(parts->store, f->call->row, take_post, f);
	if (!err)
		err = cti_store_steps(parts->store, f->call->row, take_step, f);
	if (!err)
		err = cti_calls_due(q->api->calls, NULL, false, take_due, f);
	return err;
}

/* --- the answer --- */

static int write_post(void *arg, const struct cti_event *ev,
		      const struct cti_call *call)
{
	struct question *q = arg;
	struct cti_jsonw *w = &q->answer.w;
	const struct cti_post_facts *post = post_find_fact(&q->facts, ev->id);

	(void)call; /* it stands beside the payloads */
	if (!post)
		return 0;
	cti_jsonw_obj(w);
	cti_jsonw_kint(w, "event", ev->id);
	cti_jsonw_kstr(w, "type", cti_event_word(ev->type));
	cti_jsonw_ktime(w, "published_at", post->published_ms);
	cti_jsonw_ktime(w, "claimed_at", post->claimed_ms);
	cti_jsonw_ktime(w, "posted_at", post->acked_ms);
	cti_jsonw_kstr(w, "tab", *post->tab ? post->tab : NULL);
	cti_jsonw_kbool(w, "due", post->due);
	cti_jsonw_kraw(w, "payload", ev->sap);
	cti_jsonw_kraw(w, "findings", ev->findings ? ev->findings : "[]");
	cti_jsonw_obj_end(w);
	return 0;
}

static int write_all(struct question *q)
{
	const struct cti_case_facts *f = &q->facts;
	struct cti_jsonw *w = &q->answer.w;
	int err = 0;

	cti_jsonw_obj(w);
	cti_jsonw_kbool(w, "ok", cti_checks_ok(&q->checks));
	cti_jsonw_ktime(w, "at", f->now_ms);
	cti_jsonw_kstr(w, "case", cti_case_word(cti_case_find(f)));
	cti_jsonw_key(w, "call");
	if (f->call)
		call_write(w, q->api, f->call);
	else
		cti_jsonw_str(w, NULL);
	cti_jsonw_key(w, "payloads");
	cti_jsonw_arr(w);
	if (f->call)
		err = cti_store_history(q->api->parts.store, f->call->row,
					write_post, q);
	cti_jsonw_arr_end(w);
	cti_jsonw_key(w, "checks");
	cti_checks_write(w, &q->checks);
	cti_jsonw_obj_end(w);
	return err;
}

/* Exactly one of the three; false: refused already. */
static bool question_read(struct question *q, struct cti_http_req *req)
{
	int n = 0;

	for (int i = 0; i < QUESTIONS; i++) {
		const char *text = cti_http_query(req, questions[i].query);

		if (!text)
			continue;
		n++;
		q->facts.asked = questions[i].asked;
		cti_utf8_clean(q->raw, sizeof(q->raw), text, strlen(text));
	}
	if (n == 1 && *q->raw)
		return true;
	api_problem(req, CTI_ERR_BAD_REQUEST,
		    "Name one call: by call, activity_uuid or number.");
	return false;
}

void case_answer(struct cti_api *api, struct cti_http_req *req)
{
	struct cti_err err = {.code = CTI_OK};
	struct question *q = calloc(1, sizeof(*q));
	int rc;

	if (!q) {
		api_problem(req, CTI_ERR_INTERNAL, "No memory.");
		return;
	}
	q->api = api;
	q->agent = cti_http_query(req, "agent");
	if (!question_read(q, req))
		goto out;
	rc = find(q);
	if (!rc)
		rc = collect(q);
	if (!rc)
		rc = answer_begin(&q->answer, ANSWER_MAX);
	if (api_failed(req, rc, &err))
		goto out;
	cti_case_judge(&q->checks, &q->facts);
	rc = write_all(q);
	if (rc)
		q->answer.w.err = rc;
	answer_send(&q->answer, req, 200);
out:
	free(q);
}
