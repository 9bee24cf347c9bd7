/* SPDX-License-Identifier: Apache-2.0 */
/* call/probe.c - the driver is asked, one question at a time, if it may dial */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call/priv.h"

enum { PROBE_MS = 4000 };

struct probe {
	STAILQ_ENTRY(probe) entry;
	char *device;
	cti_probe_fn *fn;
	void *arg;
};

static void probe_answer(struct cti_calls *c, bool ok, const char *why)
{
	struct probe *probe = STAILQ_FIRST(&c->probes);

	c->probing = false;
	STAILQ_REMOVE_HEAD(&c->probes, entry);
	cti_timer_stop(c->probe_timer);
	if (!STAILQ_EMPTY(&c->probes))
		cti_timer_start(c->probe_timer, 0);
	probe->fn(probe->arg, ok, why);
	free(probe->device);
	free(probe);
}

static void probe_begin(struct cti_calls *c)
{
	const struct probe *probe = STAILQ_FIRST(&c->probes);
	int err;

	/* its answer would be taken for that of the next question */
	if (c->probe_stuck) {
		probe_answer(c, false,
			     "the switch still owes an earlier answer");
		return;
	}
	c->probing = true;
	err = c->ops->probe(c->drv, probe->device);
	if (err)
		probe_answer(c, false, strerror(-err));
	else
		cti_timer_start(c->probe_timer, PROBE_MS);
}

static void probe_step(void *arg)
{
	struct cti_calls *c = arg;

	if (!c->probing) {
		probe_begin(c);
		return;
	}
	c->probe_stuck = true;
	probe_answer(c, false, "the switch did not answer the question");
}

void switch_on_probe(void *arg, bool ok, const char *why)
{
	struct cti_calls *c = arg;

	c->probe_stuck = false;
	if (c->probing)
		probe_answer(c, ok, why ? why : "");
}

/* Questions go with the connection; a new one owes no answer. */
void probes_lost(struct cti_calls *c)
{
	c->probe_stuck = false;
	if (c->probing)
		probe_answer(c, false, "the link to the switch was lost");
}

void probes_clear(struct cti_calls *c)
{
	while (!STAILQ_EMPTY(&c->probes))
		probe_answer(c, false, "the relay is shutting down");
	cti_timer_destroy(c->probe_timer);
	c->probe_timer = NULL;
}

int cti_calls_probe(struct cti_calls *c, const char *device, cti_probe_fn *fn,
		    void *arg)
{
	struct probe *probe;
	int err = 0;

	if (!c->ops || !c->ops->probe || c->stopping)
		return -ENOSYS;
	if (!c->probe_timer)
		err = cti_timer_new(&c->probe_timer, c->loop, probe_step, c);
	probe = err ? NULL : calloc(1, sizeof(*probe));
	if (!probe)
		return -ENOMEM;
	probe->fn = fn;
	probe->arg = arg;
	probe->device = strdup(device);
	if (!probe->device) {
		free(probe);
		return -ENOMEM;
	}
	if (STAILQ_EMPTY(&c->probes))
		cti_timer_start(c->probe_timer, 0);
	STAILQ_INSERT_TAIL(&c->probes, probe, entry);
	return 0;
}
