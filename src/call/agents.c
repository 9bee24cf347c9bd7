/* SPDX-License-Identifier: Apache-2.0 */
/* call/agents.c - whose call it is, and how many dials an agent may make */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"
#include "cti/log.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 3600 * 1000 };

static int agent_init(struct cti_calls *c, struct agent *a, const char *id,
		      const char *device)
{
	a->ndials = c->per_hour > c->per_minute ? c->per_hour : c->per_minute;
	a->id = strdup(id);
	a->device = strdup(device);
	if (a->ndials)
		a->dials = calloc(a->ndials, sizeof(*a->dials));
	return a->id && a->device && (a->dials || !a->ndials) ? 0 : -ENOMEM;
}

int agents_load(struct cti_calls *c)
{
	size_t n = cti_conf_agents(c->conf);
	int err = 0;

	c->listed = n > 0;
	c->nagents = n ? n : 1;
	c->agents = calloc(c->nagents, sizeof(*c->agents));
	if (!c->agents)
		return -ENOMEM;
	if (!n)
		return agent_init(c, &c->agents[0], "", "");
	for (size_t i = 0; i < n && !err; i++)
		err = agent_init(c, &c->agents[i],
				 cti_conf_agent_id(c->conf, i),
				 cti_conf_agent_device(c->conf, i));
	return err;
}

void agents_clear(struct cti_calls *c)
{
	for (size_t i = 0; c->agents && i < c->nagents; i++) {
		free(c->agents[i].id);
		free(c->agents[i].device);
		free(c->agents[i].dials);
	}
	free(c->agents);
	free(c->last_user);
	c->agents = NULL;
	c->last_user = NULL;
}

static struct agent *agents_find(const struct cti_calls *c, const char *id)
{
	for (size_t i = 0; i < c->nagents; i++)
		if (strcmp(c->agents[i].id, id) == 0)
			return &c->agents[i];
	return NULL;
}

static bool agents_many(const struct cti_calls *c)
{
	return c->nagents > 1;
}

static int agent_named(const struct cti_calls *c, struct agent **agentp,
		       const char *id, struct cti_err *err)
{
	if (!id || !*id)
		return cti_err_set(err, EINVAL, CTI_ERR_AGENT_REQUIRED,
				   "This relay serves %zu agents and the "
				   "request names none.",
				   c->nagents);
	*agentp = agents_find(c, id);
	if (*agentp)
		return 0;
	return cti_err_set(err, EACCES, CTI_ERR_AGENT_UNKNOWN,
			   "No agent section is named \"%.64s\".", id);
}

/* A relay for one agent serves whoever sits there; the name is recorded. */
static void agent_seen(struct cti_calls *c, const char *user)
{
	char *copy;

	if (!user || !*user ||
	    (c->last_user && strcmp(c->last_user, user) == 0))
		return;
	copy = strdup(user);
	if (!copy)
		return;
	if (c->listed && strcmp(c->agents[0].id, user) != 0)
		log_info("agents: %s dials on the relay of %s", user,
			 c->agents[0].id);
	free(c->last_user);
	c->last_user = copy;
}

int agents_of_dial(struct cti_calls *c, struct agent **agentp,
		   const struct cti_dial *dial, struct cti_err *err)
{
	const char *user = dial->out->user;

	if (agents_many(c))
		return agent_named(c, agentp, user ? user : dial->agent, err);
	agent_seen(c, user);
	*agentp = &c->agents[0];
	return 0;
}

int agents_of_push(struct cti_calls *c, struct agent **agentp, const char *id,
		   struct cti_err *err)
{
	if (agents_many(c))
		return agent_named(c, agentp, id, err);
	*agentp = &c->agents[0];
	return 0;
}

struct agent *agents_of_device(struct cti_calls *c, const char *device)
{
	if (!agents_many(c))
		return &c->agents[0];
	for (size_t i = 0; device && i < c->nagents; i++)
		if (strcmp(c->agents[i].device, device) == 0)
			return &c->agents[i];
	return NULL;
}

static struct agent *agents_named(struct cti_calls *c, const char *id)
{
	if (!agents_many(c))
		return &c->agents[0];
	return id ? agents_find(c, id) : NULL;
}

