/* SPDX-License-Identifier: Apache-2.0 */
/* call/emit.c - how a change becomes an event: applied, stored, published */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"
#include "cti/log.h"

enum { PAYLOAD_MAX = 128 * 1024 }; /* more than any body holds */

/* An event between its making and its publication. */
struct pending {
	struct cti_calls *calls;
	struct live *live; /* NULL for a refusal */
	struct cti_event *ev;
	char *text;
	bool intent;
	void (*after)(void *arg, int err);
	void *arg;
};

int emit_begin(struct cti_event **evp, const struct live *live,
	       enum cti_event_type type)
{
	const struct cti_call *call = live->call;
	struct cti_event *ev = NULL;
	int err = cti_event_new(&ev, type);

	if (err)
		return err;
	ev->row = call->row;
	ev->state = call->state;
	ev->kind = call->kind;
	ev->cause = call->cause;
	ev->muted = call->muted;
	ev->withheld = call->withheld;
	ev->transferred = call->transferred;
	ev->duration_ms = -1;
	memcpy(ev->original_id, call->original_id, sizeof(ev->original_id));
	*evp = ev;
	return 0;
}

int emit_fact(struct cti_event *ev, const struct live *live, enum cti_fact fact,
	      const char *text)
{
	const char *old = live->call->fact[fact];

	if (!text || !*text || (old && strcmp(old, text) == 0))
		return 0;
	return cti_event_change(ev, fact, text);
}

static void pending_destroy(struct pending *p)
{
	if (!p)
		return;
	cti_event_destroy(p->ev);
	free(p->text);
	free(p);
}

/* A call's story in the log: a line for each change but of facts. */
static void log_event(const struct cti_call *call, const struct cti_event *ev)
{
	static const char prefix[] = "call.";
	const char *word = cti_event_word(ev->type) + sizeof(prefix) - 1;
	const char *detail = call->fact[CTI_FACT_CAUSE_DETAIL];
	bool ended = ev->type == CTI_EVENT_ENDED;

	if (ev->type == CTI_EVENT_UPDATED)
		log_debug("call %s: %s", call->id, word);
	else
		log_info("call %s: %s%s%s%s%s%s", call->id, word,
			 ended ? ": " : "",
			 ended ? cti_cause_word(ev->cause) : "",
			 ended && detail ? " (" : "",
			 ended && detail ? detail : "",
			 ended && detail ? ")" : "");
}

static void pending_publish(struct pending *p, int err)
{
	struct cti_calls *c = p->calls;
	const char *agent = p->ev->refused.agent;

	p->ev->durable = err == 0;
	c->published = p->ev->id;
	stats_event(c, p->live, p->ev);
	if (p->live) {
		log_event(p->live->call, p->ev);
		agent = p->live->call->fact[CTI_FACT_AGENT];
		posts_published(c, p->ev, p->live);
	}
	c->host.publish(c->host.arg, p->ev, agent, p->text);
	p->text = NULL;
	if (p->live && !p->live->known) {
		p->live->known = true;
		plays_published(c, p->live);
	}
}

static void pending_done(void *arg, int err)
{
	struct pending *p = arg;
	struct cti_calls *c = p->calls;
	bool lost = p->intent && err;

	if (!lost)
		pending_publish(p, err);
	if (p->live) {
		p->live->busy--;
		if (!lost && p->ev->type == CTI_EVENT_ENDED)
			registry_over(p->live);
	}
	if (p->after)
		p->after(p->arg, lost ? err : 0); /* p->live may be gone */
	pending_destroy(p);
	registry_trim(c);
}

