/* SPDX-License-Identifier: Apache-2.0 */
/* conf/conf.c - the values, read by key */
#include "cti/conf.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/load.h"
#include "conf/schema.h"

/* --- agents --- */

int cti_agents_add(struct cti_agents *agents, const char *id,
		   const char *device)
{
	struct cti_agent agent = {strdup(id), strdup(device)};
	struct cti_agent *items = NULL;

	if (agent.id && agent.device)
		items = realloc(agents->items,
				(agents->count + 1) * sizeof(*items));
	if (!items) {
		free(agent.id);
		free(agent.device);
		return -ENOMEM;
	}
	agents->items = items;
	items[agents->count++] = agent;
	return 0;
}

void cti_agents_fini(struct cti_agents *agents)
{
	for (size_t i = 0; i < agents->count; i++) {
		free(agents->items[i].id);
		free(agents->items[i].device);
	}
	free(agents->items);
	*agents = (struct cti_agents){0};
}

size_t cti_conf_agents(const struct cti_conf *conf)
{
	return conf->agents.count;
}

const char *cti_conf_agent_id(const struct cti_conf *conf, size_t index)
{
	assert(index < conf->agents.count);
	return conf->agents.items[index].id;
}

const char *cti_conf_agent_device(const struct cti_conf *conf, size_t index)
{
	assert(index < conf->agents.count);
	return conf->agents.items[index].device;
}

/* --- values --- */

static const struct cti_value *conf_value(const struct cti_conf *conf,
					  const char *dotted,
					  enum cti_key_type type)
{
	const struct cti_key *key = cti_schema_find(dotted);

	assert(key && key->type == type);
	(void)type; /* without assertions */
	return &conf->values[cti_schema_index(key)];
}

const char *cti_conf_str(const struct cti_conf *conf, const char *key)
{
	const struct cti_key *found = cti_schema_find(key);
	bool word = found && found->type == CTI_KEY_WORD;

	return conf_value(conf, key, word ? CTI_KEY_WORD : CTI_KEY_TEXT)
		->texts.items[0];
}

int64_t cti_conf_int(const struct cti_conf *conf, const char *key)
{
	return conf_value(conf, key, CTI_KEY_INT)->number;
}

bool cti_conf_bool(const struct cti_conf *conf, const char *key)
{
	return conf_value(conf, key, CTI_KEY_BOOL)->number != 0;
}

bool cti_conf_is(const struct cti_conf *conf, const char *key, const char *word)
{
	const struct cti_value *value = conf_value(conf, key, CTI_KEY_WORD);

	return !strcmp(value->texts.items[0], word);
}

size_t cti_conf_count(const struct cti_conf *conf, const char *key)
{
	return conf_value(conf, key, CTI_KEY_LIST)->texts.count;
}

const char *cti_conf_item(const struct cti_conf *conf, const char *key,
			  size_t index)
{
	const struct cti_value *value = conf_value(conf, key, CTI_KEY_LIST);

	assert(index < value->texts.count);
	return value->texts.items[index];
}

bool cti_conf_given(const struct cti_conf *conf, const char *key)
{
	const struct cti_key *found = cti_schema_find(key);

	assert(found);
	return conf->values[cti_schema_index(found)].given;
}

static void conf_free(struct cti_conf *conf)
{
	size_t count;

	(void)cti_schema_keys(&count); /* the count is what is wanted */
	for (size_t i = 0; conf->values && i < count; i++)
		cti_value_fini(&conf->values[i]);
	free(conf->values);
	cti_agents_fini(&conf->agents);
	free(conf);
}

void cti_conf_destroy(struct cti_conf *conf)
{
	while (conf) {
		struct cti_conf *older = conf->older;

		conf_free(conf);
		conf = older;
	}
}

void cti_conf_fields(const struct cti_conf *conf,
		     struct cti_field out[CTI_FIELDS])
{
	static const struct {
		const char *key;
		enum cti_fact fact;
	} fields[CTI_FIELDS] = {
		{"sap_fields.Custom_1", CTI_FACT_CUSTOM_1},
		{"sap_fields.Custom_2", CTI_FACT_CUSTOM_2},
		{"sap_fields.Custom_3", CTI_FACT_CUSTOM_3},
		{"sap_fields.Custom_4", CTI_FACT_CUSTOM_4},
		{"sap_fields.TicketID", CTI_FACT_TICKET},
		{"sap_fields.BP", CTI_FACT_BP},
		{"sap_fields.Serial", CTI_FACT_SERIAL},
	};

	for (size_t i = 0; i < CTI_FIELDS; i++)
		out[i] = (struct cti_field){
			.fact = fields[i].fact,
			.variable = cti_conf_str(conf, fields[i].key),
		};
}
