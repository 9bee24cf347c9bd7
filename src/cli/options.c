/* SPDX-License-Identifier: Apache-2.0 */
/* cli/options.c - options by a table, and the sources they make */
#include "cli/options.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/nearest.h"

enum {
	SHOWN_MAX = 40, /* bytes of a wrong word that are repeated */
};

#define refuse(err, ...)                                                       \
	cti_err_set((err), EINVAL, CTI_ERR_BAD_REQUEST, __VA_ARGS__)

/* --- flags: configuration keys with their values --- */

static size_t flag_find(const struct cti_args *args, const char *key)
{
	size_t i = 0;

	while (i < args->nflags && strcmp(args->flags[i].key, key) != 0)
		i++;
	return i;
}

/* Appends text without its NUL; returns the end. */
static char *text_put(char *to, const char *text)
{
	size_t len = strlen(text);

	memcpy(to, text, len);
	return to + len;
}

/* Key and value share one allocation: "key\0value", or "key\0first,value". */
static int flag_write(struct cti_args *args, size_t at, const char *key,
		      const char *first, const char *value)
{
	size_t key_size = strlen(key) + 1;
	/* calloc: the NULs and the comma have their room */
	char *text = calloc(key_size + strlen(first) + strlen(value) + 2, 1);
	char *to;

	if (!text)
		return -ENOMEM;
	(void)text_put(text, key); /* key_size says where it ends */
	to = text_put(text + key_size, first);
	if (*first)
		*to++ = ',';
	(void)text_put(to, value); /* the NUL is there */
	if (at == args->nflags)
		args->nflags++;
	else
		free(args->texts[at]);
	args->texts[at] = text;
	args->flags[at] = (struct cti_conf_flag){text, text + key_size};
	return 0;
}

static int flag_add(struct cti_args *args, const char *key, const char *value,
		    bool item, struct cti_err *err)
{
	size_t at = flag_find(args, key);
	bool known = at < args->nflags;

	if (at == CTI_FLAGS_MAX)
		return refuse(err, "more than %d keys are set", CTI_FLAGS_MAX);
	if (flag_write(args, at, key,
		       item && known ? args->flags[at].value : "", value))
		return cti_err_set(err, ENOMEM, CTI_ERR_INTERNAL,
				   "out of memory");
	return 0;
}

static int flag_set(struct cti_args *args, const char *text,
		    struct cti_err *err)
{
	const char *equal = strchr(text, '=');
	char key[2 * SHOWN_MAX];
	size_t len = equal ? (size_t)(equal - text) : 0;

	if (!len || len >= sizeof(key) || !memchr(text, '.', len))
		return refuse(err, "--set %.*s is not section.key=value",
			      SHOWN_MAX, text);
	memcpy(key, text, len);
	key[len] = '\0';
	return flag_add(args, key, equal + 1, false, err);
}

/* --- options --- */

static size_t options_count(const struct cti_option *options)
{
	size_t count = 0;

	while (options[count].name)
		count++;
	assert(count <= CTI_OPTIONS_MAX);
	return count;
}

static const struct cti_option *option_by_name(const struct cti_args *args,
					       const char *name, size_t len)
{
	for (const struct cti_option *opt = args->options; opt->name; opt++) {
		if (!strncmp(opt->name, name, len) && !opt->name[len])
			return opt;
	}
	return NULL;
}

static const struct cti_option *option_by_letter(const struct cti_args *args,
						 char letter)
{
	for (const struct cti_option *opt = args->options; opt->name; opt++) {
		if (opt->letter && opt->letter == letter)
			return opt;
	}
	return NULL;
}

static int refuse_unknown(const struct cti_args *args, const char *word,
			  struct cti_err *err)
{
	const char *start = word + strspn(word, "-");
	size_t len = strcspn(start, "="); /* "--liten=x" is near "listen" */
	struct cti_nearest nearest;
	char name[SHOWN_MAX] = "";

	memcpy(name, start, len < sizeof(name) ? len : sizeof(name) - 1);
	cti_nearest_init(&nearest, name);
	for (const struct cti_option *opt = args->options; opt->name; opt++)
		(void)cti_nearest_offer(&nearest, opt->name); /* best is read */
	if (nearest.best)
		return refuse(err, "unknown option %.*s (--%s?)", SHOWN_MAX,
			      word, nearest.best);
	return refuse(err, "unknown option %.*s", SHOWN_MAX, word);
}

static int option_apply(struct cti_args *args, const struct cti_option *opt,
			const char *value, struct cti_err *err)
{
	args->values[opt - args->options] = value;
	switch (opt->kind) {
	case CTI_OPTION_KEY:
		return flag_add(args, opt->key, value, false, err);
	case CTI_OPTION_ITEM:
		return flag_add(args, opt->key, value, true, err);
	case CTI_OPTION_SET:
		return flag_set(args, value, err);
	case CTI_OPTION_PLAIN:
	default:
		return 0;
	}
}

