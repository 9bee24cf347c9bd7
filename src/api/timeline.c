/* SPDX-License-Identifier: Apache-2.0 */
/* api/timeline.c - one call, step by step, with its times */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/priv.h"

enum { STEPS_MAX = 2000 };

/* A step, from whichever table it comes. */
struct step {
	int64_t at_ms;
	size_t order; /* as collected: equal times stay in order */
	char *what;
	char *detail;
	char *findings; /* JSON */
	int64_t event;
};

struct steps {
	struct step *step;
	size_t n, size;
	bool stored;
};

static void steps_fini(struct steps *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->step[i].what);
		free(s->step[i].detail);
		free(s->step[i].findings);
	}
	free(s->step);
}

static int steps_add(struct steps *s, int64_t at_ms, const char *what,
		     const char *detail)
{
	struct step *step;

	if (!at_ms || s->n >= STEPS_MAX)
		return 0;
	if (s->n == s->size) {
		size_t size = s->size ? s->size * 2 : 32;

		step = realloc(s->step, size * sizeof(*step));
		if (!step)
			return -ENOMEM;
		s->step = step;
		s->size = size;
	}
	step = &s->step[s->n];
	*step = (struct step){.at_ms = at_ms, .order = s->n};
	step->what = strdup(what);
	step->detail = detail ? strdup(detail) : NULL;
	s->n++;
	return step->what && (step->detail || !detail) ? 0 : -ENOMEM;
}

static int add_event(void *arg, const struct cti_event *ev,
		     const struct cti_call *call)
{
	struct steps *s = arg;
	size_t n = s->n;
	int err = steps_add(
		s, ev->at_ms, cti_event_word(ev->type),
		ev->type == CTI_EVENT_ENDED ? cti_cause_word(ev->cause) : NULL);

	if (!err && s->n > n)
		s->step[n].event = ev->id;
	if (!err && ev->findings && s->n > n) {
		s->step[n].findings = strdup(ev->findings);
		if (!s->step[n].findings)
			return -ENOMEM;
	}
	if (!err && ev->sap)
		err = steps_add(s, ev->at_ms, "payload", ev->sap);
	(void)call; /* its facts stand in the call itself */
	return err;
}

/* An event is published in the moment its commit is known. */
static int add_step(void *arg, const struct cti_step_row *row)
{
	struct steps *s = arg;
	int err = 0;

	if (strcmp(row->what, "stored") != 0)
		return steps_add(s, row->at_ms, row->what, row->detail);
	if (!s->stored)
		err = steps_add(s, row->at_ms, "stored", NULL);
	s->stored = true;
	return err ? err : steps_add(s, row->at_ms, "published", row->detail);
}

/* What comes first in one millisecond: a dial is stored before it is sent. */
static int step_rank(const struct step *step)
{
	static const char *const first[] = {"received", "stored",
					    "sent to switch"};
	enum { NFIRST = sizeof(first) / sizeof(first[0]) };
	int rank = 0;

	while (rank < NFIRST && strcmp(first[rank], step->what) != 0)
		rank++;
	return rank;
}

static int by_time(const void *a, const void *b)
{
	const struct step *x = a;
	const struct step *y = b;
	int first;

	if (x->at_ms != y->at_ms)
		return x->at_ms < y->at_ms ? -1 : 1;
	first = step_rank(x) - step_rank(y);
	if (first)
		return first;
	return x->order < y->order ? -1 : 1;
}

static int collect(struct steps *s, struct cti_api *api,
		   const struct cti_call *call)
{
	int64_t row = call->row;
	int64_t sent_ms = call->sent_ms;
	int err = steps_add(s, call->created_ms, "received",
			    call->fact[CTI_FACT_NUMBER_RAW]);

	if (!err)
		err = steps_add(s, sent_ms, "sent to switch",
				call->fact[CTI_FACT_DIALED]);
	if (!err)
		err = cti_store_history(api->parts.store, row, add_event, s);
	if (!err)
		err = cti_store_steps(api->parts.store, row, add_step, s);
	if (!err && s->n)
		qsort(s->step, s->n, sizeof(*s->step), by_time);
	return err;
}

static void write_step(struct cti_jsonw *w, const struct step *step,
		       int64_t start_ms)
{
	cti_jsonw_obj(w);
	cti_jsonw_ktime(w, "at", step->at_ms);
	cti_jsonw_kint(w, "ms", step->at_ms - start_ms);
	cti_jsonw_kstr(w, "step", step->what);
	if (step->detail)
		cti_jsonw_kstr(w, "detail", step->detail);
	if (step->event)
		cti_jsonw_kint(w, "event", step->event);
	if (step->findings)
		cti_jsonw_kraw(w, "findings", step->findings);
	cti_jsonw_obj_end(w);
}

void get_timeline(void *arg, struct cti_http_req *req)
{
	struct cti_api *api = arg;
	const char *id = cti_http_param(req, 0);
	const struct cti_call *call = cti_calls_find(api->calls, id);
	struct cti_err err = {.code = CTI_OK};
	struct steps s = {.step = NULL};
	struct answer a;
	int rc;

	if (!call) {
		api_problem(req, CTI_ERR_CALL_NOT_FOUND,
			    "There is no call %.40s.", id);
		return;
	}
	rc = collect(&s, api, call);
	if (!rc)
		rc = answer_begin(&a, SNAPSHOT_MAX);
	if (api_failed(req, rc, &err))
		goto out;
	cti_jsonw_obj(&a.w);
	cti_jsonw_kstr(&a.w, "id", call->id);
	cti_jsonw_key(&a.w, "steps");
	cti_jsonw_arr(&a.w);
	for (size_t i = 0; i < s.n; i++)
		write_step(&a.w, &s.step[i], call->created_ms);
	cti_jsonw_arr_end(&a.w);
	cti_jsonw_obj_end(&a.w);
	answer_send(&a, req, 200);
out:
	steps_fini(&s);
}
