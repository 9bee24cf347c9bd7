/* SPDX-License-Identifier: Apache-2.0 */
/* call/claims.c - one tab posts: claim, lease, acknowledge */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"
#include "cti/log.h"

static int64_t now_of(const struct cti_calls *c)
{
	return cti_loop_mono_ms(c->loop);
}

/* --- leases: all are of one length, so the last taken ends last --- */

bool lease_runs(const struct cti_calls *c, const struct post *post)
{
	return post->claimed && post->lease_mono > now_of(c);
}

static void lease_arm(struct cti_calls *c)
{
	const struct post *first = TAILQ_FIRST(&c->leases);

	if (first)
		cti_timer_start(c->lease, first->lease_mono - now_of(c));
	else
		cti_timer_stop(c->lease);
}

void lease_end(struct cti_calls *c, struct post *post)
{
	if (!post->claimed)
		return;
	post->claimed = false;
	TAILQ_REMOVE(&c->leases, post, lease);
	lease_arm(c);
}

void lease_take(struct cti_calls *c, struct post *post)
{
	if (post->claimed)
		TAILQ_REMOVE(&c->leases, post, lease);
	post->claimed = true;
	post->lease_mono = now_of(c) + CTI_LEASE_MS;
	TAILQ_INSERT_TAIL(&c->leases, post, lease);
	lease_arm(c);
}

void lease_over(void *arg)
{
	struct cti_calls *c = arg;
	struct post *post;

	while ((post = TAILQ_FIRST(&c->leases)) && !lease_runs(c, post)) {
		log_info("sap: call %s: event %lld: its tab did not post it",
			 post->id, (long long)post->event);
		lease_end(c, post);
		if (post_stale(c, post))
			post_expire(c, post);
		else
			c->host.due(c->host.arg, post->event, post->agent);
	}
	lease_arm(c);
}

/* --- claim --- */

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

static int claim_held(const struct cti_calls *c, const struct post *post,
		      struct cti_err *err)
{
	int64_t left = post->lease_mono - now_of(c);
	int rc = cti_err_set(err, EBUSY, CTI_ERR_CLAIM_HELD,
			     "Another tab is posting event %lld.",
			     (long long)post->event);

	if (err)
		err->retry_after_s = (int)((left + 999) / 1000);
	return rc;
}

static int claim_check(struct cti_calls *c, const struct post *post,
		       const struct cti_claim *claim, struct cti_err *err)
{
	const struct post *first = TAILQ_FIRST(&post->of->posts);

	if (lease_runs(c, post) && strcmp(post->tab, claim->tab) != 0)
		return claim_held(c, post, err);
	if (first != post)
		return cti_err_set(err, EBUSY, CTI_ERR_CLAIM_ORDER,
				   "Event %lld of the same call comes first.",
				   (long long)first->event);
	return 0;
}

/* From now on SAP may know the call, so it is to hear of its end. */
static void post_opened(struct cti_calls *c, const struct post *post)
{
	struct live *live = registry_find(c, post->id);
	struct post *end = post_of_call(c, post->of->row, CTI_SAP_END);

	if (live)
		live->claimed = 'y';
	if (end)
		end->sure = true;
}

struct claim_wait {
	struct cti_calls *calls;
	struct cti_reply reply;
	int64_t event;
	char id[CTI_ID_SIZE]; /* of the call; "" = not in memory */
	char tab[65];
};

/* The lease begins when its tab learns of it. A commit may have taken longer
 * than that, so that it is another's meanwhile. */
static void claim_stored(void *arg, int err)
{
	struct claim_wait *w = arg;
	struct cti_calls *c = w->calls;
	struct post *post = post_find(c, w->event);
	struct cti_outcome outcome = {.created = true};

	if (err)
		log_warn_errno(err,
			       "sap: call %s: a claim is kept in memory only",
			       w->id);
	if (!post)
		(void)claim_gone(c, w->event, &outcome.err); /* told in err */
	else if (strcmp(post->tab, w->tab) != 0)
		(void)claim_held(c, post, &outcome.err); /* likewise */
	else
		lease_take(c, post);
	w->reply.fn(w->reply.arg, &outcome);
	free(w);
}

static void ack_stored(void *arg, int err)
{
	struct claim_wait *w = arg;
	struct cti_outcome outcome = {.created = true};

	if (err)
		log_warn_errno(err,
			       "sap: call %s: an ack is kept in memory only",
			       w->id);
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
	w->calls = c;
	w->reply = *reply;
	w->event = row->event;
	if (post_find(c, row->event))
		memcpy(w->id, post_find(c, row->event)->id, sizeof(w->id));
	memcpy(w->tab, row->tab, strlen(row->tab) + 1);
	cti_store_submit(c->store, unit,
			 row->claimed_ms ? claim_stored : ack_stored, w);
	return 0;
}

/* The payload, if it and those before it are not stale. */
static struct post *claim_find(struct cti_calls *c, int64_t event)
{
	struct post *post = post_find(c, event);

	if (post)
		posts_sweep_call(c, post->of->row);
	return post ? post_find(c, event) : NULL;
}

int cti_calls_claim(struct cti_calls *c, const struct cti_claim *claim,
		    const struct cti_reply *reply, struct cti_err *err)
{
	struct cti_post_row row = {
		.event = claim->event,
		.claimed_ms = cti_loop_wall_ms(c->loop),
		.tab = claim->tab,
	};
	struct post *post = claim_find(c, claim->event);
	int rc;

	if (!post)
		return claim_gone(c, claim->event, err);
	rc = claim_check(c, post, claim, err);
	if (rc)
		return rc;
	rc = claim_store(c, &row, reply);
	if (rc)
		return rc;
	memcpy(post->tab, claim->tab, strlen(claim->tab) + 1);
	lease_take(c, post);
	post_opened(c, post);
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
	if (rc || !post)
		return rc;
	cti_histogram_note(&c->stats.post, now_of(c) - post->since_mono);
	post_opened(c, post);
	post_drop(c, post);
	return 0;
}
