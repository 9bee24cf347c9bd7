/* SPDX-License-Identifier: Apache-2.0 */
/* call/posts.c - what SAP is still to get: due, claimed, acked, stale */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"
#include "cti/log.h"

enum { POST_LIFE_MS = 24 * 3600 * 1000 };

static int64_t now_of(const struct cti_calls *c)
{
	return cti_loop_mono_ms(c->loop);
}

static void post_drop(struct cti_calls *c, struct post *post)
{
	TAILQ_REMOVE(&c->posts, post, entry);
	free(post->agent);
	free(post);
}

static struct post *post_find(struct cti_calls *c, int64_t event)
{
	struct post *post;

	TAILQ_FOREACH_REVERSE(post, &c->posts, post_list, entry)
	if (post->event <= event)
		return post->event == event ? post : NULL;
	return NULL;
}

static struct post *post_of_call(struct cti_calls *c, int64_t row,
				 enum cti_sap_post what)
{
	struct post *post;

	TAILQ_FOREACH(post, &c->posts, entry)
	if (post->row == row && post->what == what)
		return post;
	return NULL;
}

static bool lease_runs(const struct cti_calls *c, const struct post *post)
{
	return post->claimed && post->lease_mono > now_of(c);
}

static bool was_claimed(struct cti_calls *c, struct live *live)
{
	if (!live->claimed)
		live->claimed = cti_store_claimed(c->store, live->call->row)
					? 'y'
					: 'n';
	return live->claimed == 'y';
}

/* An END waits for its ACCEPT: when that is never claimed, SAP has not heard
 * of the call and its end is nobody's business. */
static void post_expire(struct cti_calls *c, struct post *post)
{
	int64_t row = post->row;
	bool opening = post->what == CTI_SAP_ACCEPT && post->inbound;
	struct post *end;

	post_drop(c, post);
	if (!opening)
		return;
	end = post_of_call(c, row, CTI_SAP_END);
	if (end && !end->sure)
		post_drop(c, end);
}

static bool stale(const struct cti_calls *c, const struct post *post)
{
	return post->dies_mono && post->dies_mono <= now_of(c) &&
	       !lease_runs(c, post);
}

static void posts_sweep(struct cti_calls *c)
{
	struct post *post = TAILQ_FIRST(&c->posts);

	while (post) {
		struct post *next = TAILQ_NEXT(post, entry);

		if (stale(c, post)) {
			post_expire(c, post);
			/* its END, maybe the next one, may be gone too */
			next = TAILQ_FIRST(&c->posts);
		}
		post = next;
	}
}

bool posts_touched(struct cti_calls *c, struct live *live)
{
	int64_t row = live->call->row;

	posts_sweep(c);
	return post_of_call(c, row, CTI_SAP_NOTIFY) ||
	       post_of_call(c, row, CTI_SAP_ACCEPT) || was_claimed(c, live);
}

static void lease_arm(struct cti_calls *c)
{
	const struct post *post;
	int64_t first = 0;

	TAILQ_FOREACH(post, &c->posts, entry)
	if (post->claimed && (!first || post->lease_mono < first))
		first = post->lease_mono;
	if (!first) {
		cti_timer_stop(c->lease);
		return;
	}
	first -= now_of(c);
	cti_timer_start(c->lease, first > 0 ? first : 0);
}

static void lease_over(void *arg)
{
	struct cti_calls *c = arg;
	struct post *post = TAILQ_FIRST(&c->posts);

	while (post) {
		struct post *next = TAILQ_NEXT(post, entry);

		if (post->claimed && !lease_runs(c, post)) {
			log_info("sap: event %lld: its tab did not post it",
				 (long long)post->event);
			post->claimed = false;
			if (!stale(c, post))
				c->host.due(c->host.arg, post->event,
					    post->agent);
		}
		post = next;
	}
	posts_sweep(c);
	lease_arm(c);
}

static struct post *post_add(struct cti_calls *c, const struct cti_event *ev,
			     const struct cti_call *call)
{
	const char *agent = call->fact[CTI_FACT_AGENT];
	struct post *post = calloc(1, sizeof(*post));

	if (!post)
		return NULL;
	post->event = ev->id;
	post->row = ev->row;
	post->what = ev->post;
	post->inbound = call->direction == CTI_INBOUND;
	memcpy(post->id, call->id, sizeof(post->id));
	if (ev->post == CTI_SAP_END || ev->post == CTI_SAP_UPDATE)
		post->dies_mono = now_of(c) + POST_LIFE_MS;
	if (agent && !(post->agent = strdup(agent))) {
		free(post);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&c->posts, post, entry);
	return post;
}

