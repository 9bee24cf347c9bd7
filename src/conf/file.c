/* SPDX-License-Identifier: Apache-2.0 */
/* conf/file.c - one configuration file, read by libConfuse */
#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/load.h"
#include "conf/nearest.h"
#include "conf/schema.h"

/*
 * libConfuse only splits the text: every value stays a text until our own
 * checks see it, so that one wrong value hides no other. It stops at the
 * first unknown name, though; therefore each such name is reported, declared
 * as a stray and the file read again.
 */

enum {
	STRAYS_MAX = 32, /* unknown names that are reported for one file */
	ARGS_MAX = 160,
	FILE_MAX_BYTES = 256 * 1024,
	AGENT_ID_MAX = 64,
};

/* How an unknown name is declared; tried in this order at the top level. */
enum shape {
	SHAPE_SECTION,
	SHAPE_TITLED,
	SHAPE_LIST, /* takes a single value, too */
};

struct stray {
	char *section;
	char *name;
	enum shape shape;
};

struct file {
	struct file *self; /* what the context option points at */
	struct cti_load *load;
	const char *path;
	int *lines; /* of each key of the schema; 0 = not in the file */
	struct stray strays[STRAYS_MAX];
	size_t nstrays;
	bool again; /* the parser stopped at a stray: read once more */
	int err;    /* -ENOMEM inside a callback */
};

/* Its option carries the struct file to libConfuse's callbacks. */
static const char CONTEXT_NAME[] = "\001file";
static const char ROOT_NAME[] = "root";

static struct file *file_find(cfg_t *cfg)
{
	return cfg_getptr(cfg, CONTEXT_NAME);
}

static bool cfg_is_root(const cfg_t *cfg)
{
	return !strcmp(cfg->name, ROOT_NAME);
}

/* --- what libConfuse calls --- */

static int on_value(cfg_t *cfg, cfg_opt_t *opt)
{
	struct file *file = file_find(cfg);
	const struct cti_key *key = cti_schema_find_in(cfg->name, opt->name);

	if (key)
		file->lines[cti_schema_index(key)] = cfg->line;
	return 0;
}

static void report_unknown_section(struct file *file, const char *name,
				   int line)
{
	const struct cti_origin origin = {file->path, line};
	struct cti_nearest nearest;
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);

	cti_nearest_init(&nearest, name);
	for (size_t i = 0; i < count; i++)
		(void)cti_nearest_offer(&nearest, keys[i].section); /* best */
	if (nearest.best)
		cti_load_report(file->load, &origin, "unknown section %s (%s?)",
				name, nearest.best);
	else
		cti_load_report(file->load, &origin, "unknown section %s",
				name);
}

static void report_stray(struct file *file, const cfg_t *cfg, const char *name)
{
	const struct cti_origin origin = {file->path, cfg->line};
	char dotted[ARGS_MAX];

	if (cfg_is_root(cfg)) {
		report_unknown_section(file, name, cfg->line);
	} else if (cti_schema_has_section(cfg->name)) {
		(void)snprintf(dotted, sizeof(dotted), "%s.%s", cfg->name,
			       name); /* for people: cut is fine */
		cti_load_report_key(file->load, &origin, dotted);
	}
}

static struct stray *stray_find(struct file *file, const char *section,
				const char *name)
{
	for (size_t i = 0; i < file->nstrays; i++) {
		struct stray *stray = &file->strays[i];

		if (!strcmp(stray->section, section) &&
		    !strcmp(stray->name, name))
			return stray;
	}
	return NULL;
}

static bool is_declared(struct file *file, const char *section,
			const char *name)
{
	if (!strcmp(section, ROOT_NAME) && cti_schema_has_section(name))
		return true;
	return cti_schema_find_in(section, name) ||
	       stray_find(file, section, name);
}