static int sap_payload(struct cti_calls *c, struct cti_event *ev,
		       const struct cti_call *call, unsigned long update)
{
	struct cti_buf buf;
	int err;

	cti_buf_init(&buf, PAYLOAD_MAX);
	err = cti_sap_payload(&buf, &c->sap, call, ev->post, update);
	if (!err)
		err = cti_buf_take(&buf, &ev->sap);
	cti_buf_fini(&buf);
	/* checked before it is published: nothing wrong leaves unnoticed */
	if (!err)
		err = cti_lint_report(&ev->findings, ev->sap, call->id);
	stats_findings(c, ev->findings);
	return err;
}

static void stamp(struct cti_calls *c, struct live *live, struct cti_event *ev)
{
	const struct cti_call *call = live->call;
	int64_t now = cti_loop_mono_ms(c->loop);

	ev->id = cti_store_next_event(c->store);
	ev->at_ms = cti_loop_wall_ms(c->loop);
	ev->durable = true;
	if (!live->stamped) {
		/* once is enough: the first event after the dial tells */
		ev->stored_ms = call->stored_ms;
		ev->sent_ms = call->sent_ms;
		live->stamped = call->sent_ms != 0;
	}
	if (ev->state == CTI_CALL_ACTIVE && !call->answered_ms)
		live->answered_mono = now;
	if (ev->type != CTI_EVENT_ENDED || !call->answered_ms)
		return;
	ev->duration_ms = live->answered_mono ? now - live->answered_mono
					      : ev->at_ms - call->answered_ms;
	if (ev->duration_ms < 0)
		ev->duration_ms = 0;
}

/* Applies the event and adds what SAP is to be told. */
static int settle(struct cti_calls *c, const struct emission *e)
{
	struct cti_call *call = e->live->call;
	struct cti_event *ev = e->ev;
	struct cti_sap_moment moment = {
		.type = ev->type,
		.before = call->state,
		.kind_before = call->kind,
	};
	int err;

	stamp(c, e->live, ev);
	err = cti_event_apply(call, ev);
	if (err)
		return err;
	registry_index_ref(e->live);
	ev->post = cti_sap_decide(&c->sap, call, &moment);
	if (ev->post == CTI_SAP_NOTHING && e->update)
		ev->post = CTI_SAP_UPDATE;
	if (ev->post == CTI_SAP_NOTHING)
		return 0;
	return sap_payload(c, ev, call, e->update);
}

/* A call is found by the leg that the switch gave it meanwhile. */
static int link_refs(struct cti_unit *unit, const struct cti_event *ev)
{
	int err = 0;

	for (size_t i = 0; i < ev->nchanges && !err; i++) {
		const struct cti_change *change = &ev->change[i];
		struct cti_link_row link = {
			.kind = CTI_LINK_REF,
			.value = change->text,
			.row = ev->row,
			.at_ms = ev->at_ms,
		};

		if (change->fact == CTI_FACT_REF && change->text)
			err = cti_unit_link(unit, &link);
	}
	return err;
}

static int pending_submit(struct cti_calls *c, struct pending *p,
			  struct cti_unit *unit)
{
	const struct cti_call *call = p->live ? p->live->call : NULL;
	int err = cti_unit_event(unit, p->ev);

	if (!err)
		err = link_refs(unit, p->ev);
	if (err)
		return err;
	if (c->host.wants(c->host.arg))
		p->text = c->host.render(c->host.arg, p->ev, call);
	if (p->live)
		p->live->busy++;
	cti_store_submit(c->store, unit, pending_done, p);
	return 0;
}

int emit_event(struct cti_calls *c, const struct emission *e)
{
	struct pending *p = calloc(1, sizeof(*p));
	struct cti_unit *unit = e->unit;
	int err = -ENOMEM;

	if (!p) {
		cti_event_destroy(e->ev);
		goto out;
	}
	*p = (struct pending){
		.calls = c,
		.live = e->live,
		.ev = e->ev,
		.intent = e->intent,
		.after = e->after,
		.arg = e->arg,
	};
	err = settle(c, e);
	if (err)
		goto out;
	if (!unit)
		err = cti_unit_new(&unit, e->intent);
	if (err)
		goto out;
	err = pending_submit(c, p, unit);
	if (err)
		goto out;
	p = NULL; /* now on its way */
	unit = NULL;
out:
	pending_destroy(p);
	cti_unit_destroy(unit);
	c->stats.events_lost += err != 0;
	if (err)
		log_warn_errno(err, "call %s: event lost", e->live->call->id);
	return err;
}

