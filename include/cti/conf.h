/* SPDX-License-Identifier: Apache-2.0 */
/* cti/conf.h - the configuration: one schema table, read by key */
#ifndef CTI_CONF_H
#define CTI_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cti/attr.h"
#include "cti/buf.h"
#include "cti/call.h"

struct cti_conf;

/** A flag of the command line: "http.listen" = "127.0.0.1:0". */
struct cti_conf_flag {
	const char *key;
	const char *value; /* a list: comma-separated */
};

/** Where a configuration is read from; each later source wins. */
struct cti_conf_source {
	const char *const *files; /* NULL-terminated; a missing file is fine */
	const char *file;	  /* -C FILE: must exist; NULL = none */
	const char *const *env; /* "PATCHCORD_SECTION_KEY=value"…; or NULL */
	const struct cti_conf_flag *flags;
	size_t nflags;
};

/**
 * Reads and checks all sources. On -EINVAL errors holds, for people, one line
 * for each finding ("FILE:LINE: dial.merge_s: 99 is over 60"). Unknown keys
 * and sections are findings, with the nearest known key named.
 */
int cti_conf_load(struct cti_conf **confp, const struct cti_conf_source *src,
		  struct cti_buf *errors) CTI_NODISCARD;
void cti_conf_destroy(struct cti_conf *conf);

/*
 * Values by "section.key". The key must be in the schema with that type:
 * anything else is a programming error (assert). Texts are lent by conf.
 */
/** A text, or a word. */
const char *cti_conf_str(const struct cti_conf *conf, const char *key);
int64_t cti_conf_int(const struct cti_conf *conf, const char *key);
bool cti_conf_bool(const struct cti_conf *conf, const char *key);
/** A key of words: true when its value is word (cti_conf_is(c,
 * "store.sync", "full")). */
bool cti_conf_is(const struct cti_conf *conf, const char *key,
		 const char *word);
size_t cti_conf_count(const struct cti_conf *conf, const char *key);
const char *cti_conf_item(const struct cti_conf *conf, const char *key,
			  size_t index);

/** Whether a source set the key (else it has its default); any type. */
bool cti_conf_given(const struct cti_conf *conf, const char *key);

/** The agent sections, in order of the last file that has any. */
size_t cti_conf_agents(const struct cti_conf *conf);
const char *cti_conf_agent_id(const struct cti_conf *conf, size_t index);
const char *cti_conf_agent_device(const struct cti_conf *conf, size_t index);

enum { CTI_FIELDS = 7 };
/** A fact that the switch's variables may bring. */
struct cti_field {
	enum cti_fact fact;
	const char *variable; /* "" = none is named; lent by conf */
};
/** What sap_fields says, all of it, always in the same order. */
void cti_conf_fields(const struct cti_conf *conf,
		     struct cti_field out[CTI_FIELDS]);

/** Every key with type, range, default and sentence; for help-config. */
int cti_conf_help(struct cti_buf *out) CTI_NODISCARD;
/** A configuration file with every key at its default, commented. */
int cti_conf_example(struct cti_buf *out) CTI_NODISCARD;

/** What is known of one key, in words; lent until the callback returns. */
struct cti_conf_about {
	const char *section, *name;
	bool titled;	      /* its section comes once for each title */
	const char *fallback; /* the default as a file has it */
	const char *range;    /* "0 to 60", "json|xml" */
	const char *env;      /* its variable; NULL: it has none */
	const char *help;     /* one sentence */
};
typedef int cti_conf_about_fn(void *arg, const struct cti_conf_about *about);
/** Every key, sections together, until fn returns something else than 0. */
int cti_conf_each(cti_conf_about_fn *fn, void *arg) CTI_NODISCARD;

/*
 * Newer values while it runs. Texts that were lent stay what and where they
 * are until cti_conf_destroy().
 */
/** Told of each key that differs ("dial.per_minute"; "agent" for all of
 * them). waits: it has no effect before a restart. */
typedef void cti_conf_change_fn(void *arg, const char *key, bool waits);
/**
 * Exchanges the values of conf and fresh that may change while it runs, and
 * returns how many did; doing it again undoes it. fn may be NULL.
 */
size_t cti_conf_swap(struct cti_conf *conf, struct cti_conf *fresh,
		     cti_conf_change_fn *fn, void *arg);
/** Takes over what conf was before a swap, for those who still read it. */
void cti_conf_keep(struct cti_conf *conf, struct cti_conf *old);
/** May this key change while it runs? */
bool cti_conf_live(const char *dotted);

#endif /* CTI_CONF_H */