/* False: it is declared and stays unknown all the same (a path: "a|b"). */
static bool stray_add(struct file *file, const cfg_t *cfg, const char *name)
{
	const struct cti_origin origin = {file->path, cfg->line};
	struct stray *stray;

	if (is_declared(file, cfg->name, name))
		return false;
	if (file->nstrays == STRAYS_MAX) {
		cti_load_report(file->load, &origin,
				"too many unknown names, the rest is not read");
		return true;
	}
	stray = &file->strays[file->nstrays++];
	*stray = (struct stray){
		.section = strdup(cfg->name),
		.name = strdup(name),
		.shape = cfg_is_root(cfg) ? SHAPE_SECTION : SHAPE_LIST,
	};
	report_stray(file, cfg, name);
	if (!stray->section || !stray->name)
		file->err = -ENOMEM;
	file->again = !file->err;
	return true;
}

/* A stray of the top level was no section, or one with a title. */
static bool stray_reshape(struct file *file, const cfg_t *cfg, const char *name)
{
	struct stray *stray = stray_find(file, cfg->name, name);

	if (!stray || stray->shape == SHAPE_LIST)
		return false;
	stray->shape++;
	file->again = true;
	return true;
}

/* The first value of fmt, where that is a quoted name. */
static void error_name(char *name, size_t size, const char *fmt, va_list args)
{
	const char *quote = strchr(fmt, '\'');

	name[0] = '\0';
	if (quote && !strncmp(quote, "'%s'", 4) && strchr(fmt, '%') > quote)
		(void)snprintf(name, size, "%s",
			       va_arg(args, const char *)); /* cut is fine */
}

CTI_PRINTF(2, 0)
static void on_error(cfg_t *cfg, const char *fmt, va_list args)
{
	struct file *file = file_find(cfg);
	const struct cti_origin origin = {file->path, cfg->line};
	char text[ARGS_MAX], name[ARGS_MAX];
	va_list again;

	va_copy(again, args);
	(void)vsnprintf(text, sizeof(text), fmt, again); /* cut is fine */
	va_end(again);
	error_name(name, sizeof(name), fmt, args);

	if (!strncmp(fmt, "no such option ", 15) && stray_add(file, cfg, name))
		return;
	if (!strncmp(fmt, "missing ", 8) && stray_reshape(file, cfg, name))
		return;
	cti_load_report(file->load, &origin, "%s", text);
}

/* --- the declarations, from the schema and the strays --- */

/* Somebody wrote its name into the file. */
static int refuse_context(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			  void *result)
{
	(void)opt;    /* there is one */
	(void)value;  /* none is right */
	(void)result; /* none is written */
	cfg_error(cfg, "unexpected name");
	return -1;
}

static void declare_context(struct file *file, cfg_opt_t *opt)
{
	void *self = &file->self;

	*opt = (cfg_opt_t){
		.name = CONTEXT_NAME,
		.type = CFGT_PTR,
		.flags = CFGF_NODEFAULT,
		.simple_value.ptr = self,
		.parsecb = refuse_context,
	};
}

static void declare_value(cfg_opt_t *opt, const char *name, bool list)
{
	*opt = (cfg_opt_t){
		.name = name,
		.type = CFGT_STR,
		.flags = CFGF_NODEFAULT | (list ? CFGF_LIST : CFGF_NONE),
		.validcb = on_value,
	};
}

/* The keys of one section, with the strays in it. */
static int declare_keys(cfg_opt_t **optsp, struct file *file,
			const char *section)
{
	size_t count, n = 0;
	const struct cti_key *keys = cti_schema_keys(&count);
	cfg_opt_t *opts = calloc(count + file->nstrays + 2, sizeof(*opts));

	if (!opts)
		return -ENOMEM;

	for (size_t i = 0; i < count; i++) {
		if (!strcmp(keys[i].section, section))
			declare_value(&opts[n++], keys[i].name,
				      keys[i].type == CTI_KEY_LIST);
	}
	for (size_t i = 0; i < file->nstrays; i++) {
		if (!strcmp(file->strays[i].section, section))
			declare_value(&opts[n++], file->strays[i].name, true);
	}
	declare_context(file, &opts[n]);
	*optsp = opts;
	return 0;
}

static int declare_section(cfg_opt_t *opt, struct file *file, const char *name,
			   cfg_flag_t flags)
{
	cfg_opt_t *keys;
	int err = declare_keys(&keys, file, name);

	if (err)
		return err;
	*opt = (cfg_opt_t){
		.name = name,
		.type = CFGT_SEC,
		.flags = flags,
		.subopts = keys,
	};
	return 0;
}

