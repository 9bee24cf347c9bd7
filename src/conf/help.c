/* SPDX-License-Identifier: Apache-2.0 */
/* conf/help.c - the schema as help and as an example file */
#include <string.h>

#include "conf/schema.h"
#include "cti/conf.h"

enum {
	RANGE_SIZE = 128,
	FALLBACK_MAX = 4096,
};

static bool key_is_first(const struct cti_key *keys, size_t index)
{
	return !index ||
	       strcmp(keys[index].section, keys[index - 1].section) != 0;
}

/* --- values as the file's syntax has them --- */

static int write_quoted(struct cti_buf *out, const char *text, size_t len)
{
	return cti_buf_fmt(out, "\"%.*s\"", (int)len, text);
}

static int write_list(struct cti_buf *out, const char *list)
{
	int err = cti_buf_str(out, "{");

	while (!err && *list) {
		size_t len = strcspn(list, ",");

		err = write_quoted(out, list, len);
		list += len;
		if (!err && *list) {
			err = cti_buf_str(out, ", ");
			list++;
		}
	}
	return err ? err : cti_buf_str(out, "}");
}

static int write_default(struct cti_buf *out, const struct cti_key *key)
{
	const char *text = key->fallback;

	if (key->type == CTI_KEY_LIST)
		return write_list(out, text);
	if (key->type == CTI_KEY_INT || key->type == CTI_KEY_BOOL)
		return cti_buf_str(out, text);
	return write_quoted(out, text, strlen(text));
}

/* --- help-config --- */

static int help_section(struct cti_buf *out, const struct cti_key *key)
{
	return cti_buf_fmt(out, "\n%s%s:\n", key->section,
			   cti_schema_titled(key) ? " \"ID\"" : "");
}

static int help_key(struct cti_buf *out, const struct cti_key *key)
{
	char range[RANGE_SIZE], env[CTI_KEY_SIZE];
	int err;

	cti_schema_range(range, sizeof(range), key);
	cti_schema_env(env, key);
	err = cti_buf_fmt(out, "  %s = ", key->name);
	if (!err)
		err = write_default(out, key);
	if (!err)
		err = cti_buf_fmt(out, "\n      %s\n      %s\n", key->help,
				  range);
	if (!err && !cti_schema_titled(key))
		err = cti_buf_fmt(out, "      %s\n", env);
	return err;
}

int cti_conf_help(struct cti_buf *out)
{
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);
	int err = cti_buf_str(
		out, "Each key with its default, what it does, what it takes "
		     "and its variable.\nLater sources win: defaults, "
		     "/etc/patchcord/patchcord.conf,\n"
		     "~/.config/patchcord/patchcord.conf, -c FILE, the "
		     "environment (lists with commas),\nflags (--set "
		     "section.key=value). The last file with agents names all "
		     "agents.\n");

	for (size_t i = 0; i < count && !err; i++) {
		if (key_is_first(keys, i))
			err = help_section(out, &keys[i]);
		if (!err)
			err = help_key(out, &keys[i]);
	}
	return err;
}

/* --- the example file --- */

static int example_begin(struct cti_buf *out, const struct cti_key *key)
{
	/* a real agent section would make this a relay of several agents */
	if (cti_schema_titled(key))
		return cti_buf_fmt(out, "\n# %s \"SERVICEAGENT01\" {\n",
				   key->section);
	return cti_buf_fmt(out, "\n%s {\n", key->section);
}

static int example_end(struct cti_buf *out, const struct cti_key *key)
{
	return cti_buf_str(out, cti_schema_titled(key) ? "# }\n" : "}\n");
}

static int example_key(struct cti_buf *out, const struct cti_key *key)
{
	char range[RANGE_SIZE];
	int err;

	cti_schema_range(range, sizeof(range), key);
	err = cti_buf_fmt(out, "\t# %s\n\t# %s\n\t# %s = ", key->help, range,
			  key->name);
	if (!err)
		err = write_default(out, key);
	return err ? err : cti_buf_str(out, "\n");
}

int cti_conf_example(struct cti_buf *out)
{
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);
	int err = cti_buf_str(
		out, "# patchcord.conf: every key at its default. Remove a "
		     "\"# \" to set one.\n");

	for (size_t i = 0; i < count && !err; i++) {
		err = key_is_first(keys, i) ? example_begin(out, &keys[i])
					    : cti_buf_str(out, "\n");
		if (!err)
			err = example_key(out, &keys[i]);
		if (!err && (i + 1 == count || key_is_first(keys, i + 1)))
			err = example_end(out, &keys[i]);
	}
	return err;
}

/* --- for other pages --- */

static int key_tell(const struct cti_key *key, struct cti_buf *fallback,
		    cti_conf_about_fn *fn, void *arg)
{
	char range[RANGE_SIZE], env[CTI_KEY_SIZE];
	struct cti_conf_about about = {
		.section = key->section,
		.name = key->name,
		.titled = cti_schema_titled(key),
		.range = range,
		.help = key->help,
	};
	int err = write_default(fallback, key);

	if (err)
		return err;
	cti_schema_range(range, sizeof(range), key);
	cti_schema_env(env, key);
	about.env = about.titled ? NULL : env;
	about.fallback = cti_buf_text(fallback);
	return fn(arg, &about);
}

int cti_conf_each(cti_conf_about_fn *fn, void *arg)
{
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);
	struct cti_buf fallback;
	int err = 0;

	cti_buf_init(&fallback, FALLBACK_MAX);
	for (size_t i = 0; i < count && !err; i++) {
		cti_buf_reset(&fallback);
		err = key_tell(&keys[i], &fallback, fn, arg);
	}
	cti_buf_fini(&fallback);
	return err;
}
