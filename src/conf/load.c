/* SPDX-License-Identifier: Apache-2.0 */
/* conf/load.c - all sources, one after the other, and what is wrong in them */
#include "conf/load.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/nearest.h"
#include "conf/schema.h"
#include "cti/conf.h"
#include "cti/json.h"

enum {
	FINDING_MAX = 512,
	SHOWN_MAX = 64,
};

static const char ENV_PREFIX[] = "PATCHCORD_";
static const char FLAGS_NAME[] = "command line";
static const char AGENTS_IN_FILE[] = "agents are named in a file only";

/* --- findings --- */

static const char *origin_text(char *out, size_t size,
			       const struct cti_origin *origin)
{
	if (origin->line)
		(void)snprintf(out, size, "%s:%d", origin->name,
			       origin->line); /* for people: cut is fine */
	else
		(void)snprintf(out, size, "%s", origin->name); /* same */
	return out;
}

void cti_load_report(struct cti_load *load, const struct cti_origin *origin,
		     const char *fmt, ...)
{
	char where[FINDING_MAX], raw[FINDING_MAX], clean[FINDING_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, args); /* cut is fine */
	va_end(args);
	cti_utf8_clean(clean, sizeof(clean), raw, strlen(raw));

	load->count++;
	/* a full buffer: the count still says that it failed */
	(void)!cti_buf_fmt(load->findings, "%s: %s\n",
			   origin_text(where, sizeof(where), origin), clean);
}

/* "sap.region" is near "number.region" for people, not for letters. */
static const struct cti_key *key_by_name(const char *dotted)
{
	const char *dot = strchr(dotted, '.');
	const char *name = dot ? dot + 1 : dotted;
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);

	for (size_t i = 0; i < count; i++) {
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	}
	return NULL;
}

static const struct cti_key *key_nearest(const char *typed,
					 void (*write)(char *,
						       const struct cti_key *))
{
	const struct cti_key *best = NULL;
	struct cti_nearest nearest;
	char text[CTI_KEY_SIZE];
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);

	cti_nearest_init(&nearest, typed);
	for (size_t i = 0; i < count; i++) {
		write(text, &keys[i]);
		if (cti_nearest_offer(&nearest, text))
			best = &keys[i];
	}
	return best;
}

void cti_load_report_key(struct cti_load *load, const struct cti_origin *origin,
			 const char *dotted)
{
	const struct cti_key *best = key_nearest(dotted, cti_schema_dotted);
	char near[CTI_KEY_SIZE];

	if (!best)
		best = key_by_name(dotted);
	if (!best) {
		cti_load_report(load, origin, "unknown key %.*s", SHOWN_MAX,
				dotted);
		return;
	}
	cti_schema_dotted(near, best);
	cti_load_report(load, origin, "unknown key %.*s (%s?)", SHOWN_MAX,
			dotted, near);
}

/* --- values --- */

void cti_load_set(struct cti_load *load, const struct cti_origin *origin,
		  const struct cti_key *key, struct cti_texts *texts)
{
	struct cti_value *value = &load->conf->values[cti_schema_index(key)];
	struct cti_err err = {0};
	char dotted[CTI_KEY_SIZE];

	if (!cti_value_take(value, key, texts, &err)) {
		value->given = true;
		return;
	}
	cti_schema_dotted(dotted, key);
	cti_load_report(load, origin, "%s: %s", dotted, err.text);
}

/* A value from a variable, a flag or the table of defaults. */
static int load_text(struct cti_load *load, const struct cti_origin *origin,
		     const struct cti_key *key, const char *text)
{
	struct cti_texts texts = {0};
	int err;

	if (key->type == CTI_KEY_LIST)
		err = cti_texts_split(&texts, text);
	else
		err = cti_texts_add(&texts, text, strlen(text));
	if (!err)
		cti_load_set(load, origin, key, &texts);
	cti_texts_fini(&texts);
	return err;
}

static int load_defaults(struct cti_load *load)
{
	static const struct cti_origin origin = {"defaults", 0};
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);

	for (size_t i = 0; i < count; i++) {
		int err = load_text(load, &origin, &keys[i], keys[i].fallback);

		if (err)
			return err;
		load->conf->values[i].given = false;
	}
	assert(!load->count); /* the table contradicts itself */
	return 0;
}

static int load_files(struct cti_load *load, const struct cti_conf_source *src)
{
	const char *const *file = src->files;
	int err = 0;

	for (; file && *file && !err; file++)
		err = cti_file_load(load, *file, false);
	if (!err && src->file)
		err = cti_file_load(load, src->file, true);
	return err;
}

/* --- environment and flags --- */