static int declare_stray(cfg_opt_t *opt, struct file *file,
			 const struct stray *stray)
{
	if (stray->shape == SHAPE_LIST) {
		declare_value(opt, stray->name, true);
		return 0;
	}
	return declare_section(opt, file, stray->name,
			       stray->shape == SHAPE_TITLED
				       ? CFGF_MULTI | CFGF_TITLE
				       : CFGF_MULTI);
}

static int declare_known(cfg_opt_t *opts, size_t *np, struct file *file)
{
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);

	for (size_t i = 0; i < count; i++) {
		cfg_flag_t flags = CFGF_NONE;
		int err;

		if (i && !strcmp(keys[i].section, keys[i - 1].section))
			continue;
		if (cti_schema_titled(&keys[i]))
			flags = CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES;
		err = declare_section(&opts[*np], file, keys[i].section, flags);
		if (err)
			return err;
		(*np)++;
	}
	return 0;
}

static int declare_root(cfg_opt_t *opts, struct file *file)
{
	size_t n = 0;
	int err = declare_known(opts, &n, file);

	for (size_t i = 0; i < file->nstrays && !err; i++) {
		if (strcmp(file->strays[i].section, ROOT_NAME) != 0)
			continue;
		err = declare_stray(&opts[n++], file, &file->strays[i]);
	}
	if (!err)
		declare_context(file, &opts[n]);
	return err;
}

static void decls_free(cfg_opt_t *opts)
{
	for (cfg_opt_t *opt = opts; opt && opt->name; opt++)
		free(opt->subopts);
	free(opts);
}

/* libConfuse copies the declarations. */
static int file_declare(cfg_t **cfgp, struct file *file)
{
	size_t count;
	cfg_opt_t *opts;
	int err;

	(void)cti_schema_keys(&count); /* more than there are sections */
	opts = calloc(count + file->nstrays + 2, sizeof(*opts));
	if (!opts)
		return -ENOMEM;
	err = declare_root(opts, file);
	if (!err) {
		*cfgp = cfg_init(opts, CFGF_NONE);
		err = *cfgp ? 0 : -ENOMEM;
	}
	decls_free(opts);
	return err;
}

/* --- from what was parsed to values --- */

static int texts_of_option(struct cti_texts *texts, const cfg_opt_t *opt)
{
	for (unsigned i = 0; i < opt->nvalues; i++) {
		const char *text = opt->values[i]->string;
		int err = text ? cti_texts_add(texts, text, strlen(text)) : 0;

		if (err)
			return err;
	}
	return 0;
}

static int take_key(struct file *file, cfg_t *cfg, const struct cti_key *key)
{
	const struct cti_origin origin = {file->path,
					  file->lines[cti_schema_index(key)]};
	cfg_opt_t *opt = cfg_getopt(cfg_getsec(cfg, key->section), key->name);
	struct cti_texts texts = {0};
	int err = 0;

	if (!opt || !(opt->flags & CFGF_MODIFIED))
		return 0;
	err = texts_of_option(&texts, opt);
	if (!err && (texts.count || key->type == CTI_KEY_LIST))
		cti_load_set(file->load, &origin, key, &texts);
	cti_texts_fini(&texts);
	return err;
}

static bool agent_id_ok(const char *id)
{
	size_t len = strlen(id);

	for (size_t i = 0; i < len; i++) {
		if (id[i] <= ' ' || id[i] > '~')
			return false;
	}
	return len > 0 && len <= AGENT_ID_MAX;
}

static int take_agent(struct file *file, cfg_t *section)
{
	const struct cti_key *key = cti_schema_find("agent.device");
	const struct cti_origin origin = {file->path, section->line};
	const char *id = cfg_title(section);
	const char *device = cfg_getstr(section, key->name);
	struct cti_texts texts = {0};
	struct cti_value value = {0};
	struct cti_err why = {0};
	int err = -ENOMEM;

	if (!agent_id_ok(id))
		cti_load_report(file->load, &origin,
				"agent \"%s\": an ID is 1 to %d visible "
				"characters without blanks",
				id, AGENT_ID_MAX);
	if (!device)
		device = key->fallback;
	if (cti_texts_add(&texts, device, strlen(device)))
		goto out;
	if (cti_value_take(&value, key, &texts, &why))
		cti_load_report(file->load, &origin, "agent.device: %s",
				why.text);
	err = cti_agents_add(&file->load->conf->agents, id, device);
out:
	cti_texts_fini(&texts);
	cti_value_fini(&value);
	return err;
}