/* The ring is over, or the call: what was asked before may be stale now. */
static void posts_follow(struct cti_calls *c, const struct cti_event *ev)
{
	struct post *post;

	TAILQ_FOREACH(post, &c->posts, entry)
	{
		if (post->row != ev->row || post->event == ev->id)
			continue;
		if (post->what == CTI_SAP_NOTIFY &&
		    ev->state != CTI_CALL_RINGING)
			post->dies_mono = now_of(c);
		else if (post->what == CTI_SAP_ACCEPT &&
			 ev->state == CTI_CALL_ENDED && !post->dies_mono)
			post->dies_mono = now_of(c) + c->late_ms;
	}
}

/* Does SAP want to hear of this end? sure: it does, whatever comes. */
static bool end_wanted(struct cti_calls *c, struct live *live, bool *sure)
{
	*sure = live->call->direction == CTI_OUTBOUND || was_claimed(c, live);
	return *sure || post_of_call(c, live->call->row, CTI_SAP_ACCEPT);
}

void posts_published(struct cti_calls *c, const struct cti_event *ev,
		     struct live *live)
{
	struct post *post;
	bool sure = true;

	if (!TAILQ_EMPTY(&c->posts))
		posts_follow(c, ev);
	if (ev->post == CTI_SAP_NOTHING ||
	    (ev->post == CTI_SAP_END && !end_wanted(c, live, &sure)))
		return;
	post = post_add(c, ev, live->call);
	if (post)
		post->sure = sure;
	else
		log_warn("call %s: no memory to keep its payload due",
			 live->call->id);
}

/* --- claim and ack --- */

struct claim_wait {
	struct cti_calls *calls;
	struct cti_reply reply;
};

static void claim_stored(void *arg, int err)
{
	struct claim_wait *w = arg;
	struct cti_outcome outcome = {.created = true};

	if (err)
		log_warn_errno(err, "sap: a claim is kept in memory only");
	w->reply.fn(w->reply.arg, &outcome);
	free(w);
}

static int claim_store(struct cti_calls *c, const struct cti_post_row *row,
		       const struct cti_reply *reply)
{
	struct claim_wait *w = calloc(1, sizeof(*w));
	struct cti_unit *unit = NULL;
	int err = w ? cti_unit_new(&unit, false) : -ENOMEM;

	if (!err)
		err = cti_unit_post(unit, row);
	if (err) {
		cti_unit_destroy(unit);
		free(w);
		return err;
	}
	*w = (struct claim_wait){.calls = c, .reply = *reply};
	cti_store_submit(c->store, unit, claim_stored, w);
	return 0;
}

/* An id that is no longer in the list: acked, stale, or never one. */
static int claim_gone(struct cti_calls *c, int64_t event, struct cti_err *err)
{
	struct cti_post_row row;
	int rc = cti_store_post(c->store, &row, event);

	if (rc == -ENOENT)
		return cti_err_set(err, ENOENT, CTI_ERR_EVENT_NOT_FOUND,
				   "Event %lld carries no payload for SAP.",
				   (long long)event);
	if (!rc && row.acked_ms)
		return cti_err_set(err, EALREADY, CTI_ERR_CLAIM_DONE,
				   "Event %lld was posted to SAP already.",
				   (long long)event);
	return cti_err_set(err, ESTALE, CTI_ERR_CLAIM_STALE,
			   "What event %lld would tell SAP is over.",
			   (long long)event);
}

static const struct post *earlier_due(struct cti_calls *c,
				      const struct post *post)
{
	const struct post *other;

	TAILQ_FOREACH(other, &c->posts, entry)
	{
		if (other == post)
			return NULL;
		if (other->row == post->row)
			return other;
	}
	return NULL;
}

static int claim_check(struct cti_calls *c, const struct post *post,
		       const struct cti_claim *claim, struct cti_err *err)
{
	const struct post *first;

	if (lease_runs(c, post) && strcmp(post->tab, claim->tab) != 0) {
		int64_t left = post->lease_mono - now_of(c);
		int rc = cti_err_set(err, EBUSY, CTI_ERR_CLAIM_HELD,
				     "Another tab is posting event %lld.",
				     (long long)claim->event);

		if (err)
			err->retry_after_s = (int)((left + 999) / 1000);
		return rc;
	}
	first = earlier_due(c, post);
	if (first)
		return cti_err_set(err, EBUSY, CTI_ERR_CLAIM_ORDER,
				   "Event %lld of the same call comes first.",
				   (long long)first->event);
	return 0;
}

