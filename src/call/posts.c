/* SPDX-License-Identifier: Apache-2.0 */
/* call/posts.c - what SAP is still to get: due, claimed, acked, stale */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"
#include "cti/log.h"

enum {
	POST_LIFE_MS = 24 * 3600 * 1000,
	SWEEP_MS = 60 * 1000, /* what nobody asks for is not kept */
};

static int64_t now_of(const struct cti_calls *c)
{
	return cti_loop_mono_ms(c->loop);
}

/* --- the list --- */

static struct post_call *posts_of(const struct cti_calls *c, int64_t row)
{
	return cti_map_find(&c->by_row, &row, sizeof(row));
}

static int group_add(struct cti_calls *c, struct post_call **ofp, int64_t row)
{
	struct post_call *of = malloc(sizeof(*of));
	int err;

	if (!of)
		return -ENOMEM;
	of->row = row;
	TAILQ_INIT(&of->posts);
	err = cti_map_add(&c->by_row, &of->row, sizeof(of->row), of);
	if (err) {
		free(of);
		return err;
	}
	*ofp = of;
	return 0;
}

static void group_tidy(struct cti_calls *c, struct post_call *of)
{
	if (!TAILQ_EMPTY(&of->posts))
		return;
	cti_map_remove(&c->by_row, &of->row, sizeof(of->row));
	free(of);
}

static int list_add(struct cti_calls *c, struct post *post, int64_t row)
{
	struct post_call *of = posts_of(c, row);
	int err = of ? 0 : group_add(c, &of, row);

	if (err)
		return err;
	err = cti_map_add(&c->by_event, &post->event, sizeof(post->event),
			  post);
	if (err) {
		group_tidy(c, of);
		return err;
	}
	post->of = of;
	TAILQ_INSERT_TAIL(&of->posts, post, sibling);
	TAILQ_INSERT_TAIL(&c->posts, post, entry);
	if (!cti_timer_active(c->sweep))
		cti_timer_start(c->sweep, SWEEP_MS);
	return 0;
}

static void post_free(struct post *post)
{
	free(post->agent);
	free(post->text);
	free(post);
}

void post_drop(struct cti_calls *c, struct post *post)
{
	lease_end(c, post);
	cti_map_remove(&c->by_event, &post->event, sizeof(post->event));
	TAILQ_REMOVE(&c->posts, post, entry);
	TAILQ_REMOVE(&post->of->posts, post, sibling);
	group_tidy(c, post->of);
	post_free(post);
}

struct post *post_find(struct cti_calls *c, int64_t event)
{
	return cti_map_find(&c->by_event, &event, sizeof(event));
}

struct post *post_of_call(struct cti_calls *c, int64_t row,
			  enum cti_sap_post what)
{
	struct post_call *of = posts_of(c, row);
	struct post *post;

	if (!of)
		return NULL;
	TAILQ_FOREACH(post, &of->posts, sibling)
	if (post->what == what)
		return post;
	return NULL;
}

/* --- stale --- */

bool post_stale(const struct cti_calls *c, const struct post *post)
{
	return post->dies_mono && post->dies_mono <= now_of(c) &&
	       !lease_runs(c, post);
}

/* An END waits for its ACCEPT: when that is never claimed, SAP has not heard
 * of the call and its end is nobody's business. */
void post_expire(struct cti_calls *c, struct post *post)
{
	int64_t row = post->of->row;
	bool opening = post->what == CTI_SAP_ACCEPT && post->inbound;
	struct post *end;

	post_drop(c, post);
	if (!opening)
		return;
	end = post_of_call(c, row, CTI_SAP_END);
	if (end && !end->sure)
		post_drop(c, end);
}

void posts_sweep_call(struct cti_calls *c, int64_t row)
{
	struct post_call *of = posts_of(c, row);
	struct post *post = of ? TAILQ_FIRST(&of->posts) : NULL;

	while (post) {
		struct post *next = TAILQ_NEXT(post, sibling);

		if (post_stale(c, post)) {
			post_expire(c, post);
			of = posts_of(c, row); /* it may be gone, too */
			next = of ? TAILQ_FIRST(&of->posts) : NULL;
		}
		post = next;
	}
}

static void posts_sweep(struct cti_calls *c)
{
	struct post *post = TAILQ_FIRST(&c->posts);
	struct post *before = NULL; /* it stays */

	while (post) {
		if (post_stale(c, post)) {
			/* the END that goes along comes after it */
			post_expire(c, post);
		} else {
			before = post;
		}
		post = before ? TAILQ_NEXT(before, entry)
			      : TAILQ_FIRST(&c->posts);
	}
}

static void sweep_due(void *arg)
{
	struct cti_calls *c = arg;

	posts_sweep(c);
	if (!TAILQ_EMPTY(&c->posts))
		cti_timer_start(c->sweep, SWEEP_MS);
}

static bool was_claimed(struct cti_calls *c, struct live *live)
{
	if (!live->claimed)
		live->claimed = cti_store_claimed(c->store, live->call->row)
					? 'y'
					: 'n';
	return live->claimed == 'y';
}