static int take_agents(struct file *file, cfg_t *cfg)
{
	unsigned count = cfg_size(cfg, "agent");
	int err = 0;

	if (count)
		cti_agents_fini(&file->load->conf->agents);
	for (unsigned i = 0; i < count && !err; i++)
		err = take_agent(file, cfg_getnsec(cfg, "agent", i));
	return err;
}

static int take_all(struct file *file, cfg_t *cfg)
{
	size_t count;
	const struct cti_key *keys = cti_schema_keys(&count);

	for (size_t i = 0; i < count; i++) {
		int err = 0;

		if (!cti_schema_titled(&keys[i]))
			err = take_key(file, cfg, &keys[i]);
		if (err)
			return err;
	}
	return take_agents(file, cfg);
}

/* --- the file --- */

/* Some failures libConfuse keeps to itself. */
static int silent_failure(struct file *file, const cfg_t *cfg, int cause)
{
	const struct cti_origin origin = {file->path, cfg->line};

	if (cause == ENOMEM)
		return -ENOMEM;
	cti_load_report(file->load, &origin, "not understood");
	return 0;
}

static int file_pass(struct file *file, const char *text)
{
	size_t before = file->load->count;
	cfg_t *cfg = NULL;
	int err = file_declare(&cfg, file);
	int failed;

	if (err)
		return err;
	(void)cfg_set_error_function(cfg, on_error); /* the old one: none */
	file->again = false;
	errno = 0;
	failed = cfg_parse_buf(cfg, text);
	if (failed && !file->again && !file->err && file->load->count == before)
		file->err = silent_failure(file, cfg, errno);
	err = file->err;
	if (!err && !failed)
		err = take_all(file, cfg);
	(void)cfg_free(cfg); /* fails for NULL only */
	return err;
}

static int file_parse(struct cti_load *load, const char *path, const char *text)
{
	struct file file = {.self = NULL, .load = load, .path = path};
	size_t count;
	int err;

	(void)cti_schema_keys(&count); /* the count is what is wanted */
	file.self = &file;
	file.lines = calloc(count, sizeof(*file.lines));
	if (!file.lines)
		return -ENOMEM;

	do
		err = file_pass(&file, text);
	while (file.again && !err);

	for (size_t i = 0; i < file.nstrays; i++) {
		free(file.strays[i].section);
		free(file.strays[i].name);
	}
	free(file.lines);
	return err;
}

static int file_read(struct cti_buf *buf, const char *path)
{
	char block[4096];
	size_t len;
	int err = 0;
	FILE *fp = fopen(path, "r");

	if (!fp)
		return -errno;
	while (!err && (len = fread(block, 1, sizeof(block), fp)) > 0)
		err = cti_buf_add(buf, block, len);
	if (!err && ferror(fp))
		err = errno ? -errno : -EIO;
	(void)fclose(fp); /* nothing was written */
	if (!err && memchr(cti_buf_text(buf), '\0', buf->len))
		err = -EILSEQ;
	return err == -ENOBUFS ? -EFBIG : err;
}

static bool is_missing(int err)
{
	return err == -ENOENT || err == -ENOTDIR;
}

int cti_file_load(struct cti_load *load, const char *path, bool required)
{
	static const char mark[] = "\xef\xbb\xbf"; /* some editors' first */
	const struct cti_origin origin = {path, 0};
	struct cti_buf buf;
	const char *text;
	int err;

	cti_buf_init(&buf, FILE_MAX_BYTES);
	err = file_read(&buf, path);
	text = cti_buf_text(&buf);
	if (!err) {
		if (!strncmp(text, mark, 3))
			text += 3;
		err = file_parse(load, path, text);
	} else if (err != -ENOMEM) {
		if (required || !is_missing(err))
			cti_load_report(load, &origin, "cannot be read: %s",
					strerror(-err));
		err = 0;
	}
	cti_buf_fini(&buf);
	return err;
}