/* From now on SAP may know the call, so it is to hear of its end. */
static void post_opened(struct cti_calls *c, const struct post *post)
{
	struct live *live = registry_find(c, post->id);
	struct post *end = post_of_call(c, post->row, CTI_SAP_END);

	if (live)
		live->claimed = 'y';
	if (end)
		end->sure = true;
}

int cti_calls_claim(struct cti_calls *c, const struct cti_claim *claim,
		    const struct cti_reply *reply, struct cti_err *err)
{
	struct cti_post_row row = {
		.event = claim->event,
		.claimed_ms = cti_loop_wall_ms(c->loop),
		.tab = claim->tab,
	};
	struct post *post;
	int rc;

	posts_sweep(c);
	post = post_find(c, claim->event);
	if (!post)
		return claim_gone(c, claim->event, err);
	rc = claim_check(c, post, claim, err);
	if (rc)
		return rc;
	rc = claim_store(c, &row, reply);
	if (rc)
		return rc;
	post->claimed = true;
	post->lease_mono = now_of(c) + CTI_LEASE_MS;
	memcpy(post->tab, claim->tab, strlen(claim->tab) + 1);
	post_opened(c, post);
	lease_arm(c);
	return 0;
}

int cti_calls_ack(struct cti_calls *c, const struct cti_claim *claim,
		  const struct cti_reply *reply, struct cti_err *err)
{
	struct cti_post_row row = {
		.event = claim->event,
		.acked_ms = cti_loop_wall_ms(c->loop),
		.tab = claim->tab,
	};
	struct post *post = post_find(c, claim->event);
	int rc;

	if (!post) {
		struct cti_post_row old;

		rc = cti_store_post(c->store, &old, claim->event);
		if (rc == -ENOENT)
			return claim_gone(c, claim->event, err);
		if (!rc && old.acked_ms)
			row.acked_ms = old.acked_ms;
	}
	rc = claim_store(c, &row, reply);
	if (rc)
		return rc;
	if (post) {
		post_drop(c, post);
		lease_arm(c);
	}
	return 0;
}

int cti_calls_due(struct cti_calls *c, const char *agent, bool unclaimed,
		  cti_due_fn *fn, void *arg)
{
	const struct post *post;
	int err = 0;

	posts_sweep(c);
	TAILQ_FOREACH(post, &c->posts, entry)
	{
		if (agent && (!post->agent || strcmp(agent, post->agent) != 0))
			continue;
		if (unclaimed && lease_runs(c, post))
			continue;
		err = fn(arg, post->event);
		if (err)
			break;
	}
	return err;
}

/* --- after a start --- */

/* What the time since the relay died made of it. */
static void load_age(struct cti_calls *c, struct post *post,
		     const struct cti_call *call)
{
	int64_t ago = cti_loop_wall_ms(c->loop) - call->ended_ms;

	if (post->what == CTI_SAP_NOTIFY && call->state != CTI_CALL_RINGING)
		post->dies_mono = 1;
	if (post->what != CTI_SAP_ACCEPT || call->state != CTI_CALL_ENDED)
		return;
	post->dies_mono = now_of(c) + c->late_ms - ago;
	if (post->dies_mono <= 0)
		post->dies_mono = 1; /* 0 would be: not known yet */
}

static int load_one(void *arg, const struct cti_event *ev,
		    const struct cti_call *call, const struct cti_post_row *row)
{
	struct cti_calls *c = arg;
	struct live *live = registry_get(c, call->id);
	struct post *post;
	bool sure = true;

	if (!live)
		return -ENOMEM;
	if (ev->post == CTI_SAP_END && !end_wanted(c, live, &sure))
		return 0;
	post = post_add(c, ev, call);
	if (!post)
		return -ENOMEM;
	post->sure = sure;
	load_age(c, post, live->call);
	if (!row->claimed_ms)
		return 0;
	/* its tab may be alive: it has one more lease */
	post->claimed = true;
	post->lease_mono = now_of(c) + CTI_LEASE_MS;
	if (row->tab)
		memcpy(post->tab, row->tab,
		       strnlen(row->tab, sizeof(post->tab) - 1));
	return 0;
}

int posts_load(struct cti_calls *c)
{
	int64_t since = cti_loop_wall_ms(c->loop) - POST_LIFE_MS;
	int err = cti_timer_new(&c->lease, c->loop, lease_over, c);

	if (err)
		return err;
	err = cti_store_unacked(c->store, since, load_one, c);
	if (err)
		return err;
	posts_sweep(c);
	lease_arm(c);
	return 0;
}

void posts_clear(struct cti_calls *c)
{
	struct post *post;

	while ((post = TAILQ_FIRST(&c->posts)))
		post_drop(c, post);
	cti_timer_destroy(c->lease);
	c->lease = NULL;
}