struct follower {
	struct live *live;
	void (*after)(void *arg, int err);
	void *arg;
};

static void follower_done(void *arg, int err)
{
	struct follower *f = arg;

	f->live->busy--;
	f->after(f->arg, err);
	free(f);
}

int emit_wait(struct live *live, void (*after)(void *arg, int err), void *arg)
{
	struct follower *f = calloc(1, sizeof(*f));
	struct cti_unit *unit = NULL;
	int err = f ? cti_unit_new(&unit, false) : -ENOMEM;

	if (err) {
		free(f);
		return err;
	}
	*f = (struct follower){.live = live, .after = after, .arg = arg};
	live->busy++;
	/* an empty unit follows whatever is on its way */
	cti_store_submit(live->calls->store, unit, follower_done, f);
	return 0;
}

static int copy_text(char **outp, const char *text)
{
	*outp = text ? strdup(text) : NULL;
	return *outp || !text ? 0 : -ENOMEM;
}

static int refusal_fill(struct cti_event *ev, const struct cti_dial *dial,
			const struct cti_err *err)
{
	const struct cti_outbound *out = dial->out;
	const char *agent = dial->agent ? dial->agent : out->user;
	int rc = copy_text(&ev->text, err->text);

	ev->code = err->code;
	if (!rc)
		rc = copy_text(&ev->refused.number, out->number);
	if (!rc)
		rc = copy_text(&ev->refused.agent, agent);
	if (!rc)
		rc = copy_text(&ev->refused.activity_uuid, out->activity_uuid);
	return rc;
}

void cti_calls_refuse(struct cti_calls *c, const struct cti_dial *dial,
		      const struct cti_err *refusal)
{
	struct pending *p = calloc(1, sizeof(*p));
	struct cti_unit *unit = NULL;
	int err = -ENOMEM;

	stats_dial(c, dial->path, refusal->code);
	if (!p)
		goto out;
	p->calls = c;
	err = cti_event_new(&p->ev, CTI_EVENT_REFUSED);
	if (err)
		goto out;
	err = refusal_fill(p->ev, dial, refusal);
	if (err)
		goto out;
	p->ev->id = cti_store_next_event(c->store);
	p->ev->at_ms = cti_loop_wall_ms(c->loop);
	p->ev->durable = true;
	err = cti_unit_new(&unit, false);
	if (err)
		goto out;
	err = pending_submit(c, p, unit);
	if (err)
		goto out;
	p = NULL; /* now on its way */
	unit = NULL;
	log_info("dial refused: %s: %s", cti_problem_find(refusal->code)->slug,
		 refusal->text);
out:
	pending_destroy(p);
	cti_unit_destroy(unit);
	c->stats.events_lost += err != 0;
	if (err)
		log_warn_errno(err, "dial: the refusal's event is lost");
}

void emit_ended(struct live *live, enum cti_cause cause, const char *detail)
{
	struct cti_event *ev = NULL;
	int err;

	if (!cti_call_running(live->call))
		return;
	err = emit_begin(&ev, live, CTI_EVENT_ENDED);
	if (err)
		goto out;
	ev->state = CTI_CALL_ENDED;
	ev->cause = cause;
	err = emit_fact(ev, live, CTI_FACT_CAUSE_DETAIL, detail);
	if (err) {
		cti_event_destroy(ev);
		goto out;
	}
	err = emit_event(live->calls,
			 &(struct emission){.live = live, .ev = ev});
out:
	if (err)
		log_warn_errno(err, "call %s: cannot end it", live->call->id);
}
