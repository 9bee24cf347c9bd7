/* SPDX-License-Identifier: Apache-2.0 */
/* call/limits.c - how many dials an agent may make, and when they pause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"
#include "cti/log.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 3600 * 1000 };

/* --- when something happened, the last times --- */

static int times_init(struct times *t, size_t n)
{
	t->n = n;
	if (n)
		t->at = calloc(n, sizeof(*t->at));
	return t->at || !n ? 0 : -ENOMEM;
}

static void times_forget(struct times *t)
{
	if (t->at)
		memset(t->at, 0, t->n * sizeof(*t->at));
}

static void times_note(struct times *t, int64_t mono_ms)
{
	if (!t->n)
		return;
	t->at[t->next] = mono_ms ? mono_ms : 1; /* 0 means never */
	t->next = (t->next + 1) % t->n;
}

/* How long until there were fewer than most in the span: seconds, 0 = so it
 * is already. */
static int times_wait(const struct times *t, int64_t now, size_t most,
		      int64_t span_ms)
{
	int64_t then;

	if (!most)
		return 0;
	then = t->at[(t->next + t->n - most) % t->n];
	if (!then || now - then >= span_ms)
		return 0;
	return (int)((span_ms - (now - then) + 999) / 1000);
}

int limits_init(const struct cti_calls *c, struct agent *agent)
{
	size_t most = c->per_hour > c->per_minute ? c->per_hour : c->per_minute;
	int err = times_init(&agent->dials, most);

	return err ? err : times_init(&agent->refusals, c->refusals);
}

void limits_fini(struct agent *agent)
{
	free(agent->dials.at);
	free(agent->refusals.at);
}

static void times_carry(struct times *to, const struct times *from)
{
	for (size_t i = 0; i < from->n; i++) {
		int64_t at = from->at[(from->next + i) % from->n];

		if (at)
			times_note(to, at);
	}
}

void limits_carry(struct agent *to, const struct agent *from)
{
	times_carry(&to->dials, &from->dials);
	times_carry(&to->refusals, &from->refusals);
	to->paused_until = from->paused_until;
}

/* --- may he dial? --- */

static int64_t now_of(const struct cti_calls *c)
{
	return cti_loop_mono_ms(c->loop) + 1; /* 0 means never */
}

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

static int rate_check(const struct cti_calls *c, const struct agent *agent,
		      int64_t now, struct cti_err *err)
{
	int minute = times_wait(&agent->dials, now, c->per_minute, MINUTE_MS);
	int hour = times_wait(&agent->dials, now, c->per_hour, HOUR_MS);
	int rc;

	if (!minute && !hour)
		return 0;
	rc = cti_err_set(err, EAGAIN, CTI_ERR_RATE_LIMITED,
			 "The limit of %zu dials in one %s is reached.",
			 hour ? c->per_hour : c->per_minute,
			 hour ? "hour" : "minute");
	if (err)
		err->retry_after_s = hour > minute ? hour : minute;
	return rc;
}

static int pause_check(const struct cti_calls *c, const struct agent *agent,
		       int64_t now, struct cti_err *err)
{
	int rc;

	if (agent->paused_until <= now)
		return 0;
	rc = cti_err_set(err, EAGAIN, CTI_ERR_DIALS_PAUSED,
			 "%zu dials of this agent were refused within a "
			 "minute, so dialing pauses.",
			 c->refusals);
	if (err)
		err->retry_after_s =
			(int)((agent->paused_until - now + 999) / 1000);
	return rc;
}

int limits_check(struct cti_calls *c, const struct agent *agent,
		 struct cti_err *err)
{
	int64_t now = now_of(c);
	int rc = pause_check(c, agent, now, err);

	if (rc)
		return rc;
	if (c->concurrent && setups_of(c, agent) >= c->concurrent)
		return cti_err_set(err, EBUSY, CTI_ERR_AGENT_BUSY,
				   "Another call is being set up (%zu at a "
				   "time).",
				   c->concurrent);
	return rate_check(c, agent, now, err);
}

void limits_count(struct cti_calls *c, struct agent *agent)
{
	times_note(&agent->dials, now_of(c));
}

/* --- the breaker --- */

/* What a page that tries numbers runs into; that the switch or the store
 * fails is not its doing. */
static bool refusal_counts(enum cti_code code)
{
	static const enum cti_code codes[] = {
		CTI_ERR_BAD_NUMBER,	CTI_ERR_NUMBER_BLOCKED,
		CTI_ERR_REGION_MISSING, CTI_ERR_RATE_LIMITED,
		CTI_ERR_AGENT_BUSY,	CTI_ERR_KEY_REUSED,
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

void limits_refused(struct cti_calls *c, struct agent *agent,
		    enum cti_code code)
{
	int64_t now = now_of(c);

	if (!c->refusals || !refusal_counts(code) || agent->paused_until > now)
		return;
	times_note(&agent->refusals, now);
	if (!times_wait(&agent->refusals, now, c->refusals, MINUTE_MS))
		return;
	times_forget(&agent->refusals);
	agent->paused_until = now + c->pause_ms;
	log_warn("dial: %zu refusals of agent \"%s\" within a minute: his "
		 "dials pause for %lld s",
		 c->refusals, agent->id, (long long)c->pause_ms / 1000);
}

/* --- from before the start --- */

static int load_dial(void *arg, const char *id, int64_t at_ms)
{
	struct cti_calls *c = arg;
	struct agent *agent = agents_named(c, id);

	if (agent)
		times_note(&agent->dials, mono_of(c, at_ms) + 1);
	return 0;
}

int limits_load(struct cti_calls *c)
{
	int64_t since = cti_loop_wall_ms(c->loop) - HOUR_MS;
	size_t most = 0;

	for (size_t i = 0; i < c->nagents; i++) {
		most += c->agents[i].dials.n;
		times_forget(&c->agents[i].dials);
	}
	return most ? cti_store_dials(c->store, since, most, load_dial, c) : 0;
}
