/* SPDX-License-Identifier: Apache-2.0 */
/* call/agents.c - whose call it is */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"
#include "cti/log.h"

static int agent_init(struct cti_calls *c, struct agent *a, const char *id,
		      const char *device)
{
	a->id = strdup(id);
	a->device = strdup(device);
	return a->id && a->device ? limits_init(c, a) : -ENOMEM;
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

static void agents_free(struct agent *agents, size_t n)
{
	for (size_t i = 0; agents && i < n; i++) {
		free(agents[i].id);
		free(agents[i].device);
		limits_fini(&agents[i]);
	}
	free(agents);
}

void agents_clear(struct cti_calls *c)
{
	agents_free(c->agents, c->nagents);
	free(c->last_user);
	c->agents = NULL;
	c->last_user = NULL;
}

/* Who stays keeps what he has dialed: an edit resets no limit. */
static void agents_carry(struct cti_calls *c, const struct agent *old,
			 size_t nold)
{
	bool only = nold == 1 && c->nagents == 1;

	for (size_t i = 0; i < nold; i++)
		for (size_t j = 0; j < c->nagents; j++)
			if (only || strcmp(old[i].id, c->agents[j].id) == 0)
				limits_carry(&c->agents[j], &old[i]);
}

int agents_reload(struct cti_calls *c)
{
	struct agent *old = c->agents;
	size_t nold = c->nagents;
	bool listed = c->listed;
	int err = agents_load(c);

	if (err) {
		agents_free(c->agents, c->nagents);
		c->agents = old;
		c->nagents = nold;
		c->listed = listed;
		return err;
	}
	agents_carry(c, old, nold);
	agents_free(old, nold);
	return 0;
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

struct agent *agents_named(struct cti_calls *c, const char *id)
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
