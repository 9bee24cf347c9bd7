/* SPDX-License-Identifier: Apache-2.0 */
/* conf/swap.c - what of a newer configuration counts without a restart */
#include <stdlib.h>
#include <string.h>

#include "conf/load.h"
#include "conf/schema.h"
#include "cti/conf.h"

/* Sections and keys that are read when they are needed, or read again; what
 * is not here waits for a restart. */
static const char *const live[] = {
	"sap",
	"sap_fields",
	"number",
	"dial",
	"log",
	"agent",
	"push",
	"simulator",
	"store.keep_days",
	"http.allowed_hosts",
	"http.public_origins",
	"http.max_body",
	"http.host_page",
};

bool cti_conf_live(const char *dotted)
{
	size_t section = strcspn(dotted, ".");

	for (size_t i = 0; i < sizeof(live) / sizeof(live[0]); i++) {
		size_t len = strlen(live[i]);

		if (strcmp(live[i], dotted) == 0 ||
		    (len == section && strncmp(live[i], dotted, len) == 0))
			return true;
	}
	return false;
}

static bool texts_equal(const struct cti_texts *a, const struct cti_texts *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

static bool agents_equal(const struct cti_agents *a, const struct cti_agents *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i].id, b->items[i].id) != 0 ||
		    strcmp(a->items[i].device, b->items[i].device) != 0)
			return false;
	return true;
}

static bool swap_agents(struct cti_conf *conf, struct cti_conf *fresh)
{
	struct cti_agents old = conf->agents;

	if (agents_equal(&conf->agents, &fresh->agents))
		return false;
	conf->agents = fresh->agents;
	fresh->agents = old;
	return true;
}

static void swap_value(struct cti_value *a, struct cti_value *b)
{
	struct cti_value old = *a;

	*a = *b;
	*b = old;
}

size_t cti_conf_swap(struct cti_conf *conf, struct cti_conf *fresh,
		     cti_conf_change_fn *fn, void *arg)
{
	size_t count, changed = 0;
	const struct cti_key *keys = cti_schema_keys(&count);
	char dotted[CTI_KEY_SIZE];

	for (size_t i = 0; i < count; i++) {
		bool waits;

		if (texts_equal(&conf->values[i].texts,
				&fresh->values[i].texts))
			continue;
		cti_schema_dotted(dotted, &keys[i]);
		waits = !cti_conf_live(dotted);
		if (!waits) {
			swap_value(&conf->values[i], &fresh->values[i]);
			changed++;
		}
		if (fn)
			fn(arg, dotted, waits);
	}
	if (swap_agents(conf, fresh)) {
		changed++;
		if (fn)
			fn(arg, "agent", false);
	}
	return changed;
}

void cti_conf_keep(struct cti_conf *conf, struct cti_conf *old)
{
	old->older = conf->older;
	conf->older = old;
}