/* Container platforms set these for a service called patchcord. */
static bool env_is_foreign(const char *name)
{
	static const char *const prefixes[] = {"SERVICE_", "PORT", "ENV_",
					       "NAME"};

	name += sizeof(ENV_PREFIX) - 1;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	}
	return false;
}

static const struct cti_key *env_find(const char *name)
{
	char known[CTI_KEY_SIZE];
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);

	for (size_t i = 0; i < count; i++) {
		cti_schema_env(known, &keys[i]);
		if (!strcmp(known, name) && !cti_schema_titled(&keys[i]))
			return &keys[i];
	}
	return NULL;
}

static void env_report(struct cti_load *load, const char *name)
{
	const struct cti_origin origin = {"environment", 0};
	const struct cti_key *best = key_nearest(name, cti_schema_env);
	char near[CTI_KEY_SIZE];
	bool agent;

	if (env_is_foreign(name))
		return;
	if (!best) {
		cti_load_report(load, &origin, "unknown variable %.*s",
				SHOWN_MAX, name);
		return;
	}
	cti_schema_env(near, best);
	agent = !strcmp(near, name); /* else it would be known */
	cti_load_report(load, &origin, "unknown variable %.*s (%s%s)",
			SHOWN_MAX, name, agent ? AGENTS_IN_FILE : near,
			agent ? "" : "?");
}

static int load_variable(struct cti_load *load, const char *variable)
{
	size_t len = strcspn(variable, "=");
	const struct cti_key *key;
	char *name;
	int err = 0;

	if (strncmp(variable, ENV_PREFIX, sizeof(ENV_PREFIX) - 1) != 0 ||
	    variable[len] != '=')
		return 0;
	name = strndup(variable, len);
	if (!name)
		return -ENOMEM;
	key = env_find(name);
	if (key)
		err = load_text(load, &(const struct cti_origin){name, 0}, key,
				variable + len + 1);
	else
		env_report(load, name);
	free(name);
	return err;
}

static int load_env(struct cti_load *load, const char *const *env)
{
	int err = 0;

	for (; env && *env && !err; env++)
		err = load_variable(load, *env);
	return err;
}

static int load_flags(struct cti_load *load, const struct cti_conf_source *src)
{
	const struct cti_origin origin = {FLAGS_NAME, 0};
	int err = 0;

	for (size_t i = 0; i < src->nflags && !err; i++) {
		const struct cti_conf_flag *flag = &src->flags[i];
		const struct cti_key *key = cti_schema_find(flag->key);

		if (!key)
			cti_load_report_key(load, &origin, flag->key);
		else if (cti_schema_titled(key))
			cti_load_report(load, &origin, "%s: %s", flag->key,
					AGENTS_IN_FILE);
		else
			err = load_text(load, &origin, key, flag->value);
	}
	return err;
}

/* --- what no single key can tell --- */

static void check_together(struct cti_load *load)
{
	const struct cti_conf *conf = load->conf;
	const struct cti_origin origin = {"configuration", 0};
	bool cert = *cti_conf_str(conf, "http.tls_cert_file");
	bool private = *cti_conf_str(conf, "http.tls_key_file");
	int64_t least = cti_conf_int(conf, "telephony.reconnect_min_ms");
	int64_t most = cti_conf_int(conf, "telephony.reconnect_max_ms");

	if (cert != private)
		cti_load_report(load, &origin,
				"http.tls_cert_file and http.tls_key_file are "
				"set together or not at all");
	if (least > most)
		cti_load_report(load, &origin,
				"telephony.reconnect_min_ms is over "
				"telephony.reconnect_max_ms");
}

static int load_all(struct cti_load *load, const struct cti_conf_source *src)
{
	int err = load_defaults(load);

	if (!err)
		err = load_files(load, src);
	if (!err)
		err = load_env(load, src->env);
	if (!err)
		err = load_flags(load, src);
	if (!err && !load->count)
		check_together(load);
	if (!err && load->count)
		err = -EINVAL;
	return err;
}

int cti_conf_load(struct cti_conf **confp, const struct cti_conf_source *src,
		  struct cti_buf *errors)
{
	struct cti_load load = {.findings = errors};
	struct cti_conf *conf = calloc(1, sizeof(*conf));
	size_t count;
	int err = -ENOMEM;

	(void)cti_schema_keys(&count); /* the count is what is wanted */
	if (!conf)
		goto out;
	conf->values = calloc(count, sizeof(*conf->values));
	if (!conf->values)
		goto out;

	load.conf = conf;
	err = load_all(&load, src);
	if (err)
		goto out;
	*confp = conf;
	conf = NULL;
out:
	cti_conf_destroy(conf);
	return err;
}