/* One option; *argvp moves on when its value is the next word. */
static int option_parse(struct cti_args *args, char *const **argvp,
			struct cti_err *err)
{
	const char *word = **argvp;
	bool is_long = word[1] == '-';
	size_t len = strcspn(word, is_long ? "=" : "");
	const struct cti_option *opt =
		is_long ? option_by_name(args, word + 2, len - 2)
			: option_by_letter(args, word[1]);
	const char *value = is_long ? word + len : word + 2;

	if (!opt)
		return refuse_unknown(args, word, err);
	if (!opt->metavar && *value)
		return refuse(err, "--%s takes no value", opt->name);
	if (is_long && *value)
		return option_apply(args, opt, value + 1, err);
	if (opt->metavar && !*value) {
		value = *++*argvp;
		if (!value)
			return refuse(err, "--%s needs a value: %s", opt->name,
				      opt->metavar);
	}
	return option_apply(args, opt, value, err);
}

/* Room for all words; most command lines have some options, too. */
static int operands_begin(struct cti_args *args, char *const *argv,
			  struct cti_err *err)
{
	size_t n = 0;

	while (argv[n])
		n++;
	args->operands = calloc(n + 1, sizeof(*args->operands));
	if (!args->operands)
		return cti_err_set(err, ENOMEM, CTI_ERR_INTERNAL,
				   "out of memory");
	return 0;
}

int cti_args_parse(struct cti_args *args, const struct cti_option *options,
		   char *const *argv, struct cti_err *err)
{
	bool done = false; /* "--" was seen */
	int e;

	*args = (struct cti_args){.options = options};
	e = operands_begin(args, argv, err);
	(void)options_count(options); /* asserts that values has room */
	for (; *argv && !e; argv++) {
		const char *word = *argv;

		if (!done && !strcmp(word, "--")) {
			done = true;
		} else if (!done && word[0] == '-' && word[1]) {
			e = option_parse(args, &argv, err);
		} else {
			args->operands[args->noperands++] = word;
		}
	}
	return e;
}

void cti_args_fini(struct cti_args *args)
{
	for (size_t i = 0; i < args->nflags; i++)
		free(args->texts[i]);
	args->nflags = 0;
	free(args->operands);
	args->operands = NULL;
	args->noperands = 0;
}

const char *cti_args_value(const struct cti_args *args, const char *name)
{
	const struct cti_option *opt = option_by_name(args, name, strlen(name));

	assert(opt); /* the command's own table */
	return args->values[opt - args->options];
}

const char *cti_args_find(const struct cti_args *args, const char *name)
{
	const struct cti_option *opt = option_by_name(args, name, strlen(name));

	return opt ? args->values[opt - args->options] : NULL;
}

/* --- sources --- */

const char *cti_env_find(const char *const *env, const char *name)
{
	size_t len = strlen(name);

	for (; env && *env; env++) {
		if (!strncmp(*env, name, len) && (*env)[len] == '=')
			return *env + len + 1;
	}
	return NULL;
}

static char *path_join(const char *folder, const char *rest)
{
	size_t len = strlen(folder);
	size_t rest_size = strlen(rest) + 1;
	char *path = malloc(len + rest_size);

	if (!path)
		return NULL;
	memcpy(path, folder, len);
	memcpy(path + len, rest, rest_size);
	return path;
}

/* NULL in *pathp: this user has no folder for configuration. */
static int user_file(char **pathp, const char *const *env)
{
	const char *config = cti_env_find(env, "XDG_CONFIG_HOME");
	const char *home = cti_env_find(env, "HOME");

	*pathp = NULL;
	if (config && *config == '/') /* the standard ignores others */
		*pathp = path_join(config, "/patchcord/patchcord.conf");
	else if (home && *home == '/')
		*pathp = path_join(home, "/.config/patchcord/patchcord.conf");
	else
		return 0;
	return *pathp ? 0 : -ENOMEM;
}

int cti_sources_init(struct cti_sources *sources, const struct cti_args *args,
		     const char *const *env)
{
	char *path;
	int err = user_file(&path, env);

	if (err)
		return err;
	*sources = (struct cti_sources){
		.files = {"/etc/patchcord/patchcord.conf", path, NULL},
		.user_file = path,
		.conf = {.file = cti_args_value(args, "config"),
			 .env = env,
			 .flags = args->flags,
			 .nflags = args->nflags},
	};
	sources->conf.files = sources->files;
	return 0;
}

void cti_sources_fini(struct cti_sources *sources)
{
	free(sources->user_file);
	sources->user_file = NULL;
}
