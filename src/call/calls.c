/* SPDX-License-Identifier: Apache-2.0 */
/* call/calls.c - the core's life, and reading it */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"
#include "cti/log.h"

static size_t conf_size(const struct cti_conf *conf, const char *key)
{
	return (size_t)cti_conf_int(conf, key);
}

static void read_conf(struct cti_calls *c)
{
	const struct cti_conf *conf = c->conf;

	cti_sap_conf_read(&c->sap, conf);
	c->late_ms = cti_conf_int(conf, "sap.late_s") * 1000;
	c->merge_ms = cti_conf_int(conf, "dial.merge_s") * 1000;
	c->ring_ms = cti_conf_int(conf, "dial.ring_timeout_s") * 1000;
	c->push_ring_ms = cti_conf_int(conf, "push.ring_s") * 1000;
	c->push_max_ms = cti_conf_int(conf, "push.max_s") * 1000;
	c->per_minute = conf_size(conf, "dial.per_minute");
	c->per_hour = conf_size(conf, "dial.per_hour");
	c->concurrent = conf_size(conf, "dial.concurrent");
	c->refusals = conf_size(conf, "dial.refusals");
	c->pause_ms = cti_conf_int(conf, "dial.pause_s") * 1000;
}

static int load_stored(struct cti_calls *c)
{
	int err = registry_load(c);

	if (!err)
		err = keys_load(c);
	if (!err)
		err = posts_load(c);
	if (!err)
		err = limits_load(c);
	return err;
}

static int load(struct cti_calls *c)
{
	int err = agents_load(c);

	if (!err)
		err = load_stored(c);
	if (err)
		return err;
	registry_resume(c);
	return 0;
}

/* The store reads another file than before: what that knows of earlier clicks
 * and calls counts before the next dial does. */
static void reload(void *arg)
{
	struct cti_calls *c = arg;
	int err = load_stored(c);

	if (err)
		log_warn_errno(err, "calls: not all could be loaded again");
	registry_restore(c);
	registry_resume(c);
	switch_forget(c);
}

int cti_calls_new(struct cti_calls **callsp,
		  const struct cti_calls_parts *parts)
{
	struct cti_calls *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->loop = parts->loop;
	c->store = parts->store;
	c->numbers = parts->numbers;
	c->conf = parts->conf;
	c->host = *parts->host;
	c->published = cti_store_last_event(c->store);
	c->link_since_ms = cti_loop_wall_ms(c->loop);
	TAILQ_INIT(&c->all);
	TAILQ_INIT(&c->over);
	TAILQ_INIT(&c->keys);
	TAILQ_INIT(&c->posts);
	TAILQ_INIT(&c->leases);
	STAILQ_INIT(&c->plays);
	STAILQ_INIT(&c->probes);
	read_conf(c);
	c->instance = strdup(parts->instance);
	err = c->instance ? load(c) : -ENOMEM;
	if (err)
		goto out;
	cti_store_on_reload(c->store, reload, c);
	*callsp = c;
	c = NULL; /* now the caller's */
out:
	cti_calls_destroy(c);
	return err;
}

/* --- a played call: the simulator's --- */

/* Somebody who asked for a call and waits for its first event. */
struct play_wait {
	STAILQ_ENTRY(play_wait) entry;
	struct cti_reply reply;
	char ref[CTI_ID_SIZE];
};

void plays_published(struct cti_calls *c, const struct live *live)
{
	const char *ref = live->call->fact[CTI_FACT_REF];
	struct play_wait *w;

	STAILQ_FOREACH(w, &c->plays, entry)
	if (ref && strcmp(w->ref, ref) == 0)
		break;
	if (!w)
		return;
	STAILQ_REMOVE(&c->plays, w, play_wait, entry);
	reply_call(&w->reply, live, true);
	free(w);
}

static void plays_clear(struct cti_calls *c)
{
	struct cti_outcome outcome = {.call = NULL};
	struct play_wait *w;

	(void)cti_err_set(&outcome.err, ECANCELED, CTI_ERR_STOPPING,
			  "The relay is shutting down.");
	while ((w = STAILQ_FIRST(&c->plays))) {
		STAILQ_REMOVE_HEAD(&c->plays, entry);
		w->reply.fn(w->reply.arg, &outcome);
		free(w);
	}
}

int cti_calls_play(struct cti_calls *c, const struct cti_played *played,
		   const char *agent, const struct cti_reply *reply,
		   struct cti_err *err)
{
	struct cti_played mine = *played;
	struct agent *whose = NULL;
	struct play_wait *w;
	int rc = agents_of_push(c, &whose, agent, err);

	if (rc)
		return rc;
	if (!c->ops->play)
		return cti_err_set(err, ENOSYS, CTI_ERR_NOT_SUPPORTED,
				   "The driver %s plays no calls; the "
				   "simulator does.",
				   c->ops->name);
	if (!switch_ready(c))
		return cti_err_set(err, ENOTCONN, CTI_ERR_SWITCH_DOWN,
				   "The simulator's link is down just now.");
	if (c->nagents > 1 && !*whose->device)
		return cti_err_set(
			err, EINVAL, CTI_ERR_BAD_REQUEST,
			"The agent \"%.64s\" has no device that a call "
			"could ring at.",
			whose->id);
	mine.device = whose->device;
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->reply = *reply;
	rc = c->ops->play(c->drv, &mine, w->ref);
	if (rc == -EINVAL)
		rc = cti_err_set(err, EINVAL, CTI_ERR_BAD_REQUEST,
				 "The field \"script\" must be one of answer, "
				 "ring, cancel, elsewhere and drop.");
	if (rc)
		free(w);
	else
		STAILQ_INSERT_TAIL(&c->plays, w, entry);
	return rc;
}

/* --- life --- */

int cti_calls_start(struct cti_calls *c, const struct cti_driver_ops *ops)
{
	struct cti_driver_host host = {
		.loop = c->loop,
		.arg = c,
		.on_link = switch_on_link,
		.on_event = switch_on_event,
		.on_synced = switch_on_synced,
		.on_probe = switch_on_probe,
	};
	int err;

	c->ops = ops;
	err = ops->create(&c->drv, c->conf, &host);
	return err ? err : ops->start(c->drv);
}

int cti_calls_reload(struct cti_calls *c)
{
	int err = 0;

	if (c->drv && c->ops->reload)
		err = c->ops->reload(c->drv);
	if (err)
		return err;
	read_conf(c);
	return agents_reload(c);
}

void cti_calls_stop(struct cti_calls *c)
{
	c->stopping = true;
	plays_clear(c);
	probes_clear(c);
	if (c->drv)
		c->ops->stop(c->drv);
}

void cti_calls_destroy(struct cti_calls *c)
{
	if (!c)
		return;
	if (c->drv)
		c->ops->destroy(c->drv);
	probes_clear(c);
	posts_clear(c);
	keys_clear(c);
	registry_clear(c);
	agents_clear(c);
	free(c->instance);
	free(c);
}

const struct cti_call *cti_calls_find(struct cti_calls *c, const char *id)
{
	const struct live *live = registry_get(c, id);

	return live && live->known ? live->call : NULL;
}

int cti_calls_each(struct cti_calls *c, cti_calls_fn *fn, void *arg)
{
	struct live *live;
	int err = 0;

	TAILQ_FOREACH(live, &c->all, age)
	{
		if (!live->known)
			continue;
		err = fn(arg, live->call);
		if (err)
			break;
	}
	return err;
}

int64_t cti_calls_cursor(const struct cti_calls *c)
{
	return c->published;
}