struct agent *agents_of_call(struct cti_calls *c, const struct cti_call *call)
{
	return agents_named(c, call->fact[CTI_FACT_AGENT]);
}

const char *agents_name(struct cti_calls *c, const struct agent *agent,
			const char *said)
{
	if (agents_many(c))
		return agent->id;
	if (said && *said)
		return said;
	if (c->last_user)
		return c->last_user;
	return *agent->id ? agent->id : NULL;
}

int cti_calls_viewer(const struct cti_calls *c, const char *agent,
		     const char **agentp, struct cti_err *err)
{
	struct agent *found = NULL;
	int rc;

	if (!agents_many(c)) {
		*agentp = NULL;
		return 0;
	}
	rc = agent_named(c, &found, agent, err);
	if (rc)
		return rc;
	*agentp = found->id;
	return 0;
}

/* --- limits --- */

static bool in_setup(const struct cti_call *call)
{
	return call->direction == CTI_OUTBOUND &&
	       (call->state == CTI_CALL_QUEUED ||
		call->state == CTI_CALL_ALERTING ||
		call->state == CTI_CALL_DIALING ||
		call->state == CTI_CALL_RINGING);
}

static size_t setups_of(struct cti_calls *c, const struct agent *agent)
{
	struct live *live;
	size_t n = 0;

	TAILQ_FOREACH(live, &c->all, age)
	if (in_setup(live->call) && agents_of_call(c, live->call) == agent)
		n++;
	return n;
}

/* The dial that was the n-th last, as mono ms; 0 = there were fewer. */
static int64_t nth_last(const struct agent *agent, size_t n)
{
	size_t at = (agent->next_dial + agent->ndials - n) % agent->ndials;

	return agent->dials[at];
}

static int limit_rate(const struct agent *agent, int64_t now, size_t most,
		      int64_t span_ms)
{
	int64_t then;

	if (!most)
		return 0;
	then = nth_last(agent, most);
	if (!then || now - then >= span_ms)
		return 0;
	return (int)((span_ms - (now - then) + 999) / 1000);
}

int limits_check(struct cti_calls *c, const struct agent *agent,
		 struct cti_err *err)
{
	int64_t now = cti_loop_mono_ms(c->loop) + 1; /* 0 means never */
	int wait_m, wait_h, rc;

	if (c->concurrent && setups_of(c, agent) >= c->concurrent)
		return cti_err_set(err, EBUSY, CTI_ERR_AGENT_BUSY,
				   "Another call is being set up (%zu at a "
				   "time).",
				   c->concurrent);
	wait_m = limit_rate(agent, now, c->per_minute, MINUTE_MS);
	wait_h = limit_rate(agent, now, c->per_hour, HOUR_MS);
	if (!wait_m && !wait_h)
		return 0;
	rc = cti_err_set(err, EAGAIN, CTI_ERR_RATE_LIMITED,
			 "The limit of %zu dials in one %s is reached.",
			 wait_h ? c->per_hour : c->per_minute,
			 wait_h ? "hour" : "minute");
	if (err)
		err->retry_after_s = wait_h > wait_m ? wait_h : wait_m;
	return rc;
}

static void dial_note(struct agent *agent, int64_t mono_ms)
{
	if (!agent->ndials)
		return;
	agent->dials[agent->next_dial] = mono_ms ? mono_ms : 1;
	agent->next_dial = (agent->next_dial + 1) % agent->ndials;
}

void limits_count(struct cti_calls *c, struct agent *agent)
{
	dial_note(agent, cti_loop_mono_ms(c->loop) + 1);
}

static int load_dial(void *arg, const char *id, int64_t at_ms)
{
	struct cti_calls *c = arg;
	struct agent *agent = agents_named(c, id);

	if (agent)
		dial_note(agent, mono_of(c, at_ms) + 1);
	return 0;
}

int limits_load(struct cti_calls *c)
{
	int64_t since = cti_loop_wall_ms(c->loop) - HOUR_MS;
	size_t most = 0;

	for (size_t i = 0; i < c->nagents; i++) {
		struct agent *agent = &c->agents[i];

		most += agent->ndials;
		if (agent->dials)
			memset(agent->dials, 0,
			       agent->ndials * sizeof(*agent->dials));
	}
	return most ? cti_store_dials(c->store, since, most, load_dial, c) : 0;
}