static bool awaits(struct cti_calls *c, int64_t row, enum cti_sap_post what)
{
	const struct post *post = post_of_call(c, row, what);

	return post && !post_stale(c, post);
}

bool posts_touched(struct cti_calls *c, struct live *live)
{
	int64_t row = live->call->row;

	return awaits(c, row, CTI_SAP_NOTIFY) ||
	       awaits(c, row, CTI_SAP_ACCEPT) || was_claimed(c, live);
}

/* --- what was published --- */

static struct post *post_add(struct cti_calls *c, const struct cti_event *ev,
			     const struct cti_call *call, int64_t at_mono)
{
	const char *agent = call->fact[CTI_FACT_AGENT];
	struct post *post = calloc(1, sizeof(*post));

	if (!post)
		return NULL;
	post->event = ev->id;
	post->what = ev->post;
	post->since_mono = at_mono;
	post->inbound = call->direction == CTI_INBOUND;
	memcpy(post->id, call->id, sizeof(post->id));
	if (ev->post == CTI_SAP_END || ev->post == CTI_SAP_UPDATE)
		post->dies_mono = at_mono + POST_LIFE_MS;
	if ((agent && !(post->agent = strdup(agent))) ||
	    list_add(c, post, ev->row)) {
		post_free(post);
		return NULL;
	}
	return post;
}

/* The ring is over, or the call: what was asked before may be stale now. */
static void posts_follow(struct cti_calls *c, const struct cti_event *ev)
{
	struct post_call *of = posts_of(c, ev->row);
	struct post *post = of ? TAILQ_FIRST(&of->posts) : NULL;

	while (post) {
		struct post *next = TAILQ_NEXT(post, sibling);

		if (post->what == CTI_SAP_ACCEPT &&
		    ev->state == CTI_CALL_ENDED && !post->dies_mono)
			post->dies_mono = now_of(c) + c->late_ms;
		if (post->what == CTI_SAP_NOTIFY &&
		    ev->state != CTI_CALL_RINGING) {
			post->dies_mono = now_of(c);
			if (post_stale(c, post))
				post_drop(c, post);
		}
		post = next;
	}
}

/* Does SAP want to hear of this end? sure: it does, whatever comes. */
static bool end_wanted(struct cti_calls *c, struct live *live, bool *sure)
{
	*sure = live->call->direction == CTI_OUTBOUND || was_claimed(c, live);
	return *sure || awaits(c, live->call->row, CTI_SAP_ACCEPT);
}

void posts_published(struct cti_calls *c, const struct cti_event *ev,
		     struct live *live)
{
	struct post *post;
	bool sure = true;

	posts_follow(c, ev);
	if (ev->post == CTI_SAP_NOTHING ||
	    (ev->post == CTI_SAP_END && !end_wanted(c, live, &sure)))
		return;
	post = post_add(c, ev, live->call, now_of(c));
	if (!post) {
		log_warn("call %s: no memory to keep its payload due",
			 live->call->id);
		return;
	}
	post->sure = sure;
	/* what no store has is offered again from here */
	if (!ev->durable)
		post->text = c->host.render(c->host.arg, ev, live->call);
}

const char *cti_calls_unstored(struct cti_calls *c, int64_t event)
{
	const struct post *post = post_find(c, event);

	return post ? post->text : NULL;
}

/* --- what is due --- */

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
	if (post->what == CTI_SAP_NOTIFY && call->state != CTI_CALL_RINGING)
		post->dies_mono = 1;
	if (post->what != CTI_SAP_ACCEPT || call->state != CTI_CALL_ENDED)
		return;
	post->dies_mono = mono_of(c, call->ended_ms) + c->late_ms;
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
	if (post_find(c, ev->id))
		return 0;
	if (ev->post == CTI_SAP_END && !end_wanted(c, live, &sure))
		return 0;
	post = post_add(c, ev, call, mono_of(c, ev->at_ms));
	if (!post)
		return -ENOMEM;
	post->sure = sure;
	load_age(c, post, live->call);
	if (!row->claimed_ms)
		return 0;
	/* its tab may be alive: it has one more lease */
	lease_take(c, post);
	if (row->tab)
		memcpy(post->tab, row->tab,
		       strnlen(row->tab, sizeof(post->tab) - 1));
	return 0;
}

int posts_load(struct cti_calls *c)
{
	int64_t since = cti_loop_wall_ms(c->loop) - POST_LIFE_MS;
	int err =
		c->lease ? 0 : cti_timer_new(&c->lease, c->loop, lease_over, c);

	if (!err && !c->sweep)
		err = cti_timer_new(&c->sweep, c->loop, sweep_due, c);
	if (!err)
		err = cti_store_unacked(c->store, since, load_one, c);
	if (err)
		return err;
	posts_sweep(c);
	return 0;
}

void posts_clear(struct cti_calls *c)
{
	struct post *post;

	while ((post = TAILQ_FIRST(&c->posts)))
		post_drop(c, post);
	cti_map_fini(&c->by_event);
	cti_map_fini(&c->by_row);
	cti_timer_destroy(c->lease);
	cti_timer_destroy(c->sweep);
	c->lease = NULL;
	c->sweep = NULL;
}
